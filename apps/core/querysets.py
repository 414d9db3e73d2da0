"""The doors to core's rows, and what the doors to several apps' rows share."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q


class InUseQuerySet(models.QuerySet):
    """Rows that can go out of use while other records still refer to them.

    Only what somebody chooses anew is narrowed to what is in use: `offered` for a form, with what the record has
    already. A list, or anything that shows or counts work, never asks.
    """

    in_use: ClassVar[Q] = Q(active=True)

    def active(self) -> Self:
        return self.filter(self.in_use)

    def inactive(self) -> Self:
        return self.exclude(self.in_use)

    def offered(self, *kept: int | None) -> Self:
        """What may be chosen: what is in use, and what stands there now."""
        return self.filter(self.in_use | Q(pk__in=[pk for pk in kept if pk]))


class AuditEventQuerySet(models.QuerySet):
    def about(self, obj: models.Model) -> Self:
        """The history of one record, oldest first."""
        return self.filter(subject_type=obj._meta.label_lower, subject_id=obj.pk).order_by("at", "id")
