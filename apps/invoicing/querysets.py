"""The doors to invoices."""

from datetime import date
from typing import Any, Self

from django.db import models

from apps.core.search import matching


class InvoiceQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("see_prices") else self.none()

    def issued(self) -> Self:
        """Numbered: everything but drafts and cancelled drafts."""
        return self.exclude(number=None)

    def unpaid(self) -> Self:
        return self.filter(status__in=["issued", "sent"], kind="invoice")

    def overdue(self, day: date) -> Self:
        return self.unpaid().filter(due_date__lt=day)

    def bookable(self) -> Self:
        """Paid, not yet booked."""
        return self.filter(status="paid").exclude(facts__kind="booked")

    def search(self, text: str) -> Self:
        return matching(self, "search_text", text)
