"""The doors to prices. A price is the newest one that holds on a day."""

from datetime import date
from typing import Any, Self

from django.db import models


class DatedQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("see_prices") else self.none()

    def on(self, day: date) -> Self:
        """Those that hold on `day`, the newest first."""
        return self.filter(valid_from__lte=day).order_by("-valid_from", "-id")
