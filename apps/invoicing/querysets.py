"""The doors to invoices."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Case, DecimalField, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from apps.core.search import matching
from apps.messaging.models import Message

AMOUNT = DecimalField(max_digits=12, decimal_places=2)
ZERO = Value(Decimal("0.00"), output_field=AMOUNT)


def _sum(rows: models.QuerySet, key: str, field: str) -> Coalesce:
    total = rows.order_by().values(key).annotate(total=Sum(field)).values("total")
    return Coalesce(Subquery(total, output_field=AMOUNT), ZERO)


def mails_under_way() -> models.QuerySet:
    """Mails about invoices that have still to leave."""
    return Message.objects.under_way().filter(about_type="invoicing.invoice")


class InvoiceQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("see_prices") else self.none()

    def issued(self) -> Self:
        """Numbered: everything but drafts and cancelled drafts."""
        return self.exclude(number=None)

    def drafts(self) -> Self:
        return self.filter(status="draft")

    def unpaid(self) -> Self:
        return self.filter(status__in=["issued", "sent"], kind="invoice")

    def overdue(self, day: date) -> Self:
        return self.unpaid().filter(due_date__lt=day)

    def unsent(self) -> Self:
        """Issued, and no mail with it is on its way."""
        return self.filter(status="issued").exclude(pk__in=mails_under_way().values("about_id"))

    def waiting(self) -> Self:
        """Somebody has to do something with them: issue or send."""
        rows = self.filter(status__in=["draft", "issued"])
        return rows.exclude(pk__in=mails_under_way().values("about_id"))

    def bookable(self) -> Self:
        """Paid, not yet booked."""
        return self.filter(status="paid").exclude(facts__kind="booked")

    def complete(self) -> Self:
        """Archived: paid, delivered and booked."""
        return self.filter(status="paid").filter(facts__kind="delivered").filter(facts__kind="booked")

    def of_work_orders(self, work_order_ids: Any) -> Self:
        return self.filter(lines__work_order__in=work_order_ids).distinct()

    def search(self, text: str) -> Self:
        return matching(self, "search_text", text)

    def with_open(self) -> Self:
        """Each with `paid`, `credited` and `open`, in euros. What `rules.open_amount` says, in SQL."""
        invoices: Any = self.model
        payments: Any = invoices._meta.get_field("payments").related_model
        return self.annotate(
            paid=_sum(payments.objects.filter(invoice=OuterRef("pk")), "invoice", "amount"),
            credited=_sum(
                invoices.objects.filter(credits=OuterRef("pk"), number__isnull=False), "credits", "payable"
            ),
        ).annotate(
            open=Case(
                When(Q(status__in=["draft", "cancelled"]) | Q(kind="credit_note"), then=ZERO),
                When(status="credited", then=ZERO - F("paid")),
                default=F("payable") - F("credited") - F("paid"),
                output_field=AMOUNT,
            )
        )
