"""Whoever manages users can let others in: that somebody comes to it is told, and what was begun by who lost it ends."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.contrib.auth.models import Group
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts import letters, roles
from apps.accounts.models import Invitation, User
from apps.accounts.states import InvitationStatus
from apps.core.actors import SYSTEM, Actor
from apps.core.transitions import move
from apps.messaging.actions import message_queue


@contextmanager
def managers_watched(by: Actor) -> Iterator[None]:
    """Around whatever may change who manages users. Nobody else changes that meanwhile."""
    before = set(User.objects.managing().values_list("pk", flat=True))
    yield
    now = {user.pk: user for user in User.objects.managing()}
    watchers = [user for pk, user in now.items() if pk in before]
    for pk, user in now.items():
        if pk not in before:
            _tell(watchers, about=user, name=user.name, email=user.email, by=by)
    if before - now.keys():
        _invitations_end(now)


def manager_invited(invitation: Invitation, *, by: Actor) -> None:
    """Tell it when whoever accepts this invitation will manage users."""
    names = set(invitation.roles.values_list("name", flat=True))
    if names & _managing_roles():
        watchers = list(User.objects.managing())
        _tell(watchers, about=invitation, name=invitation.name, email=invitation.email, by=by, invited=True)


def _managing_roles() -> set[str]:
    giving = Group.objects.filter(
        permissions__content_type__app_label="accounts", permissions__codename="manage_users"
    )
    return set(giving.values_list("name", flat=True))


def _tell(
    watchers: Collection[User],
    *,
    about: User | Invitation,
    name: str,
    email: str,
    by: Actor,
    invited: bool = False,
) -> None:
    """To whoever made the change too: it may have been somebody else, at a session that was left open."""
    for watcher in watchers:
        with translation.override(watcher.language):
            message_queue(
                kind="account",
                about=about,
                to_address=watcher.email,
                to_name=watcher.name,
                subject=_("Watertight: somebody more manages the users"),
                body=letters.manager_body(watcher.name, name=name, email=email, by=by, invited=invited),
                language=watcher.language,
            )


def _invitations_end(managers: Collection[int]) -> None:
    """An invitation to the office is worth as much as whoever sent it: nobody comes back in by their own."""
    open_ones = Invitation.objects.filter(status=InvitationStatus.INVITED).exclude(invited_by__in=managers)
    for invitation in open_ones.prefetch_related("roles"):
        if {role.name for role in invitation.roles.all()} - {roles.TECHNICIAN}:
            move(invitation, "revoke", by=SYSTEM, reason=_("Whoever sent it manages no users any more."))
