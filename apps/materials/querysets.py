"""The doors to the catalogue."""

from typing import Any, Self

from django.db import models

from apps.core.search import matching


class MaterialQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """All of it for the office; for a technician what is in use and meant for the field."""
        return self if user.may("see_office") else self.filter(active=True, visible_to_technician=True)

    def active(self) -> Self:
        return self.filter(active=True)

    def search(self, text: str) -> Self:
        return matching(self, "search_text", text)
