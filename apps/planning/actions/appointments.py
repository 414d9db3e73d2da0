"""What a customer does on the private page of an appointment, and what the office answers."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from apps.core import clock, formats
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.refusals import Refused
from apps.core.transitions import move
from apps.planning.actions import messages
from apps.planning.actions.assignments import assignment_cancel, assignment_move
from apps.planning.facts import confirms
from apps.planning.models import Appointment, Assignment, ChangeRequest
from apps.planning.rules.calendar import arrival_window
from apps.planning.rules.suggest import Suggestion
from apps.planning.states import ChangeKind
from apps.technicians.actions import technicians_lock

# Nobody is reminded by a mail in the night.
REMIND_FROM = 8


class OtherTime(Refused):
    """The visit is no longer at the time that the customer's page showed. Says when it is now."""

    def __init__(self, current: Assignment) -> None:
        if not current.active:
            super().__init__(_("This appointment is off. Please look at the page again."))
            return
        window = arrival_window(current.starts_at)
        words = {"day": formats.day(current.starts_at), "window": formats.period(window.start, window.end)}
        super().__init__(
            _("This appointment was moved meanwhile: it is now on %(day)s, between %(window)s.") % words
        )


def appointment_confirm(*, appointment: Appointment, seen: datetime | None, by: Actor) -> None:
    """The customer will be there at the time that they were shown. Raises OtherTime when it is another one."""
    with transaction.atomic():
        visit = _as_seen(appointment, seen)
        if appointment.confirmed_start != visit.starts_at:
            Appointment.objects.filter(pk=appointment.pk).update(confirmed_start=visit.starts_at)
            audit_record(visit.job, verb=f"{visit.job._meta.model_name}.appointment_confirm", by=by)


def change_request_add(
    *,
    appointment: Appointment,
    kind: ChangeKind,
    seen: datetime | None,
    words: str,
    by: Actor,
    place: Suggestion | None = None,
) -> ChangeRequest:
    """The customer asks for another time, or to have the visit taken off. One question at a time.

    Raises OtherTime when the visit is no longer where their page showed it, Refused when a question waits.
    """
    with transaction.atomic():
        visit = _as_seen(appointment, seen)
        if appointment.change_requests.filter(status="open").exists():
            raise Refused(_("Your earlier question has still to be answered."))
        asked = ChangeRequest(appointment=appointment, kind=kind, period=visit.period, words=words.strip())
        asked.asked_at = clock.now()
        if place is not None:
            asked.wanted_technician_id = place.technician
            asked.wanted_period = TimestamptzRange(place.span.start, place.span.end)
        if kind == ChangeKind.MOVE and place is None and not asked.words:
            raise Refused(_("Choose a time, or say when it suits you."))
        asked.save()
        audit_record(visit.job, verb=f"{visit.job._meta.model_name}.change_ask", by=by, reason=asked.words)
    return asked


def change_request_grant(*, asked: ChangeRequest, by: Actor, version: int | None) -> ChangeRequest:
    """Do what the customer asks: the visit moves to what they chose, or goes off the plan. They hear of it at once.

    What was moved by hand since they asked is arranged. `version` is that of the visit that the planner saw; raises as
    moving and cancelling do.
    """
    with transaction.atomic():
        move(asked, "grant", by=by)
        visit = asked.appointment.assignment
        if asked.kind == ChangeKind.CANCEL:
            reason = asked.words or _("The customer asked for it")
            for one in _together(visit, visit.technician_id):
                seen = version if one.pk == visit.pk else None
                assignment_cancel(assignment=one, by=by, reason=reason, version=seen, confirm=True)
        elif not was_moved(asked):
            _to_what_they_chose(asked, visit, by, version)
        _decided(asked, "")
    return asked


def change_request_decline(*, asked: ChangeRequest, by: Actor, reason: str) -> ChangeRequest:
    """Leave the visit as it is. The customer reads the reason, by mail and on their page."""
    with transaction.atomic():
        move(asked, "decline", by=by, reason=reason)
        _decided(asked, reason.strip())
        messages.declined_tell(asked)
    return asked


def appointments_remind(now: datetime) -> int:
    """Mail whoever expects somebody tomorrow, once; how many. Whoever was told today knows."""
    local = localtime(now)
    if local.hour < REMIND_FROM:
        return 0
    today, tomorrow = clock.day_bounds(local.date())
    end = clock.day_bounds(local.date() + timedelta(days=1))[1]
    rows = Appointment.objects.filter(
        Q(message=None) | Q(message__sent_at__lt=today),
        Q(reminded_start=None) | ~Q(reminded_start=F("told_period__startswith")),
        assignment__active=True, assignment__period=F("told_period"),
        told_period__startswith__gte=tomorrow, told_period__startswith__lt=end,
    )  # fmt: skip
    return sum(_remind(pk) for pk in rows.order_by("pk").values_list("pk", flat=True))


def was_moved(asked: ChangeRequest) -> bool:
    """Whether the visit stands at another time than when the customer asked."""
    return bool(asked.appointment.assignment.period != asked.period)


def _as_seen(appointment: Appointment, seen: datetime | None) -> Assignment:
    """The visit, locked, when it still is at the time that the customer saw."""
    Assignment.objects.select_for_update().get(pk=appointment.assignment_id)
    visit = Assignment.objects.with_job().get(pk=appointment.assignment_id)
    if not visit.active or visit.starts_at != seen:
        raise OtherTime(visit)
    if visit.starts_at <= clock.now():
        raise Refused(_("This appointment has begun. Please call us."))
    return visit


def _to_what_they_chose(asked: ChangeRequest, visit: Assignment, by: Actor, version: int | None) -> None:
    if asked.wanted_period is None or asked.wanted_technician is None:
        raise Refused(_("The customer chose no time. Move the visit first, or answer no."))
    start = asked.wanted_period.lower
    for one in _together(visit, asked.wanted_technician.pk):
        mine = one.pk == visit.pk
        assignment_move(
            assignment=one,
            technician=asked.wanted_technician if mine else one.technician,
            start=start,
            end=start + (one.ends_at - one.starts_at),
            by=by,
            version=one.version if version is None or not mine else version,
            reason=asked.words,
            accepted=None,
            confirm=True,
        )


def _together(visit: Assignment, technician: int) -> list[Assignment]:
    """The visit that the customer asks about first, then those who come along and go where it goes.

    All plans that change, also that of the `technician` to whom it goes, are locked at once: one by one, two planners
    could wait for each other.
    """
    found = list(Assignment.objects.at_once(visit).with_job().order_by("pk"))
    technicians_lock({technician, *(one.technician_id for one in found)})
    return sorted(found, key=lambda one: one.pk != visit.pk)


def _decided(asked: ChangeRequest, answer: str) -> None:
    asked.decided_at, asked.answer = clock.now(), answer
    ChangeRequest.objects.filter(pk=asked.pk).update(decided_at=asked.decided_at, answer=answer)


def _remind(pk: int) -> bool:
    with transaction.atomic():
        appointment = Appointment.objects.get(pk=pk)
        Assignment.objects.select_for_update().get(pk=appointment.assignment_id)
        appointment.refresh_from_db()
        visit = Assignment.objects.with_job().get(pk=appointment.assignment_id)
        told = appointment.told_period
        stands = visit.active and told is not None and visit.period == told
        if not stands or appointment.reminded_start == visit.starts_at or not confirms(visit.job):
            return False
        if not Assignment.objects.at_once(visit).coming().exists():
            return False  # nobody would come: a planner has the task
        Appointment.objects.filter(pk=pk).update(reminded_start=visit.starts_at)
        return messages.reminder_tell(appointment, visit) is not None
