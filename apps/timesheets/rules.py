"""How stretches of a clock become the hours of days. Durations are differences in UTC; a day is where the company is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

# A week that was submitted is looked at within this time; later it is a task.
WAITS = timedelta(days=3)
# Of how many weeks that are over a technician is asked for the hours.
ASKED_FOR = 4
KINDS = ("work", "travel", "pause", "leave", "other")
# A pause is shown, and is no time that is paid.
PAID = ("work", "travel", "leave", "other")
MOST_A_DAY = Decimal(24)
NOTHING = Decimal("0.00")

Bounds = tuple[date, datetime, datetime]  # a day, from its midnight to the next
Hours = dict[str, Decimal]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_of(monday: date) -> list[date]:
    return [monday + timedelta(days=number) for number in range(7)]


def as_hours(duration: timedelta) -> Decimal:
    """Decimal hours with two places, as they are paid."""
    seconds = Decimal(duration // timedelta(microseconds=1)) / 1_000_000
    return (seconds / 3600).quantize(NOTHING, ROUND_HALF_UP)


def cut(start: datetime, end: datetime, days: Iterable[Bounds]) -> Iterator[tuple[date, timedelta]]:
    """How much of a stretch lies in each of the days."""
    for day, midnight, next_midnight in days:
        inside = min(end, next_midnight) - max(start, midnight)
        if inside > timedelta(0):
            yield day, inside


def hours_by_day(
    stretches: Iterable[tuple[str, datetime, datetime]],
    by_hand: Iterable[tuple[str, date, Decimal]],
    days: Sequence[Bounds],
) -> dict[date, Hours]:
    """The hours of each kind on each day. A day's stretches are added up first and rounded once."""
    lasted: dict[tuple[date, str], timedelta] = {}
    for kind, start, end in stretches:
        for day, inside in cut(start, end, days):
            lasted[day, kind] = lasted.get((day, kind), timedelta(0)) + inside
    found = {
        day: {kind: as_hours(lasted.get((day, kind), timedelta(0))) for kind in KINDS}
        for day, _start, _end in days
    }
    for kind, day, hours in by_hand:
        found[day][kind] += hours
    return found


def added_up(days: Iterable[Mapping[str, Decimal]]) -> Hours:
    """The sum of what stands in the rows, so that it adds up on paper."""
    rows = list(days)
    return {kind: sum((row[kind] for row in rows), NOTHING) for kind in KINDS}


def paid(hours: Mapping[str, Decimal]) -> Decimal:
    return sum((hours[kind] for kind in PAID), NOTHING)
