"""Periods follow each other without a gap, and are compared with as much of the one before."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.finance import rules
from apps.finance.rules import MONTHS, Period, period_of

days = st.dates(date(2001, 1, 1), date(2098, 12, 31))


@given(days, st.integers(0, 48))
def test_months_run_without_a_gap(day, count):
    start = rules.months_before(day, count)
    found = rules.months(start, rules.months_before(day, -1))
    assert len(found) == count + 1
    assert found[0] == start
    assert found[-1] == day.replace(day=1)


@given(st.sampled_from(sorted(MONTHS)), days)
def test_a_period_holds_its_day_and_meets_its_neighbours(kind, day):
    period = period_of(kind, day)
    assert period.is_in(day)
    assert period.shifted(1).start == period.end
    assert period.shifted(-1).end == period.start
    assert period.shifted(1).shifted(-1) == period


@given(days, st.integers(1, 400), days)
def test_what_it_is_compared_with_is_never_longer_and_ends_where_it_begins(start, length, today):
    period = Period(start, start + timedelta(days=length), "custom")
    now, before = period.counted(today), period.before(today)
    assert before.end <= period.start
    assert before.start == period.start - timedelta(days=length)
    assert now.start <= now.end <= period.end
    if period.is_in(today):
        assert before.end - before.start == now.end - now.start


def test_a_month_that_runs_is_compared_with_as_many_days():
    period = period_of("month", date(2026, 11, 26))
    before = period.before(date(2026, 11, 26))
    assert (before.start, before.last) == (date(2026, 10, 1), date(2026, 10, 26))
    assert period.before(date(2027, 1, 5)).last == date(2026, 10, 31)
    # The last day of March has no counterpart in February.
    assert period_of("month", date(2026, 3, 31)).before(date(2026, 3, 31)).last == date(2026, 2, 28)


def test_no_revenue_has_no_margin():
    assert rules.percentage(D(5), D(0)) is None
    assert rules.percentage(D(150), D(200)) == 75
    assert rules.mean(D(3), D(0)) is None


@pytest.mark.parametrize("amounts", [[], [(date(2026, 1, 1), D(0), D(0))], [(date(2026, 1, 1), D(-5), D(3))]])
def test_a_chart_of_little_is_drawn(amounts):
    for bar in rules.bars(amounts):
        assert 0 <= bar.height <= rules.HEIGHT
        assert 0 <= bar.cost_height <= rules.HEIGHT
