"""One visit: skipped, moved to another time, made again after its job was cancelled."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.refusals import Refused
from apps.core.versions import version_lock
from apps.field.models import Visit
from apps.maintenance.actions.generating import order_make
from apps.maintenance.models import Contract, ContractVisit
from apps.planning.actions import coming_visits_cancel, job_cancel
from apps.workorders.actions import work_order_change
from apps.workorders.models import WorkOrder
from apps.workorders.states import STEPS


class OnThePlan(Refused):
    """A technician is to come for it: whoever plans says whether the appointment goes."""


def visit_skip(*, visit: ContractVisit, by: Actor, reason: str, off_plan: bool = False) -> ContractVisit:
    """This time nobody comes: its job goes. Raises OnThePlan unless `off_plan`, Refused once somebody was there."""
    if not reason.strip():
        raise Refused(_("Give a reason."))
    with transaction.atomic():
        locked = visit_lock(visit)
        if locked.skipped_at is not None:
            raise Refused(_("This visit is skipped already."))
        if not locked.has_no_job:
            order_drop(locked.work_order, by=by, reason=reason, off_plan=off_plan)
        locked.skipped_at, locked.reason = clock.now(), reason.strip()
        locked.save(update_fields=["skipped_at", "reason"])
        _audit(locked, "skip", by, reason)
    return locked


def visit_move(
    *,
    visit: ContractVisit,
    by: Actor,
    window_from: date,
    window_until: date,
    reason: str = "",
    off_plan: bool = False,
    version: int | None = None,
) -> ContractVisit:
    """Another time for this visit; the rhythm of the contract stays. Raises OnThePlan unless `off_plan`."""
    if window_until < window_from:
        raise Refused(_("The window ends before it starts."))
    with transaction.atomic():
        locked = visit_lock(visit)
        version_lock(locked, version)
        if locked.skipped_at is not None or locked.has_no_job:
            raise Refused(_("Nobody comes for this visit. Make it again first."))
        order = locked.work_order
        _untouched(order)
        if not is_fresh(order):
            if not off_plan:
                raise OnThePlan(_on_the_plan(order))
            coming_visits_cancel(work_order=order, by=by, reason=reason or _("The visit is moved."))
        work_order_change(work_order=order, by=by, preferred_from=window_from, preferred_until=window_until)
        locked.window_from, locked.window_until = window_from, window_until
        locked.save(update_fields=["window_from", "window_until"])
        _audit(locked, "move", by, reason)
    return locked


def visit_again(*, visit: ContractVisit, by: Actor) -> ContractVisit:
    """It was skipped, or its job was cancelled, and somebody comes after all: another job, in the same window."""
    with transaction.atomic():
        locked = visit_lock(visit)
        if locked.skipped_at is None and not locked.has_no_job:
            raise Refused(_("This visit has its job: %(number)s.") % {"number": locked.work_order})
        place = locked.place
        rows = Contract.objects.select_related("customer", "type", "job_form", "prices__vat_code")
        contract = rows.get(pk=place.contract_id)
        if contract.is_over or place.left_on is not None or not contract.customer.active:
            raise Refused(_("The contract ended, or this site or customer is no longer part of it."))
        window = (locked.window_from, locked.window_until)
        locked.work_order = order_make(contract, place, locked.due, window)
        locked.skipped_at, locked.reason = None, ""
        locked.save(update_fields=["work_order", "skipped_at", "reason"])
        _audit(locked, "again", by)
    return locked


def visit_lock(visit: ContractVisit) -> ContractVisit:
    """The visit as it is now, under the lock of its contract, which is taken before that of the job."""
    Contract.objects.select_for_update().get(sites__visits=visit.pk)
    rows = ContractVisit.objects.select_related("work_order__customer", "place__contract", "place__site")
    found = rows.filter(pk=visit.pk).first()
    if found is None:
        raise Refused(_("This visit is no longer part of the contract."))
    WorkOrder.objects.select_for_update(of=("self",)).get(pk=found.work_order_id)
    found.work_order.refresh_from_db()
    return found


def visit_withdraw(visit: ContractVisit, *, by: Actor, reason: str, off_plan: bool = False) -> None:
    """The contract no longer asks for it: no visit, no job. Of a locked contract."""
    order = visit.work_order
    if order.status != "cancelled":
        order_drop(order, by=by, reason=reason, off_plan=off_plan)
    _audit(visit, "withdraw", by, reason)
    visit.delete()


def order_drop(order: WorkOrder, *, by: Actor, reason: str, off_plan: bool) -> None:
    """Cancel the job of a visit that will not be made."""
    _untouched(order)
    if not is_fresh(order) and not off_plan:
        raise OnThePlan(_on_the_plan(order))
    job_cancel(work_order=order, by=by, reason=reason)


def is_fresh(order: WorkOrder) -> bool:
    """Made, and nobody planned it or was there."""
    return order.status == "to_plan" and not Visit.objects.filter(work_order=order).exists()


def _untouched(order: WorkOrder) -> None:
    if order.status not in STEPS["cancel"].sources:
        raise Refused(
            _("%(number)s is “%(status)s”: the visit is being made, or was.")
            % {"number": order.number, "status": order.get_status_display()}
        )


def _on_the_plan(order: WorkOrder) -> str:
    return _("%(number)s is “%(status)s”. Say that it goes off the plan, or plan it anew first.") % {
        "number": order.number,
        "status": order.get_status_display(),
    }


def _audit(visit: ContractVisit, verb: str, by: Actor, reason: str = "") -> None:
    said = f"{visit.place.site}, {visit.due:%m-%Y}, {visit.work_order.number}"
    audit_record(visit.place.contract, verb=f"contract.{verb}", by=by, reason=reason, data={"name": said})
