"""What would mail the customer says so, and can be taken back for ten seconds before the mail leaves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.core import clock
from apps.core.refusals import Refused
from apps.messaging.actions import message_deliver
from apps.messaging.models import Message
from apps.planning.actions import assignment_cancel, assignment_move, assignment_place, plan_undo
from apps.planning.models import Assignment, PlanStep
from tests.pages import submit
from tests.planning.conftest import NOW, World, at

pytestmark = pytest.mark.django_db
As = Callable[..., Any]
GRACE = timedelta(seconds=13)
WEEK = "/planning/week/?week=2026-W47"


@pytest.fixture
def visit(world: World) -> Assignment:
    """On the plan, and the customer knows."""
    return assignment_place(
        technician=world.tim, start=at(9, day=1), end=at(11, day=1), by=world.cast.petra,
        work_order=world.order(), confirm=False,
    )  # fmt: skip


def moved(world: World, visit: Assignment, **more: Any) -> Assignment:
    given = {"technician": world.tessa, "start": at(13, day=2), "end": at(15, day=2), "by": world.cast.petra}
    given |= {"version": visit.version, "confirm": True, "grace": GRACE}
    return assignment_move(assignment=visit, **given | more)


def newest() -> PlanStep:
    return PlanStep.objects.select_related("assignment", "technician").latest("pk")


def kinds(*, status: str) -> list[str]:
    return list(Message.objects.filter(status=status).order_by("pk").values_list("kind", flat=True))


def late(message: Message) -> bool:
    with clock.at(NOW + timedelta(seconds=14)):
        return message_deliver(message=message)


def test_the_mail_waits_for_the_grace(world: World, visit: Assignment) -> None:
    moved(world, visit)
    message = Message.objects.get()
    job = ProcrastinateJob.objects.filter(task_name="messaging.deliver").latest("id")
    assert job.scheduled_at is not None
    assert not message_deliver(message=message)
    assert mail.outbox == []
    assert late(message)
    assert len(mail.outbox) == 1


def test_a_move_is_taken_back_and_nobody_is_mailed(world: World, visit: Assignment) -> None:
    moved(world, visit)
    plan_undo(step=newest(), by=world.cast.petra)
    visit.refresh_from_db()
    assert (visit.technician, visit.starts_at, visit.active) == (world.tim, at(9, day=1), True)
    assert (kinds(status="queued"), kinds(status="withdrawn")) == ([], ["appointment_moved"])
    assert late(Message.objects.get()), "nothing is left to do"
    assert mail.outbox == []


def test_a_booking_is_taken_back(world: World) -> None:
    order = world.order()
    assignment_place(
        technician=world.tim, start=at(9), end=at(11), by=world.cast.petra, work_order=order, grace=GRACE
    )
    plan_undo(step=newest(), by=world.cast.petra)
    order.refresh_from_db()
    assert order.status == "to_plan"
    assert not order.assignments.active().exists()
    assert kinds(status="queued") == []


def test_what_was_taken_off_the_plan_comes_back_as_the_same_visit(world: World, visit: Assignment) -> None:
    assignment_cancel(assignment=visit, by=world.cast.petra, reason="ill", confirm=True, grace=GRACE)
    plan_undo(step=newest(), by=world.cast.petra)
    visit.refresh_from_db()
    assert (visit.technician, visit.starts_at, visit.active) == (world.tim, at(9, day=1), True)
    visit.work_order.refresh_from_db()
    assert visit.work_order.status == "planned"
    assert kinds(status="queued") == []


def test_once_the_mail_has_left_it_says_so(world: World, visit: Assignment) -> None:
    moved(world, visit)
    late(Message.objects.get())
    with pytest.raises(Refused, match=r"The mail to .* left at 09:00"):
        plan_undo(step=newest(), by=world.cast.petra)
    visit.refresh_from_db()
    assert visit.technician == world.tessa


def test_twice_is_refused(world: World, visit: Assignment) -> None:
    moved(world, visit)
    step = newest()
    plan_undo(step=step, by=world.cast.petra)
    with pytest.raises(Refused, match="taken back already"):
        plan_undo(step=step, by=world.cast.petra)


def test_a_slot_that_somebody_took_meanwhile_is_not_taken_back_unseen(
    world: World, visit: Assignment
) -> None:
    moved(world, visit)
    assignment_place(
        technician=world.tim, start=at(9, day=1), end=at(10, day=1), by=world.cast.bram,
        work_order=world.order(), confirm=False,
    )  # fmt: skip
    with pytest.raises(Refused, match="already booked then"):
        plan_undo(step=newest(), by=world.cast.petra)
    assert kinds(status="queued") == ["appointment_moved"], "and the mail still leaves"


def test_a_second_move_takes_the_place_of_the_mail_that_waits(world: World, visit: Assignment) -> None:
    first = moved(world, visit)
    moved(world, first, start=at(14, day=3), end=at(16, day=3), technician=world.zeno)
    assert kinds(status="queued") == ["appointment_moved"]
    assert "Zeno" in Message.objects.get(status="queued").body
    # taken back, the first move holds, of which the customer has not heard yet
    plan_undo(step=newest(), by=world.cast.petra)
    told = Message.objects.get(status="queued")
    assert (told.kind, told.held_until) == ("appointment_moved", None)
    assert "Tessa" in told.body


def test_who_never_heard_that_we_come_hears_nothing_of_a_change(world: World) -> None:
    order = world.order()
    placed = assignment_place(
        technician=world.tim, start=at(9), end=at(11), by=world.cast.petra, work_order=order, grace=GRACE
    )
    after = moved(world, placed)
    assert kinds(status="queued") == ["appointment_placed"]
    assignment_cancel(assignment=after, by=world.cast.petra, reason="mistake", confirm=True, grace=GRACE)
    assert kinds(status="queued") == []


def test_without_grace_the_mail_leaves_at_once(world: World, visit: Assignment) -> None:
    moved(world, visit, grace=None)
    assert not PlanStep.objects.exists()
    assert message_deliver(message=Message.objects.get())
    assert len(mail.outbox) == 1


def main(answer: Any) -> str:
    return " ".join(lxml.html.document_fromstring(answer.content.decode()).text_content().split())


def test_the_page_says_who_is_mailed_before_and_after(world: World, visit: Assignment, client_as: As) -> None:
    petra = client_as(world.cast.petra)
    page = petra.get(f"/planning/visits/{visit.pk}/")
    customer = visit.work_order.customer
    assert f"Mail the appointment to {customer.name}, {customer.email}" in main(page)
    after = submit(page, client=petra, press="Move", start="14:00", follow=True)
    assert f"{customer.name} will be told by mail in 10 s." in main(after)
    undone = submit(after, client=petra, press="Undo", follow=True)
    assert "Tim, Tue 17 Nov 09:00 again, and nobody was mailed" in main(undone)
    visit.refresh_from_db()
    assert visit.starts_at == at(9, day=1)


def test_the_address_of_undo_is_a_page_with_the_button(
    world: World, visit: Assignment, client_as: As
) -> None:
    petra = client_as(world.cast.petra)
    moved(world, visit)
    page = petra.get(f"/planning/undo/{newest().pk}/")
    assert "The visit goes back to Tim, Tue 17 Nov 09:00." in main(page)
    assert submit(page, client=petra, press="Undo").status_code == 302
    visit.refresh_from_db()
    assert visit.technician == world.tim
    assert "can no longer be taken back" in main(petra.get(f"/planning/undo/{newest().pk}/"))
    assert client_as(world.cast.bram).get(f"/planning/undo/{newest().pk}/").status_code == 404


def test_nobody_is_promised_a_mail_that_cannot_leave(world: World, client_as: As) -> None:
    petra, order = client_as(world.cast.petra), world.order()
    type(order.customer).objects.filter(pk=order.customer_id).update(email="")
    page = petra.get(
        f"/planning/visits/new/?job=w{order.pk}&technician={world.tim.pk}&day=2026-11-17&start=09:00"
    )
    assert "There is no e-mail address: nobody is mailed." in main(page)
    after = submit(page, client=petra, press="Book", follow=True)
    assert "will be told" not in main(after)
