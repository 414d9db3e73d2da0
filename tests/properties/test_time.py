"""Time on site: over midnight, in the hour that exists twice, and around the one that does not exist."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.canonical import canonical, fingerprint
from apps.field import rules

ZONE = ZoneInfo("Europe/Amsterdam")
# The nights of 2026 in which the clock goes forward and back.
FORWARD, BACK = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
lengths = st.timedeltas(timedelta(0), timedelta(hours=30))
around_a_change = st.builds(
    lambda change, away: change + away,
    st.sampled_from([FORWARD, BACK]),
    st.timedeltas(timedelta(hours=-26), timedelta(hours=26)),
)


@given(around_a_change | moments, lengths)
def test_a_duration_is_the_time_that_passed_whatever_the_zone_of_its_ends(start, length):
    end = start + length
    assert rules.elapsed(start.astimezone(ZONE), end.astimezone(ZONE)) == length


@given(around_a_change, st.lists(lengths, max_size=6))
def test_stretches_after_one_another_add_up_to_the_whole(start, parts):
    marks = [start]
    for part in parts:
        marks.append(marks[-1] + part)
    local = [mark.astimezone(ZONE) for mark in marks]
    stretches = list(itertools.pairwise(local))
    assert rules.total(stretches) == rules.elapsed(local[0], local[-1])
    assert rules.total(stretches) >= timedelta(0)


@pytest.mark.parametrize(("change", "hours"), [(FORWARD, 23), (BACK, 25)])
def test_a_day_of_a_change_has_its_own_length(change, hours):
    day = change.astimezone(ZONE).date()
    start = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    after = day + timedelta(days=1)
    assert rules.elapsed(start, datetime(after.year, after.month, after.day, tzinfo=ZONE)) == timedelta(
        hours=hours
    )


def test_the_hour_that_exists_twice_is_worked_twice():
    first = datetime(2026, 10, 25, 2, 30, fold=0, tzinfo=ZONE)
    assert rules.elapsed(first, first.replace(fold=1)) == timedelta(hours=1)


def test_an_evening_shift_runs_over_midnight():
    start, end = datetime(2026, 6, 1, 22, tzinfo=ZONE), datetime(2026, 6, 2, 1, 30, tzinfo=ZONE)
    assert rules.minutes(rules.elapsed(start, end)) == 210


@given(moments, st.integers(-86_400, 86_400), st.timedeltas(timedelta(0), timedelta(days=2)))
def test_a_corrected_time_is_the_servers_when_the_phone_was_asked(true, skew, delay):
    claimed, received = true - timedelta(seconds=skew), true + delay
    assert rules.time_corrected(claimed, skew, received) == true


@given(moments, st.integers(-(10**6), 10**6), moments)
def test_nothing_happens_after_it_was_received(claimed, skew, received):
    assert rules.time_corrected(claimed, skew, received) <= received


@given(moments, st.timedeltas(timedelta(minutes=-10), timedelta(hours=10)))
def test_a_clock_never_runs_backwards(start, length):
    try:
        end = rules.end_of(start, start + length)
    except rules.Unfit:
        assert length < -rules.SKEW_TOLERATED
    else:
        assert end >= start


@given(
    st.recursive(
        st.text() | st.integers() | st.booleans(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_the_hash_of_what_was_shown_depends_on_nothing_else(value):
    shown = {"version": 1, "value": value}
    assert fingerprint(shown) == fingerprint(json.loads(canonical(shown)))
