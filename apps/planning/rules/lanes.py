"""How bookings of one technician share a moment that a planner knowingly booked twice.

A normal booking takes every lane, so it collides with anything. Those that share a moment take one lane each.
See docs/algorithms/planning.md.
"""

from collections.abc import Iterable, Mapping
from itertools import count

ALL = None
FIRST = 0


def lanes_share(occupants: Mapping[int, int | None]) -> tuple[dict[int, int], int | None]:
    """The lane to which each occupant of all lanes shrinks, and the lane of the newcomer that overlaps them all.

    `occupants` gives the single lane of each booking, or None for all lanes. Nothing ever overlaps a booking of all
    lanes, so such a booking has no neighbour yet and shrinks to the first lane. Without occupants the newcomer takes
    all lanes (None).
    """
    if not occupants:
        return {}, ALL
    shrunk = {pk: FIRST for pk, lane in occupants.items() if lane is ALL}
    return shrunk, lowest({FIRST if lane is ALL else lane for lane in occupants.values()})


def lowest(taken: Iterable[int]) -> int:
    """The first lane that is not taken."""
    busy = set(taken)
    return next(lane for lane in count() if lane not in busy)
