"""A clock that ran through the night is asked about; the technician says when the work ended, and the office sees both."""

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import localtime

from apps.core import clock
from apps.field.evidence import evidence_for
from apps.field.models import TimeProposal
from apps.planning.models import Assignment
from tests.builders import Phone
from tests.builders.phone import photo_stored
from tests.field.conftest import booked
from tests.pages import submit


@pytest.fixture
def night(phone: Phone) -> datetime:
    """Work began fifteen hours ago, and nobody stopped the clock."""
    start = clock.now() - timedelta(hours=15)
    phone.done("before_photo", file=photo_stored(), occurred_at=start)
    phone.done("start", occurred_at=start)
    return start


def typed(moment: datetime) -> str:
    return localtime(moment).strftime("%Y-%m-%dT%H:%M")


def here(phone: Phone, page: str = "") -> str:
    return f"/phone/job/{phone.assignment.pk}/{page}"


@pytest.mark.parametrize("press", ["Stop", "Pause"])
def test_a_stop_after_a_forgotten_night_asks_when_work_ended(phone, night, client_as, cast, press):
    client = client_as(cast.tim)
    answer = submit(here(phone), client=client, press=press)
    assert answer.url == here(phone, "time/")
    entry = phone.visit.time_entries.get(kind="work")
    recorded = entry.ended_at
    end = night + timedelta(hours=8)
    answer = submit(answer.url, client=client, form="step", ended_at=typed(end), reason="Forgot to stop")
    assert answer.url == here(phone)
    proposal = TimeProposal.objects.get()
    assert (proposal.entry, proposal.reason) == (entry, "Forgot to stop")
    assert typed(proposal.ended_at) == typed(end)
    entry.refresh_from_db()
    assert entry.ended_at == recorded
    (shown, *_rest) = evidence_for(phone.assignment.work_order).times
    assert (shown.proposed_end, shown.proposed_why) == (proposal.ended_at, "Forgot to stop")
    assert "over ten hours" not in client.get(here(phone)).content.decode()


def test_the_customer_is_shown_the_hours_that_the_technician_says(phone, night, client_as, cast):
    """Not the night: nobody signs for that."""
    client = client_as(cast.tim)
    phone.done("stop")

    def shown() -> str:
        return client.get(here(phone, "sign-off/")).content.decode().replace("\xa0", " ")

    assert "15 h" in shown()
    end = night + timedelta(hours=8)
    submit(here(phone, "time/"), client=client, form="step", ended_at=typed(end), reason="Forgot to stop")
    assert "15 h" not in shown()
    assert "8 h" in shown() or "7 h 59" in shown()  # the picker knows no seconds
    submit(here(phone, "sign-off/"), client=client, form="step", reason="Nobody home")
    (work,) = phone.visit.sign_off.shown["time"]
    assert typed(datetime.fromisoformat(work["until"])) == typed(end)
    assert typed(phone.visit.time_entries.get().ended_at) != typed(end)


def test_an_end_outside_the_stretch_is_refused_and_kept_as_typed(phone, night, client_as, cast):
    client = client_as(cast.tim)
    phone.done("stop")
    for end in (night - timedelta(hours=1), clock.now() + timedelta(hours=1)):
        answer = submit(
            here(phone, "time/"),
            client=client,
            form="step",
            past_browser=True,
            ended_at=typed(end),
            reason="Forgot to stop",
        )
        assert answer.status_code == 422
        assert typed(end) in answer.content.decode()
    assert not TimeProposal.objects.exists()


def test_a_working_day_is_not_asked_about(phone, client_as, cast):
    start = clock.now() - timedelta(hours=9)
    phone.done("before_photo", file=photo_stored(), occurred_at=start)
    phone.done("start", occurred_at=start)
    answer = submit(here(phone), client=client_as(cast.tim), press="Stop")
    assert answer.url == here(phone)
    assert client_as(cast.tim).get(here(phone, "time/")).status_code == 302


def test_a_forgotten_trip_is_asked_about_when_it_is_broken_off(phone, client_as, cast):
    phone.done("travel", occurred_at=clock.now() - timedelta(hours=15))
    answer = submit(here(phone), client=client_as(cast.tim), press="Not on my way after all")
    assert answer.url == here(phone, "time/")


def test_it_can_still_be_said_after_the_visit_was_handed_in(phone, night):
    phone.complete()
    phone.done("finish")
    entry = phone.visit.time_entries.get()
    end = (night + timedelta(hours=8)).isoformat()
    phone.done("time_proposal", entry=entry.pk, ended_at=end, reason="Forgot to stop")
    assert phone.send("time_proposal", entry=entry.pk, ended_at=end).why == "no_reason"
    assert phone.send("time_proposal", entry=0, ended_at=end, reason="x").why == "unknown_record"
    odd = phone.send("time_proposal", entry=entry.pk, ended_at="yesterday", reason="x")
    assert odd.why == "outside_the_stretch"
    assert TimeProposal.objects.count() == 1


def test_a_second_clock_that_closes_the_forgotten_one_asks_where_the_technician_is(
    phone, order_make, night, client_as, cast
):
    """The start at the next job closes it; its own page may not be opened for days."""
    other = Phone(
        cast.tim, booked(cast.tim, order_make(title="Second job"), clock.now() + timedelta(hours=3))
    )
    client = client_as(cast.tim)
    assert "over ten hours" not in client.get("/phone/").content.decode()
    other.done("before_photo", file=photo_stored())
    other.done("start")
    today = client.get("/phone/")
    assert "Your clock ran for over ten hours" in today.content.decode()
    assert here(phone, "time/") in today.content.decode()
    answer = submit(here(phone, "time/"), client=client, press="The clock is right")
    assert answer.status_code == 302
    assert "over ten hours" not in client.get("/phone/").content.decode()


def test_that_the_clock_is_right_is_recorded_and_the_review_says_so(phone, night, client_as, cast):
    phone.complete()
    phone.done("stop")
    client = client_as(cast.tim)
    answer = submit(here(phone, "time/"), client=client, press="The clock is right")
    assert answer.url == here(phone)
    entry, proposal = phone.visit.time_entries.get(kind="work"), TimeProposal.objects.get()
    assert (proposal.entry, proposal.ended_at) == (entry, entry.ended_at)
    assert abs(clock.now() - proposal.at) < timedelta(minutes=10)
    assert "over ten hours" not in client.get(here(phone)).content.decode()
    phone.done("finish")
    order = phone.assignment.work_order
    page = client_as(cast.bram).get(f"/review/{order.pk}/", follow=True).content.decode()
    assert "Confirmed by the technician" in page
    assert "The clock is right." in page


def test_a_clock_of_a_visit_that_was_given_away_is_not_asked_about_today(phone, night, client_as, cast):
    phone.done("stop")
    Assignment.objects.filter(pk=phone.assignment.pk).update(active=False)
    assert "over ten hours" not in client_as(cast.tim).get("/phone/").content.decode()
