"""The doors to quotes."""

from datetime import date
from typing import Any, Self

from django.db import models

from apps.core.search import matching


class QuoteQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """Quotes hold prices: whoever may not see those sees no quote."""
        return self if user.may("see_prices") else self.none()

    def open(self) -> Self:
        return self.filter(status__in=["draft", "sent"])

    def expired_on(self, day: date) -> Self:
        """Sent, unanswered, and valid until a day before `day`."""
        return self.filter(status="sent", current__valid_until__lt=day)

    def search(self, text: str) -> Self:
        return matching(self, "search_text", text)
