"""The doors to users."""

from datetime import datetime
from typing import Any, Self

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models

from apps.core.querysets import InUseQuerySet


class UserQuerySet(InUseQuerySet):
    in_use = models.Q(is_active=True)

    def with_role(self, role: str) -> Self:
        return self.filter(groups__name=role)

    def able(self, ability: str) -> Self:
        """Those who have an ability by one of their roles."""
        holders = self.model.groups.through.objects.filter(  # type: ignore[attr-defined]
            group__permissions__content_type__app_label="accounts", group__permissions__codename=ability
        )
        return self.filter(pk__in=holders.values("user_id"))

    def managing(self) -> Self:
        """Whoever manages users also needs the office pages: that is where it is done."""
        return self.active().able("manage_users").able("see_office")

    def to_tell(self, pk: int | None, ability: str) -> Self:
        """Who hears what became of something: the one who began it, or everybody who may go on with it once they left."""
        one = self.active().filter(pk=pk)
        return one if one.exists() else self.active().able(ability)

    def with_rights(self) -> Self:
        """Each with the names of its roles and of the abilities that these give."""
        roles = self.model.groups.through.objects.filter(user=models.OuterRef("pk"))  # type: ignore[attr-defined]
        abilities = roles.filter(group__permissions__content_type__app_label="accounts")
        return self.annotate(
            group_names=ArraySubquery(roles.values("group__name")),
            ability_names=ArraySubquery(abilities.values("group__permissions__codename")),
        )

    def search(self, text: str) -> Self:
        """Part of a name or an address. A company has some hundreds of users at most."""
        return self.filter(models.Q(name__icontains=text.strip()) | models.Q(email__icontains=text.strip()))

    def for_user(self, user: Any) -> Self:
        """Every colleague, for whoever may open the office; otherwise only oneself."""
        return self if user.may("see_office") else self.filter(pk=user.pk)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, email: str) -> Any:
        return self.get(email=email.lower())


class InvitationQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("manage_users") else self.none()

    def search(self, text: str) -> Self:
        return self.filter(models.Q(name__icontains=text.strip()) | models.Q(email__icontains=text.strip()))


class AccountLinkQuerySet(models.QuerySet):
    def live(self, now: datetime) -> Self:
        """Those that still open: unused, in time, and nothing of the user ended since."""
        return self.filter(
            ended_at__isnull=True, expires_at__gt=now, user__is_active=True, stamp=models.F("user__stamp")
        )
