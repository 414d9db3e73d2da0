"""Time is cut wherever its price changes: the pieces are the whole, and each minute has one price, whatever the night."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.pricing.rules import (
    DAY_LONG,
    DAYS,
    HOLIDAY,
    STANDARD_WEEK,
    Week,
    Window,
    hours_of,
    painted,
    shares,
    split,
)

ZONE = ZoneInfo("Europe/Amsterdam")
FORWARD, BACK = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
NEW_YEAR = datetime(2026, 12, 31, 23, tzinfo=UTC)
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)})
# Prices that begin at a midnight: at new year, on an ordinary day, and on the day on which the clock goes back.
BEGIN = (date(2026, 6, 10), date(2026, 10, 25), date(2027, 1, 1))

near = st.sampled_from([FORWARD, BACK, NEW_YEAR, datetime(2026, 6, 9, 22, tzinfo=UTC)])
moments = st.one_of(
    st.builds(lambda at, away: at + away, near, st.timedeltas(timedelta(hours=-30), timedelta(hours=30))),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
lengths = st.timedeltas(timedelta(0), timedelta(hours=40))
kinds = st.sampled_from(["normal", "evening", "night", "weekend", "holiday"])
minutes = st.integers(0, DAY_LONG - 1)
brushes = st.lists(
    st.tuples(st.sampled_from(list(DAYS)), minutes, st.integers(1, DAY_LONG), kinds).filter(
        lambda one: one[1] < one[2]
    ),
    max_size=12,
)


def week_of(brush):
    windows = list(STANDARD_WEEK)
    for one in brush:
        windows = painted(windows, Window(*one))
    return windows


def price(kind, day):
    return (kind in ("normal", "travel"), sum(day >= one for one in BEGIN))


def asked(moment, windows):
    """The kind and price of one minute, found without any of the code that is tried."""
    local = moment.astimezone(ZONE)
    day = 8 if local.date() in CHRISTMAS else local.isoweekday()
    minute = local.hour * 60 + local.minute
    (kind,) = [one.kind for one in windows if one.day == day and one.starts <= minute < one.ends] or [
        "normal"
    ]
    return kind, price(kind, local.date())


@given(moments, lengths, brushes)
def test_the_pieces_are_the_whole_and_each_minute_has_one_price(start, length, brush):
    windows = week_of(brush)
    pieces = split(start, start + length, Week(windows, CHRISTMAS, ZONE), price)
    assert (pieces[0].start, pieces[-1].stop) == (start, start + length)
    assert all(before.stop == after.start for before, after in pairwise(pieces))
    assert sum((piece.length for piece in pieces), timedelta(0)) == length
    assert all(piece.length > timedelta(0) for piece in pieces) or length == timedelta(0)
    for piece in pieces:
        moment = piece.start
        while moment < piece.stop:
            assert asked(moment, windows) == (piece.kind, price(piece.kind, piece.day))
            moment += timedelta(minutes=1)
            moment = moment.replace(second=0, microsecond=0)


@given(moments, lengths, brushes)
def test_nothing_is_cut_where_the_price_stays(start, length, brush):
    pieces = split(start, start + length, Week(week_of(brush), CHRISTMAS, ZONE), price)
    for before, after in pairwise(pieces):
        moment = after.start.astimezone(ZONE)
        assert (before.kind, price(before.kind, before.day)) != (after.kind, price(after.kind, after.day))
        assert moment.second == 0, "and only at a whole minute"


@given(brushes)
def test_no_minute_of_a_week_has_two_kinds(brush):
    windows = week_of(brush)
    for day in DAYS:
        held = sorted(one for one in windows if one.day == day)
        assert all(before.ends <= after.starts for before, after in pairwise(held))
        assert sum(one.ends - one.starts for one in held) == DAY_LONG, "paint covers, and leaves no hole"


@given(brushes, st.integers(0, 11))
def test_what_was_painted_last_holds(brush, pick):
    windows = week_of(brush)
    if brush:
        day, starts, ends, kind = brush[-1]
        for minute in (starts, ends - 1):
            assert [one.kind for one in windows if one.day == day and one.starts <= minute < one.ends] == [
                kind
            ]


@given(st.integers(0, 60_000), st.lists(st.integers(0, 20_000), min_size=1, max_size=6))
def test_shares_add_up_and_the_last_takes_what_is_left(whole, parts):
    whole, parts = D(whole) / 1000, [D(one) / 1000 for one in parts]
    found = shares(whole, parts)
    assert sum(found) == whole
    assert all(one >= 0 for one in found)
    assert all(given <= exact for given, exact in zip(found[:-1], parts[:-1], strict=True))


def cut(start, stop, *, holidays=CHRISTMAS, windows=STANDARD_WEEK, price=price):
    """Kind, hours and day of each piece of a stretch on the clock on the wall."""
    start, stop = (datetime(*one, tzinfo=ZONE) for one in (start, stop))
    pieces = split(start, stop, Week(windows, holidays, ZONE), price)
    return [(piece.kind, hours_of(piece.length), str(piece.day)) for piece in pieces]


@pytest.mark.parametrize(
    ("start", "stop", "pieces"),
    [
        # the night in which an hour is left out, and the one in which an hour comes twice: both are of the weekend
        ((2026, 3, 28, 23), (2026, 3, 29, 7), [("weekend", D(7), "2026-03-28")]),
        ((2026, 10, 24, 23), (2026, 10, 25, 7),
         [("weekend", D(1), "2026-10-24"), ("weekend", D(8), "2026-10-25")]),
        # new year's eve: the evening, and a holiday with next year's price
        ((2026, 12, 31, 16), (2027, 1, 1, 2),
         [("normal", D(2), "2026-12-31"), ("evening", D(6), "2026-12-31"), ("holiday", D(2), "2027-01-01")]),
        # a price that begins at midnight, in the middle of the evening
        ((2026, 6, 9, 23), (2026, 6, 10, 1), [("evening", D(1), "2026-06-09"), ("evening", D(1), "2026-06-10")]),
        # an ordinary midnight changes nothing
        ((2026, 6, 10, 23), (2026, 6, 11, 1), [("evening", D(2), "2026-06-10")]),
        # from Friday evening into the weekend, and into Monday
        ((2026, 6, 12, 17, 30), (2026, 6, 13, 1),
         [("normal", D("0.5"), "2026-06-12"), ("evening", D(6), "2026-06-12"), ("weekend", D(1), "2026-06-13")]),
        # begun on an edge, ended on one
        ((2026, 6, 12, 7), (2026, 6, 12, 18), [("normal", D(11), "2026-06-12")]),
    ],
)  # fmt: skip
def test_nights_that_are_known(start, stop, pieces):
    assert cut(start, stop) == pieces


@pytest.mark.parametrize(
    ("change", "pieces"),
    [
        # 02:00–03:00 is left out: at two o'clock it is three, and of 02:30–04:00 only 03:00–04:00 is left
        (FORWARD, [("normal", D(2)), ("night", D(1)), ("normal", D(1))]),
        # 02:00–03:00 comes twice: half past two comes twice too
        (BACK, [("normal", D("2.5")), ("night", D("0.5")), ("normal", D("0.5")), ("night", D("1.5")), ("normal", D(1))]),
    ],
)  # fmt: skip
def test_an_edge_in_the_hour_of_the_change(change, pieces):
    local = change.astimezone(ZONE).date()
    week = Week([Window(7, 150, 240, "night")], frozenset(), ZONE)
    start = datetime(local.year, local.month, local.day, tzinfo=ZONE)
    found = split(start, start.replace(hour=5), week, lambda kind, day: kind)
    assert [(piece.kind, hours_of(piece.length)) for piece in found] == pieces


def test_a_holiday_holds_whatever_the_weekday():
    assert cut((2026, 12, 25, 9), (2026, 12, 25, 11)) == [("holiday", D(2), "2026-12-25")]
    assert cut((2026, 12, 25, 9), (2026, 12, 25, 11), holidays=frozenset()) == [
        ("normal", D(2), "2026-12-25")
    ]
    assert HOLIDAY not in {datetime(2026, 12, day, tzinfo=ZONE).isoweekday() for day in range(1, 8)}


def test_travel_has_one_kind_at_all_hours_and_changes_with_its_price():
    start, stop = datetime(2026, 6, 9, 16, tzinfo=ZONE), datetime(2026, 6, 10, 8, tzinfo=ZONE)
    pieces = split(start, stop, Week(STANDARD_WEEK, frozenset(), ZONE), price, kind="travel")
    assert [(piece.kind, hours_of(piece.length)) for piece in pieces] == [("travel", D(8)), ("travel", D(8))]
