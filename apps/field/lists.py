"""The list of what the office must decide."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.core.lists import Column, Count, Filter, ListPage
from apps.field import states
from apps.field.models import EventState


def _state(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(state=value)


def _job(event: Any) -> str:
    assignment = event.assignment
    return str(assignment.work_order or assignment.request) if assignment else ""


class EventList(ListPage):
    name = "field_events"
    columns = (
        Column("received", _("Received"), lambda event: event.received_at, ("received_at",)),
        Column("job", _("Work order"), _job, ("assignment__work_order__number",)),
        Column("technician", _("Technician"), lambda event: event.user.name, ("user__name",), css="opt-2"),
        Column("kind", _("What"), lambda event: str(event.kind_label), ("kind",), css="opt-2"),
        Column("why", _("Why it waits"), lambda event: event.why_sentence, css="opt"),
        Column("state", _("Status"), lambda event: event.get_state_display(), ("state",)),
    )
    filters = (
        Filter(
            "state",
            _("Status"),
            [(value, label) for value, label in EventState.choices if value in ("to_decide", "decided")],
            _state,
        ),
        Filter(
            "kind", _("What"), list(states.EVENT_LABELS.items()), lambda rows, value: rows.filter(kind=value)
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
