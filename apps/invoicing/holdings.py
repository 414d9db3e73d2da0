"""What a customer still owes, or is still to be asked."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import merging
from apps.core.holdings import Kind, Line, register
from apps.invoicing.models import Invoice


@register
class UnpaidInvoices(Kind):
    name = "invoicing.customer"
    subject = "customers.customer"
    holder = "customer"
    label = _("Invoices that are not paid, and drafts")
    stays = _("They stay due: reminders go out, and payments can be recorded.")
    order = 40

    def rows(self) -> QuerySet:
        waiting = Q(status="draft") | Q(status__in=["issued", "sent"], kind="invoice")
        return Invoice.objects.filter(waiting).select_related("customer").order_by("created_at")

    def line(self, row: Invoice) -> Line:
        url = reverse("invoicing:invoice_detail", args=[row.pk])
        return Line(str(row), str(row.get_status_display()), url)


merging.register(
    merging.Part(
        "customers.customer", "invoicing.invoice", "customer", _("Invoices"), 60,
        ties=("credits__customer", "lines__work_order__customer", "payments__taken_from__invoice__customer"),
    ),
    merging.Part("customers.customer", "invoicing.payment", "invoice__customer", _("Payments"), 62),
    merging.Part("customers.customer", "invoicing.reminder", "invoice__customer", _("Reminders"), 64),
    merging.Part(
        "customers.customer", "invoicing.invoicedocument", "invoice__customer", _("Documents of invoices"), 66
    ),
    merging.Part("customers.customer", "invoicing.paylink", "invoice__customer", _("Private addresses of invoices"), 68),
)  # fmt: skip
