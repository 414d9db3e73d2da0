"""Margins, months and the bars of a chart. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)
HUNDRED = Decimal(100)


def margin_percentage(revenue: Decimal, cost: Decimal) -> Decimal | None:
    """The part of the revenue that is left after cost, in percent; None without revenue."""
    return (revenue - cost) * HUNDRED / revenue if revenue > 0 else None


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
class Bar:
    """One column of the chart, in units of its viewBox."""

    month: date
    amount: Decimal
    y: int
    height: int


HEIGHT = 160


def bars(amounts: Sequence[tuple[date, Decimal]]) -> list[Bar]:
    """Columns side by side, the highest as high as the chart; a negative month hangs below nothing and shows as zero."""
    highest = max((amount for _month, amount in amounts), default=ZERO)
    found = []
    for month, amount in amounts:
        height = int(HEIGHT * amount / highest) if highest > 0 and amount > 0 else 0
        found.append(Bar(month, amount, HEIGHT - height, height))
    return found
