"""The doors to core's rows."""

from typing import Self

from django.db import models


class AuditEventQuerySet(models.QuerySet):
    def about(self, obj: models.Model) -> Self:
        """The history of one record, oldest first."""
        return self.filter(subject_type=obj._meta.label_lower, subject_id=obj.pk).order_by("at", "id")
