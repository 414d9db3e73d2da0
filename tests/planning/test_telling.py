"""The customer hears how a visit stands, once, after the plan has been left alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.utils import timezone

from apps.company.models import Company
from apps.core import clock
from apps.core.refusals import Refused
from apps.messaging.actions import delivery, message_deliver
from apps.messaging.models import Message
from apps.planning.actions import (
    appointment_tell,
    assignment_cancel,
    assignment_move,
    assignment_place,
    plan_undo,
    quiet_time,
)
from apps.planning.models import Appointment, Assignment, PlanStep
from tests.builders import CompanyFactory
from tests.pages import submit
from tests.planning.conftest import NOW, World, at
from tests.planning.test_undo import main

pytestmark = pytest.mark.django_db
As = Callable[..., Any]
QUIET = timedelta(minutes=10)


@pytest.fixture
def untold(world: World) -> Assignment:
    """On the plan; the mail about it waits."""
    return assignment_place(
        technician=world.tim, start=at(9, day=1), end=at(11, day=1), by=world.cast.petra,
        work_order=world.order(), confirm=True, grace=QUIET,
    )  # fmt: skip


@pytest.fixture
def told(untold: Assignment) -> Assignment:
    """On the plan; the customer had the mail, and nothing waits."""
    deliver_all()
    mail.outbox.clear()
    return untold


def moved(world: World, visit: Assignment, hour: int, **more: Any) -> Assignment:
    given: dict[str, Any] = {"technician": world.tessa, "start": at(hour, day=2), "end": at(hour + 1, day=2)}
    given |= {"by": world.cast.petra, "version": visit.version, "confirm": True, "grace": QUIET}
    return assignment_move(assignment=visit, **given | more)


def taken_off(world: World, visit: Assignment, **more: Any) -> Assignment:
    return assignment_cancel(
        assignment=visit, by=world.cast.petra, reason="x", confirm=True, grace=QUIET, **more
    )


def deliver_all(*, after: timedelta = QUIET + timedelta(seconds=1)) -> None:
    """What the worker does with every mail there is, each job once."""
    with clock.at(NOW + after):
        for message in Message.objects.order_by("pk"):
            message_deliver(message=message)


def letters() -> list[str]:
    return [str(one.subject) for one in mail.outbox]


def calendar() -> str:
    """The calendar file of the newest mail."""
    return str(next(part[1] for part in mail.outbox[-1].attachments if "calendar" in part[2]))


def test_ten_moves_by_two_planners_are_one_mail_with_the_last_state(world: World, untold: Assignment) -> None:
    visit = untold
    for n in range(10):
        visit = moved(world, visit, 8 + n % 7, by=(world.cast.petra, world.cast.bram)[n % 2])
    deliver_all(after=timedelta(minutes=9))
    assert letters() == [], "as long as the plan was not left alone"
    deliver_all()
    deliver_all()
    assert len(letters()) == 1
    assert "18 nov" in mail.outbox[0].subject
    assert "Tessa" in mail.outbox[0].body
    assert "DTSTART:20261118T090000Z" in calendar()


def test_what_is_booked_and_taken_off_again_is_no_mail(world: World, untold: Assignment) -> None:
    taken_off(world, moved(world, untold, 9))
    deliver_all()
    assert letters() == []


def test_who_was_told_gets_one_mail_about_a_move(world: World, told: Assignment) -> None:
    visit = moved(world, moved(world, told, 9), 13)
    deliver_all()
    assert len(letters()) == 1
    assert Message.objects.latest("pk").kind == "appointment_moved"
    taken_off(world, visit)
    deliver_all(after=QUIET * 3)
    assert len(letters()) == 2
    assert Message.objects.latest("pk").kind == "appointment_cancelled"


def test_who_was_told_hears_nothing_when_all_is_as_before(world: World, told: Assignment) -> None:
    there = moved(world, told, 9)
    moved(world, there, 9, technician=world.tim, start=at(9, day=1), end=at(11, day=1))
    deliver_all()
    assert letters() == []


def test_what_is_off_is_told_by_the_time_that_the_customer_knows(world: World, told: Assignment) -> None:
    taken_off(world, moved(world, told, 9))
    deliver_all()
    assert "17 nov" in mail.outbox[0].subject.lower()
    assert "DTSTART:20261117T080000Z" in calendar()


def test_whoever_was_told_by_telephone_is_not_mailed(world: World, told: Assignment) -> None:
    visit = moved(world, moved(world, told, 9), 13, by=world.cast.bram)
    assignment_move(
        assignment=visit, technician=world.zeno, start=at(14, day=3), end=at(15, day=3), by=world.cast.petra,
        version=visit.version, confirm=False,
    )  # fmt: skip
    deliver_all()
    assert letters() == []
    assert Appointment.objects.get().told_period.lower == at(14, day=3)


def test_a_worker_that_is_killed_at_the_mail_sends_each_once(world: World, untold: Assignment) -> None:
    """It dies between "being sent" and the mail server; the planner moves the visit; another worker takes it up."""
    first = Message.objects.get()
    with (
        clock.at(NOW + QUIET + timedelta(seconds=1)),
        patch.object(delivery, "_handed_over", side_effect=SystemExit),
        pytest.raises(SystemExit),
    ):
        message_deliver(message=first)
    assert letters() == []
    moved(world, moved(world, untold, 9), 13)
    deliver_all(after=QUIET * 2)
    deliver_all(after=QUIET * 3)
    kinds = Message.objects.filter(status="sent").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["appointment_placed", "appointment_moved"]
    assert len({one.extra_headers["Message-ID"] for one in mail.outbox}) == len(mail.outbox) == 2


def test_an_undone_second_move_leaves_the_first_to_be_told(world: World, told: Assignment) -> None:
    moved(world, moved(world, told, 9), 13)
    plan_undo(step=PlanStep.objects.latest("pk"), by=world.cast.petra, grace=QUIET)
    deliver_all(after=timedelta(minutes=1))
    assert letters() == [], "it waits again"
    deliver_all()
    assert len(letters()) == 1
    assert "DTSTART:20261118T080000Z" in calendar()


def test_the_calendar_knows_the_visit_again(world: World, told: Assignment) -> None:
    uid = f"UID:visit-{told.appointment.pk}@watertight"
    visit = moved(world, told, 9)
    deliver_all()
    moved_to = calendar()
    taken_off(world, visit)
    deliver_all(after=QUIET * 3)
    gone = calendar()
    assert uid in moved_to
    assert uid in gone
    assert "METHOD:CANCEL" in gone
    numbers = [int(text.split("SEQUENCE:")[1].split()[0]) for text in (moved_to, gone)]
    assert numbers == sorted(set(numbers))
    assert numbers[0] > 1


@pytest.mark.parametrize(
    ("local", "utc"),
    [((2026, 10, 25, 1, 30), "20261024T233000Z"), ((2026, 10, 25, 4, 0), "20261025T030000Z"),
     ((2027, 3, 28, 1, 0), "20270328T000000Z"), ((2027, 3, 28, 4, 0), "20270328T020000Z")],
)  # fmt: skip
def test_the_nights_in_which_the_clock_changes(world: World, local: tuple[int, ...], utc: str) -> None:
    start = datetime(*local, tzinfo=timezone.get_default_timezone())  # type: ignore[misc,arg-type]
    with clock.at(start - timedelta(days=1)):
        assignment_place(
            technician=world.tim, start=start, end=start + timedelta(hours=1), by=world.cast.petra,
            work_order=world.order(), confirm=True,
        )  # fmt: skip
        message_deliver(message=Message.objects.latest("pk"))
    assert f"DTSTART:{utc}" in calendar()


def test_tell_now_tells_now_and_once(world: World, untold: Assignment) -> None:
    appointment = Appointment.objects.get()
    appointment_tell(appointment=appointment, by=world.cast.petra)
    deliver_all(after=timedelta(seconds=1))
    assert len(letters()) == 1
    with pytest.raises(Refused, match="it has left"):
        appointment_tell(appointment=appointment, by=world.cast.bram)


def test_how_long_is_the_companys_choice_and_what_begins_soon_does_not_wait(world: World) -> None:
    CompanyFactory()
    Company.objects.update(tell_after_minutes=45)
    assert quiet_time() == timedelta(minutes=45)
    assignment_place(
        technician=world.tim, start=NOW + timedelta(hours=1), end=NOW + timedelta(hours=2), by=world.cast.petra,
        work_order=world.order(), confirm=True, grace=quiet_time(),
    )  # fmt: skip
    assert Message.objects.get().held_until < NOW + timedelta(seconds=20)


def test_the_planner_sees_what_waits_and_tells(world: World, untold: Assignment, client_as: As) -> None:
    CompanyFactory()
    petra, name = client_as(world.cast.petra), untold.job.customer.name
    page = petra.get(f"/planning/visits/{untold.pk}/")
    assert f"{name} hears of this by mail at 09:10" in main(page)
    after = submit(page, client=petra, press="Move", start="14:00", follow=True)
    assert f"{name} will be told by mail at 09:10, unless you change it again." in main(after)
    week = petra.get("/planning/week/?week=2026-W47")
    assert "1 customer has yet to hear of the plan." in main(week)
    after = submit(week, client=petra, press="Tell them now", follow=True)
    assert "1 customer is told by mail now." in main(after)
    assert "yet to hear" not in main(after)
    deliver_all(after=timedelta(seconds=1))
    assert len(letters()) == 1
    assert "The customer knows of Tue 17 Nov 14:00." in main(petra.get(f"/planning/visits/{untold.pk}/"))


def test_the_planner_tells_of_one_visit(world: World, untold: Assignment, client_as: As) -> None:
    petra = client_as(world.cast.petra)
    page = petra.get(f"/planning/visits/{untold.pk}/")
    after = submit(page, client=petra, press="Tell now", follow=True)
    assert "The customer is told by mail now." in main(after)
    assert Message.objects.get().held_until is None
