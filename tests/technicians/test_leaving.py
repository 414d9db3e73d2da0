"""Who leaves hands over what they hold, or it stays in sight: nothing vanishes, nothing is lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.actions import user_deactivate, user_hand_over
from apps.core import clock
from apps.core.holdings import Choice, NotHandedOver, StillHeld, Wishes, holdings_of
from apps.core.models import AuditEvent
from apps.core.refusals import Refused
from apps.field.actions import visit_return
from apps.field.models import TimeEntry, Visit
from apps.leaks.actions import leaks_detect
from apps.leaks.models import Leak
from apps.messaging.actions import notice_send
from apps.messaging.models import Message, Notice
from apps.planning import actions as planning
from apps.planning.models import Assignment
from apps.technicians.actions import technician_deactivate, technician_hand_over
from apps.technicians.models import Technician
from tests.field.conftest import Phone
from tests.office.waiting import waiting_for
from tests.pages import submit
from tests.planning.conftest import NOW, World, at


def book(world: World, technician: Any = None, start: Any = None, **fields: Any) -> Assignment:
    start = start or at(10)
    return planning.assignment_place(
        technician=technician or world.tim, start=start, end=start + timedelta(hours=2), by=world.cast.petra,
        work_order=world.order(**fields),
    )  # fmt: skip


def begun(world: World, hours: int = 1) -> Phone:
    """Tim began some hours ago, and his clock runs."""
    start = NOW - timedelta(hours=hours)
    phone = Phone(world.cast.tim, book(world, start=start))
    with clock.at(start):
        phone.begin()
    return phone


def returned(world: World) -> Phone:
    phone = begun(world, hours=4)
    phone.complete()
    phone.done("finish")
    visit_return(visit=phone.visit, items=["The photo is dark"], by=world.cast.bram, reason="Look again")
    return phone


def kinds(subject: Any) -> dict[str, int]:
    return {one.kind.name: one.count for one in holdings_of(subject)}


def address(technician: Technician, verb: str = "deactivate") -> str:
    return reverse(f"technicians:technician_{verb}", args=[technician.pk])


@pytest.fixture
def holder(world: World) -> World:
    """Tim holds one of everything."""
    book(world)
    book(world, start=at(9, day=-4))
    begun(world)
    returned(world)
    world.request(technician=world.tim)
    planning.job_share(work_order=world.order(), user=world.cast.tim, by=world.cast.bram)
    Phone(world.cast.tim, book(world, start=at(14))).send("finish")
    return world


HELD = {
    "field.clocks": 1,
    "field.begun": 1,
    "field.returned": 1,
    "planning.visits": 2,
    "planning.missed": 1,
    "intake.requests": 1,
    "planning.shares": 1,
    "field.events": 1,
}


def test_everything_that_is_held_is_listed_with_links(holder: World, web: Any) -> None:
    assert kinds(holder.tim) == HELD
    page = web.get(address(holder.tim)).content.decode()
    for one in holdings_of(holder.tim):
        assert str(one.kind.label) in page
        assert str(one.kind.stays) in page
        assert one.lines()[0].label in page
        assert f'href="{one.lines()[0].url}"' in page


def test_a_user_holds_what_their_technician_holds(holder: World) -> None:
    notice_send(user=holder.cast.tim, text="Look", url="/")
    assert HELD.items() <= kinds(holder.cast.tim).items()
    assert kinds(holder.cast.tim)["messaging.notices"] > 0


def test_who_holds_something_is_not_taken_out_of_service_by_the_way(holder: World, web: Any) -> None:
    answer = submit(address(holder.tim), client=web, reason="left", press="Take out of service")
    assert answer.status_code == 422
    assert "This is still there" in answer.content.decode()
    assert Technician.objects.get(pk=holder.tim.pk).active
    with pytest.raises(StillHeld):
        technician_deactivate(technician=holder.tim, by=holder.cast.petra, reason="left")
    with pytest.raises(Refused, match="reason"):
        technician_deactivate(technician=holder.tim, by=holder.cast.petra, reason=" ", leave=True)
    assert Technician.objects.get(pk=holder.tim.pk).active


def test_all_of_it_is_handed_over_at_once(holder: World, web: Any) -> None:
    mine = Assignment.objects.filter(technician=holder.tim)
    coming = set(mine.active().filter(period__endswith__gt=NOW, visit=None).values_list("pk", flat=True))
    answer = submit(
        address(holder.tim), client=web, press="Take out of service",
        everything_to="Tessa", way_field_clocks="Stop them at the time below",
        way_field_begun="Back to planning; what was recorded stays",
        way_field_returned="Back to review: the office corrects it", way_planning_missed="Back to planning",
        reason="Found another job", leave=True,
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    assert kinds(holder.tim) == {"field.events": 1, "review.visits": 1}
    assert not TimeEntry.objects.filter(ended_at=None).exists()
    theirs = Assignment.objects.active().filter(technician=holder.tessa)
    assert coming <= set(theirs.values_list("pk", flat=True))
    assert Notice.objects.filter(user=holder.cast.tessa, text__startswith="New on your plan").count() >= 2
    # their mail about Tim had not left: they hear of Tessa only
    assert {one.kind for one in Message.objects.filter(status="queued", body__contains="Tessa")} == {
        "appointment_placed"
    }
    events = AuditEvent.objects.about(holder.tim)
    told = {one.verb: one.reason for one in events}
    assert told["technician.deactivate"] == told["technician.hand_over"] == "Found another job"


def test_nothing_is_handed_over_when_something_cannot_be(holder: World, web: Any) -> None:
    busy = book(holder, technician=holder.tessa, start=at(11))
    typed = {"everything_to": "Tessa", "reason": "left", "leave": True}
    answer = submit(address(holder.tim), client=web, press="Take out of service", **typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing was handed over" in page
    assert str(busy.job) in page
    assert kinds(holder.tim) == HELD
    again = submit(answer, client=web, press="Take out of service", clashes="Back to planning")
    assert again.status_code == 302
    assert "planning.visits" not in kinds(holder.tim)
    assert (
        Assignment.objects.active().filter(technician=holder.tessa, period__overlap=(at(10), at(12))).count()
        == 1
    )


def test_a_clash_is_booked_double_by_who_saw_it_only(holder: World, web: Any) -> None:
    book(holder, technician=holder.tessa, start=at(11))
    typed = {"everything_to": "Tessa", "reason": "left", "leave": True}
    shown = submit(address(holder.tim), client=web, press="Take out of service", **typed)
    late = book(holder, technician=holder.tessa, start=at(14, 30))
    again = submit(shown, client=web, press="Take out of service", clashes="Book double all the same")
    assert again.status_code == 422, "the second clash was not seen"
    assert str(late.job) in again.content.decode()
    assert submit(again, client=web, press="Take out of service").status_code == 302
    assert Assignment.objects.active().filter(technician=holder.tessa).count() == 4


def test_a_begun_visit_goes_back_to_planning_with_what_was_recorded(world: World) -> None:
    phone = begun(world)
    choices = {"field.clocks": Choice("stop"), "field.begun": Choice("back")}
    stopped = NOW - timedelta(minutes=20)
    technician_deactivate(
        technician=world.tim, by=world.cast.petra, reason="ill", wishes=Wishes(choices, stopped_at=stopped)
    )
    order = phone.assignment.work_order
    order.refresh_from_db()
    assert (order.status, phone.visit.status) == ("to_plan", "paused")
    assert phone.visit.time_entries.get(kind="work").ended_at == stopped
    assert phone.visit.photos.count() == 1
    assert not Assignment.objects.active().filter(work_order=order).exists()
    book_again = planning.assignment_place(
        technician=world.tessa, start=at(8), end=at(10), by=world.cast.petra, work_order=order
    )
    tessa = Phone(world.cast.tessa, book_again)
    with clock.at(at(8)):
        tessa.begin()
        tessa.complete()
        tessa.done("finish")
    order.refresh_from_db()
    assert order.status == "ready_for_review"


@pytest.mark.parametrize("at_", [NOW + timedelta(hours=1), NOW - timedelta(days=1)])
def test_a_clock_stops_between_its_start_and_now(world: World, at_: Any) -> None:
    phone = begun(world)
    wishes = Wishes({"field.clocks": Choice("stop"), "field.begun": Choice("back")}, stopped_at=at_)
    with pytest.raises(NotHandedOver, match="between its start and now"):
        technician_hand_over(technician=world.tim, by=world.cast.petra, reason="ill", wishes=wishes)
    assert phone.visit.time_entries.filter(ended_at=None).exists()


def test_a_returned_visit_goes_back_to_review(world: World) -> None:
    phone = returned(world)
    wishes = Wishes({"field.returned": Choice("review")})
    technician_deactivate(technician=world.tim, by=world.cast.petra, reason="left", wishes=wishes, leave=True)
    order = phone.assignment.work_order
    order.refresh_from_db()
    assert (order.status, phone.visit.status) == ("ready_for_review", "finished")
    assert not phone.visit.returned_items.filter(resolved_at=None).exists()


def test_a_visit_of_a_running_job_that_never_began_does_not_hold_it_up(world: World) -> None:
    """Two were planned; one did the work, the other left without having come."""
    order = world.order(people=2)
    first, second = (
        planning.assignment_place(
            technician=one, start=NOW - timedelta(hours=3), end=NOW - timedelta(hours=1), by=world.cast.petra,
            work_order=order,
        )
        for one in (world.tessa, world.tim)
    )  # fmt: skip
    phone = Phone(world.cast.tessa, first)
    phone.begin()
    phone.complete()
    phone.done("finish")
    technician_deactivate(
        technician=world.tim, by=world.cast.petra, reason="left",
        wishes=Wishes({"planning.missed": Choice("back")}),
    )  # fmt: skip
    order.refresh_from_db()
    second.refresh_from_db()
    assert (order.status, second.active) == ("ready_for_review", False)


def test_what_is_left_stands_on_the_task_list_and_in_the_leaks(holder: World) -> None:
    assert not [one for one in waiting_for(holder.cast.bram) if "hand-over" in one.url]
    technician_deactivate(technician=holder.tim, by=holder.cast.petra, reason="left", leave=True)
    (task,) = [one for one in waiting_for(holder.cast.bram) if one.url == address(holder.tim, "hand_over")]
    assert (task.record, task.action) == ("Tim", "Hand over")
    leaks_detect(NOW)
    leak = Leak.objects.open().get(detector="left_behind")
    assert (leak.subject_id, leak.amount, leak.target_id) == (holder.tim.pk, 0, holder.tim.pk)
    assert "Tim" in leak.subject_label


def test_it_is_handed_over_afterwards_and_then_it_is_gone(holder: World, web: Any) -> None:
    technician_deactivate(technician=holder.tim, by=holder.cast.petra, reason="left", leave=True)
    answer = submit(
        address(holder.tim, "hand_over"), client=web, press="Hand over", everything_to="Zeno",
        way_field_clocks="Stop them at the time below", way_planning_missed="Back to planning",
        way_field_begun="Back to planning; what was recorded stays",
        way_field_returned="Back to review: the office corrects it", reason="Zeno takes over", leave=True,
    )  # fmt: skip
    assert answer.status_code == 302
    assert not [one for one in waiting_for(holder.cast.bram) if "hand-over" in one.url]
    leaks_detect(NOW)
    assert not Leak.objects.open().filter(detector="left_behind").exists()


def test_an_admin_who_may_not_plan_leaves_it_to_the_planners(
    holder: World, client_as: Callable[..., Any]
) -> None:
    admin = client_as(holder.cast.ada)
    page = reverse("accounts:user_deactivate", args=[holder.cast.tim.pk])
    assert b'name="way_planning_visits"' not in admin.get(page).content
    assert submit(page, client=admin, reason="left", press="Deactivate").status_code == 422
    assert submit(page, client=admin, reason="left", leave=True, press="Deactivate").status_code == 302
    assert kinds(holder.tim) == HELD
    assert [one for one in waiting_for(holder.cast.bram) if one.url == address(holder.tim, "hand_over")]


def test_notices_go_to_who_may_open_the_office(world: World) -> None:
    notice_send(user=world.cast.bram, text="Quote Q26-0001 was accepted", url="/quotes/1/")
    with pytest.raises(StillHeld):
        user_deactivate(user=world.cast.bram, by=world.cast.ada, reason="left")
    wishes = Wishes({"messaging.notices": Choice(to=world.cast.olga)})
    user_deactivate(user=world.cast.bram, by=world.cast.ada, reason="left", wishes=wishes)
    assert Notice.objects.get(user=world.cast.olga).text == "Quote Q26-0001 was accepted"
    with pytest.raises(Refused, match="Give a reason"):
        user_hand_over(user=world.cast.bram, by=world.cast.ada, reason="")


def test_nothing_can_be_returned_to_who_left(world: World) -> None:
    phone = begun(world)
    phone.complete()
    phone.done("finish")
    technician_deactivate(technician=world.tim, by=world.cast.petra, reason="left", leave=True)
    with pytest.raises(Refused, match="no longer in service"):
        visit_return(visit=phone.visit, items=["Dark photo"], by=world.cast.bram, reason="Look again")


def test_a_list_costs_the_same_when_nobody_left(world: World, django_assert_num_queries: Any) -> None:
    assert world.cast.bram.may("see_office")  # asked once a request
    # the limits, the price of an hour, what this transaction itself changed, and what waits
    with django_assert_num_queries(4):
        waiting_for(world.cast.bram)


def test_who_holds_nothing_leaves_with_a_reason(world: World, web: Any) -> None:
    assert (
        submit(address(world.zeno), client=web, reason="left", press="Take out of service").status_code == 302
    )
    assert not Technician.objects.get(pk=world.zeno.pk).active
    assert Visit.objects.count() == 0
