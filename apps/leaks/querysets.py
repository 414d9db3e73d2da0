"""The doors to leaks."""

from decimal import Decimal
from typing import Any, Self

from django.db import models


class LeakQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("see_prices") else self.none()

    def open(self) -> Self:
        return self.filter(status="open")

    def at_risk(self) -> Self:
        """The open leaks whose euros are added up: each stands in one stage, and in no other."""
        return self.open().filter(sign=False)

    def receivable(self) -> Self:
        """Of which a customer has the invoice, and still owes something."""
        return self.filter(receivable__gt=0)

    def signs(self) -> Self:
        return self.open().filter(sign=True)

    def search(self, text: str) -> Self:
        """The leaks whose subject holds each word. There are few: no words are stored of them."""
        rows = self
        for word in text.split():
            rows = rows.filter(subject_label__icontains=word)
        return rows

    def total(self) -> Decimal:
        """The amount at risk, in euros."""
        return self.aggregate(total=models.Sum("amount"))["total"] or Decimal(0)
