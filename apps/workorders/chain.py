"""The work order's link of the chain."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.chain import ChainKey, ChainStep
from apps.workorders.models import WorkOrder
from apps.workorders.states import WorkOrderStatus


def ask(key: ChainKey, user: Any) -> QuerySet | None:
    """All work orders of the job."""
    orders = WorkOrder.objects.for_user(user)
    if key.request_id:
        orders = orders.filter(request_id=key.request_id)
    elif key.work_order_ids:
        orders = orders.filter(pk__in=key.work_order_ids)
    else:
        return None
    return orders.order_by("created_at").values_list("pk", "number", "status")


def tell(rows: Sequence[Any], key: ChainKey, user: Any) -> list[ChainStep]:
    """One step for all work orders: it leads to the first that still needs something."""
    live = [row for row in rows if row[2] != WorkOrderStatus.CANCELLED]
    if not live:
        return [ChainStep(_("Work order"), _url(rows[0][0]), "skipped", _("Cancelled"))] if rows else [
            ChainStep(_("Work order"), "", "todo")
        ]  # fmt: skip
    waiting = [row for row in live if row[2] in (WorkOrderStatus.TO_PLAN, WorkOrderStatus.ON_HOLD)]
    pk, number, _status = (waiting or live)[0]
    detail = number if len(live) == 1 else _("%(n)s orders") % {"n": len(live)}
    return [ChainStep(_("Work order"), _url(pk), "current" if waiting else "done", detail)]


def _url(pk: int) -> str:
    return reverse("workorders:work_order_detail", args=[pk])
