"""The doors to the catalogue."""

from typing import Any, Self

from django.db import models

from apps.core.querysets import InUseQuerySet
from apps.core.search import SearchedRows


class MaterialQuerySet(SearchedRows, InUseQuerySet):
    def for_user(self, user: Any) -> Self:
        """All of it for the office; for a technician what is in use and meant for the field."""
        return self if user.may("see_office") else self.filter(active=True, visible_to_technician=True)

    def for_job(self, work_order: Any) -> Self:
        """What a technician may record: what is in use and meant for the field, and whatever the job asks to bring."""
        brought = work_order.to_bring.filter(material__isnull=False).values("material")
        return self.filter(models.Q(active=True, visible_to_technician=True) | models.Q(pk__in=brought))
