"""What the office does with what somebody left unfinished: their clock, their visit, what was returned to them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.refusals import Forbidden, Refused
from apps.core.transitions import move
from apps.field.actions.visits import clock_stop, remaining, visit_change, work_order_move
from apps.field.models import TimeEntry, Visit
from apps.planning.actions import assignment_cancel
from apps.workorders.models import WorkOrder


def running_clock_stop(*, entry: TimeEntry, at: datetime, by: Actor, reason: str) -> TimeEntry:
    """Stop somebody's clock at a moment that the office names. Raises Refused before its start and in the future."""
    if not by.may("manage_work_orders"):
        raise Forbidden(_("You may not stop this clock."))
    if at > clock.now() or at < entry.started_at:
        raise Refused(_("The clock stops between its start and now."))
    with transaction.atomic():
        _order, visit = _locked(entry.visit)
        clock_stop(visit, at)
        if visit.status == "started":
            move(visit, "leave", by=by, reason=reason)
        audit_record(visit, verb="visit.clock_stopped", by=by, reason=reason, data={"at": at.isoformat()})
    entry.refresh_from_db()
    return entry


def visit_leave(*, visit: Visit, by: Actor, reason: str) -> Visit:
    """Somebody will not go on with a visit that they began: what they recorded stays, and the job is planned again.

    Raises Refused while the clock runs.
    """
    with transaction.atomic():
        order, visit = _locked(visit)
        _clock_must_stand(visit)
        if visit.status == "started":
            move(visit, "leave", by=by, reason=reason)
        visit_change(visit, held_at=clock.now())
        if not remaining(order, besides=visit).exists() and work_order_move(
            order, "put_aside", by=by, reason=reason
        ):
            move(order, "resume", by=by, reason=reason)
        assignment = visit.assignment
        if assignment.active and assignment.ends_at > clock.now():
            assignment_cancel(
                assignment=assignment, by=by, reason=reason, version=assignment.version, confirm=False, past_start=True
            )  # fmt: skip
    return visit


def visit_take_back(*, visit: Visit, by: Actor, reason: str) -> Visit:
    """Nobody corrects what was returned: the visit is handed in as it stands, and the job goes back to review."""
    with transaction.atomic():
        order, visit = _locked(visit)
        _clock_must_stand(visit)
        if visit.status == "started":
            move(visit, "leave", by=by, reason=reason)
        now = clock.now()
        visit.returned_items.filter(resolved_at__isnull=True).update(resolved_at=now)
        visit_change(visit, finished_at=visit.finished_at or now, held_at=None)
        move(visit, "take_back", by=by, reason=reason)
        if not remaining(order, besides=visit).exists():
            work_order_move(order, "take_back", by=by, reason=reason)
    return visit


def _locked(visit: Visit) -> tuple[WorkOrder, Visit]:
    """The job's row first, as the phone's events do."""
    order = WorkOrder._base_manager.select_for_update(of=("self",)).get(pk=visit.work_order_id)
    rows = Visit._base_manager.select_for_update(of=("self",)).select_related("assignment__technician")
    return order, rows.get(pk=visit.pk)


def _clock_must_stand(visit: Visit) -> None:
    if visit.time_entries.filter(ended_at__isnull=True).exists():
        raise Refused(_("The clock still runs: say first when it stopped."))
