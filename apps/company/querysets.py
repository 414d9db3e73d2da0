"""The doors to what belongs to the company as a whole."""

from typing import Any, Self

from django.conf import settings
from django.db import models


class CompanyQuerySet(models.QuerySet):
    def row(self) -> Any:
        """The one row of the company; None until somebody made it."""
        return self.filter(pk=1).first()

    def language(self) -> str:
        """What is written for whoever of the office reads it first."""
        return self.filter(pk=1).values_list("language", flat=True).first() or settings.LANGUAGE_CODE


class SavedViewQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """One's own."""
        return self.filter(user=user)

    def of_list(self, name: str) -> Self:
        return self.filter(list_name=name)
