"""The invoice's links of the chain from request to package."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.chain import ChainKey, ChainStep, State
from apps.invoicing.models import Invoice
from apps.invoicing.states import InvoiceStatus


def ask(key: ChainKey, user: Any) -> QuerySet | None:
    """The newest invoice of the job that still counts."""
    if not key.work_order_ids:
        return None
    return (
        Invoice.objects.for_user(user)
        .filter(kind="invoice", lines__work_order__pk__in=key.work_order_ids)
        .exclude(status=InvoiceStatus.CANCELLED)
        .only("number", "status", "due_date")
        .order_by("-pk")[:1]
    )


def tell(rows: Sequence[Invoice], key: ChainKey, user: Any) -> list[ChainStep]:
    """Two links: the invoice and its payment."""
    invoice = rows[0] if rows else None
    return [_invoice_step(invoice), _payment_step(invoice)]


def _invoice_step(invoice: Invoice | None) -> ChainStep:
    if invoice is None:
        return ChainStep(_("Invoice"), "", "todo")
    state: State = "current" if invoice.status in (InvoiceStatus.DRAFT, InvoiceStatus.ISSUED) else "done"
    if invoice.status == InvoiceStatus.CREDITED:
        state = "skipped"
    detail = invoice.number or InvoiceStatus(invoice.status).label
    return ChainStep(_("Invoice"), reverse("invoicing:invoice_detail", args=[invoice.pk]), state, detail)


def _payment_step(invoice: Invoice | None) -> ChainStep:
    if invoice is None or invoice.status == InvoiceStatus.DRAFT:
        return ChainStep(_("Payment"), "", "todo")
    url = reverse("invoicing:invoice_detail", args=[invoice.pk]) + "#payments"
    if invoice.status == InvoiceStatus.PAID:
        return ChainStep(_("Payment"), url, "done", _("Paid"))
    if invoice.status == InvoiceStatus.CREDITED:
        return ChainStep(_("Payment"), url, "skipped", _("Credited"))
    overdue = (
        invoice.status == InvoiceStatus.SENT
        and invoice.due_date is not None
        and invoice.due_date < clock.today()
    )
    return ChainStep(_("Payment"), url, "current", _("Overdue") if overdue else _("Open"))
