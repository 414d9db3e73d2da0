"""The customer hears how a visit stands, once the planner has left it alone for a while."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from apps.company.models import Company
from apps.core import clock
from apps.core.actors import Actor
from apps.core.refusals import Forbidden, Refused
from apps.core.tokens import token_for, token_hash
from apps.messaging.actions import message_release, message_withdraw
from apps.messaging.models import Message
from apps.messaging.states import MessageStatus
from apps.planning.actions import messages
from apps.planning.facts import confirms
from apps.planning.models import Appointment, Assignment, PlanStep, PlanStepKind
from apps.technicians.models import Technician

GRACE = 10  # seconds, as the planner is told
# A press in the last of them, and its way to us, still count.
HELD = timedelta(seconds=GRACE + 3)
# Whoever expects somebody this soon, or soon will, hears of it at once.
SOON = timedelta(hours=2)


@dataclass(frozen=True)
class Before:
    """Where a visit was: with whom, when, and over which bookings."""

    technician: Technician
    period: Any
    over: Iterable[int] = field(default=())

    @property
    def span(self) -> tuple[datetime, datetime]:
        return self.period.lower, self.period.upper


def quiet_time() -> timedelta:
    """How long the company lets a visit rest before its customer hears of it; long enough to take a press back."""
    company = Company.objects.row()
    return max(HELD, timedelta(minutes=company.tell_after_minutes if company else 0))


def customer_hear(
    assignment: Assignment,
    *,
    by: Actor,
    wanted: bool,
    grace: timedelta | None,
    was: datetime | None = None,
) -> Message | None:
    """Mail the customer how the visit stands now, where that is not what they heard last; with `grace` the mail waits.

    `was` is when it began before. Who come at one time are one visit to the customer: one of them is the one that they
    hear of, and what waits about that one is asked anew. One that still waits would tell what holds no more: it never
    leaves. When no mail is `wanted`, they know without.
    """
    known = _touched(assignment, was)
    for appointment in sorted(known.values(), key=lambda one: one.message_id or 0):
        _waiting_withdraw(appointment, by)
        messages.reminder_withdraw(appointment, assignment, by)
    heir = _hand_on(assignment, known)
    sent: dict[int, Message] = {}
    for appointment in known.values():
        visit = appointment.assignment
        mine = visit.pk == assignment.pk
        speaks = visit.active and _spokesman(appointment, known.values()) is appointment
        if not wanted if mine or visit.pk == heir else not confirms(visit.job):
            _knows(appointment, visit if speaks else None)
        elif kind := what_is_owed(appointment, visit, speaks=speaks):
            wait = _wait(appointment, visit, grace)
            told = messages.customer_tell(appointment, visit, kind=kind, by=by, wait=wait)
            appointment.message = told
            if told:
                sent[visit.pk] = told
        appointment.save(update_fields=["told_technician", "told_period", "message"])
    return sent.get(assignment.pk) or next(iter(sent.values()), None)


def what_is_owed(appointment: Appointment, assignment: Assignment, *, speaks: bool) -> str:
    """The kind of mail after which the customer knows how the visit stands; empty when they do."""
    told, together = appointment.told_period, Assignment.objects.at_once
    if not speaks:
        return messages.CANCELLED if told and not together(assignment, told.lower).exists() else ""
    if not told:
        return messages.PLACED
    same = together(assignment).filter(technician=appointment.told_technician_id)
    return "" if told == assignment.period and same.exists() else messages.MOVED


def step_keep(
    assignment: Assignment, *, kind: PlanStepKind, message: Message, by: Actor, before: Before | None = None
) -> None:
    """Remember a change of which the customer has not heard yet, so that it can be taken back."""
    PlanStep.objects.create(
        assignment=assignment,
        kind=kind,
        technician=before.technician if before else None,
        period=before.period if before else None,
        over=list(before.over) if before else [],
        version=assignment.version,
        message=message,
        by_id=by.pk,
        at=clock.now(),
    )


def appointment_of(assignment: Assignment) -> Appointment:
    """The visit as its customer knows it. Under the lock of the assignment's row."""
    found = Appointment.objects.filter(assignment=assignment).first()
    if found is not None:
        return found
    nonce = uuid.uuid4()
    secret = token_hash(token_for(messages.PURPOSE, nonce))
    return Appointment.objects.create(assignment=assignment, nonce=nonce, token_hash=secret)


def appointments_tell(*, appointments: Iterable[Appointment], by: Actor) -> int:
    """Let the mails about these visits leave now; how many did. Those that left meanwhile count no more."""
    if not by.may("plan_work"):
        raise Forbidden(_("You may not plan."))
    with transaction.atomic():
        waiting = [one.message_id for one in appointments if one.message_id]
        return sum(
            message_release(message=one) for one in Message.objects.filter(pk__in=waiting).order_by("pk")
        )


def appointment_tell(*, appointment: Appointment, by: Actor) -> None:
    """Let the mail about this visit leave now. Raises Refused when none waits."""
    if not appointments_tell(appointments=[appointment], by=by):
        raise Refused(_("No mail about this visit waits: it has left, or there is nothing to tell."))


def appointment_told(message: Message) -> None:
    """The mail has left: what it says is what the customer knows. An older one says nothing about now."""
    rows = Appointment.objects.filter(pk=message.facts.get("appointment"), message=message)
    technician, period = _said(message)
    rows.update(told_technician=technician, told_period=period)


def appointment_seen(assignment: Assignment) -> Appointment | None:
    """What the customer knows of the visit: also where they hear of it as that of a colleague."""
    if not assignment.active:
        return Appointment.objects.filter(assignment=assignment).select_related("message").first()
    together = Appointment.objects.filter(assignment__in=Assignment.objects.at_once(assignment))
    found = list(together.select_related("message").order_by("assignment"))
    waits = (one for one in found if one.message and one.message.status == MessageStatus.QUEUED)
    told = (one for one in found if one.told_period)
    own = (one for one in found if one.assignment_id == assignment.pk)
    return next(waits, None) or next(told, None) or next(own, None)


def _touched(assignment: Assignment, was: datetime | None) -> dict[int, Appointment]:
    """The appointments of the visit, and of its colleagues when it begins, when it began, and when the customer expects it."""
    own = appointment_of(assignment)
    starts = {
        assignment.starts_at,
        *([was] if was else []),
        *([own.told_period.lower] if own.told_period else []),
    }
    beside = (
        Assignment.objects.at_once(assignment, *starts).exclude(pk=assignment.pk).with_job().order_by("pk")
    )
    found = {assignment.pk: own} | {one.pk: appointment_of(one) for one in beside}
    for visit in (assignment, *beside):
        found[visit.pk].assignment = visit
    return found


def _hand_on(assignment: Assignment, known: dict[int, Appointment]) -> int | None:
    """A visit that is no longer when the customer expects it leaves its appointment to a colleague who still comes then:
    the private page, and the entry in their calendar. Who that is, if anybody."""
    own = known[assignment.pk]
    at = own.told_period.lower if own.told_period else None
    if at is None or (assignment.active and assignment.starts_at == at):
        return None
    there = (one for one in known.values() if one is not own and one.assignment.starts_at == at)
    heir = next((one for one in there if not one.told_period), None)
    if heir is None:
        return None
    left, right = assignment, heir.assignment
    rows = Appointment.objects
    # One visit has one appointment: theirs steps aside, to where no visit is, while they change places.
    rows.filter(pk=heir.pk).update(assignment_id=-heir.pk)
    rows.filter(pk=own.pk).update(assignment=right)
    rows.filter(pk=heir.pk).update(assignment=left)
    own.assignment, heir.assignment = right, left
    known[right.pk], known[left.pk] = own, heir
    return right.pk


def _spokesman(appointment: Appointment, known: Iterable[Appointment]) -> Appointment:
    """Of those who come together, the one that the customer hears of: whom they know of, else who was booked first."""
    at = appointment.assignment.starts_at
    together = (one for one in known if one.assignment.active and one.assignment.starts_at == at)
    return min(
        together,
        key=lambda one: (
            not one.told_period or one.told_period.lower != at,
            not one.told_period,
            one.assignment.pk,
        ),
    )


def _waiting_withdraw(appointment: Appointment, by: Actor) -> None:
    """Let the mail that has not left never leave. One that is being handed over counts as told.

    The mail is locked before the appointment is written, as by whoever sends it.
    """
    message = Message.objects.select_for_update().filter(pk=appointment.message_id or 0).first()
    if message is None:
        return
    if message.status == MessageStatus.QUEUED:
        message_withdraw(message=message, by=by)
    # It may have left while this waited.
    appointment.refresh_from_db(fields=["told_technician", "told_period", "message"])
    if message.status == MessageStatus.SENDING:
        appointment.told_technician_id, appointment.told_period = _said(message)
    elif message.status != MessageStatus.SENT:
        appointment.message = None


def _said(message: Message) -> tuple[int | None, TimestamptzRange | None]:
    """Which technician the mail says, and when; neither where it says that the visit is off."""
    facts = message.facts
    if "start" not in facts:
        return None, None
    start, end = (datetime.fromisoformat(facts[name]) for name in ("start", "end"))
    return facts["technician"], TimestamptzRange(start, end)


def _knows(appointment: Appointment, visit: Assignment | None) -> None:
    appointment.told_technician = visit.technician if visit else None
    appointment.told_period = visit.period if visit else None


def _wait(appointment: Appointment, assignment: Assignment, grace: timedelta | None) -> timedelta | None:
    starts = [assignment.starts_at, *([appointment.told_period.lower] if appointment.told_period else [])]
    soon = any(one - clock.now() < SOON for one in starts)
    return min(grace, HELD) if grace and soon else grace
