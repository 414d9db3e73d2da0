"""The doors to prices. A price is the newest one that holds on a day."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models


class DatedQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("see_prices") else self.none()

    def on(self, day: date) -> Self:
        """Those that hold on `day`, the newest first."""
        return self.filter(valid_from__lte=day).order_by("-valid_from", "-id")


def holding(rows: Iterable[Any], day: date) -> Any:
    """The same of rows that were read, the newest first: the one that holds on `day`, or None."""
    return next((row for row in rows if row.valid_from <= day), None)


def with_price(materials: models.QuerySet, prices: DatedQuerySet, day: date) -> models.QuerySet:
    """`materials`, each with `cost`, `price`, `vat_id` and `valid_from` of its price on `day` (None without one)."""
    current = prices.filter(material=models.OuterRef("pk")).on(day)
    return materials.annotate(
        **{
            name: models.Subquery(current.values(field)[:1])
            for name, field in (
                ("cost", "cost"),
                ("price", "price"),
                ("vat_id", "vat_code_id"),
                ("vat_code", "vat_code__code"),
                ("valid_from", "valid_from"),
            )
        }
    )
