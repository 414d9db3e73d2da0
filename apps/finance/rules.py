"""Periods, shares and the charts of finance. Pure. What each measure counts, and by which day: `docs/algorithms/finance.md`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

ZERO = Decimal(0)
HUNDRED = Decimal(100)
DAY = timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3, "year": 12}
CUSTOM = "custom"
COMPANY = "company"


def percentage(part: Decimal, whole: Decimal) -> Decimal | None:
    """`part` in percent of `whole`; None of nothing."""
    return part * HUNDRED / whole if whole > 0 else None


def mean(total: Decimal, count: Decimal) -> Decimal | None:
    return total / count if count else None


def months_before(day: date, count: int) -> date:
    """The first of the month that lies `count` months before the month of `day`."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def months(start: date, end: date) -> list[date]:
    """The first of each month from `start` up to, not including, `end`."""
    found, month = [], start.replace(day=1)
    while month < end:
        found.append(month)
        month = months_before(month, -1)
    return found


@dataclass(frozen=True)
class Span:
    """From the first day, up to and not including `end`."""

    start: date
    end: date

    @property
    def last(self) -> date:
        return max(self.end - DAY, self.start)

    def is_in(self, day: date) -> bool:
        return self.start <= day < self.end


@dataclass(frozen=True)
class Period(Span):
    """What the reader chose: a month, a quarter, a year, or days of their own."""

    kind: str

    @property
    def query(self) -> dict[str, str]:
        """As it stands in an address."""
        if self.kind == CUSTOM:
            return {"period": CUSTOM, "since": self.start.isoformat(), "until": self.last.isoformat()}
        return {"period": self.kind, "on": self.start.isoformat()}

    def shifted(self, count: int) -> "Period":
        """The period that lies `count` periods later."""
        if self.kind in MONTHS:
            return period_of(self.kind, months_before(self.start, -MONTHS[self.kind] * count))
        length = self.end - self.start
        return Period(self.start + length * count, self.end + length * count, CUSTOM)

    def counted(self, today: date) -> Span:
        """As far as it has come: what lies ahead has no figures."""
        return Span(self.start, max(min(self.end, today + DAY), self.start))

    def before(self, today: date) -> Span:
        """What it is compared with: the period before, and of that no more days than this one has had."""
        previous = self.shifted(-1)
        if not self.is_in(today):
            return Span(previous.start, previous.end)
        return Span(previous.start, min(previous.start + (today + DAY - self.start), previous.end))


def period_of(kind: str, day: date) -> Period:
    """The month, quarter or year that `day` lies in."""
    count = MONTHS[kind]
    start = date(day.year, (day.month - 1) // count * count + 1, 1)
    return Period(start, months_before(start, -count), kind)


def months_shown(period: Period, today: date) -> Span:
    """Whole months, up to today: those of the period, and twelve at least."""
    last = period.counted(today).last
    first = min(months_before(last, 11), period.start.replace(day=1))
    return Span(first, max(min(months_before(last, -1), today + DAY), first))


@dataclass(frozen=True)
class Scope:
    """The company, or one customer, type of work or technician of it; key 0 is what has none."""

    kind: str = COMPANY
    key: int = 0


@dataclass(frozen=True)
class Choice:
    """What a page of finance shows: which days, and of whom."""

    period: Period
    scope: Scope = Scope()

    @property
    def query(self) -> dict[str, str]:
        """As it stands in the address of any page of finance."""
        of = {} if self.scope.kind == COMPANY else {self.scope.kind: str(self.scope.key)}
        return self.period.query | of


# Charts, in units of their own viewBox.
HEIGHT = 160


@dataclass(frozen=True)
class Bar:
    """One month of the chart: what came in, and of that what it cost; the rest is margin. What cost more is a loss."""

    month: date
    amount: Decimal
    cost: Decimal
    y: int
    height: int
    cost_y: int
    cost_height: int

    @property
    def loss_height(self) -> int:
        return max(self.cost_height - self.height, 0)

    @property
    def margin(self) -> Decimal:
        return self.amount - self.cost


def bars(amounts: Sequence[tuple[date, Decimal, Decimal]]) -> list[Bar]:
    """Columns side by side, the highest as high as the chart; below nothing shows as nothing."""
    highest = max((max(one, cost) for _month, one, cost in amounts), default=ZERO)

    def high(value: Decimal) -> int:
        return int(HEIGHT * value / highest) if highest > 0 and value > 0 else 0

    return [
        Bar(month, one, cost, HEIGHT - high(one), high(one), HEIGHT - high(cost), high(cost))
        for month, one, cost in amounts
    ]
