"""Who may log in."""

import hashlib
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import check_password, is_password_usable, make_password
from django.contrib.auth.models import Group, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.accounts import letters, roles, states
from apps.accounts.places import Place
from apps.accounts.querysets import AccountLinkQuerySet, InvitationQuerySet, UserManager
from apps.core import clock
from apps.core.database import ACCOUNT, as_role
from apps.core.models import AuditEvent, Stateful, Versioned, one_of


class User(Versioned, AbstractBaseUser, PermissionsMixin):
    """Someone who logs in with an e-mail address. Roles are groups; a user may hold several."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    actor_kind = "user"
    counted = ("groups",)
    uncounted = ("last_login", "stamp", "language")
    events = {
        "deactivate": _("Deactivated"),
        "hand_over": _("Work handed over"),
        "activate": _("Activated"),
        "join": _("Accepted the invitation"),
        **letters.labels(),
    }

    password = None  # type: ignore[assignment]  # its hash stands apart: see PasswordHash
    # The address to log in with. It was proved: by the link of an invitation, or of a change.
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
        ordering = ["name__by_name"]
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

    def event_detail(self, event: AuditEvent) -> str:
        """From where a change of the login came, and which address it was about."""
        told = [event.data.get("email", "")]
        if "agent" in event.data or "address" in event.data:
            told.append(str(Place(event.data.get("address", ""), event.data.get("agent", ""))))
        return ", ".join(one for one in told if one)

    def may(self, ability: str) -> bool:
        """Whether one of the user's roles has this ability of the matrix in `accounts.roles`."""
        return self.is_active and (self.is_superuser or ability in self.abilities)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """As Django asks, also for `perms.accounts…` in a template; abilities need no further question."""
        app, _dot, ability = perm.partition(".")
        return self.may(ability) if app == "accounts" and obj is None else super().has_perm(perm, obj)

    # Django's words for a password; the hash itself is read and written in here only.

    _hash: str | None = None

    def set_password(self, raw_password: str | None) -> None:
        """Kept by the next `save`, as Django has it. Whatever was opened with the password before ends."""
        self._password = raw_password
        self._hash = make_password(raw_password)
        self.stamp = uuid.uuid4()

    def set_unusable_password(self) -> None:
        self.set_password(None)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        if self._hash is not None:
            with as_role(ACCOUNT):
                PasswordHash.objects.update_or_create(
                    user=self, defaults={"value": self._hash, "changed_at": clock.now()}
                )
            self._hash = None

    def check_password(self, raw_password: str | None) -> bool:
        """Whether it is; a hash of an older kind is made anew. A user without one takes as long to say no."""
        return check_password(raw_password, self._stored_hash(), self._hash_again)

    def has_usable_password(self) -> bool:
        return is_password_usable(self._stored_hash())

    @property
    def is_awaited(self) -> bool:
        """Whether the account was made for somebody who has not come yet."""
        return self.is_active and not self.has_usable_password()

    def _stored_hash(self) -> str:
        if self._hash is not None:
            return self._hash
        with as_role(ACCOUNT):
            found = PasswordHash.objects.filter(user_id=self.pk).values_list("value", flat=True).first()
        return found or make_password(None)

    def _hash_again(self, raw_password: str) -> None:
        with as_role(ACCOUNT):
            PasswordHash.objects.filter(user_id=self.pk).update(value=make_password(raw_password))

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


class PasswordHash(models.Model):
    """What a password is checked against. Its own table, which no role but `wt_account` may read: a column could not be
    kept from who may read a user."""

    user = models.OneToOneField(User, models.CASCADE, related_name="+")
    value = models.CharField(max_length=128)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("password hash")
        verbose_name_plural = _("password hashes")

    def __str__(self) -> str:
        return str(self.user)


class Session(AbstractBaseSession):
    """A browser in which somebody is, or will be, logged in; `sessions.py` reads and writes it."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    came_at = models.DateTimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    @property
    def handle(self) -> str:
        """What may be shown of it: the key itself is as good as the password."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()


class AccountLink(models.Model):
    """A private link by which somebody proves that an address is theirs: to choose a password, or to log in with it."""

    kind = models.CharField(max_length=10, choices=states.LinkKind)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    email = models.EmailField(_("e-mail"))
    # What it was made for; whatever ends the sessions of the user ends it too.
    stamp = models.UUIDField()
    nonce = models.UUIDField(unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = AccountLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to an account")
        verbose_name_plural = _("links to accounts")
        constraints = [
            one_of("kind", states.LinkKind, "account_link_kind"),
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=models.Q(ended_at__isnull=True),
                name="one_open_link_per_user_and_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.email}"


class SecondFactor(models.Model):
    """What a user has besides a password, without its secret: a view on allauth's table."""

    user = models.ForeignKey(User, models.DO_NOTHING, related_name="+")
    type = models.CharField(max_length=20)
    name = models.TextField()
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "accounts_secondfactor"
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        kinds = {"totp": _("Authenticator app"), "recovery_codes": _("Recovery codes")}
        return str(kinds.get(self.type) or _("Passkey or security key")) + (
            f": {self.name}" if self.name else ""
        )


class OpenSession(models.Model):
    """Where a user is logged in, without what would let somebody else be: a view on the sessions."""

    handle = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, models.DO_NOTHING, related_name="+")
    came_at = models.DateTimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=300)
    expire_date = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "accounts_opensession"
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return self.agent


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
