"""Booking: what it changes, whom it tells, what it refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from psycopg.types.range import TimestamptzRange

from apps.core.models import AuditEvent
from apps.core.refusals import Forbidden, Refused
from apps.intake.models import Request
from apps.messaging.models import Message, Notice
from apps.planning.actions import (
    DoubleBooking,
    OddBooking,
    assignment_cancel,
    assignment_move,
    assignment_place,
    job_share,
    job_unshare,
)
from apps.planning.models import Assignment, Overbooking
from apps.workorders.models import WorkOrder
from tests.planning.conftest import World, at

pytestmark = pytest.mark.django_db


def place(world: World, job: WorkOrder | Request, start=None, hours: float = 2, technician=None, **more):
    start = start or at(8)
    kind = {"work_order": job} if isinstance(job, WorkOrder) else {"request": job}
    return assignment_place(
        technician=technician or world.tim, start=start, end=start + timedelta(hours=hours),
        by=world.cast.petra, **kind, **more,
    )  # fmt: skip


def sees(user, job) -> bool:
    return type(job).objects.for_user(user).filter(pk=job.pk).exists()


def test_booking_plans_the_work_order_and_lets_its_technician_in(world: World) -> None:
    order = world.order()
    assert not sees(world.cast.tim, order)
    booking = place(world, order)
    order.refresh_from_db()
    assert order.status == "planned"
    assert sees(world.cast.tim, order)
    assert not sees(world.cast.tessa, order)
    event = AuditEvent.objects.about(order).last()
    assert event.verb == "workorder.plan"
    assert event.data["assignment"] == booking.pk
    assert event.data["technician"] == "Tim"


def test_customer_gets_day_window_and_calendar_file_in_their_language(world: World) -> None:
    place(world, world.order(title="Lekkage keuken"), at(10, 15))
    mail = Message.objects.get(kind="appointment_placed")
    assert mail.to_address == "peters@example.nl"
    assert mail.language == "nl"
    assert "10:00 – 11:00" in mail.body
    calendar = mail.attachments.get().file
    assert calendar.content_type == "text/calendar"


def test_job_without_confirmation_sends_no_mail(world: World) -> None:
    place(world, world.order(confirm_to_customer=False))
    assert not Message.objects.exists()


def test_confirmation_can_be_switched_off_for_one_booking(world: World) -> None:
    place(world, world.order(), confirm=False)
    assert not Message.objects.exists()


def test_two_technicians_at_the_same_time_give_the_customer_one_mail(world: World) -> None:
    order = world.order(people=2)
    place(world, order)
    place(world, order, technician=world.tessa)
    assert Message.objects.filter(status="queued").count() == 1


def test_what_is_already_over_mails_nobody(world: World) -> None:
    place(world, world.order(), at(8, day=-7))
    assert not Message.objects.exists()
    assert not Notice.objects.exists()


def test_technician_gets_a_notice(world: World) -> None:
    order = world.order()
    place(world, order)
    notice = Notice.objects.get()
    assert notice.user == world.cast.tim
    assert order.number in notice.text


def test_double_booking_is_refused_with_who_clashes(world: World) -> None:
    first = place(world, world.order())
    second = world.order()
    with pytest.raises(DoubleBooking) as refused:
        place(world, second, at(9))
    assert refused.value.clashes == [first]
    assert not second.assignments.exists()
    second.refresh_from_db()
    assert second.status == "to_plan"


def test_bookings_that_touch_do_not_clash(world: World) -> None:
    place(world, world.order(), at(8), 2)
    assert place(world, world.order(), at(10), 2).pk


def test_seen_double_booking_needs_a_reason(world: World) -> None:
    first = place(world, world.order())
    with pytest.raises(Refused, match="reason"):
        place(world, world.order(), at(9), seen=[first.pk])


def test_seen_double_booking_is_booked_and_written_down(world: World) -> None:
    first = place(world, world.order())
    second = place(world, world.order(), at(9), seen=[first.pk], reason="urgent")
    pair = Overbooking.objects.get()
    assert (pair.assignment, pair.over, pair.by, pair.reason) == (second, first, world.cast.petra, "urgent")


def test_third_overlap_warns_again(world: World) -> None:
    first = place(world, world.order())
    second = place(world, world.order(), at(9), seen=[first.pk], reason="urgent")
    with pytest.raises(DoubleBooking) as refused:
        place(world, world.order(), at(9), seen=[first.pk], reason="urgent")
    assert {one.pk for one in refused.value.clashes} == {first.pk, second.pk}
    third = place(world, world.order(), at(9), seen=[first.pk, second.pk], reason="all hands")
    assert len({first.pk, second.pk, third.pk}) == 3
    lanes = {one.lanes.lower for one in Assignment.objects.all()}
    assert len(lanes) == 3


def test_moved_booking_takes_all_lanes_again(world: World) -> None:
    first = place(world, world.order())
    second = place(world, world.order(), at(9), seen=[first.pk], reason="urgent")
    second = move(world, second, at(13))
    assert second.lanes.upper is None
    with pytest.raises(DoubleBooking):
        move(world, second, at(9))


def move(world: World, booking: Assignment, start, hours: float = 2, technician=None, **more) -> Assignment:
    return assignment_move(
        assignment=booking, technician=technician or booking.technician, start=start,
        end=start + timedelta(hours=hours), by=world.cast.petra,
        version=more.pop("version", booking.version), **more,
    )  # fmt: skip


def test_postgres_refuses_what_goes_around_the_actions(world: World) -> None:
    booking = place(world, world.order())
    with pytest.raises(IntegrityError, match="no_double_booking"), transaction.atomic():
        Assignment.objects.create(
            technician=world.tim, work_order=world.order(), period=TimestamptzRange(at(9), at(9, 15))
        )
    assert Assignment.objects.get() == booking


def test_second_planner_with_an_old_version_is_told_where_it_is_now(world: World) -> None:
    booking = place(world, world.order())
    seen_by_both = booking.version
    move(world, booking, at(13), version=seen_by_both)
    with pytest.raises(Refused, match="13:00"):
        move(world, Assignment.objects.get(), at(10), version=seen_by_both)
    assert Assignment.objects.get().starts_at == at(13)


def test_moving_to_a_colleague_moves_the_right(world: World) -> None:
    order = world.order()
    booking = place(world, order)
    move(world, booking, at(8), technician=world.tessa)
    assert not sees(world.cast.tim, order)
    assert sees(world.cast.tessa, order)
    assert {one.user for one in Notice.objects.filter(text__contains="Off your plan")} == {world.cast.tim}
    told = Message.objects.get(status="queued")
    assert told.kind == "appointment_placed", "of the first time they never heard"
    assert "Tessa" in told.body


def test_cancelling_the_last_visit_makes_the_job_to_plan_and_closes_the_door(world: World) -> None:
    order = world.order()
    one, other = place(world, order), place(world, order, technician=world.tessa)
    assignment_cancel(assignment=one, by=world.cast.petra, reason="customer is away")
    order.refresh_from_db()
    assert order.status == "planned"
    assert not sees(world.cast.tim, order)
    assert sees(world.cast.tessa, order)
    assignment_cancel(assignment=other, by=world.cast.petra, reason="customer is away")
    order.refresh_from_db()
    assert order.status == "to_plan"
    assert place(world, world.order()).pk  # the time is free again


def test_right_stays_while_another_visit_of_the_same_technician_stays(world: World) -> None:
    order = world.order()
    one = place(world, order)
    place(world, order, at(8, day=1))
    assignment_cancel(assignment=one, by=world.cast.petra, reason="enough with one day")
    assert sees(world.cast.tim, order)


def test_shared_job_stays_shared_when_the_visit_goes(world: World) -> None:
    order = world.order()
    job_share(work_order=order, user=world.cast.tim, by=world.cast.petra)
    booking = place(world, order)
    assignment_cancel(assignment=booking, by=world.cast.petra, reason="x")
    assert sees(world.cast.tim, order)
    job_unshare(work_order=order, user=world.cast.tim, by=world.cast.petra)
    assert not sees(world.cast.tim, order)


def test_job_is_not_shared_with_somebody_of_the_office(world: World) -> None:
    with pytest.raises(Refused, match="Bram does no work on site"):
        job_share(work_order=world.order(), user=world.cast.bram, by=world.cast.petra)


def test_intake_visit_is_planned_once(world: World) -> None:
    request = world.request()
    place(world, request, hours=1)
    request.refresh_from_db()
    assert request.status == "planned"
    assert request.technician == world.tim
    assert sees(world.cast.tim, request)
    with pytest.raises(Refused, match="planned R"):
        place(world, request, at(13), 1, world.tessa)


def test_finished_job_is_not_planned_again(world: World) -> None:
    order = world.order()
    WorkOrder.objects.filter(pk=order.pk).update(status="ready_for_review")
    with pytest.raises(Refused, match="can no longer change"):
        place(world, order)


def test_started_visit_is_not_moved_away(world: World) -> None:
    from apps.core import clock

    order = world.order()
    booking = place(world, order)
    WorkOrder.objects.filter(pk=order.pk).update(status="in_progress")
    with clock.at(at(9)), pytest.raises(Refused, match="already started"):
        move(world, booking, at(13))


def test_technician_may_not_plan(world: World) -> None:
    order = world.order()
    with pytest.raises(Forbidden):
        assignment_place(technician=world.tim, start=at(8), end=at(9), by=world.cast.tim, work_order=order)


def test_booking_that_ends_before_it_starts_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="ends before"):
        assignment_place(
            technician=world.tim, start=at(9), end=at(8), by=world.cast.petra, work_order=world.order()
        )


def test_odd_booking_needs_a_reason(world: World) -> None:
    order = world.order()
    with pytest.raises(OddBooking) as refused:
        place(world, order, at(19), accepted=[])
    assert refused.value.warnings == ["out_of_hours"]
    with pytest.raises(OddBooking):
        place(world, order, at(19), accepted=["out_of_hours"])
    place(world, order, at(19), accepted=["out_of_hours"], reason="emergency")
    assert AuditEvent.objects.about(order).last().data["warnings"] == ["out_of_hours"]
