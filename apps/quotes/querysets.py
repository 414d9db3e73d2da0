"""The doors to quotes."""

from datetime import date, datetime
from typing import Any, Self

from django.db import models

from apps.core.querysets import InUseQuerySet
from apps.core.search import SearchedRows


class QuoteQuerySet(SearchedRows, models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """Quotes hold prices: whoever may not see those sees no quote."""
        return self if user.may("see_prices") else self.none()

    def open(self) -> Self:
        return self.filter(status__in=["draft", "sent"])

    def expired_on(self, day: date) -> Self:
        """Sent, unanswered, and valid until a day before `day`."""
        return self.filter(status="sent", current__valid_until__lt=day)

    def expiring(self, first: date, last: date) -> Self:
        """Sent, unanswered, not yet reminded, and valid until a day from `first` to `last`."""
        return self.filter(status="sent", reminded_at__isnull=True, current__valid_until__range=(first, last))


class LinkQuerySet(models.QuerySet):
    def live(self, now: datetime) -> Self:
        """Links that still open."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=now)


class TemplateQuerySet(InUseQuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("see_prices") else self.none()
