"""The doors to core's rows, and what the doors to several apps' rows share."""

from typing import Any, ClassVar, Self

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


def about(obj: Any, name: str) -> Q:
    """What tells of one record by `name`_type and `name`_id, and of those that were merged into it."""
    model: Any = obj._meta.model
    ids: Any = Q(**{f"{name}_id": obj.pk})
    if hasattr(model, "merged_into"):
        became = model._base_manager.filter(Q(pk=obj.pk) | Q(merged_into=obj.pk))
        ids = Q(**{f"{name}_id__in": became.values("pk")})
    return Q(**{f"{name}_type": obj._meta.label_lower}) & ids


class AuditEventQuerySet(models.QuerySet):
    def about(self, obj: models.Model) -> Self:
        """The history of one record, oldest first."""
        return self.filter(about(obj, "subject")).order_by("at", "id")
