"""The colour of a technician's day. One function for the grid, the counters and the quick plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from apps.planning.rules.spans import Span, merge, shared, subtract, total

State = Literal["free", "partly", "full"]
FREE, PARTLY, FULL = "free", "partly", "full"
TONES: dict[State, str] = {"free": "g", "partly": "a", "full": "r"}


@dataclass(frozen=True)
class Slot:
    """A technician's day: its colour, and what is left of it."""

    state: State
    capacity: Any
    free: Any
    gaps: tuple[Span, ...]
    doubled: Any

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def longest(self) -> Any:
        return max((gap.length for gap in self.gaps), default=self.capacity * 0)

    @property
    def used(self) -> Any:
        return self.capacity - self.free


def slot_state(capacity: Sequence[Span], busy: Sequence[Span], shortest: Any) -> Slot:
    """What a day with these working hours is worth when these bookings and absences are taken out of it.

    Free ≥ the day's capacity: `free`. Room in one piece for the shortest kind of job: `partly`. Else, also
    when nobody works that day: `full`. Bookings that run at once are counted once, and told as `doubled`.
    All of it in moments, with `shortest` a duration, or all in whole minutes.
    """
    zero = shortest * 0
    hours = merge(capacity)
    gaps = subtract(hours, busy)
    all_of_it, free = total(hours, zero), total(gaps, zero)
    state: State
    if hours and free >= all_of_it:
        state = "free"
    elif any(gap.length >= shortest for gap in gaps):
        state = "partly"
    else:
        state = "full"
    return Slot(state, all_of_it, free, tuple(gaps), shared(busy, zero))
