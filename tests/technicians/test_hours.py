"""What somebody works from which day on, and in which of two weeks: one truth in Python and in SQL."""

import html
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import lxml.html
import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.range import DateRange

from apps.company.actions import holiday_add, opening_hours_set
from apps.core import clock, formats
from apps.core.actors import SYSTEM
from apps.core.database import rule_broken
from apps.core.models import AuditEvent
from apps.core.refusals import Refused
from apps.finance.querysets import available
from apps.finance.rules import Span
from apps.technicians.actions import hours_remove, hours_set
from apps.technicians.models import Technician, WorkingHours
from apps.technicians.rules import WorkWeeks
from apps.technicians.states import Rhythm
from tests.builders import AbsenceFactory
from tests.pages import submit

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Amsterdam")
# Both nights in which the clocks change, and the years' end at which week 53 is followed by week 1.
FIRST, LAST = date(2026, 9, 28), date(2027, 4, 11)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
OPENING = [(weekday, time(9), time(17)) for weekday in range(1, 6)]
MORNING, AFTERNOON, NIGHT = (time(8), time(12)), (time(12, 30), time(16, 30)), (time(1), time(5))


@dataclass(frozen=True)
class Change:
    first: date
    rhythm: str
    weeks: tuple[tuple[tuple[int, time, time], ...], ...]


weekdays = st.sets(
    st.sampled_from([(day, *half) for day in range(1, 8) for half in (MORNING, AFTERNOON, NIGHT)])
)
changes = st.lists(
    st.builds(
        Change,
        first=st.sampled_from(DAYS),
        rhythm=st.sampled_from(Rhythm.values),
        weeks=st.tuples(weekdays.map(tuple), weekdays.map(tuple)),
    ),
    max_size=4,
)


def expected(changes: list[Change], day: date) -> set[tuple[time, time]]:
    """By going through the days: the latest change up to that day holds, of one day the one that was said last."""
    holding: Change | None = None
    for one in changes:
        if one.first <= day and (holding is None or one.first >= holding.first):
            holding = one
    if holding is None:
        return {
            hours
            for weekday, *hours in map(list, OPENING)
            if weekday == day.isoweekday()
            for hours in [tuple(hours)]
        }
    return {
        (starts, ends)
        for weekday, starts, ends in holding.weeks[_turn(holding, day)]
        if weekday == day.isoweekday()
    }


def _turn(change: Change, day: date) -> int:
    """0 or 1: which of its two weeks, counted one week at a time."""
    if change.rhythm == Rhythm.WEEKLY:
        return 0
    if change.rhythm == Rhythm.ODD_EVEN:
        return 0 if int(day.strftime("%V")) % 2 else 1
    turn, at = 0, change.first
    while at < day:
        at += timedelta(days=1)
        if at.weekday() == 0:
            turn = 1 - turn
    return turn


def seconds(day: date, hours: tuple[time, time], away: list[tuple[datetime, datetime]]) -> float:
    """What really passes of these hours while they are not away: minute by minute would take too long, so by quarters."""
    start, end = (datetime.combine(day, at, ZONE).astimezone(UTC) for at in hours)
    quarter, found = timedelta(minutes=15), 0
    while start < end:
        if not any(begin <= start < until for begin, until in away):
            found += 900
        start += quarter
    return found


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=changes, holidays=st.sets(st.sampled_from(DAYS), max_size=4), gone=st.sampled_from(DAYS))
def test_the_hours_of_each_day_are_what_the_changes_say_in_python_and_in_sql(
    cast, changes, holidays, gone
) -> None:
    with clock.at(datetime(2026, 12, 1, 9, tzinfo=UTC)), transaction.atomic():
        tim: Technician = cast.tim.technician
        opening_hours_set(by=SYSTEM, hours=OPENING)
        for one in changes:
            hours_set(technician=tim, by=SYSTEM, weeks=one.weeks, first=one.first, rhythm=one.rhythm)
        start = datetime.combine(gone, time(10), ZONE)
        AbsenceFactory(technician=tim, start=start, end=start + timedelta(hours=30))
        away = [(start, start + timedelta(hours=30))]
        weeks = WorkWeeks(tim.works.between(FIRST, LAST).stretches())
        for day in DAYS:
            assert set(weeks.on(tim.pk, day)) == expected(changes, day), day
        for day in DAYS[:: max(1, len(DAYS) // 12)]:
            assert set(tim.works.on(day).values_list("starts", "ends")) == expected(changes, day), day
        for day in holidays:
            holiday_add(by=SYSTEM, day=day, name="Free")
        worked = sum(
            seconds(day, hours, away)
            for day in DAYS
            if day not in holidays
            for hours in expected(changes, day)
        )
        found = available(Span(FIRST, LAST + timedelta(days=1))).get(pk=tim.pk).available
        assert float(found) == pytest.approx(worked / 3600, abs=0.001)
        transaction.set_rollback(True)


@pytest.fixture
def tim(cast) -> Technician:
    return cast.tim.technician


def halves(*weekdays: int) -> list[tuple[int, time, time]]:
    return [(weekday, time(8), time(16, 30)) for weekday in weekdays]


def stretches(technician: Technician) -> Iterator[tuple[date | None, date | None]]:
    return ((one.valid.lower, one.valid.upper) for one in technician.hours.order_by("valid"))


def test_a_change_keeps_what_was_worked_before_and_ends_where_the_next_one_begins(tim):
    today = clock.today()
    march, june = today + timedelta(days=30), today + timedelta(days=120)
    hours_set(technician=tim, by=SYSTEM, weeks=[halves(1, 2, 3, 4, 5)])
    hours_set(technician=tim, by=SYSTEM, weeks=[halves(1, 2, 3)], first=june)
    hours_set(technician=tim, by=SYSTEM, weeks=[halves(1, 2, 3, 4)], first=march)
    assert list(stretches(tim)) == [(None, march), (march, june), (june, None)]
    hours_set(technician=tim, by=SYSTEM, weeks=[halves(5)], first=march)
    assert list(stretches(tim)) == [(None, march), (march, june), (june, None)]
    hours_remove(hours=tim.hours.get(valid__startswith=march), by=SYSTEM)
    assert list(stretches(tim)) == [(None, june), (june, None)]


def test_a_change_is_taken_back_as_it_is_by_then(tim):
    """Meanwhile somebody noted a later change, which goes on; and then somebody else was first to take this one back."""
    today = clock.today()
    march, june = today + timedelta(days=30), today + timedelta(days=120)
    hours_set(technician=tim, by=SYSTEM, weeks=[halves(1, 2, 3, 4, 5)])
    seen = hours_set(technician=tim, by=SYSTEM, weeks=[halves(1, 2, 3)], first=march)
    again = WorkingHours.objects.get(pk=seen.pk)
    hours_set(technician=tim, by=SYSTEM, weeks=[halves(1)], first=june)
    hours_remove(hours=seen, by=SYSTEM)
    assert list(stretches(tim)) == [(None, june), (june, None)]
    with pytest.raises(Refused):
        hours_remove(hours=again, by=SYSTEM)
    assert list(stretches(tim)) == [(None, june), (june, None)]


def test_hours_of_longer_than_a_year_ago_stay_whoever_asks(tim):
    hours_set(technician=tim, by=SYSTEM, weeks=[halves(1)])
    for days in (-367, 367):
        with pytest.raises(Refused):
            hours_set(technician=tim, by=SYSTEM, weeks=[], first=clock.today() + timedelta(days=days))
    assert list(stretches(tim)) == [(None, None)]


def test_the_audit_keeps_the_hours_whose_place_others_take(tim):
    today = clock.today()
    for first, days in ((None, (1, 2)), (today, (3,)), (today, (4,))):
        hours_set(technician=tim, by=SYSTEM, weeks=[halves(*days)], first=first)
    found = [
        one.data["replaced"]
        for one in AuditEvent.objects.about(tim).filter(verb="technician.hours_set").order_by("pk")
    ]
    assert [[one["hours"] for one in each] for each in found] == [
        [], [[[1, 1, "08:00", "16:30"], [1, 2, "08:00", "16:30"]]], [[[1, 3, "08:00", "16:30"]]],
    ]  # fmt: skip
    assert [(one["first"], one["until"]) for one in found[2]] == [(today.isoformat(), None)]


def test_hours_that_have_begun_are_not_taken_back(tim):
    hours_set(technician=tim, by=SYSTEM, weeks=[halves(1)], first=clock.today())
    with pytest.raises(Refused):
        hours_remove(hours=tim.hours.get(), by=SYSTEM)


def test_postgres_refuses_two_hours_of_somebody_on_one_day(tim):
    today = clock.today()
    for first in (None, today):
        hours_set(technician=tim, by=SYSTEM, weeks=[halves(1)], first=first)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        WorkingHours.objects.filter(technician=tim, valid__lower_inf=False).update(
            valid=DateRange(today - timedelta(days=1), None)
        )
    assert rule_broken(error.value) == "no_double_hours"


def test_alternating_weeks_are_set_on_the_page_and_stand_in_the_timeline(cast, client_as, tim):
    hours_set(technician=tim, by=SYSTEM, weeks=[halves(1, 2, 3, 4, 5)])
    client, first = client_as(cast.bram), clock.today() + timedelta(days=10)
    off = {f"second-day5_{part}1": "" for part in ("from", "until")}
    page = f"/technicians/{tim.pk}/hours/"
    answer = submit(page, client=client, first=first.isoformat(), rhythm="fortnight", **off)
    assert answer.status_code == 302
    works = {(one.week, one.weekday) for one in tim.works.between(first, first)}
    assert works == {(1, day) for day in range(1, 6)} | {(2, day) for day in range(1, 5)}
    shown = client.get(f"/technicians/{tim.pk}/").context["periods"]
    assert [one.tense for one in shown] == ["coming", "now"]
    assert [week.days for week in shown[0].weeks] == [
        [("Monday – Friday", "08:00 – 16:30")], [("Monday – Thursday", "08:00 – 16:30")],
    ]  # fmt: skip
    submit(f"/technicians/{tim.pk}/", client=client, press="Take back")
    assert list(stretches(tim)) == [(None, None)]


def test_a_day_far_away_is_refused_and_what_was_typed_stays(cast, client_as, tim):
    page = f"/technicians/{tim.pk}/hours/"
    answer = submit(
        page, client=client_as(cast.bram), first="2062-01-01", day1_from1="07:15", day1_until1="15:00"
    )
    assert answer.status_code == 422
    assert "first" in answer.context["form"].errors
    assert b'value="07:15"' in answer.content
    assert not tim.hours.exists()


def typed(form) -> set[tuple[int, str, str]]:
    """The hours that the page begins with."""
    rows = enumerate(form.rows(), 1)
    return {
        (day, *(f"{one.value():%H:%M}" for one in row["fields"][:2]))
        for day, row in rows
        if row["fields"][0].value()
    }


def test_the_page_begins_with_the_opening_hours_of_who_has_none_of_their_own(cast, client_as, tim):
    opening_hours_set(by=SYSTEM, hours=OPENING)
    client, page = client_as(cast.bram), f"/technicians/{tim.pk}/hours/"
    expected = {(day, "09:00", "17:00") for day in range(1, 6)}
    for address in (page, "/technicians/create/"):
        context = client.get(address).context
        assert typed(context["week"] if "week" in context else context["weeks"][0]) == expected
    assert submit(page, client=client, first=clock.today().isoformat()).status_code == 302
    assert {one.weekday for one in tim.works.on(clock.today())} <= set(range(1, 6))
    assert tim.hours.get().patterns.count() == 5


def test_the_page_begins_with_what_is_worked_today_and_says_until_when_it_will_hold(cast, client_as, tim):
    today = clock.today()
    later = today + timedelta(days=90)
    hours_set(technician=tim, by=SYSTEM, weeks=[halves(1, 2)])
    hours_set(technician=tim, by=SYSTEM, weeks=[halves(4)], first=later)
    client, page = client_as(cast.bram), f"/technicians/{tim.pk}/hours/"
    shown = client.get(page)
    assert typed(shown.context["weeks"][0]) == {(1, "08:00", "16:30"), (2, "08:00", "16:30")}
    answer = submit(shown, client=client, first=(today + timedelta(days=7)).isoformat(), follow=True)
    last = formats.day(later - timedelta(days=1))
    assert f"are set until and including {last}: then" in html.unescape(answer.content.decode())


EMPTY = {f"day{day}_{part}1": "" for day in range(1, 6) for part in ("from", "until")}


def test_a_week_without_any_hour_is_asked_about_once(cast, client_as, tim):
    client, page = client_as(cast.bram), f"/technicians/{tim.pk}/hours/"
    hours_set(technician=tim, by=SYSTEM, weeks=[halves(1, 2, 3, 4, 5)])
    asked = submit(page, client=client, first=clock.today().isoformat(), **EMPTY)
    assert (asked.status_code, tim.hours.count()) == (422, 1)
    assert submit(asked, client=client, none=True).status_code == 302
    assert not tim.works.on(clock.today()).exists()


def test_somebody_new_without_any_hour_works_none_once_that_is_said(cast, client_as):
    client, given = client_as(cast.bram), EMPTY | {"name": "Nils", "email": "nils@x.example"}
    asked = submit("/technicians/create/", client=client, **given)
    assert (asked.status_code, set(asked.context["week"].errors)) == (422, {"none"})
    assert submit(asked, client=client, none=True).status_code == 302
    nils = Technician.objects.get(user__email="nils@x.example")
    assert (nils.hours.count(), nils.works.count()) == (1, 0)


def test_other_hours_in_the_past_are_asked_about_once(cast, client_as, tim):
    client, page = client_as(cast.bram), f"/technicians/{tim.pk}/hours/"
    hours_set(technician=tim, by=SYSTEM, weeks=[halves(1, 2)])
    before = clock.today() - timedelta(days=3)
    asked = submit(page, client=client, first=before.isoformat())
    assert (asked.status_code, set(asked.context["form"].errors)) == (422, {"first"})
    assert submit(asked, client=client, sure_first=True).status_code == 302
    assert list(stretches(tim)) == [(None, before), (before, None)]


def test_the_second_week_is_not_judged_where_every_week_is_the_same(cast, client_as, tim):
    client, page = client_as(cast.bram), f"/technicians/{tim.pk}/hours/"
    hours_set(technician=tim, by=SYSTEM, weeks=[halves(1, 2)])
    wrong = {"first": clock.today().isoformat(), "second-day1_until1": "07:00"}
    refused = submit(page, client=client, rhythm="odd_even", **wrong)
    assert refused.status_code == 422
    assert submit(page, client=client, rhythm="weekly", **wrong).status_code == 302


def test_the_days_of_two_weeks_are_told_apart_by_who_hears_them(cast, client_as, tim):
    page = lxml.html.document_fromstring(client_as(cast.bram).get(f"/technicians/{tim.pk}/hours/").content)
    groups = [one.get("aria-labelledby") for one in page.xpath("//*[@role='group'][.//input[@type='time']]")]
    assert len(groups) == len(set(groups)) == 2
    assert all(page.get_element_by_id(one).tag == "h2" for one in groups)
