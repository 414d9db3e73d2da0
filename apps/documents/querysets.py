"""The door to documents that stand with a record."""

from typing import Any, Self

from django.db import models


class AttachedFileQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """All for the office; on a phone only what was shared with technicians."""
        return self if user.may("see_office") else self.filter(for_technician=True)
