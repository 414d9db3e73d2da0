"""The customer hears of a change of the plan, after a time in which the planner may take it back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from apps.core import clock
from apps.core.actors import Actor
from apps.messaging.actions import message_withdraw
from apps.planning.actions import messages
from apps.planning.models import Assignment, PlanStep, PlanStepKind
from apps.technicians.models import Technician

MAILS = {
    PlanStepKind.PLACED: messages.PLACED,
    PlanStepKind.MOVED: messages.MOVED,
    PlanStepKind.CANCELLED: messages.CANCELLED,
}


@dataclass(frozen=True)
class Before:
    """Where a visit was: with whom, when, and over which bookings."""

    technician: Technician
    period: Any
    over: Iterable[int] = field(default=())

    @property
    def span(self) -> tuple[datetime, datetime]:
        return self.period.lower, self.period.upper


def customer_hear(
    assignment: Assignment,
    *,
    kind: PlanStepKind,
    by: Actor,
    wanted: bool,
    grace: timedelta | None,
    before: Before | None = None,
) -> None:
    """Mail the customer what became of a visit, when that is `wanted`; with `grace` it waits, and can be taken back.

    A mail about this visit that still waits would tell what holds no more: the new one takes its place.
    """
    owed = "" if kind == PlanStepKind.PLACED else _waiting_withdraw(assignment, by)
    told = what_is_told(owed, MAILS[kind]) if wanted else ""
    message = messages.customer_tell(assignment, kind=told, by=by, wait=grace) if told else None
    if message is None or not grace:
        return
    PlanStep.objects.create(
        assignment=assignment,
        kind=kind,
        technician=before.technician if before else None,
        period=before.period if before else None,
        over=list(before.over) if before else [],
        version=assignment.version,
        message=message,
        owed=owed,
        by_id=by.pk,
        at=clock.now(),
    )


def what_is_told(owed: str, kind: str) -> str:
    """What to mail now that `kind` happened and the mail about `owed` never left: who never heard that we come need
    not hear that we come at another time, or not at all."""
    if owed != messages.PLACED:
        return kind
    return "" if kind == messages.CANCELLED else messages.PLACED


def _waiting_withdraw(assignment: Assignment, by: Actor) -> str:
    """Take back the mail about this visit that has not left; its kind, or nothing."""
    waiting = PlanStep.objects.waiting().filter(assignment=assignment).select_related("message")
    step = waiting.select_for_update(of=("self", "message")).last()
    if step is None:
        return ""
    message_withdraw(message=step.message, by=by)
    return str(step.message.kind)
