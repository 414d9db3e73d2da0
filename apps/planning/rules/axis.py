"""Where a moment stands on a drawn day: columns of a grid, by the clock on the wall."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

from apps.planning.rules.spans import Span

DAY_HOURS = 24
FIRST, LAST = 8, 17
COLUMNS = 48


@dataclass(frozen=True)
class Axis:
    """The hours that are drawn. Up to twelve hours in quarters; a longer day in half hours."""

    first: int
    last: int

    @property
    def minutes(self) -> int:
        """How much time a column is."""
        return 15 if self.last - self.first <= 12 else 30

    @property
    def columns(self) -> int:
        return (self.last - self.first) * 60 // self.minutes

    @property
    def hours(self) -> list[int]:
        return list(range(self.first, self.last))

    def place(self, span: Span, day: date, zone: ZoneInfo) -> tuple[int, int] | None:
        """The first column (from 1) and the number of columns on `day`; None when it is not on it."""
        return self.columns_of(*_wall(span, day, zone))

    def columns_of(self, start: int, end: int) -> tuple[int, int] | None:
        """The same of minutes after midnight, as the clock on the wall says them."""
        left = max(0, start - self.first * 60)
        right = min((self.last - self.first) * 60, end - self.first * 60)
        if right <= left:
            return None
        column = left // self.minutes
        return column + 1, max(1, -(-right // self.minutes) - column)


def axis_of(days: Iterable[tuple[date, Span]], zone: ZoneInfo) -> Axis:
    """The hours that hold all these spans and the usual day. Never less than eight to five."""
    return axis_around(_wall(span, day, zone) for day, span in days)


def axis_around(stretches: Iterable[tuple[int, int]]) -> Axis:
    """The same of minutes after midnight."""
    first, last = FIRST * 60, LAST * 60
    for start, end in stretches:
        first, last = min(first, start), max(last, end)
    first, last = first // 60, -(-last // 60)
    if last - first > 12:
        return Axis(0, DAY_HOURS)
    return Axis(first, last)


def _wall(span: Span, day: date, zone: ZoneInfo) -> tuple[int, int]:
    """Minutes after midnight of `day` on the wall; what lies on other days is cut off."""
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    left = 0 if start.date() < day else DAY_HOURS * 60 if start.date() > day else _minutes(start.time())
    right = DAY_HOURS * 60 if end.date() > day else 0 if end.date() < day else _minutes(end.time())
    return left, right


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
