"""Who may log in."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.accounts import roles, states
from apps.accounts.querysets import InvitationQuerySet, UserManager
from apps.core import clock
from apps.core.models import Stateful, Versioned, one_of


class User(Versioned, AbstractBaseUser, PermissionsMixin):
    """Someone who logs in with an e-mail address. Roles are groups; a user may hold several."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    actor_kind = "user"
    counted = ("groups",)
    uncounted = ("last_login", "password", "language")
    events = {
        "deactivate": _("Deactivated"),
        "hand_over": _("Work handed over"),
        "activate": _("Activated"),
        "join": _("Accepted the invitation"),
    }

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    initials = models.CharField(_("initials"), max_length=4)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="nl")
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(default=clock.now)
    # What sessions, known devices and links to a new password are made for: a new one ends them all, for good.
    stamp = models.UUIDField(default=uuid.uuid4, editable=False)

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case")
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    @property
    def actor_label(self) -> str:
        return self.name

    def may(self, ability: str) -> bool:
        """Whether one of the user's roles has this ability of the matrix in `accounts.roles`."""
        return self.is_active and (self.is_superuser or ability in self.abilities)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """As Django asks, also for `perms.accounts…` in a template; abilities need no further question."""
        app, _dot, ability = perm.partition(".")
        return self.may(ability) if app == "accounts" and obj is None else super().has_perm(perm, obj)

    def set_password(self, raw_password: str | None) -> None:
        """Whatever was opened with the password before ends."""
        super().set_password(raw_password)
        self.stamp = uuid.uuid4()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's, which would make it of the password: that is out of reach here."""
        return salted_hmac("accounts.session", self.stamp.hex, secret=secret, algorithm="sha256").hexdigest()

    @cached_property
    def abilities(self) -> frozenset[str]:
        """What the user's roles let them do. A user of `with_rights()` brought it along."""
        if "ability_names" in self.__dict__:
            return frozenset(self.__dict__["ability_names"])
        held = self.groups.filter(permissions__content_type__app_label="accounts")
        return frozenset(held.values_list("permissions__codename", flat=True))

    @cached_property
    def role_names(self) -> frozenset[str]:
        if "group_names" in self.__dict__:
            return frozenset(self.__dict__["group_names"])
        return frozenset(group.name for group in self.groups.all())

    @property
    def role_labels(self) -> list[Any]:
        return roles.labels(self.role_names)


class Ability(models.Model):
    """No table: it only gives the abilities of the matrix a place among Django's permissions."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [(name, str(name)) for name in roles.ABILITIES]


class Invitation(Stateful):
    """An offer to join, by a private link."""

    steps = states.STEPS

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="nl")
    roles = models.ManyToManyField(Group, related_name="+", verbose_name=_("roles"))
    status = models.CharField(
        _("status"), max_length=10, choices=states.InvitationStatus, default=states.InvitationStatus.INVITED
    )
    nonce = models.UUIDField(unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(_("expires at"))
    # The account that came of it; set beforehand when the account was made first, as for a technician.
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            one_of("status", states.InvitationStatus, "invitation_status"),
            models.UniqueConstraint(
                "email", condition=models.Q(status="invited"), name="one_open_invitation_per_address"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def role_labels(self) -> list[Any]:
        return roles.labels({group.name for group in self.roles.all()})

    @property
    def tone(self) -> str:
        return states.TONES[states.InvitationStatus(self.status)]
