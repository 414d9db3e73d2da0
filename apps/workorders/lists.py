"""The lists of work orders and job forms."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.core import clock, formats
from apps.core.compiled import ThisMoment
from apps.core.lists import Column, Count, Filter, ListPage
from apps.core.ui.atoms import people, tag
from apps.core.ui.cells import lead, made, status, two, written
from apps.intake.models import RequestType
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder
from apps.workorders.states import WorkOrderStatus

GROUPS = {
    "to_plan": (WorkOrderStatus.TO_PLAN, WorkOrderStatus.MISSED),
    "in_progress": (WorkOrderStatus.IN_PROGRESS, WorkOrderStatus.RETURNED),
    "ready_for_review": (WorkOrderStatus.READY_FOR_REVIEW, WorkOrderStatus.IN_REVIEW),
    "action_required": (WorkOrderStatus.ACTION_REQUIRED, WorkOrderStatus.MISSED, WorkOrderStatus.ON_HOLD),
}


def week_around(day: date) -> tuple[datetime, datetime]:
    """Monday to Monday where the company is."""
    monday = day - timedelta(days=day.weekday())
    zone = timezone.get_default_timezone()
    start = datetime.combine(monday, datetime.min.time(), tzinfo=zone)
    end = datetime.combine(monday + timedelta(days=7), datetime.min.time(), tzinfo=zone)
    return start, end


def this_week(rows: Any) -> QuerySet:
    return rows.planned_between(*week_around(clock.today()))


def _group(rows: Any, value: str) -> QuerySet:
    if value == "this_week":
        return this_week(rows)
    return rows.filter(status__in=GROUPS[value])


def _in(group: str) -> Callable[[Any], QuerySet]:
    return lambda rows: _group(rows, group)


def _technicians() -> QuerySet:
    return Technician.objects.named()


def _types() -> QuerySet:
    return RequestType.objects.named()


def _urgency(order: WorkOrder) -> SafeString:
    return tag(order.get_urgency_display(), "r") if order.urgency != "normal" else SafeString("")


def _due(order: WorkOrder) -> str:
    tone = {"late": "r", "soon": "a"}.get(order.sla)
    day = formats.day(order.complete_by)
    return tag(day, tone) if day and tone else day


class WorkOrderList(ListPage):
    name = "work-orders"
    search_hint = _("Number, customer, address, title")
    default_order = ("-created_at", "-id")
    columns = (
        Column("number", _("Work order"), lambda one: one.number, ("number__in_order",),
               cell=lead("workorders:work_order_detail", mark=_urgency, under=attrgetter("title"))),
        Column("customer", _("Customer"), lambda one: one.customer.name, ("customer__sort_name",),
               cell=two(attrgetter("site.city"))),
        Column("date", _("Date"), lambda one: one.starts_at,
               css="opt", cell=written(formats.moment, "day", nothing=_("not planned"))),
        Column("technicians", _("Technicians"), lambda one: ", ".join(who.name for who in one.technicians),
               css="opt-2", cell=made(lambda one: people(one.technicians))),
        Column("due", _("Due"), lambda one: one.complete_by, ("complete_by",), css="opt", cell=made(_due, "day")),
        Column("status", _("Status"), lambda one: one.get_status_display(), ("status",), cell=status()),
        Column("invoicing", _("Invoicing"), lambda one: one.invoicing_label, css="opt-0"),
    )  # fmt: skip
    filters = (
        Filter("status", _("Status"), WorkOrderStatus.choices, lambda rows, value: rows.filter(status=value)),
        Filter(
            "technician", _("Technician"), _technicians, lambda rows, value: rows.of_technician(int(value))
        ),
        Filter("type", _("Type"), _types, lambda rows, value: rows.filter(type_id=int(value))),
        Filter(
            "sla",
            _("SLA"),
            [("risk", _("At risk"))],
            lambda rows, value: rows.sla_at_risk(ThisMoment()),
        ),
        Filter(
            "attention",
            _("Attention"),
            [("pressing", _("Urgent or stopped"))],
            lambda rows, value: rows.pressing(),
        ),
    )
    counts = (
        Count(_("To plan"), _in("to_plan"), {"group": "to_plan"}, "a"),
        Count(_("Planned this week"), this_week, {"group": "this_week"}),
        Count(_("In progress"), _in("in_progress"), {"group": "in_progress"}),
        Count(_("Ready for review"), _in("ready_for_review"), {"group": "ready_for_review"}, "a"),
        Count(_("Action required"), _in("action_required"), {"group": "action_required"}, "r"),
    )

    @cached_property
    def filtered(self) -> QuerySet:
        rows = super().filtered
        group = self.query.get("group", "")
        return _group(rows, group) if group in GROUPS or group == "this_week" else rows

    @property
    def is_filtered(self) -> bool:
        return super().is_filtered or bool(self.query.get("group"))


def order_rows(user: Any) -> QuerySet:
    return WorkOrder.objects.for_user(user).for_list()


def detail_rows(user: Any) -> QuerySet:
    return WorkOrder.objects.for_user(user).for_detail()


def work_order_list(request: Any, path: str) -> WorkOrderList:
    return WorkOrderList(request, order_rows, path=path)
