"""Booking, moving and cancelling. The one writer of periods and lanes.

Lock order: technicians (sorted), then the assignment, then the job. A double booking that nobody saw is refused
here under the lock, and by Postgres whatever happens here.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from apps.accounts.models import User
from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.refusals import Forbidden, Refused
from apps.core.transitions import move
from apps.intake.models import Request
from apps.intake.states import STEPS as REQUEST_STEPS
from apps.intake.states import RequestStatus
from apps.planning.actions import messages
from apps.planning.actions.lanes import lanes_make, overlapping
from apps.planning.actions.refusals import (
    DoubleBooking,
    LeftByThen,
    MovedMeanwhile,
    OddBooking,
    PlannedMeanwhile,
    technician_check,
    technician_left,
)
from apps.planning.actions.rights import Job, right_grant, right_revoke
from apps.planning.actions.telling import Before, customer_hear, step_keep
from apps.planning.facts import booking_warnings, confirms
from apps.planning.models import Assignment, Overbooking, PlanStepKind
from apps.technicians.actions import technicians_lock
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder
from apps.workorders.states import CHANGEABLE, WorkOrderStatus
from apps.workorders.states import STEPS as ORDER_STEPS


def assignment_place(
    *,
    technician: Technician,
    start: datetime,
    end: datetime,
    by: Actor,
    work_order: WorkOrder | None = None,
    request: Request | None = None,
    known: Collection[int] | None = None,
    seen: Collection[int] = (),
    reason: str = "",
    accepted: Collection[str] | None = None,
    confirm: bool | None = None,
    grace: timedelta | None = None,
) -> Assignment:
    """Book `technician` for a work order or an intake visit.

    `known` are the ids of the job's own visits that the planner saw on the plan: raises PlannedMeanwhile when there is
    another one by now. None asks for nothing: no page was looked at.
    `seen` are the ids of exactly those bookings that the planner saw and accepts to overlap, with a `reason`.
    `accepted` are the warnings that the planner accepts; None asks for no warnings. `confirm` says whether the
    customer gets a mail; None leaves it to the job. With `grace` that mail waits, and `plan_undo` takes all of it back.
    Raises DoubleBooking, OddBooking, PlannedMeanwhile, or Refused.
    """
    job = _the_one(work_order, request)
    _check(technician, start, end, by)
    with transaction.atomic():
        technicians_lock([technician.pk])
        technician_check(technician, start)
        _job_lock(job)
        _known_check(job, known)
        odd = _warnings_check(job, technician, start, end, accepted, reason)
        assignment = Assignment(
            technician=technician, work_order=work_order, request=request, created_at=clock.now(),
            created_by_id=by.pk,
        )  # fmt: skip
        over = _write(assignment, technician, start, end, seen, by, reason)
        right_grant(user=technician.user, job=job)
        if request is not None and request.technician_id != technician.pk:
            Request.objects.filter(pk=request.pk).update(technician=technician)
            request.technician = technician
        _plan(job, assignment, by, reason, odd, over)
        told = customer_hear(assignment, by=by, wanted=_confirms(job, confirm), grace=grace)
        if told and grace:
            step_keep(assignment, kind=PlanStepKind.PLACED, message=told, by=by)
        messages.technician_tell(technician, assignment, kind=messages.PLACED)
    return assignment


def assignment_move(
    *,
    assignment: Assignment,
    technician: Technician,
    start: datetime,
    end: datetime,
    by: Actor,
    version: int,
    seen: Collection[int] = (),
    reason: str = "",
    accepted: Collection[str] | None = None,
    confirm: bool | None = None,
    grace: timedelta | None = None,
    past_start: bool = False,
    undoing: bool = False,
    leaving: Collection[int] = (),
) -> Assignment:
    """Move a booking in time, to another technician, or both. It takes all lanes again, unless this very move
    is accepted as a double booking.

    `past_start` moves it also when the job has started: the caller saw that nothing was recorded on it. `version` is
    the one that the planner saw. `leaving` are visits that the same act moves next: they are in nobody's way; the caller
    lets Postgres look at double bookings once all of them stand. Raises MovedMeanwhile, DoubleBooking, OddBooking, or Refused.
    """
    _check(technician, start, end, by)
    with transaction.atomic():
        technicians_lock([technician.pk, assignment.technician_id])
        technician_check(technician, start)
        current = _current(assignment, version)
        job = current.job
        _job_lock(job, moving=current, past_start=past_start)
        odd = _warnings_check(job, technician, start, end, accepted, reason)
        before, place = current.technician, _place(current)
        over = _write(current, technician, start, end, seen, by, reason, leaving)
        if before.pk != technician.pk:
            right_grant(user=technician.user, job=job)
            right_revoke(user=before.user, job=job)
            if isinstance(job, Request):
                Request.objects.filter(pk=job.pk).update(technician=technician)
        _note(job, "assignment_move", current, by, reason, odd, over)
        was = place.span[0]
        told = customer_hear(current, by=by, wanted=_confirms(job, confirm), grace=grace, was=was)
        if told and grace and not undoing:
            step_keep(current, kind=PlanStepKind.MOVED, message=told, by=by, before=place)
        if before.pk != technician.pk:
            messages.technician_tell(before, current, kind=messages.CANCELLED)
            messages.technician_tell(technician, current, kind=messages.PLACED)
        else:
            messages.technician_tell(technician, current, kind=messages.MOVED)
    return current


def assignment_cancel(
    *,
    assignment: Assignment,
    by: Actor,
    reason: str,
    version: int | None = None,
    confirm: bool | None = None,
    grace: timedelta | None = None,
    past_start: bool = False,
    undoing: bool = False,
) -> Assignment:
    """Take a booking off the plan. When it was the job's last one, the job is to be planned again.

    `past_start` does so also when the job has started: the caller saw to what was recorded on it.
    """
    if not by.may("plan_work"):
        raise Forbidden(_("You may not plan."))
    if not reason.strip():
        raise Refused(_("Give a reason."))
    with transaction.atomic():
        technicians_lock([assignment.technician_id])
        current = _current(assignment, version)
        job = current.job
        _job_lock(job, moving=current, past_start=past_start)
        place = _place(current)
        Assignment.objects.filter(pk=current.pk).update(active=False, version=F("version") + 1)
        current.active, current.version = False, current.version + 1
        right_revoke(user=current.technician.user, job=job)
        _note(job, "assignment_cancel", current, by, reason)
        if job.status == "planned" and not job.assignments.filter(active=True).exists():
            move(job, "unplan", by=by, reason=reason)
        told = customer_hear(current, by=by, wanted=_confirms(job, confirm), grace=grace)
        if told and grace and not undoing:
            step_keep(current, kind=PlanStepKind.CANCELLED, message=told, by=by, before=place)
        messages.technician_tell(current.technician, current, kind=messages.CANCELLED)
    return current


def assignment_restore(
    *,
    assignment: Assignment,
    by: Actor,
    reason: str,
    version: int,
    seen: Collection[int] = (),
    grace: timedelta | None = None,
) -> Assignment:
    """Put a booking that was taken off the plan where it was; nobody was told that it is off. Raises as placing does."""
    with transaction.atomic():
        technicians_lock([assignment.technician_id])
        current = _fetch(assignment)
        if current.active or current.version != version:
            raise MovedMeanwhile(current)
        technician_check(current.technician, current.starts_at)
        job = current.job
        _job_lock(job)
        current.active = True
        over = _write(current, current.technician, current.starts_at, current.ends_at, seen, by, reason)
        right_grant(user=current.technician.user, job=job)
        _plan(job, current, by, reason, [], over)
        customer_hear(current, by=by, wanted=True, grace=grace)
        messages.technician_tell(current.technician, current, kind=messages.PLACED)
    return current


def _place(current: Assignment) -> Before:
    """Where the booking is now, for whoever wants it back."""
    alone = current.lanes.upper is None
    others = [] if alone else overlapping(current.technician, current.period, current.pk)
    return Before(current.technician, current.period, [one.pk for one in others])


def _the_one(work_order: WorkOrder | None, request: Request | None) -> Job:
    if (work_order is None) == (request is None):
        raise ValueError("an assignment is for a work order or for a request")
    return work_order or request  # type: ignore[return-value]


def _check(technician: Technician, start: datetime, end: datetime, by: Actor) -> None:
    if not by.may("plan_work"):
        raise Forbidden(_("You may not plan."))
    if start >= end:
        raise Refused(_("The booking ends before it starts."))


def _fetch(assignment: Assignment) -> Assignment:
    """The booking as it is now, locked, with its job and who hears of it.

    In two statements: a join that waits for a row would look for the technician of before, and find no booking at all.
    """
    Assignment.objects.select_for_update().get(pk=assignment.pk)
    return Assignment.objects.select_related(
        "technician__user",
        "work_order__customer", "work_order__site", "work_order__contact",
        "request__customer", "request__site", "request__contact",
    ).get(pk=assignment.pk)  # fmt: skip


def _current(assignment: Assignment, version: int | None) -> Assignment:
    current = _fetch(assignment)
    stale = version is not None and current.version != version
    if not current.active or stale or current.technician_id != assignment.technician_id:
        raise MovedMeanwhile(current)
    return current


def _job_lock(job: Job, *, moving: Assignment | None = None, past_start: bool = False) -> None:
    """Lock the job's row and see whether its plan may still change."""
    rows: Any = type(job)._base_manager.select_for_update(of=("self",))
    job.refresh_from_db(fields=["status", "version"], from_queryset=rows)
    if isinstance(job, Request):
        possible = job.status == RequestStatus.PLANNED or (
            moving is None and job.status in REQUEST_STEPS["plan"].sources
        )
        if moving is None and job.status == RequestStatus.PLANNED:
            raise PlannedMeanwhile(job, visits_of(job))
    else:
        possible = job.status in CHANGEABLE
    if not possible:
        raise Refused(
            _("%(number)s is “%(status)s”: its plan can no longer change.")
            % {"number": job, "status": job.get_status_display()}
        )
    started = job.status == WorkOrderStatus.IN_PROGRESS and not past_start
    if moving and started and moving.starts_at <= clock.now():
        raise Refused(_("%(number)s has already started. Book another visit instead.") % {"number": job})


def visits_of(job: Job) -> list[Assignment]:
    """What is on the plan for this job now."""
    related = ("technician__user", "work_order", "request", "created_by")
    return list(job.assignments.active().select_related(*related).order_by("period"))


def _known_check(job: Job, known: Collection[int] | None) -> None:
    """Under the lock of the job: two planners who book it at once come here one after the other."""
    unseen = [] if known is None else [one for one in visits_of(job) if one.pk not in known]
    if unseen:
        raise PlannedMeanwhile(job, unseen)


def _warnings_check(
    job: Job,
    technician: Technician,
    start: datetime,
    end: datetime,
    accepted: Collection[str] | None,
    reason: str,
) -> list[str]:
    if accepted is None:
        return []
    found = booking_warnings(job=job, technician=technician, start=start, end=end)
    new = [code for code in found if code not in accepted]
    if new or (found and not reason.strip()):
        raise OddBooking(found)
    return found


def _write(
    assignment: Assignment,
    technician: Technician,
    start: datetime,
    end: datetime,
    seen: Collection[int],
    by: Actor,
    reason: str,
    leaving: Collection[int] = (),
) -> list[Assignment]:
    """Write period and lanes; return the bookings that it now knowingly overlaps."""
    period = TimestamptzRange(start, end)
    others = [one for one in overlapping(technician, period, assignment.pk) if one.pk not in leaving]
    unseen = [one for one in others if one.pk not in seen]
    if unseen:
        raise DoubleBooking(technician, others)
    if others and (not reason.strip() or not isinstance(by, User)):
        raise Refused(_("Give a reason for the double booking."))
    lanes = lanes_make(others)
    try:
        with transaction.atomic():
            assignment.technician, assignment.period, assignment.lanes = technician, period, lanes
            if assignment.pk is None:
                assignment.save(force_insert=True)
            else:
                assignment.version += 1
                assignment.save(update_fields=["technician", "period", "lanes", "active", "version"])
    except IntegrityError as error:
        if "no longer in service" in str(error):
            raise technician_left(technician) from error
        if "has left by then" in str(error):
            raise LeftByThen(Technician.objects.select_related("user").get(pk=technician.pk)) from error
        if "no_double_booking" not in str(error):
            raise
        raise DoubleBooking(technician, overlapping(technician, period, assignment.pk)) from error
    if others:
        now = clock.now()
        Overbooking.objects.bulk_create(
            [
                Overbooking(assignment=assignment, over=one, by_id=by.pk, reason=reason.strip(), at=now)
                for one in others
            ]
        )
    return others


def _plan(
    job: Job, assignment: Assignment, by: Actor, reason: str, odd: Sequence[str], over: Sequence[Assignment]
) -> None:
    """Take the job to `planned` where that is a step; in any case write what was booked into its history."""
    steps = REQUEST_STEPS if isinstance(job, Request) else ORDER_STEPS
    if job.status in steps["plan"].sources:
        move(job, "plan", by=by, reason=reason, data=_data(assignment, odd, over))
    else:
        _note(job, "assignment_place", assignment, by, reason, odd, over)


def _note(
    job: Job,
    verb: str,
    assignment: Assignment,
    by: Actor,
    reason: str,
    odd: Sequence[str] = (),
    over: Sequence[Assignment] = (),
) -> None:
    audit_record(
        job,
        verb=f"{job._meta.model_name}.{verb}",
        by=by,
        reason=reason.strip(),
        data=_data(assignment, odd, over),
    )


def _data(assignment: Assignment, odd: Sequence[str], over: Sequence[Assignment]) -> dict[str, object]:
    data: dict[str, object] = {
        "assignment": assignment.pk,
        "technician": assignment.technician.user.name,
        "start": assignment.starts_at.isoformat(),
        "end": assignment.ends_at.isoformat(),
    }
    if odd:
        data["warnings"] = list(odd)
    if over:
        data["over"] = [str(one.job) for one in over]
    return data


def _confirms(job: Job, confirm: bool | None) -> bool:
    return confirms(job) if confirm is None else confirm
