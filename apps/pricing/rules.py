"""Arithmetic of rates, and where in time they change. No Django here. docs/algorithms/rates.md explains it."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise
from typing import Generic, TypeVar

SECONDS_PER_HOUR = Decimal(3600)


def hours_of(duration: timedelta) -> Decimal:
    """`duration` in hours, to a thousandth."""
    return (Decimal(round(duration.total_seconds())) / SECONDS_PER_HOUR).quantize(Decimal("0.001"))


def hours_charged(durations: Iterable[timedelta], step_minutes: int) -> list[Decimal]:
    """What is charged for each stretch of one visit: each a whole number of steps, together the sum rounded up once.

    Rounding every stretch by itself would charge a technician's coffee break as work.
    """
    charged, so_far, before = [], timedelta(), Decimal(0)
    for duration in durations:
        so_far += duration
        steps = (Decimal(round(so_far.total_seconds())) / (60 * step_minutes)).to_integral_value(
            ROUND_CEILING
        )
        after = (steps * step_minutes / 60).quantize(Decimal("0.001"))
        charged.append(after - before)
        before = after
    return charged


def price_plain(price: Decimal | None) -> Decimal | None:
    """A price in cents, or with four places when it has more: never three, which could be read as thousands."""
    if price is None:
        return None
    in_cents = price.quantize(Decimal("0.01"))
    return in_cents if in_cents == price else price.quantize(Decimal("0.0001"))


def shares(whole: Decimal, parts: Sequence[Decimal]) -> list[Decimal]:
    """`whole` over the parts, each what it is as long as there is any; the last takes what is left, remainders too."""
    found, left = [], whole
    for part in parts[:-1]:
        found.append(min(part, left))
        left -= found[-1]
    return [*found, left]


# Hours of the week

HOLIDAY = 8  # as a day of the week, after Sunday (7): it stands for whatever weekday it falls on
DAYS = range(1, 9)
DAY_LONG = 24 * 60
NORMAL, EVENING, WEEKEND, ON_HOLIDAY = "normal", "evening", "weekend", "holiday"


@dataclass(frozen=True, order=True)
class Window:
    """From a minute of a day of the week until another, on the clock of the company, hours are of this kind."""

    day: int
    starts: int
    ends: int
    kind: str


# What holds until a company sets its own.
STANDARD_WEEK = (
    *(
        window
        for day in range(1, 6)
        for window in (
            Window(day, 0, 7 * 60, EVENING),
            Window(day, 7 * 60, 18 * 60, NORMAL),
            Window(day, 18 * 60, DAY_LONG, EVENING),
        )
    ),
    Window(6, 0, DAY_LONG, WEEKEND),
    Window(7, 0, DAY_LONG, WEEKEND),
    Window(HOLIDAY, 0, DAY_LONG, ON_HOLIDAY),
)


class Week:
    """Which kind of hour it is at any moment. A minute in no window is a normal one.

    `windows` hold until the first of the days in `later`, from which on others do.
    """

    def __init__(
        self,
        windows: Iterable[Window],
        holidays: frozenset[date],
        zone: tzinfo,
        later: Iterable[tuple[date, Iterable[Window]]] = (),
    ) -> None:
        self._first = _by_day(windows)
        self._later = [(since, _by_day(week)) for since, week in sorted(later, reverse=True)]
        self._holidays, self.zone = holidays, zone

    def _of(self, day: date) -> list[Window]:
        week = next((week for since, week in self._later if since <= day), self._first)
        return week.get(HOLIDAY if day in self._holidays else day.isoweekday(), [])

    def kind(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        return next((one.kind for one in self._of(local.date()) if one.starts <= minute < one.ends), NORMAL)

    def marks(self, day: date) -> Iterator[datetime]:
        """Every moment of a day, in UTC, at which an hour may become another: midnight, an edge, a change of the clock."""
        edges = {0, *(edge for one in self._of(day) for edge in (one.starts, one.ends) if edge < DAY_LONG)}
        for minute in edges:
            wall = datetime.combine(day, time(minute // 60, minute % 60), self.zone)
            for fold in (0, 1):  # an hour that exists twice has its edges twice
                yield wall.replace(fold=fold).astimezone(UTC)
        yield from self._clock_change(day)

    def _clock_change(self, day: date) -> Iterator[datetime]:
        low, high = (
            datetime.combine(one, time(0), self.zone).astimezone(UTC)
            for one in (day, day + timedelta(days=1))
        )
        before = low.astimezone(self.zone).utcoffset()
        if before == high.astimezone(self.zone).utcoffset():
            return
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) / 2
            low, high = (
                (middle, high) if middle.astimezone(self.zone).utcoffset() == before else (low, middle)
            )
        yield high.replace(microsecond=0)


def _by_day(windows: Iterable[Window]) -> dict[int, list[Window]]:
    found: dict[int, list[Window]] = {}
    for window in sorted(windows):
        found.setdefault(window.day, []).append(window)
    return found


def painted(windows: Iterable[Window], new: Window) -> list[Window]:
    """The windows with `new` laid over them: what it covers is cut away, so that no minute has two kinds."""
    kept = []
    for one in windows:
        if one.day != new.day or one.ends <= new.starts or new.ends <= one.starts:
            kept.append(one)
            continue
        if one.starts < new.starts:
            kept.append(Window(one.day, one.starts, new.starts, one.kind))
        if new.ends < one.ends:
            kept.append(Window(one.day, new.ends, one.ends, one.kind))
    return _joined(sorted([*kept, new]))


def _joined(windows: Sequence[Window]) -> list[Window]:
    """Neighbours of one kind made one."""
    found: list[Window] = []
    for one in windows:
        last = found[-1] if found else None
        if last and (last.day, last.ends, last.kind) == (one.day, one.starts, one.kind):
            found[-1] = Window(one.day, last.starts, one.ends, one.kind)
        else:
            found.append(one)
    return found


@dataclass(frozen=True)
class Piece:
    """A stretch of time with one kind of hour and one price; `day` is the one on which it begins."""

    start: datetime
    stop: datetime
    kind: str
    day: date

    @property
    def length(self) -> timedelta:
        return self.stop - self.start


def split(
    start: datetime, stop: datetime, week: Week, price: Callable[[str, date], Hashable], *, kind: str = ""
) -> list[Piece]:
    """[start, stop) cut wherever its price changes, in UTC: each minute is in one piece, and together they are the whole.

    `price` says what an hour of a kind is asked at on a day. A `kind` that is given holds at all hours.
    """
    start, stop = start.astimezone(UTC), stop.astimezone(UTC)
    day, last = (moment.astimezone(week.zone).date() for moment in (start, stop))
    marks = {start, stop}
    while day <= last:
        marks.update(mark for mark in week.marks(day) if start < mark < stop)
        day += timedelta(days=1)
    found: list[Piece] = []
    asked: Hashable = None
    for begin, end in pairwise(sorted(marks) if start < stop else (start, start)):
        on = begin.astimezone(week.zone).date()
        one = Piece(begin, end, kind or week.kind(begin), on)
        before, asked = asked, (one.kind, price(one.kind, on))
        if found and before == asked:
            one = replace(found.pop(), stop=end)
        found.append(one)
    return found


# Agreed prices

Line = TypeVar("Line")


@dataclass(frozen=True)
class Terms(Generic[Line]):
    """What was agreed for so much of one thing; `line` is where that stands."""

    quantity: Decimal
    asked: Hashable
    line: Line


class AgreedPrices(Generic[Line]):
    """The terms of one thing in the order in which they were agreed: each up to its quantity, the last for all that comes after.

    The price was agreed, the quantity estimated.
    """

    def __init__(self, terms: Iterable[Terms[Line]]) -> None:
        self._left: list[Terms[Line]] = []
        for one in terms:
            if self._left and self._left[-1].asked == one.asked:
                last = self._left.pop()
                one = replace(last, quantity=last.quantity + one.quantity)
            self._left.append(one)

    def take(self, quantity: Decimal) -> list[tuple[Decimal, Line]]:
        """So much of it is used: each share with its terms. Nothing is one share too."""
        found: list[tuple[Decimal, Line]] = []
        while len(self._left) > 1 and quantity >= self._left[0].quantity:
            one = self._left.pop(0)
            if one.quantity > 0:
                found.append((one.quantity, one.line))
                quantity -= one.quantity
        now = self._left[0]
        if quantity > 0 or not found:
            found.append((quantity, now.line))
            self._left[0] = replace(now, quantity=now.quantity - quantity)
        return found
