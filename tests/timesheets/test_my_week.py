"""A technician's week, from the clock to the office: submitted, approved, returned, and never changed in silence."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from apps.core import clock
from apps.core.models import AuditEvent
from apps.core.refusals import Refused
from apps.messaging.models import Notice
from apps.timesheets import actions
from apps.timesheets.figures import sheet_of
from apps.timesheets.models import HandTime, Submission, SubmittedDay, Week
from apps.timesheets.rules import monday_of
from tests.builders import Phone
from tests.pages import flat, key_given, post_by_hand, submit

pytestmark = pytest.mark.django_db
THURSDAY = datetime(2026, 11, 26, 16, tzinfo=UTC)
MONDAY = monday_of(THURSDAY.date())
MINE = "/phone/week/"


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel(THURSDAY, tick=False):
        yield


@pytest.fixture
def worked(phone: Phone) -> Phone:
    """Tuesday: half an hour on the road, two hours of work, a pause, an hour."""
    phone.moment = THURSDAY - timedelta(days=2, hours=8)
    phone.travel(30).work(120).pause(30).work(60).tell("stop")
    return phone


@pytest.fixture
def tim(client_as, cast) -> Client:
    return client_as(cast.tim)


@pytest.fixture
def bram(client_as, cast) -> Client:
    return client_as(cast.bram)


def text(client: Client, address: str) -> str:
    return flat(client.get(address).content.decode()).replace("\xa0", " ")


def week() -> Week:
    return Week.objects.get()


def submitted(tim: Client) -> str:
    submit(MINE, client=tim, form="submit/")
    return reverse("timesheets:week_detail", args=[week().pk])


def test_the_week_adds_up_what_the_clock_recorded(worked, tim):
    page = text(tim, MINE)
    assert "3.50 hours to pay" in page
    sheet = sheet_of(worked.user.technician, MONDAY, clock.now())
    assert sheet.totals == {
        "work": Decimal("3.00"), "travel": Decimal("0.50"), "pause": Decimal("0.50"), "leave": 0, "other": 0,
    }  # fmt: skip


def test_leave_is_entered_by_hand_and_can_be_taken_off(worked, tim):
    submit(MINE, client=tim, press="Add", weekday="4", kind="leave", hours="8", reason="Day off")
    assert "11.50 hours to pay" in text(tim, MINE)
    submit(MINE, client=tim, press="Take 8.00 hours off")
    assert not HandTime.objects.exists()
    verbs = [event.verb for event in week_history()]
    assert verbs == ["week.time_add", "week.time_remove"]


def week_history():
    return AuditEvent.objects.about(week())


def test_what_cannot_be_is_said_at_its_field(worked, tim):
    answer = submit(MINE, client=tim, press="Add", weekday="4", kind="leave", hours="25", reason="Day off")
    assert answer.status_code == 422
    assert not HandTime.objects.exists()
    submit(MINE, client=tim, press="Add", weekday="4", kind="leave", hours="20", reason="Day off")
    answer = submit(MINE, client=tim, press="Add", weekday="4", kind="other", hours="5", reason="Course")
    assert answer.status_code == 409
    assert HandTime.objects.count() == 1


def test_a_submitted_week_is_approved_and_exported(worked, tim, bram):
    submit(MINE, client=tim, press="Add", weekday="4", kind="leave", hours="8", reason="Day off")
    address = submitted(tim)
    assert week().status == "submitted"
    assert reverse("my_week:week_submit") not in text(tim, MINE)
    assert "Day off" in text(bram, address)
    submit(address, client=bram, form="approve/")
    assert week().status == "approved"
    exported = bram.get(reverse("timesheets:day_list"), {"export": "csv"}).content.decode("utf-8-sig")
    heading, *rows = exported.splitlines()
    assert heading == "Day;Technician;Work;Travel;Pause;Leave;Other;Hours to pay"
    assert rows == [
        "2026-11-27;Tim;0.00;0.00;0.00;8.00;0.00;8.00",
        "2026-11-24;Tim;3.00;0.50;0.50;0.00;0.00;3.50",
    ]
    assert "€" not in exported


def test_only_approved_days_go_to_payroll(worked, tim, bram):
    submitted(tim)
    assert "No approved hours yet" in text(bram, reverse("timesheets:day_list"))


def test_a_returned_week_says_why_and_can_be_submitted_again(worked, tim, bram, cast):
    address = submitted(tim)
    submit(address, client=bram, press="Return to technician", reason="Where is Wednesday?")
    assert week().status == "returned"
    notice = Notice.objects.get(user=cast.tim, text__contains="Where is Wednesday?")
    assert "Where is Wednesday?" in text(tim, notice.url)
    submit(MINE, client=tim, press="Add", weekday="2", kind="work", hours="4", reason="Forgot the clock")
    submit(MINE, client=tim, form="submit/")
    assert Submission.objects.count() == 2
    assert [row.hours["work"] for row in SubmittedDay.objects.filter(submission=week().submission)][2] == 4


def test_reopening_an_approved_week_asks_for_a_reason_and_leaves_its_trace(worked, tim, bram):
    address = submitted(tim)
    submit(address, client=bram, form="approve/")
    assert submit(address, client=bram, press="Reopen", reason=" ").status_code == 422
    submit(address, client=bram, press="Reopen", reason="A day is missing")
    assert week().status == "returned"
    last = week_history().last()
    assert (last.verb, last.before, last.after, last.reason) == (
        "week.reopen", "approved", "returned", "A day is missing",
    )  # fmt: skip


def test_nothing_by_hand_changes_while_the_office_has_the_week(worked, tim, cast):
    submit(MINE, client=tim, press="Add", weekday="4", kind="leave", hours="8", reason="Day off")
    old = tim.get(MINE)
    submitted(tim)
    answer = submit(old, client=tim, press="Add", weekday="3", kind="leave", hours="1", reason="Dentist")
    assert answer.status_code == 409
    assert HandTime.objects.count() == 1


def test_a_late_event_makes_an_approved_week_differ_and_pays_nothing_by_itself(worked, tim, bram, cast):
    address = submitted(tim)
    submit(address, client=bram, form="approve/")
    approved = SubmittedDay.objects.get(day=MONDAY + timedelta(days=1)).work
    late = THURSDAY - timedelta(days=1)
    worked.done("resume", occurred_at=late)
    worked.done("stop", occurred_at=late + timedelta(hours=2))
    assert week().changed
    days = bram.get(reverse("timesheets:day_list"), {"export": "csv"}).content.decode("utf-8-sig")
    assert len(days.splitlines()) == 2
    assert SubmittedDay.objects.get(day=MONDAY + timedelta(days=1)).work == approved
    assert "Submitted were 3.50 hours to pay; now it is 5.50" in text(bram, address)
    assert "Changed after it was approved" in text(bram, reverse("office:dashboard"))
    assert "You submitted 3.50 hours to pay; by your clock it is 5.50 now" in text(tim, MINE)
    submit(address, client=bram, form="approve/")
    assert not week().changed
    assert week_history().last().data == {"was": "3.50", "hours": "5.50"}
    days = bram.get(reverse("timesheets:day_list"), {"export": "csv"}).content.decode("utf-8-sig")
    assert len(days.splitlines()) == 3


def test_the_clock_of_another_week_leaves_this_one_alone(worked, tim, phone):
    submitted(tim)
    later = THURSDAY + timedelta(days=5)
    with time_machine.travel(later + timedelta(hours=2), tick=False):
        worked.done("resume", occurred_at=later)
        worked.done("stop", occurred_at=later + timedelta(hours=1))
    assert not week().changed


def test_an_own_correction_counts_beside_what_was_recorded(worked, tim, bram, phone):
    """The end that the technician proposes is what he submits; the record and his reason stand beside it."""
    page = tim.get(MINE).content.decode()
    last = phone.visit.time_entries.filter(kind="work").latest("started_at")
    address = f"/phone/job/{phone.assignment.pk}/time/?entry={last.pk}"
    assert address in page
    end = last.started_at + timedelta(minutes=30)
    typed = localtime(end).strftime("%Y-%m-%dT%H:%M")
    submit(address, client=tim, form="step", ended_at=typed, reason="Left earlier")
    last.refresh_from_db()
    assert last.ended_at == last.started_at + timedelta(hours=1)
    assert "3.00 hours to pay" in text(tim, MINE)
    assert "Left earlier" in text(bram, submitted(tim))


def test_a_correction_after_the_week_was_submitted_makes_it_differ(worked, tim, phone):
    submitted(tim)
    last = phone.visit.time_entries.filter(kind="work").latest("started_at")
    phone.propose(last.started_at + timedelta(minutes=30), "Left earlier")
    assert week().changed


def test_what_is_submitted_and_approved_is_what_was_shown(worked, tim, bram, cast):
    shown = tim.get(MINE)
    worked.done("resume", occurred_at=THURSDAY - timedelta(hours=3))
    worked.done("stop", occurred_at=THURSDAY - timedelta(hours=2))
    assert submit(shown, client=tim, form="submit/").status_code == 409
    assert not Submission.objects.exists()
    address = submitted(tim)
    looked = bram.get(address)
    worked.done("resume", occurred_at=THURSDAY - timedelta(hours=1))
    worked.done("stop", occurred_at=THURSDAY)
    assert submit(looked, client=bram, form="approve/").status_code == 409
    assert week().status == "submitted"


def test_a_running_clock_has_to_stop_first(worked, tim, cast):
    worked.done("resume", occurred_at=THURSDAY - timedelta(hours=1))
    assert "Your clock is running" in text(tim, MINE)
    sheet = sheet_of(cast.tim.technician, MONDAY, clock.now())
    with pytest.raises(Refused):
        actions.week_submit(technician=cast.tim.technician, monday=MONDAY, seen=sheet.seen, by=cast.tim)


def test_a_week_that_lies_too_long_is_a_task(worked, tim, bram):
    submitted(tim)
    board = reverse("office:dashboard")
    assert "Hours of the week of" not in text(bram, board)
    with time_machine.travel(THURSDAY + timedelta(days=4), tick=False):
        assert "Hours of the week of" in text(bram, board)


def test_hours_are_seen_by_whose_they_are_and_by_whoever_approves(worked, tim, client_as, cast):
    address = submitted(tim)
    assert client_as(cast.olga).get(address).status_code == 200
    assert client_as(cast.ada).get(address).status_code == 403
    assert tim.get(address).status_code == 403
    tessa = client_as(cast.tessa)
    assert "3.50" not in text(tessa, MINE)


def test_somebody_elses_time_by_hand_cannot_be_taken_off(worked, tim, client_as, cast):
    submit(MINE, client=tim, press="Add", weekday="4", kind="leave", hours="8", reason="Day off")
    time = HandTime.objects.get()
    own = client_as(cast.tessa)
    submit(MINE, client=own, press="Add", weekday="4", kind="leave", hours="8", reason="Mine")
    page = own.get(MINE)
    answer = post_by_hand(
        own, reverse("my_week:time_remove", args=[time.pk]), {"idempotency_key": key_given(own)}
    )
    assert answer.status_code == 404, page
    assert HandTime.objects.filter(pk=time.pk).exists()


def test_who_worked_is_asked_once_for_a_week_that_is_over(worked, cast):
    assert actions.weeks_ask(clock.now()) == 0
    after = THURSDAY + timedelta(days=7)
    with time_machine.travel(after, tick=False):
        assert actions.weeks_ask(after) == 1
        assert actions.weeks_ask(after) == 0
    assert week().status == "open"
    assert Notice.objects.filter(user=cast.tim, url__startswith=MINE).count() == 1


def test_two_presses_submit_once(worked, tim):
    page = tim.get(MINE)
    submit(page, client=tim, form="submit/")
    submit(page, client=tim, form="submit/")
    assert Submission.objects.count() == 1


def test_my_week_is_kept_on_the_phone(worked, tim):
    assert reverse("my_week:week") in tim.get(reverse("phone:kept_pages")).json()["daily"]
    assert tim.get(MINE)["X-Keep-For"]
