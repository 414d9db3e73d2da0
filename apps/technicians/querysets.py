"""The doors to technicians."""

from typing import Any, Self

from django.db import models


class TechnicianQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """Everyone for the office; otherwise oneself."""
        return self if user.may("see_office") else self.filter(user=user)

    def active(self) -> Self:
        return self.filter(active=True, user__is_active=True)
