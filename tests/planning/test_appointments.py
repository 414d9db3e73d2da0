"""The customer's private page of an appointment, and the office's answer."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from django.core import mail
from django.test import Client

from apps.core import clock
from apps.core.tokens import token_for
from apps.messaging.models import Message
from apps.planning.actions import (
    absence_add,
    appointments_remind,
    assignment_cancel,
    assignment_move,
    assignment_place,
)
from apps.planning.models import Appointment, Assignment, ChangeRequest
from apps.planning.windows import windows_free
from apps.tasks.waiting import tasks
from apps.technicians.actions import technician_change
from tests.builders import CompanyFactory
from tests.pages import submit
from tests.planning.conftest import NOW, World, at
from tests.planning.test_telling import QUIET, calendar, deliver_all, letters
from tests.planning.test_undo import main
from tests.tampering import submit_tampered

pytestmark = pytest.mark.django_db
As = Callable[..., Any]


@pytest.fixture
def visit(world: World) -> Assignment:
    """On Tuesday at nine; the customer, who reads English, had the mail."""
    CompanyFactory()
    type(world.customer).objects.filter(pk=world.customer.pk).update(language="en")
    made = assignment_place(
        technician=world.tim, start=at(9, day=1), end=at(11, day=1), by=world.cast.petra,
        work_order=world.order(), confirm=True, grace=QUIET,
    )  # fmt: skip
    deliver_all()
    return Assignment.objects.with_job().get(pk=made.pk)


@pytest.fixture
def address(visit: Assignment) -> str:
    return f"/appointment/{token_for('appointment', visit.appointment.nonce)}/"


def moved(world: World, visit: Assignment, **more: Any) -> Assignment:
    given: dict[str, Any] = {"technician": world.tim, "start": at(13, day=3), "end": at(15, day=3)}
    given |= {"by": world.cast.petra, "version": visit.version, "confirm": True}
    return assignment_move(assignment=visit, **given | more)


def ask(client: Client, address: str, press: str, **typed: Any) -> Any:
    return submit(client.get(address), client=client, press=press, follow=True, **typed)


def choices(answer: Any) -> list[str]:
    page = lxml.html.document_fromstring(answer.content.decode())
    return [one.get("value") for one in page.iterfind(".//input[@name='window']") if one.get("value")]


def test_the_mail_holds_the_address_and_no_database_does(visit: Assignment, address: str) -> None:
    assert address in mail.outbox[0].body
    assert address not in Message.objects.get().body
    assert token_for("appointment", visit.appointment.nonce) != visit.appointment.token_hash


def test_the_customer_sees_and_confirms(world: World, visit: Assignment, address: str, client_as: As) -> None:
    client = Client()
    page = client.get(address)
    assert "Tue 17 Nov" in main(page)
    assert re.search(r"09:00\s*–\s*10:00", main(page))
    after = ask(client, address, "This suits me")
    assert "Confirmed" in main(after)
    assert "This suits me" not in main(after)
    office = client_as(world.cast.petra).get(f"/planning/visits/{visit.pk}/")
    assert "Confirmed" in main(office)
    moved(world, visit)
    assert "Confirmed" not in main(client.get(address)), "of another time they said nothing"


@pytest.mark.parametrize(
    ("press", "typed"),
    [("This suits me", {}), ("Ask for this time", {"words": "Later"}), ("Ask to cancel", {"words": "Ill"})],
)
def test_an_old_page_is_refused_with_the_time_of_now(
    world: World, visit: Assignment, address: str, press: str, typed: dict[str, str]
) -> None:
    client = Client()
    old = client.get(address)
    moved(world, visit)
    answer = submit(old, client=client, press=press, **typed)
    assert answer.status_code == 409
    assert re.search(r"moved meanwhile: it is now on Thu 19 Nov, between 13:00\s*–\s*14:00", main(answer))
    assert not ChangeRequest.objects.exists()
    assert Appointment.objects.get().confirmed_start is None
    assert submit(answer, client=client, press=press, **typed).status_code == 303, (
        "the page that came is the new one"
    )


@pytest.mark.parametrize("seen", ["9" * 12, "9" * 18])
def test_a_beginning_that_no_calendar_has_is_refused_like_an_old_page(
    visit: Assignment, address: str, seen: str
) -> None:
    answer = submit_tampered(address, {"seen": seen}, client=Client(), press="This suits me")
    assert answer.status_code == 409


def test_what_is_offered_is_free(world: World, visit: Assignment) -> None:
    """For as long as the visit takes, for somebody with the skill, on no day that is too soon, each time once."""
    offered = windows_free(visit)
    assert 2 <= len(offered) <= 5
    assert len({one.arrival.start for one in offered}) == len(offered)
    for one in offered:
        place = one.place
        assert place.span.start >= NOW + timedelta(days=1)
        assert place.span.end - place.span.start == timedelta(hours=2)
        taken = Assignment.objects.active().between(place.span.start, place.span.end)
        assert not taken.filter(technician=place.technician).exists()


def test_asked_and_granted(world: World, visit: Assignment, address: str, client_as: As) -> None:
    client, petra = Client(), client_as(world.cast.petra)
    chosen = choices(client.get(address))[0]
    window = next(one for one in windows_free(visit) if one.key == chosen)
    after = ask(client, address, "Ask for this time", window=chosen, words="We are away on Tuesday")
    assert "We got your question" in main(after)
    assert "Ask for another time" not in main(after), "one question at a time"
    task = next(one for one in tasks(world.cast.petra, NOW).tasks if one.key.startswith("change-"))
    page = petra.get(task.url)
    assert "We are away on Tuesday" in main(page)
    assert "Tue 17 Nov" in main(page)
    mail.outbox.clear()
    done = submit(page, client=petra, press="Move it there", follow=True)
    assert "Done as the customer asked" in main(done)
    visit.refresh_from_db()
    assert (visit.starts_at, visit.technician_id) == (window.start, window.place.technician)
    deliver_all(after=QUIET * 2)
    assert len(letters()) == 1
    assert "METHOD:PUBLISH" in calendar()
    assert "We did as you asked" in main(client.get(address))
    assert not [one for one in tasks(world.cast.petra, NOW).tasks if one.key.startswith("change-")]


def test_asked_and_declined(world: World, visit: Assignment, address: str, client_as: As) -> None:
    client, petra = Client(), client_as(world.cast.petra)
    ask(client, address, "Ask for this time", window="", words="Any evening")
    asked = ChangeRequest.objects.get()
    page = petra.get(f"/planning/changes/{asked.pk}/")
    assert "Move it there" not in main(page)
    assert submit(page, client=petra, press="Answer no", reason=" ").status_code == 422
    mail.outbox.clear()
    submit(page, client=petra, press="Answer no", reason="We do not work in the evening.")
    deliver_all(after=QUIET * 2)
    assert "We do not work in the evening." in mail.outbox[0].body
    shown = main(client.get(address))
    assert "We do not work in the evening." in shown
    assert "Ask for another time" in shown
    visit.refresh_from_db()
    assert visit.starts_at == at(9, day=1)


def test_asked_to_cancel(world: World, visit: Assignment, address: str, client_as: As) -> None:
    client, petra = Client(), client_as(world.cast.petra)
    ask(client, address, "Ask to cancel", words="The tap is mended")
    asked = ChangeRequest.objects.get()
    mail.outbox.clear()
    submit(petra.get(f"/planning/changes/{asked.pk}/"), client=petra, press="Take the visit off")
    visit.refresh_from_db()
    assert not visit.active
    deliver_all(after=QUIET * 2)
    assert "METHOD:CANCEL" in calendar()
    shown = main(client.get(address))
    assert "Your appointment is off" in shown
    assert "We did as you asked" in shown


def test_what_somebody_took_meanwhile_is_neither_asked_nor_granted(
    world: World, visit: Assignment, address: str, client_as: As
) -> None:
    client, petra = Client(), client_as(world.cast.petra)
    old = client.get(address)
    place = next(one for one in windows_free(visit) if one.key == choices(old)[0]).place
    taken: dict[str, Any] = {
        "start": place.span.start,
        "end": place.span.end,
        "by": world.cast.bram,
        "confirm": False,
    }
    ask(client, address, "Ask for this time", window=choices(old)[0])
    for technician in (world.tim, world.tessa, world.zeno):
        assignment_place(technician=technician, work_order=world.order(), **taken)
    page = petra.get(f"/planning/changes/{ChangeRequest.objects.get().pk}/")
    assert "Something stands against that time by now" in main(page)
    assert submit(page, client=petra, press="Move it there").status_code == 409
    assert ChangeRequest.objects.get().status == "open"
    submit(page, client=petra, press="Answer no", reason="It is taken.")
    late = submit(old, client=client, press="Ask for this time", window=choices(old)[0])
    assert late.status_code == 422
    assert "This time was just taken" in main(late)


def test_a_question_without_a_time_or_a_word_is_asked_again(visit: Assignment, address: str) -> None:
    client = Client()
    answer = submit(client.get(address), client=client, press="Ask for this time", window="", words="")
    assert answer.status_code == 422
    assert "Choose a time, or say when it suits you." in main(answer)


def test_the_calendar_of_the_page_is_that_of_the_mail(visit: Assignment, address: str) -> None:
    text = Client().get(f"{address}appointment.ics").content.decode()
    assert f"UID:visit-{visit.appointment.pk}@watertight" in text
    assert "DTSTART:20261117T080000Z" in text
    assert "ORGANIZER" in text


def test_the_page_closes_some_time_after_the_visit(visit: Assignment, address: str) -> None:
    with clock.at(visit.ends_at + timedelta(days=29)):
        assert Client().get(address).status_code == 200
    with clock.at(visit.ends_at + timedelta(days=31)):
        assert Client().get(address).status_code == 410


def test_the_day_before_there_is_one_reminder(world: World, visit: Assignment) -> None:
    monday = at(9)
    mail.outbox.clear()
    assert appointments_remind(monday - timedelta(hours=2)) == 0, "not in the night"
    with clock.at(monday):
        assert [appointments_remind(monday), appointments_remind(monday + timedelta(hours=1))] == [1, 0]
    deliver_all(after=monday - NOW)
    assert [one.split(":")[0] for one in letters()] == ["Tomorrow"]
    with clock.at(monday):
        visit = moved(world, visit, start=at(9, day=2), end=at(11, day=2))
    deliver_all(after=monday - NOW + timedelta(minutes=1))
    with clock.at(at(9, day=1)):
        assert appointments_remind(at(9, day=1)) == 1, "of another day, once more"


@pytest.mark.parametrize("what", ["off", "moved", "told today", "another time untold", "ill", "leaves"])
def test_nobody_is_reminded_of_what_does_not_stand(world: World, visit: Assignment, what: str) -> None:
    monday = at(9)
    if what == "off":
        assignment_cancel(assignment=visit, by=world.cast.petra, reason="x", version=visit.version)
    elif what == "moved":
        moved(world, visit)
        deliver_all()
    elif what == "told today":
        with clock.at(at(8, 30)):
            moved(world, visit, start=at(13, day=1), end=at(14, day=1))
        deliver_all(after=at(8, 40) - NOW)
    elif what == "ill":  # a planner has the task to send somebody else
        absence = {"kind": "sick", "start": at(0, day=1), "end": at(0, day=2), "by": world.cast.petra}
        with clock.at(at(8)):
            absence_add(technician=world.tim, **absence)
    elif what == "leaves":
        technician_change(technician=world.tim, by=world.cast.ada, last_day=at(9).date())
    else:
        moved(world, visit, start=at(13, day=1), end=at(14, day=1), grace=QUIET)
    assert appointments_remind(monday) == 0


def test_a_reminder_that_waits_does_not_leave_once_the_visit_moves(world: World, visit: Assignment) -> None:
    with clock.at(at(9)):
        appointments_remind(at(9))
        mail.outbox.clear()
        moved(world, visit)
    deliver_all(after=at(10) - NOW)
    assert letters() == ["Your appointment is moved to Thu 19 Nov"]
