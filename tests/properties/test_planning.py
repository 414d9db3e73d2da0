"""Spans, slots, lanes, warnings and suggestions, against what they must hold for any input."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.degrees import distance_km
from apps.planning.rules.axis import axis_of
from apps.planning.rules.calendar import Entry, arrival_window, calendar_text
from apps.planning.rules.lanes import lanes_share
from apps.planning.rules.slots import slot_state
from apps.planning.rules.spans import Shift, Span, day_span, merge, shared, subtract, total, working_spans
from apps.planning.rules.suggest import TechnicianDay, Wanted, suggestions, visit_length
from apps.planning.rules.warnings import Booking, warnings

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ZERO = datetime(2026, 3, 28, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
# A busy machine is slow; that is no fault of what is tested.
patient = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def spans(draw: st.DrawFn, most: int = 8) -> list[Span]:
    found = []
    for _n in range(draw(st.integers(0, most))):
        start = draw(st.integers(0, 180))
        found.append(Span(ZERO + start * QUARTER, ZERO + (start + draw(st.integers(1, 40))) * QUARTER))
    return found


def quarters(given_spans: list[Span]) -> set[datetime]:
    """The slow and obvious way: every quarter that is covered."""
    return {
        span.start + n * QUARTER
        for span in given_spans
        for n in range(int((span.end - span.start) / QUARTER))
    }


@patient
@given(spans(), spans())
def test_subtracting_leaves_exactly_the_uncovered_quarters(these: list[Span], those: list[Span]) -> None:
    assert quarters(subtract(these, those)) == quarters(these) - quarters(those)


@patient
@given(spans())
def test_merging_keeps_the_time_and_nothing_touches(these: list[Span]) -> None:
    merged = merge(these)
    assert quarters(merged) == quarters(these)
    assert all(one.end < other.start for one, other in pairwise(merged))
    assert total(these) == len(quarters(these)) * QUARTER


@patient
@given(spans())
def test_shared_time_is_what_two_or_more_hold_at_once(these: list[Span]) -> None:
    every = [quarter for span in these for quarter in quarters([span])]
    assert shared(these) == sum(1 for one in set(every) if every.count(one) > 1) * QUARTER


@patient
@given(spans(3), spans(), st.integers(1, 16))
def test_colour_says_what_fits(capacity: list[Span], busy: list[Span], shortest: int) -> None:
    least = shortest * QUARTER
    slot = slot_state(capacity, busy, least)
    open_quarters = quarters(capacity) - quarters(busy)
    assert slot.free == len(open_quarters) * QUARTER
    assert slot.used + slot.free == slot.capacity
    if slot.state == "free":
        assert capacity
        assert open_quarters == quarters(capacity)
    elif slot.state == "partly":
        assert slot.longest >= least
        assert open_quarters != quarters(capacity)
    else:
        assert slot.longest < least


@patient
@given(spans(3), spans(), spans())
def test_more_bookings_never_make_a_day_freer(
    capacity: list[Span], busy: list[Span], more: list[Span]
) -> None:
    order = ["full", "partly", "free"]
    before, after = slot_state(capacity, busy, HOUR), slot_state(capacity, busy + more, HOUR)
    assert after.free <= before.free
    assert order.index(after.state) <= order.index(before.state)


class Plan:
    """The database's rule in memory: no two that overlap in time may overlap in lanes."""

    def __init__(self) -> None:
        self.rows: dict[int, tuple[Span, int | None]] = {}
        self.seen: set[frozenset[int]] = set()
        self.last = 0

    def overlapping(self, span: Span, besides: int | None = None) -> dict[int, int | None]:
        return {pk: lane for pk, (other, lane) in self.rows.items() if pk != besides and span.overlaps(other)}

    def put(self, span: Span, pk: int | None, accept: bool) -> bool:
        """Place or move; with `accept` the planner accepts all that overlap."""
        others = self.overlapping(span, pk)
        if others and not accept:
            return False
        shrunk, own = lanes_share(others)
        for other, lane in shrunk.items():
            self.rows[other] = (self.rows[other][0], lane)
        if pk is None:
            self.last += 1
            pk = self.last
        self.rows[pk] = (span, own)
        self.seen |= {frozenset((pk, other)) for other in others}
        self.check()
        return True

    def check(self) -> None:
        for one, (span, lane) in self.rows.items():
            for other, (its_span, its_lane) in self.rows.items():
                if one < other and span.overlaps(its_span):
                    assert lane is not None
                    assert its_lane is not None
                    assert lane != its_lane
                    assert frozenset((one, other)) in self.seen


@patient
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 12), st.booleans(), st.integers(0, 12)), max_size=14
    )
)
def test_lanes_satisfy_the_constraint_and_every_overlap_was_seen(
    steps: list[tuple[int, int, bool, int]],
) -> None:
    plan = Plan()
    for start, length, accept, moved in steps:
        span = Span(ZERO + start * QUARTER, ZERO + (start + length) * QUARTER)
        plan.put(span, moved if moved in plan.rows else None, accept)


@patient
@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_a_working_day_is_as_long_as_the_clock_on_the_wall_says(day: date) -> None:
    """The clocks change at night: hours by day are never longer or shorter."""
    shifts = [Shift(day.isoweekday(), time(8), time(12)), Shift(day.isoweekday(), time(12, 30), time(16, 30))]
    found = working_spans(day, shifts, AMSTERDAM)
    assert total(found) == timedelta(hours=8)
    assert found[0].start.astimezone(AMSTERDAM).time() == time(8)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_day_of_the_change_has_23_or_25_hours(day: str, hours: int) -> None:
    assert day_span(date.fromisoformat(day), AMSTERDAM).length == timedelta(hours=hours)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 7), ("2026-10-25", 9)])
def test_a_night_shift_through_the_change_counts_real_hours(day: str, hours: int) -> None:
    shifts = [Shift(7, time(0), time(8))]
    assert total(working_spans(date.fromisoformat(day), shifts, AMSTERDAM)) == timedelta(hours=hours)


def test_nobody_works_on_a_closed_day() -> None:
    assert working_spans(date(2026, 12, 25), [Shift(5, time(8), time(17))], AMSTERDAM, closed=True) == []


def booking(**facts: object) -> Booking:
    start = datetime(2026, 11, 18, 9, tzinfo=UTC)  # Wednesday, ten o'clock on the wall
    hours = Span(start - 2 * HOUR, start + 6 * HOUR)
    return Booking(**{"span": Span(start, start + HOUR), "zone": AMSTERDAM, "now": start - 24 * HOUR, "working": [hours]} | facts)  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, []),
        ({"now": datetime(2026, 11, 18, 9, 1, tzinfo=UTC)}, ["in_the_past"]),
        ({"absences": [Span(datetime(2026, 11, 18, 9, 59, tzinfo=UTC), datetime(2026, 11, 19, tzinfo=UTC))]}, ["absent"]),
        ({"absences": [Span(datetime(2026, 11, 18, 10, tzinfo=UTC), datetime(2026, 11, 19, tzinfo=UTC))]}, []),
        ({"holidays": frozenset({date(2026, 11, 18)})}, ["holiday"]),
        ({"working": []}, ["out_of_hours"]),
        ({"skill_needed": 3, "skills": frozenset({1, 2})}, ["missing_skill"]),
        ({"skill_needed": 3, "skills": frozenset({3})}, []),
        ({"due": datetime(2026, 11, 18, 9, 59, tzinfo=UTC)}, ["sla_missed"]),
        ({"due": datetime(2026, 11, 18, 10, tzinfo=UTC)}, []),
        ({"preferred_from": date(2026, 11, 19)}, ["outside_window"]),
        ({"preferred_until": date(2026, 11, 17)}, ["outside_window"]),
        ({"preferred_part": "afternoon"}, ["outside_window"]),
        ({"preferred_part": "morning"}, []),
    ],
)  # fmt: skip
def test_each_warning_comes_exactly_at_its_limit(facts: dict[str, object], found: list[str]) -> None:
    assert warnings(booking(**facts)) == found


@patient
@given(spans(), st.integers(1, 12), st.integers(0, 60))
def test_suggested_slots_are_free_long_enough_and_not_past(busy: list[Span], length: int, later: int) -> None:
    hours = [Span(ZERO + 32 * QUARTER, ZERO + 68 * QUARTER)]
    slot = slot_state(hours, busy, HOUR)
    now = ZERO + later * QUARTER
    wanted = Wanted(length=length * QUARTER)
    day = TechnicianDay(1, date(2026, 3, 28), slot, frozenset())
    for one in suggestions(wanted, [day], now=now, zone=AMSTERDAM):
        assert one.span.length == length * QUARTER
        assert one.span.start >= now
        assert quarters([one.span]) <= quarters(hours) - quarters(busy)


def test_who_lacks_the_skill_is_not_suggested_and_in_time_beats_near() -> None:
    def day(technician: int, number: int, skills: set[int], home: tuple[float, float]) -> TechnicianDay:
        start = datetime(2026, 11, number, 8, tzinfo=UTC)
        slot = slot_state([Span(start, start + 8 * HOUR)], [], HOUR)
        return TechnicianDay(technician, date(2026, 11, number), slot, frozenset(skills), home)

    near, far = (51.59, 4.78), (52.37, 4.90)
    wanted = Wanted(length=HOUR, skill=1, due=datetime(2026, 11, 18, 18, tzinfo=UTC), place=near)
    days = [day(1, 19, {1}, near), day(2, 18, {1}, far), day(3, 18, {2}, near)]
    found = suggestions(wanted, days, now=datetime(2026, 11, 17, tzinfo=UTC), zone=AMSTERDAM)
    assert [one.technician for one in found] == [2, 1]


def test_distance_is_that_of_an_atlas() -> None:
    breda, amsterdam = (51.5719, 4.7683), (52.3676, 4.9041)
    assert distance_km(breda, amsterdam) == pytest.approx(89, abs=1)
    assert distance_km(breda, breda) == 0


@pytest.mark.parametrize(
    ("hours", "people", "length"), [(0, 1, 2), (4, 1, 4), (4, 2, 2), (20, 1, 8), (0.1, 1, 0.25), (3, 2, 1.5)]
)
def test_length_of_a_visit(hours: float, people: int, length: float) -> None:
    assert visit_length(hours, people) == timedelta(hours=length)


@patient
@given(st.text(max_size=300))
def test_calendar_lines_are_short_and_hold_what_was_written(text: str) -> None:
    span = Span(ZERO, ZERO + HOUR)
    told = calendar_text(Entry(uid="x", sequence=1, span=span, stamp=ZERO, summary=text))
    assert all(len(line.encode()) <= 75 for line in told.split("\r\n"))
    assert told.count("BEGIN:VEVENT") == 1
    assert "DTSTART:20260328T000000Z" in told


def test_arrival_window_begins_at_the_half_hour() -> None:
    window = arrival_window(ZERO + timedelta(minutes=50))
    assert (window.start, window.end) == (ZERO + timedelta(minutes=30), ZERO + timedelta(minutes=90))


@patient
@given(spans(), st.integers(0, 1))
def test_everything_stands_inside_the_axis(these: list[Span], day: int) -> None:
    on = date(2026, 3, 28) + timedelta(days=day)  # the second is the day of the change
    axis = axis_of([(on, span) for span in these], AMSTERDAM)
    assert axis.columns <= 48
    for span in these:
        if place := axis.place(span, on, AMSTERDAM):
            assert 1 <= place[0] <= axis.columns
            assert place[0] + place[1] - 1 <= axis.columns
