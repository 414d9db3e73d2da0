"""The hours of days, reckoned from stretches: nothing is lost at midnight, and nothing is doubled when the clocks change."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from apps.core import clock
from apps.timesheets import rules

HERE = ZoneInfo("Europe/Amsterdam")


def bounds(monday: date) -> list[rules.Bounds]:
    return [(day, *clock.day_bounds(day)) for day in rules.week_of(monday)]


def local(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=HERE, fold=fold).astimezone(UTC)  # type: ignore[misc, arg-type]


def worked(start: datetime, end: datetime, monday: date) -> dict[int, Decimal]:
    found = rules.hours_by_day([("work", start, end)], [], bounds(monday))
    return {day.day: hours["work"] for day, hours in found.items() if hours["work"]}


def test_a_shift_over_midnight_is_cut_where_the_company_is() -> None:
    shift = local(2026, 11, 25, 22), local(2026, 11, 26, 2, 30)
    assert worked(*shift, date(2026, 11, 23)) == {25: Decimal("2.00"), 26: Decimal("2.50")}


def test_the_night_of_25_hours_and_the_night_of_23_are_as_long_as_they_were() -> None:
    autumn = local(2026, 10, 25, 0), local(2026, 10, 25, 6)
    assert worked(*autumn, date(2026, 10, 19)) == {25: Decimal("7.00")}
    spring = local(2026, 3, 29, 0), local(2026, 3, 29, 6)
    assert worked(*spring, date(2026, 3, 23)) == {29: Decimal("5.00")}


def test_what_lies_in_another_week_counts_there() -> None:
    night = local(2026, 11, 29, 23), local(2026, 11, 30, 1)
    assert worked(*night, date(2026, 11, 23)) == {29: Decimal("1.00")}
    assert worked(*night, date(2026, 11, 30)) == {30: Decimal("1.00")}


def test_a_day_is_added_up_before_it_is_rounded() -> None:
    start = local(2026, 11, 23, 8)
    short = timedelta(seconds=12)  # a third of a hundredth
    stretches = [
        ("work", start + number * 2 * short, start + (number * 2 + 1) * short) for number in range(3)
    ]
    found = rules.hours_by_day(stretches, [], bounds(date(2026, 11, 23)))
    assert found[date(2026, 11, 23)]["work"] == Decimal("0.01")


def test_a_pause_is_shown_and_not_paid() -> None:
    hours = dict.fromkeys(rules.KINDS, Decimal(1))
    assert rules.paid(hours) == Decimal(4)


YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=365)).map(lambda after: YEAR + after)


@given(MOMENTS, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3)))
def test_cut_into_days_a_stretch_is_as_long_as_it_was(start: datetime, lasted: timedelta) -> None:
    first = rules.monday_of(start.astimezone(HERE).date())
    days = [*bounds(first), *bounds(first + timedelta(days=7))]
    parts = list(rules.cut(start, start + lasted, days))
    assert sum((part for _day, part in parts), timedelta(0)) == lasted
    assert len({day for day, _part in parts}) == len(parts)
