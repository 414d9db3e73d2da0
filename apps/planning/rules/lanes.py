"""How bookings of one technician share a moment that a planner knowingly booked twice.

A normal booking takes every lane, so it collides with anything. Those that share a moment take one lane each.
See docs/algorithms/planning.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

ALL = None


@dataclass(frozen=True)
class Occupant:
    """A booking that the new one overlaps. `lane` is None when it takes all lanes.

    `beside` are the single lanes of the bookings that this one overlaps itself.
    """

    pk: int
    lane: int | None
    beside: frozenset[int] = frozenset()


def lanes_share(occupants: Sequence[Occupant]) -> tuple[dict[int, int], int | None]:
    """The lane to which each occupant of all lanes shrinks, and the lane of the newcomer.

    Without occupants the newcomer takes all lanes (None).
    """
    if not occupants:
        return {}, ALL
    used = {one.lane for one in occupants if one.lane is not ALL}
    shrunk: dict[int, int] = {}
    for one in occupants:
        if one.lane is ALL:
            shrunk[one.pk] = lowest(one.beside | used)
            used.add(shrunk[one.pk])
    return shrunk, lowest(used)


def lowest(taken: Iterable[int | None]) -> int:
    """The first lane that is not taken."""
    busy = set(taken)
    return next(lane for lane in count() if lane not in busy)
