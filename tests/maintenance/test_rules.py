"""When the visits of a contract are due."""

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from apps.maintenance import rules

AUTUMN = (8, 9, 10)


def months(interval, season, since, until, last=None, ends_on=None):
    found = rules.dues(last, interval=interval, season=season, since=since, ends_on=ends_on, horizon=until)
    return [(one.year, one.month) for one in found]


def window(due, interval, season, starts_on=date(2020, 1, 1), ends_on=None):
    return rules.window(due, interval=interval, season=season, starts_on=starts_on, ends_on=ends_on)


def test_a_year_in_august_to_october():
    found = months(12, AUTUMN, date(2026, 11, 16), date(2029, 12, 1))
    assert found == [(2027, 8), (2028, 8), (2029, 8)]
    assert window(date(2027, 8, 1), 12, AUTUMN) == (date(2027, 8, 1), date(2027, 10, 31))


def test_begun_in_the_season_it_is_the_whole_season_from_the_next_year_on():
    assert months(12, AUTUMN, date(2026, 9, 20), date(2028, 12, 1)) == [(2026, 9), (2027, 8), (2028, 8)]
    assert window(date(2026, 9, 1), 12, AUTUMN, date(2026, 9, 20)) == (date(2026, 9, 20), date(2026, 10, 31))


def test_each_month_of_the_growing_season():
    found = months(1, (5, 4, 6), date(2027, 1, 1), date(2028, 5, 1))
    assert found == [(2027, 4), (2027, 5), (2027, 6), (2028, 4), (2028, 5)]
    assert window(date(2027, 5, 1), 1, (4, 5, 6)) == (date(2027, 5, 1), date(2027, 5, 31))


def test_half_a_year_in_two_seasons():
    assert months(6, (3, 4, 9, 10), date(2027, 4, 2), date(2028, 4, 1)) == [(2027, 4), (2027, 9), (2028, 3)]


def test_a_season_over_the_turn_of_the_year():
    assert months(12, (11, 12, 1, 2), date(2027, 3, 1), date(2029, 12, 1)) == [
        (2027, 11),
        (2028, 11),
        (2029, 11),
    ]
    assert window(date(2027, 11, 1), 12, (11, 12, 1, 2)) == (date(2027, 11, 1), date(2028, 2, 29))


def test_a_leap_day_is_a_day_of_february():
    assert months(12, (), date(2028, 2, 29), date(2030, 2, 1)) == [(2028, 2), (2029, 2), (2030, 2)]
    assert window(date(2029, 2, 1), 12, ()) == (date(2029, 2, 1), date(2029, 2, 28))
    assert window(date(2028, 2, 1), 12, (), date(2028, 2, 29)) == (date(2028, 2, 29), date(2028, 2, 29))


def test_an_interval_that_changed_makes_nothing_up_for_the_time_before():
    last = date(2026, 1, 1)
    assert months(3, (), date(2026, 11, 20), date(2027, 6, 1), last) == [(2026, 11), (2027, 2), (2027, 5)]


def test_after_the_end_nothing_is_due():
    assert months(1, (), date(2027, 1, 1), date(2027, 12, 1), ends_on=date(2027, 2, 14)) == [
        (2027, 1),
        (2027, 2),
    ]
    assert window(date(2027, 2, 1), 1, (), ends_on=date(2027, 2, 14)) == (date(2027, 2, 1), date(2027, 2, 14))


@given(
    st.integers(1, 120),
    st.sets(st.integers(1, 12)),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)
def test_visits_follow_each_other_in_the_season_and_no_two_windows_overlap(interval, season, since):
    horizon = date(2045, 1, 1)
    found = list(
        rules.dues(None, interval=interval, season=season, since=since, ends_on=None, horizon=horizon)
    )
    windows = [window(due, interval, season, since) for due in found]
    assert all(first <= last for first, last in windows)
    assert all(last < after for (_first, last), (after, _last) in pairwise(windows))
    assert all(not season or due.month in season for due in found)
    # gone on from any of them, the rest is the same: nothing depends on when it was run
    for number, due in enumerate(found[:5]):
        rest = rules.dues(due, interval=interval, season=season, since=since, ends_on=None, horizon=horizon)
        assert list(rest) == found[number + 1 :]
