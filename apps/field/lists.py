"""The list of what the office must decide."""

from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.core import formats
from apps.core.lists import Column, Count, Filter, ListPage
from apps.core.ui.atoms import tag
from apps.core.ui.cells import CUT, Cell, dot, lead, status, written
from apps.field.events import EVENTS
from apps.field.models import EventState, FieldEvent


def _state(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(state=value)


def _job(event: Any) -> str:
    assignment = event.assignment
    return str(assignment.work_order or assignment.request) if assignment else ""


def _customer(event: Any) -> str:
    assignment = event.assignment
    return str(assignment.work_order.customer) if assignment and assignment.work_order else ""


def _what(kind: str, event: Any, _page: Any) -> str:
    off = tag(_("Clock off"), "amber", "clock") if event.clock_is_off else ""
    return format_html("{} {}", kind, off)


class EventList(ListPage):
    name = "field_events"
    columns = (
        Column(
            "received",
            _("Received"),
            lambda event: event.received_at,
            ("received_at",),
            cell=lead("field:event_detail", show=formats.stamp, css="day"),
        ),
        Column(
            "job",
            _("Work order"),
            _job,
            ("assignment__work_order__number__in_order",),
            cell=written(str, "id", under=_customer),
        ),
        Column(
            "technician",
            _("Technician"),
            lambda event: event.user.name,
            ("user__name__by_name",),
            css="opt-2",
            cell=dot(lambda event: event.user, named=True),
        ),
        Column(
            "kind", _("What"), lambda event: str(event.kind_label), ("kind",), css="opt-2", cell=Cell(_what)
        ),
        Column("why", _("Why it waits"), lambda event: event.why_sentence, css="opt", cell=CUT),
        Column(
            "state",
            _("Status"),
            lambda event: event.get_state_display(),
            ("state",),
            cell=status(lambda event: "amber" if event.state == "to_decide" else "green"),
        ),
    )
    filters = (
        Filter(
            "state",
            _("Status"),
            [(value, label) for value, label in EventState.choices if value in ("to_decide", "decided")],
            _state,
        ),
        Filter(
            "kind",
            _("What"),
            [(one.key, one.label) for one in EVENTS.values()],
            lambda rows, value: rows.filter(kind=value),
        ),
    )
    counts = (
        Count(
            _("To decide"),
            lambda rows: rows.filter(state="to_decide"),
            {"state": "to_decide"},
            "amber",
        ),
        Count(_("Decided"), lambda rows: rows.filter(state="decided"), {"state": "decided"}),
    )
    default_order = ("-state", "received_at")
    search_hint = _("Work order, customer, technician")


def event_rows(user: Any) -> QuerySet:
    """What the office decides, or has decided."""
    decided = FieldEvent.objects.for_user(user).filter(state__in=["to_decide", "decided"])
    return decided.select_related(
        "user", "decided_by", "file", "assignment__work_order__customer", "assignment__request", "assignment__technician__user"
    )  # fmt: skip
