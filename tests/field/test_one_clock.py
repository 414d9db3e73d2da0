"""A technician has one clock: starting a second closes the first, and a page asks before it does."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.core import clock
from apps.core.audit import AuditEvent
from apps.field.actions import event_apply_after_all
from apps.field.models import TimeEntry
from tests.builders import Phone
from tests.builders.phone import photo_stored
from tests.field.conftest import booked
from tests.pages import submit


@pytest.fixture
def other(cast: Any, order_make: Any, phone: Phone) -> Phone:
    """Tim's phone at a second job."""
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    return Phone(cast.tim, booked(cast.tim, order_make(title="Second job"), start))


@pytest.fixture
def nine() -> datetime:
    return clock.now() - timedelta(hours=3)


def begin(phone: Phone, at: datetime) -> None:
    phone.done("before_photo", file=photo_stored(), occurred_at=at)
    phone.done("start", occurred_at=at)


def stretches(phone: Phone) -> list[tuple[str, datetime, datetime | None]]:
    return list(phone.visit.time_entries.values_list("kind", "started_at", "ended_at"))


def test_the_database_lets_no_second_clock_of_a_technician_run(phone, other):
    phone.begin()
    other.done("before_photo", file=photo_stored())
    for kind in ("travel", "work", "pause"):
        with pytest.raises(IntegrityError), transaction.atomic():
            TimeEntry.objects.create(visit=other.visit, kind=kind, started_at=clock.now())


def test_a_clock_is_of_whoever_made_the_visit_whatever_is_said(phone, second_phone, cast):
    second_phone.begin()
    phone.done("before_photo", file=photo_stored())
    entry = TimeEntry.objects.create(
        visit=phone.visit, kind="work", started_at=clock.now(), technician=cast.tessa.technician
    )
    entry.refresh_from_db()
    assert entry.technician == cast.tim.technician


def test_two_technicians_each_have_a_clock(phone, second_phone):
    phone.begin()
    second_phone.begin()
    assert TimeEntry.objects.filter(ended_at=None).count() == 2


@pytest.mark.parametrize("first", ["travel", "work", "pause"])
@pytest.mark.parametrize("second", ["travel", "start"])
def test_a_second_start_closes_the_first_at_its_own_moment(phone, other, nine, first, second):
    if first == "travel":
        phone.done("travel", occurred_at=nine)
    else:
        begin(phone, nine)
        if first == "pause":
            phone.done("pause", occurred_at=nine)
    ten = nine + timedelta(hours=1)
    if second == "start":
        begin(other, ten)
    else:
        other.done("travel", occurred_at=ten)
    assert stretches(phone)[-1] == (first, nine, ten)
    assert stretches(other) == [("work" if second == "start" else "travel", ten, None)]
    assert phone.visit.status == ("assigned" if first == "travel" else "paused")


def test_both_visits_say_so(phone, other, nine, client_as, cast):
    begin(phone, nine)
    begin(other, nine + timedelta(hours=1))
    first, second = (one.assignment.work_order for one in (phone, other))
    closed, running = phone.visit.time_entries.get(), other.visit.time_entries.get()
    assert closed.closed_by == running
    told = AuditEvent.objects.about(phone.visit).get(verb="visit.clock_closed")
    assert told.data["work_order"] == second.number
    told = AuditEvent.objects.about(other.visit).get(verb="visit.clock_closed_other")
    assert told.data["work_order"] == first.number
    page = client_as(cast.tim).get(f"/phone/job/{phone.assignment.pk}/").content.decode()
    assert f"by the start at {second.number}" in page
    page = client_as(cast.tim).get(f"/phone/job/{other.assignment.pk}/").content.decode()
    assert f"stopped the clock at {first.number}" in page


def test_the_first_goes_on_and_closes_the_second(phone, other, nine):
    begin(phone, nine)
    begin(other, nine + timedelta(hours=1))
    phone.done("resume", occurred_at=nine + timedelta(hours=2))
    assert stretches(other) == [("work", nine + timedelta(hours=1), nine + timedelta(hours=2))]
    assert (phone.visit.status, other.visit.status) == ("started", "paused")


def test_a_trip_that_was_broken_off_can_be_made_again(phone, other, nine):
    phone.done("travel", occurred_at=nine)
    other.done("travel", occurred_at=nine + timedelta(minutes=10))
    phone.done("travel", occurred_at=nine + timedelta(minutes=30))
    assert [row[0] for row in stretches(phone)] == ["travel", "travel"]
    assert (phone.visit.status, other.visit.status) == ("travelling", "assigned")


@pytest.mark.parametrize("runs", [True, False])
def test_an_earlier_start_that_arrives_late_ends_where_the_later_began(phone, other, nine, runs):
    ten = nine + timedelta(hours=1)
    begin(phone, ten)
    if not runs:
        phone.done("stop", occurred_at=ten + timedelta(minutes=20))
    begin(other, nine)
    assert stretches(other) == [("work", nine, ten)]
    assert other.visit.status == "paused"
    assert phone.visit.status == ("started" if runs else "paused")
    assert stretches(phone)[0][1] == ten


@pytest.mark.parametrize("kind", ["stop", "pause"])
def test_a_stop_that_arrives_after_the_later_start_still_counts(phone, other, nine, kind):
    begin(phone, nine)
    begin(other, nine + timedelta(hours=1))
    phone.done(kind, occurred_at=nine + timedelta(minutes=40))
    assert stretches(phone)[0] == ("work", nine, nine + timedelta(minutes=40))
    assert other.visit.status == "started"


@pytest.mark.parametrize("kind", ["stop", "pause"])
def test_a_stop_after_the_later_start_changes_nothing_more(phone, other, nine, kind):
    begin(phone, nine)
    begin(other, nine + timedelta(hours=1))
    phone.done(kind, occurred_at=nine + timedelta(minutes=90))
    assert stretches(phone) == [("work", nine, nine + timedelta(hours=1))]
    assert stretches(other) == [("work", nine + timedelta(hours=1), None)]


def test_a_pause_that_the_office_lets_count_stops_no_other_clock(phone, other, cast, nine):
    phone.done("before_photo", file=photo_stored())
    event = phone.send("pause", occurred_at=nine + timedelta(hours=2))
    begin(other, nine)
    event_apply_after_all(event=event, by=cast.bram)
    assert stretches(other) == [("work", nine, None)]
    assert stretches(phone) == []


@pytest.mark.parametrize("verb", ["travel", "start", "resume"])
def test_a_second_start_is_asked_about_on_the_page(phone, other, client_as, cast, verb):
    client = client_as(cast.tim)
    if verb != "travel":
        other.done("before_photo", file=photo_stored())
    if verb == "resume":
        other.done("start")
        other.done("stop")
    phone.begin()
    number = phone.assignment.work_order.number
    here = f"/phone/job/{other.assignment.pk}/"
    press = {"travel": "On my way", "start": "Start the clock", "resume": "Go on"}[verb]
    asked = submit(here, client=client, press=press)
    assert asked.status_code == 422
    assert f"Your clock runs at {number}" in asked.content.decode()
    assert phone.visit.status == "started"
    answer = submit(asked, client=client, press=f"Stop {number} and start here")
    assert answer.status_code == 302
    assert (phone.visit.status, other.visit.status) == (
        "paused",
        "travelling" if verb == "travel" else "started",
    )


def test_travelling_to_work_at_the_same_job_asks_nothing(phone, client_as, cast):
    phone.done("travel")
    phone.done("before_photo", file=photo_stored())
    answer = submit(f"/phone/job/{phone.assignment.pk}/", client=client_as(cast.tim), press="Start the clock")
    assert answer.status_code == 302
    assert phone.visit.status == "started"


def test_a_trip_on_another_day_and_the_second_clock_are_one_question(phone, cast, order_make, client_as):
    tomorrow = booked(cast.tim, order_make(title="Tomorrow"), clock.now() + timedelta(days=1))
    phone.begin()
    number = phone.assignment.work_order.number
    asked = submit(f"/phone/job/{tomorrow.pk}/", client=client_as(cast.tim), press="On my way")
    assert "The customer hears nothing of it" in asked.content.decode()
    answer = submit(asked, client=client_as(cast.tim), press=f"Stop {number} and start here")
    assert answer.status_code == 302
    assert tomorrow.visits.get().status == "travelling"
