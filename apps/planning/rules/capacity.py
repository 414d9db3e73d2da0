"""More is sold in one week than there is time for, and there is room in another: what would have to move where.

Whole minutes, and no clock: weeks are places in a list. A rule looks at the whole company and at those who have a skill, of
whom all work counts; that is necessary and not sufficient, for a day may still have no gap that is long enough.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Load:
    """Minutes in a week: what is worked, what is on the plan, and what is sold and must be done then."""

    available: int = 0
    planned: int = 0
    sold: int = 0

    @property
    def taken(self) -> int:
        return self.planned + self.sold

    @property
    def gap(self) -> int:
        """What is left; below zero is what is too much."""
        return self.available - self.taken


@dataclass(frozen=True)
class Item:
    """Work of a week that may be done in another one, from the week `first` until and including `last`."""

    of: Any
    minutes: int
    # Those whose hours it takes: the one that a job needs, all that the technician of a visit has.
    skills: frozenset[int]
    week: int
    first: int
    last: int
    # Nobody has been told a time yet: it moves before anything that somebody expects.
    is_free: bool


@dataclass(frozen=True)
class Move:
    item: Item
    to: int


@dataclass
class Room:
    """What is left in each week: of all, and of those who have a skill."""

    everybody: list[int]
    by_skill: dict[int, list[int]] = field(default_factory=dict)

    def fits(self, item: Item, week: int) -> bool:
        return all(gaps[week] >= item.minutes for gaps in self._of(item))

    def move(self, item: Item, week: int) -> None:
        for gaps in self._of(item):
            gaps[item.week] += item.minutes
            gaps[week] -= item.minutes

    def eases(self, item: Item) -> bool:
        """Whether its week has too much of what it takes."""
        return any(gaps[item.week] < 0 for gaps in self._of(item))

    def _of(self, item: Item) -> list[list[int]]:
        return [self.everybody, *(self.by_skill[one] for one in item.skills if one in self.by_skill)]


def moves(room: Room, items: Iterable[Item]) -> list[Move]:
    """What goes to which week until no week has too much, or nothing is left that may go; `room` is what is left then.

    First what nobody was told of, the longest first, each to the nearest week with room, rather sooner than later.
    """
    found = []
    for item in sorted(items, key=lambda one: (one.week, not one.is_free, -one.minutes)):
        if not room.eases(item):
            continue
        weeks = (week for week in range(item.first, item.last + 1) if week != item.week)
        for week in sorted(weeks, key=lambda week: (abs(week - item.week), week)):
            if room.fits(item, week):
                room.move(item, week)
                found.append(Move(item, week))
                break
    return found


def first_with_room(gaps: Sequence[int], minutes: int) -> int | None:
    """The week by which there is room for so much, when all that is free until then is used; None when there is not."""
    free = 0
    for week, gap in enumerate(gaps):
        free += max(0, gap)
        if free >= minutes:
            return week
    return None
