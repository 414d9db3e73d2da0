"""The review queue as a list."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core import formats
from apps.core.lists import Column, Count, Filter, ListPage
from apps.core.ui.atoms import tag
from apps.core.ui.cells import faint, lead, made, two, written
from apps.intake.models import RequestType
from apps.review import rules, states
from apps.review.signs import CANCELLED, QUEUE, risks_of, waiting, with_risk, with_signs
from apps.workorders.models import BillingBasis, WorkOrder
from apps.workorders.states import WorkOrderStatus

STATUSES = [(status, WorkOrderStatus(status).label) for status in (*QUEUE, CANCELLED)]
# What the review still has to do with; the others passed it.
DEFAULT = ("ready_for_review", "in_review", "returned", CANCELLED)


def _types() -> QuerySet:
    return RequestType.objects.named()


def _number(status: str) -> Any:
    return lambda orders: orders.filter(status=status)


def _of_status(rows: Any, value: str) -> QuerySet:
    return rows.ready_for_review() if value == "to_review" else rows.filter(status=value)


def _risk(row: Any) -> str:
    return tag(row.risk_level, row.risk_tone) + faint(", ".join(str(one) for one in row.risk_labels))


def _status(row: Any) -> str:
    pending = row.pending if row.status == WorkOrderStatus.IN_REVIEW else 0
    said = gettext("%(n)s pending") % {"n": formats.number(pending, 0)} if pending else ""
    return tag(row.get_status_display(), row.tone) + faint(said)


class ReviewList(ListPage):
    """Jobs that were done and wait for the office's judgement, the oldest first."""

    name = "review"
    default_order = ("created_at", "pk")
    search_hint = _("Work order, customer, address")
    columns = (
        Column(
            "number",
            _("Link"),
            lambda row: row.number,
            ("number__in_order",),
            cell=lead("review:review_detail", under=lambda row: row.customer.name),
        ),
        Column(
            "type",
            _("Type"),
            lambda row: str(row.type),
            ("type__name__by_name",),
            css="opt-2",
            cell=two(lambda row: row.title),
        ),
        Column("risk", _("Risk"), lambda row: _risk_words(row), css="opt-2", cell=made(_risk)),
        Column("status", _("Status"), lambda row: row.get_status_display(), ("status",), cell=made(_status)),
        Column(
            "amount",
            _("Amount"),
            lambda row: row.amount,
            ("amount",),
            numeric=True,
            cell=written(formats.money, nothing=_("not priced yet")),
        ),
    )
    filters = (
        Filter("status", _("Any status"), [("to_review", _("To review")), *STATUSES], _of_status),
        Filter("risk", _("Any risk"), list(states.RISKS.items()), with_risk),
        Filter("type", _("Any type"), _types, lambda rows, value: rows.filter(type=value)),
        Filter(
            "basis",
            _("Any billing basis"),
            BillingBasis.choices,
            lambda rows, value: rows.filter(billing_basis=value),
        ),
    )
    counts = (
        Count(_("Open review"), _number("in_review"), {"status": "in_review"}, "amber"),
        Count(_("Review required"), _number("ready_for_review"), {"status": "ready_for_review"}, "red"),
        Count(
            _("Invoicing-ready"), _number("ready_for_invoicing"), {"status": "ready_for_invoicing"}, "green"
        ),
    )

    @cached_property
    def filtered(self) -> QuerySet:
        rows = super().filtered
        return rows if self.query.get("status") else rows.filter(status__in=DEFAULT)

    @cached_property
    def rows(self) -> list[Any]:  # type: ignore[override]
        found = super().rows
        for row in found:
            risks = risks_of(row)
            row.risk_labels = [states.RISKS[one] for one in risks]
            row.risk_level, row.risk_tone = states.RISK_LEVELS[rules.risk_level(risks)]
        return found


def _risk_words(row: Any) -> str:
    return ", ".join(str(states.RISKS[one]) for one in risks_of(row))


def order_rows(user: Any) -> QuerySet:
    """The jobs in and before a review, each with its signs."""
    waits = WorkOrder.objects.for_user(user).filter(waiting()).select_related("customer", "type", "site")
    return with_signs(waits)
