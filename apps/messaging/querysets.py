"""The doors to messages, notices and notes."""

from typing import Any, Self

from django.db import models


class AboutQuerySet(models.QuerySet):
    def about(self, obj: models.Model) -> Self:
        return self.filter(about_type=obj._meta.label_lower, about_id=obj.pk)


class MessageQuerySet(AboutQuerySet):
    def for_user(self, user: Any) -> Self:
        """Messages may hold prices."""
        return self if user.may("see_prices") else self.none()


class NoticeQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self.filter(user=user)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)
