"""Users, what they may do, and how they are invited."""

import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta

from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts import roles
from apps.accounts.actions.managers import manager_invited, managers_watched
from apps.accounts.actions.security import entrances_close, password_set, security_tell
from apps.accounts.models import Invitation, User
from apps.accounts.places import NOWHERE, Place
from apps.accounts.states import InvitationStatus
from apps.core import clock
from apps.core.actors import SYSTEM, Actor
from apps.core.audit import audit_record
from apps.core.holdings import Wishes, hand_over, subject_lock
from apps.core.refusals import Refused
from apps.core.tokens import token_for, token_hash
from apps.core.transitions import move
from apps.core.versions import edition_lock, version_lock
from apps.messaging.actions import message_queue
from apps.messaging.links import placeholder

INVITATION_DAYS = 7


def groups_sync() -> None:
    """Make the groups of the roles. An ability is given to a role when the ability or the role is new;
    what an admin changed afterwards stays."""
    permissions = {one.codename: one for one in Permission.objects.filter(content_type__app_label="accounts")}
    known = set(Group.permissions.through.objects.values_list("permission__codename", flat=True))
    for role in roles.ROLE_LABELS:
        group, created = Group.objects.get_or_create(name=role)
        for ability, (_label, holders) in roles.ABILITIES.items():
            if role in holders and ability in permissions and (created or ability not in known):
                group.permissions.add(permissions[ability])


def user_create(
    *,
    by: Actor,
    email: str,
    name: str,
    user_roles: Collection[str],
    initials: str = "",
    language: str = "nl",
    password: str | None = None,
) -> User:
    """Make a user. Without a password nobody can log in until one is set."""
    user = User(
        email=email.lower(), name=name, initials=initials or initials_of(name), language=language,
        created_at=clock.now(),
    )  # fmt: skip
    user.set_password(password) if password else user.set_unusable_password()
    with transaction.atomic():
        user.save()
        user.groups.set(Group.objects.filter(name__in=user_roles))
        audit_record(user, verb="user.create", by=by, data={"roles": sorted(user_roles)})
    return user


def first_admin_create(
    *, by: Actor, email: str, name: str, language: str, password: str, more_roles: Collection[str]
) -> User:
    """Make the admin of an installation that has none. Raises Refused as soon as there is one."""
    with transaction.atomic():
        _users_lock()
        if User.objects.managing().exists():
            raise Refused(_("This installation has an admin already: ask them for an invitation."))
        return user_create(
            by=by, email=email, name=name, user_roles={roles.ADMIN, *more_roles}, language=language, password=password
        )  # fmt: skip


def user_change(
    *,
    user: User,
    by: Actor,
    name: str,
    initials: str,
    user_roles: Collection[str],
    version: int | None = None,
    place: Place = NOWHERE,
) -> User:
    """Change a name and roles; who gets a role is told by mail. Raises Refused when nobody, or the admin who asks, could manage users any more."""
    managed = by.may("manage_users")
    with transaction.atomic():
        _users_lock()
        version_lock(user, version)
        before = sorted(user.groups.values_list("name", flat=True))
        user.name, user.initials = name, initials
        user.save(update_fields=["name", "initials"])
        with managers_watched(by):
            user.groups.set(Group.objects.filter(name__in=user_roles))
        _check_an_admin_is_left(by, managed)
        audit_record(
            user, verb="user.change", by=by, data={"roles_before": before, "roles": sorted(user_roles)}
        )
        if given := [role for role in roles.ROLE_LABELS if role in {*user_roles} - {*before}]:
            with translation.override(user.language):
                named = ", ".join(str(label) for label in roles.labels(given))
            security_tell(user=user, what="role_give", by=by, place=place, reason=named)
    return user


def user_role_add(*, user: User, role: str, by: Actor) -> User:
    """Give a user one role more. Nothing happens when they hold it already."""
    with transaction.atomic():
        _users_lock()
        before = sorted(user.groups.values_list("name", flat=True))
        if role not in before:
            with managers_watched(by):
                user.groups.add(Group.objects.get(name=role))
            data = {"roles_before": before, "roles": sorted([*before, role])}
            audit_record(user, verb="user.change", by=by, data=data)
    return user


def user_deactivate(
    *, user: User, by: Actor, reason: str, wishes: Wishes | None = None, leave: bool = False
) -> User:
    """Take away the login; everything that the user did stays, and what they hold goes where `wishes` say.

    Raises Refused for the last admin and oneself; StillHeld and NotHandedOver as `core.holdings.hand_over` does.
    """
    if by.actor_kind == "user" and by.pk == user.pk:
        raise Refused(_("You cannot deactivate yourself."))
    if not reason.strip():
        raise Refused(_("Give a reason."))
    managed = by.may("manage_users")
    with transaction.atomic():
        subject_lock(user, wishes)
        _users_lock()
        with managers_watched(by):
            _active_set(user, False)
        entrances_close(user=user)
        for invitation in Invitation.objects.filter(user=user, status=InvitationStatus.INVITED):
            move(invitation, "revoke", by=SYSTEM, reason=reason.strip())
        _check_an_admin_is_left(by, managed)
        audit_record(user, verb="user.deactivate", by=by, reason=reason.strip())
        hand_over(user, by=by, reason=reason.strip(), wishes=wishes, leave=leave)
    return user


def user_hand_over(
    *, user: User, by: Actor, reason: str, wishes: Wishes | None = None, leave: bool = False
) -> User:
    """Give what a user holds to others, also when they left already. Raises as `user_deactivate` does."""
    if not reason.strip():
        raise Refused(_("Give a reason."))
    with transaction.atomic():
        subject_lock(user, wishes)
        hand_over(user, by=by, reason=reason.strip(), wishes=wishes, leave=leave)
    return user


def user_activate(*, user: User, by: Actor) -> User:
    """Give the login back."""
    with transaction.atomic():
        _users_lock()
        with managers_watched(by):
            _active_set(user, True)
        audit_record(user, verb="user.activate", by=by)
    return user


def _active_set(user: User, active: bool) -> None:
    stamp = uuid.uuid4()  # neither the sessions nor the links of before come back with the login
    if not User.objects.filter(pk=user.pk, is_active=not active).update(is_active=active, stamp=stamp):
        name = {"name": user.name}
        raise Refused(
            _("%(name)s is active already.") % name if active else _("%(name)s is inactive already.") % name
        )
    user.is_active, user.stamp = active, stamp


def user_language_set(*, user: User, language: str) -> None:
    """The language in which the user reads the product."""
    User.objects.filter(pk=user.pk).update(language=language)


def role_abilities_set(
    *, allowed: Mapping[str, Collection[str]], by: Actor, version: int | None = None
) -> int:
    """Change the matrix: the abilities of each role that is named; how many cells changed.

    Raises Refused for an ability that a role must never have, and when it would lock everybody out.
    """
    permissions = {one.codename: one for one in Permission.objects.filter(content_type__app_label="accounts")}
    changed = 0
    managed = by.may("manage_users")
    with transaction.atomic():
        _users_lock()
        edition_lock(Group.permissions.through, version)
        with managers_watched(by):
            for group in Group.objects.filter(name__in=list(allowed)).prefetch_related("permissions"):
                wanted = set(allowed[group.name])
                if any(not roles.is_possible(group.name, ability) for ability in wanted):
                    raise Refused(_("A technician's role can never open the office or see an amount."))
                held = {one.codename for one in group.permissions.all()} & roles.ABILITIES.keys()
                for ability in sorted(wanted ^ held):
                    give = ability in wanted
                    (group.permissions.add if give else group.permissions.remove)(permissions[ability])
                    verb = "group.give" if give else "group.take"
                    audit_record(group, verb=verb, by=by, data={"ability": ability})
                    changed += 1
        _check_an_admin_is_left(by, managed)
    return changed


def invitation_send(
    *,
    by: User,
    email: str,
    name: str,
    user_roles: Collection[str],
    language: str = "nl",
    user: User | None = None,
) -> Invitation:
    """Invite someone by mail. `user` is the account that they take over, if it was already made without a password;
    one whose earlier invitation came to nothing is found by its address, and gets these roles besides its own.

    Raises Refused when somebody logs in with the address, or it has an open invitation already.
    """
    email = email.lower()
    nonce, now = uuid.uuid4(), clock.now()
    with transaction.atomic():
        _users_lock()
        known = User.objects.filter(email=email).first() if user is None else None
        if known:
            if not known.is_awaited:
                raise Refused(_("There is a user with this e-mail address already."))
            with managers_watched(by):
                known.groups.add(*Group.objects.filter(name__in=user_roles))
        if Invitation.objects.filter(email=email, status=InvitationStatus.INVITED).exists():
            raise Refused(_("This address has an open invitation already. Revoke it first."))
        invitation = Invitation.objects.create(
            email=email,
            name=name,
            language=language,
            user=user or known,
            nonce=nonce,
            token_hash=token_hash(token_for("invitation", nonce)),
            invited_by=by,
            invited_at=now,
            expires_at=now + timedelta(days=INVITATION_DAYS),
        )
        invitation.roles.set(Group.objects.filter(name__in=user_roles))
        audit_record(invitation, verb="invitation.send", by=by, data={"roles": sorted(user_roles)})
        manager_invited(invitation, by=by)
        with translation.override(language):
            message_queue(
                kind="invitation",
                about=invitation,
                to_address=email,
                to_name=name,
                subject=_("%(name)s invites you to Watertight") % {"name": by.name},
                body=_(
                    "Hello %(name)s,\n\n%(by)s invites you to work with Watertight. Choose a password with this"
                    " link; it is valid for %(days)s days.\n\n%(link)s"
                )
                % {
                    "name": name,
                    "by": by.name,
                    "days": INVITATION_DAYS,
                    "link": placeholder("invitation", nonce),
                },
                language=language,
            )
    return invitation


def invitation_accept(
    *, invitation: Invitation, by: Actor, password: str, initials: str, language: str
) -> User:
    """Make the user whom the invitation is for, or give the waiting account its password.

    Raises Refused when it expired or was answered.
    """
    with transaction.atomic():
        if invitation.expires_at <= clock.now():
            raise Refused(_("This invitation has expired. Ask for a new one."))
        move(invitation, "accept", by=by)
        user = invitation.user
        if user is not None:
            if (
                user.email != invitation.email
            ):  # the link proves the address that it was sent to, and no other
                raise Refused(_("This invitation was for another address. Ask for a new one."))
            user.initials, user.language = initials, language
            user.save(update_fields=["initials", "language"])
            password_set(user=user, password=password)
            audit_record(user, verb="user.join", by=by)
            return user
        invitation.user = user_create(
            by=by,
            email=invitation.email,
            name=invitation.name,
            initials=initials,
            language=language,
            password=password,
            user_roles=list(invitation.roles.values_list("name", flat=True)),
        )
        invitation.save(update_fields=["user"])
    return invitation.user


def invitation_revoke(*, invitation: Invitation, by: Actor) -> Invitation:
    """Make the link of an open invitation useless."""
    return move(invitation, "revoke", by=by)


def invitations_expire(*, by: Actor) -> int:
    """Close the invitations whose time is over; how many."""
    late = Invitation.objects.filter(status=InvitationStatus.INVITED, expires_at__lte=clock.now())
    for invitation in late:
        move(invitation, "expire", by=by)
    return len(late)


def initials_of(name: str) -> str:
    words = [word for word in name.split() if word[:1].isupper()] or name.split()
    return (
        "".join(word[0] for word in (words[0], words[-1]) if word).upper()
        if len(words) > 1
        else name[:2].upper()
    )


def _users_lock() -> None:
    """One change of users or roles at a time: two admins cannot take away each other's role at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('accounts.users'))")


def _check_an_admin_is_left(by: Actor, managed: bool) -> None:
    """`managed` says whether `by` could manage users before the change."""
    able = User.objects.managing()
    if by.actor_kind == "user" and managed and not able.filter(pk=by.pk).exists():
        raise Refused(_("You cannot take the management of users away from yourself."))
    if not able.exists():
        raise Refused(_("Somebody must be able to manage users: this would lock everybody out."))
