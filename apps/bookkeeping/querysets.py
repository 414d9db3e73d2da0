"""The doors to packages, and to what is not in one yet."""

from decimal import Decimal
from typing import Any, Self

from django.db import models

from apps.bookkeeping.rules import Sums
from apps.invoicing.models import Invoice, Payment

ZERO = Decimal("0.00")


class PackageQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("export_package") else self.none()

    def search(self, text: str) -> Self:
        return self.filter(number__icontains=text.strip()[:20])


class PackageRunQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("export_package") else self.none()


class WaitingLineQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("export_package") else self.none()

    def sums(self) -> tuple[Sums, Decimal]:
        """Of the invoices, and of the payments."""
        count = models.Count("pk", filter=models.Q(payment=None))
        net, vat, total, paid = (models.Sum(name, default=ZERO) for name in ("net", "vat", "total", "paid"))
        found = self.aggregate(count=count, all_net=net, all_vat=vat, all_total=total, all_paid=paid)
        return Sums(found["count"], found["all_net"], found["all_vat"], found["all_total"]), found["all_paid"]


def invoices_to_export(user: Any) -> models.QuerySet:
    """Issued invoices and credit notes that no package holds yet, in the order in which they were issued."""
    waiting = Invoice.objects.for_user(user).filter(
        waiting_lines__isnull=False, waiting_lines__payment__isnull=True
    )
    return waiting.order_by("waiting_lines__pk")


def payments_to_export(user: Any) -> models.QuerySet:
    """Payments that no package holds yet, of invoices that one does or will."""
    waiting = Payment.objects.filter(waiting_lines__isnull=False, invoice__in=Invoice.objects.for_user(user))
    return waiting.order_by("paid_on", "pk")
