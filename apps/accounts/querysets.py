"""The doors to users."""

from typing import Any, Self

from django.contrib.auth.base_user import BaseUserManager
from django.db import models


class UserQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def with_role(self, role: str) -> Self:
        return self.filter(groups__name=role)

    def for_user(self, user: Any) -> Self:
        """Every colleague, for whoever may open the office; otherwise only oneself."""
        return self if user.may("see_office") else self.filter(pk=user.pk)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, email: str) -> Any:
        return self.get(email=email.lower())
