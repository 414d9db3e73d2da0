"""Taking back a change of the plan before the customer hears of it."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock, formats
from apps.core.actors import Actor
from apps.core.refusals import Refused
from apps.messaging.actions import message_withdraw
from apps.messaging.models import Message
from apps.messaging.states import MessageStatus
from apps.planning.actions.assignments import assignment_cancel, assignment_move, assignment_restore
from apps.planning.models import Assignment, PlanStep, PlanStepKind
from apps.technicians.actions import technicians_lock


def plan_undo(*, step: PlanStep, by: Actor, grace: timedelta | None = None) -> Assignment:
    """Put the visit back to where it was, and let the mail about it never leave. Another one waits for `grace` where an
    earlier change is still to be told.

    Raises Refused once the mail has left or the visit was changed again, and as any other change of the plan.
    """
    visit = step.assignment
    with transaction.atomic():
        technicians_lock(pk for pk in (visit.technician_id, step.technician_id) if pk)
        message = Message.objects.select_for_update().get(pk=step.message_id)
        _check(step, message)
        message_withdraw(message=message, by=by)
        PlanStep.objects.filter(pk=step.pk).update(undone_at=clock.now())
        return _back(step, by, grace)


def _check(step: PlanStep, message: Message) -> None:
    if message.status == MessageStatus.SENT:
        words = {"name": message.to_name, "at": formats.clock_time(message.sent_at)}
        raise Refused(
            _("The mail to %(name)s left at %(at)s. Change the visit again; then they hear of that too.")
            % words
        )
    if message.status != MessageStatus.QUEUED:
        raise Refused(_("This was taken back already, or the visit was changed again since."))


def _back(step: PlanStep, by: Actor, grace: timedelta | None) -> Assignment:
    visit, reason = step.assignment, _("Taken back before the customer heard of it")
    if step.kind == PlanStepKind.PLACED:
        return assignment_cancel(
            assignment=visit,
            by=by,
            reason=reason,
            version=step.version,
            confirm=True,
            grace=grace,
            undoing=True,
        )
    if step.kind == PlanStepKind.CANCELLED:
        return assignment_restore(
            assignment=visit, by=by, reason=reason, version=step.version, seen=step.over, grace=grace
        )
    assert step.technician is not None
    return assignment_move(
        assignment=visit,
        technician=step.technician,
        start=step.period.lower,
        end=step.period.upper,
        by=by,
        version=step.version,
        seen=step.over,
        reason=reason,
        confirm=True,
        grace=grace,
        undoing=True,
    )
