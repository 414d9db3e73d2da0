"""The doors to reviews and billables."""

from typing import Any, Self

from django.db import models


class ReviewQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("review_work") else self.none()


class BillableQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("see_prices") else self.none()

    def pending(self) -> Self:
        return self.filter(fate="pending")

    def billable(self) -> Self:
        return self.filter(fate="billable")
