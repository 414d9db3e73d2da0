"""The doors to packages, and to what is not in one yet."""

from typing import Any, Self

from django.db import models

from apps.invoicing.models import Invoice, Payment


class PackageQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("export_package") else self.none()

    def search(self, text: str) -> Self:
        return self.filter(number__icontains=text.strip()[:20])


class PackageRunQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("export_package") else self.none()


def invoices_to_export(user: Any) -> models.QuerySet:
    """Issued invoices and credit notes that no package holds yet."""
    return (
        Invoice.objects.for_user(user)
        .issued()
        .exclude(pk__in=_exported(Invoice).values("invoice"))
        .order_by("number")
    )


def payments_to_export(user: Any) -> models.QuerySet:
    """Payments that no package holds yet, of invoices that one does or will."""
    return (
        Payment.objects.filter(invoice__in=Invoice.objects.for_user(user))
        .exclude(pk__in=_exported(Payment).values("payment"))
        .order_by("paid_on", "pk")
    )


def _exported(model: type[models.Model]) -> models.QuerySet:
    """The lines of packages that say that an invoice, or a payment, was exported."""
    lines = Invoice.package_lines.rel.related_model.objects  # type: ignore[attr-defined]
    return lines.filter(payment__isnull=model is Invoice)
