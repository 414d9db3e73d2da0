"""The visits' link of the chain: where the work on site stands, as far as the plan knows."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core import formats
from apps.core.chain import ChainKey, ChainStep, State
from apps.planning.models import Assignment
from apps.workorders.models import WorkOrder
from apps.workorders.states import DONE, WorkOrderStatus


def chain_steps(key: ChainKey, user: Any) -> list[ChainStep]:
    """One step for all visits of the job's work orders."""
    orders = WorkOrder.objects.for_user(user)
    if key.request_id:
        orders = orders.filter(request_id=key.request_id)
    elif key.work_order_ids:
        orders = orders.filter(pk__in=key.work_order_ids)
    else:
        return [ChainStep(_("Visits"), "", "todo")]
    rows = Assignment.objects.active().filter(work_order__in=orders).exclude(work_order__status="cancelled")
    visits = list(rows.order_by("period").values_list("pk", "period", "work_order__status"))
    if not visits:
        return [ChainStep(_("Visits"), "", "todo")]
    open_visits = [one for one in visits if one[2] not in DONE]
    state: State = "current" if open_visits else "done"
    pk, period, status = (open_visits or visits)[-1]
    detail = _("No access") if status == WorkOrderStatus.MISSED else formats.day(period.lower)
    return [ChainStep(_("Visits"), reverse("planning:assignment_detail", args=[pk]), state, detail)]
