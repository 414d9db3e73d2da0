"""The list of requests."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.core import formats
from apps.core.lists import Column, Count, Filter, ListPage
from apps.core.ui.atoms import tag
from apps.core.ui.cells import CUT, cut, dot, faint, lead, made, status
from apps.intake.models import Request, RequestType, Source, Urgency
from apps.intake.states import RequestStatus
from apps.technicians.models import Technician

QUEUES: dict[str, tuple[Any, Callable[[Any], QuerySet]]] = {
    "new": (_("New requests"), lambda rows: rows.new()),
    "plan": (_("To plan"), lambda rows: rows.to_plan()),
    "quote": (_("Ready for quote"), lambda rows: rows.ready_for_quote()),
    "order": (_("Ready for work order"), lambda rows: rows.ready_for_work_order()),
    "open": (_("All that are open"), lambda rows: rows.open()),
}


def _types() -> QuerySet:
    return RequestType.objects.named()


def _technicians() -> QuerySet:
    return Technician.objects.named()


def _urgency(row: Request) -> SafeString:
    tone = {Urgency.URGENT: "r", Urgency.HIGH: "a"}.get(Urgency(row.urgency))
    return tag(row.get_urgency_display(), tone) if tone else SafeString("")


class RequestList(ListPage):
    name = "requests"
    search_hint = _("Number, customer, address, what is asked")
    default_order = ("-created_at", "-pk")
    columns = (
        Column(
            "number",
            _("Request"),
            lambda row: row.number,
            order=("number__in_order",),
            cell=lead(
                "intake:request_detail", mark=_urgency, under=lambda row: formats.stamp(row.created_at)
            ),
        ),
        Column(
            "customer", _("Customer"), lambda row: row.customer.name, order=("customer__sort_name",), cell=CUT
        ),
        Column(
            "address",
            _("Address"),
            lambda row: str(row.site),
            order=("site__city", "site__street"),
            css="opt-0",
            cell=made(lambda row: cut(row.site.street_line) + faint(row.site.city_line)),
        ),
        Column(
            "type", _("Type"), lambda row: str(row.type), order=("type__name__by_name",), css="opt", cell=CUT
        ),
        Column(
            "technician",
            _("Intake technician"),
            lambda row: row.technician.user.name if row.technician else "",
            order=("technician__user__name__by_name",),
            css="opt-2",
            cell=dot(lambda row: row.technician and row.technician.user, named=True),
        ),
        Column("status", _("Status"), lambda row: row.get_status_display(), order=("status",), cell=status()),
        Column("action", _("Action"), lambda row: str(row.next_action), css="opt", cell=CUT),
    )
    export_columns = (
        Column("urgency", _("Urgency"), lambda row: row.get_urgency_display()),
        Column("source", _("Source"), lambda row: row.get_source_display()),
        Column("received", _("Received on"), lambda row: row.created_at),
        Column("description", _("Short description"), lambda row: row.description),
    )
    filters = (
        Filter(
            "queue",
            _("Waits for"),
            [(name, label) for name, (label, _rows) in QUEUES.items()],
            lambda rows, value: QUEUES[value][1](rows),
        ),
        Filter("status", _("Status"), RequestStatus.choices, lambda rows, value: rows.filter(status=value)),
        Filter("type", _("Type"), _types, lambda rows, value: rows.filter(type=value)),
        Filter(
            "technician", _("Technician"), _technicians, lambda rows, value: rows.filter(technician=value)
        ),
        Filter("urgency", _("Urgency"), Urgency.choices, lambda rows, value: rows.filter(urgency=value)),
        Filter("source", _("Source"), Source.choices, lambda rows, value: rows.filter(source=value)),
    )
    counts = tuple(
        Count(label, of, {"queue": name}, tone)
        for (name, (label, of)), tone in zip(
            QUEUES.items(), ("blue", "amber", "amber", "amber"), strict=False
        )
    )

    def css_of(self, row: Any) -> str:
        return "void" if row.status in (RequestStatus.DECLINED, RequestStatus.CANCELLED) else ""


def request_rows(user: Any) -> QuerySet:
    return Request.objects.for_user(user).for_list()


def detail_rows(user: Any) -> QuerySet:
    return request_rows(user).select_related("contact", "created_by")
