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
    assignment: Assignment, *, by: Actor, wanted: bool, grace: timedelta | None
) -> Message | None:
    """Mail the customer how the visit stands now, where that is not what they heard last; with `grace` the mail waits.

    One that still waits would tell what holds no more: it never leaves. When no mail is `wanted`, or a colleague comes at
    the same time, they know without.
    """
    appointment = appointment_of(assignment)
    _waiting_withdraw(appointment, by)
    messages.reminder_withdraw(appointment, assignment, by)
    appointment.message = None
    if not wanted or messages.colleague_comes(assignment):
        _knows(appointment, assignment)
    elif kind := what_is_owed(appointment, assignment):
        wait = _wait(appointment, assignment, grace)
        appointment.message = messages.customer_tell(appointment, assignment, kind=kind, by=by, wait=wait)
    appointment.save()
    return appointment.message


def what_is_owed(appointment: Appointment, assignment: Assignment) -> str:
    """The kind of mail after which the customer knows how the visit stands; empty when they do."""
    if not assignment.active:
        return messages.CANCELLED if appointment.told_period else ""
    if not appointment.told_period:
        return messages.PLACED
    told = appointment.told_technician_id, appointment.told_period.lower, appointment.told_period.upper
    now = assignment.technician_id, assignment.starts_at, assignment.ends_at
    return "" if told == now else messages.MOVED


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


def _waiting_withdraw(appointment: Appointment, by: Actor) -> None:
    """Let the mail that has not left never leave. One that is being handed over counts as told.

    The mail is locked before the appointment is written, as by whoever sends it.
    """
    message = Message.objects.select_for_update().filter(pk=appointment.message_id or 0).first()
    if message is None:
        return
    if message.status == MessageStatus.QUEUED:
        message_withdraw(message=message, by=by)
    appointment.refresh_from_db()  # it may have left while this waited
    if message.status == MessageStatus.SENDING:
        appointment.told_technician_id, appointment.told_period = _said(message)


def _said(message: Message) -> tuple[int | None, TimestamptzRange | None]:
    """Which technician the mail says, and when; neither where it says that the visit is off."""
    facts = message.facts
    if "start" not in facts:
        return None, None
    start, end = (datetime.fromisoformat(facts[name]) for name in ("start", "end"))
    return facts["technician"], TimestamptzRange(start, end)


def _knows(appointment: Appointment, assignment: Assignment) -> None:
    appointment.told_technician = assignment.technician if assignment.active else None
    appointment.told_period = assignment.period if assignment.active else None


def _wait(appointment: Appointment, assignment: Assignment, grace: timedelta | None) -> timedelta | None:
    starts = [assignment.starts_at, *([appointment.told_period.lower] if appointment.told_period else [])]
    soon = any(one - clock.now() < SOON for one in starts)
    return min(grace, HELD) if grace and soon else grace
