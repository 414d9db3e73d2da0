"""The doors to messages, notices and notes."""

from datetime import datetime
from typing import Any, Self

from django.db import models

from apps.core.querysets import about
from apps.messaging.states import UNDER_WAY


class AboutQuerySet(models.QuerySet):
    def about(self, obj: models.Model) -> Self:
        return self.filter(about(obj, "about"))


class MessageQuerySet(AboutQuerySet):
    def for_user(self, user: Any) -> Self:
        """Messages may hold prices."""
        return self if user.may("see_prices") else self.none()

    def under_way(self) -> Self:
        return self.filter(status__in=UNDER_WAY)

    def not_arriving(self, late: datetime) -> Self:
        """Those that somebody has to look at: refused, or to leave before `late` and not gone yet.

        Not one whose words went out in a later mail, such as the invoice that was sent to another address.
        """
        held = models.Q(held_until__gt=late)
        stuck = models.Q(status__in=UNDER_WAY, queued_at__lte=late) & ~held
        same = {name: models.OuterRef(name) for name in ("kind", "about_type", "about_id", "facts")}
        later = self.model._base_manager.filter(
            **same, status="sent", sent_at__gt=models.OuterRef("queued_at")
        )
        return self.filter(models.Q(status="failed") | stuck).exclude(models.Exists(later))


class NoticeQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self.filter(user=user)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class PushDeviceQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self.filter(user=user)
