"""How somebody logs in: what they change of it, what is told of that, and what ends with it.

Everything here works in the database as `wt_account`, the one role that may touch it.
"""

import uuid
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts import letters
from apps.accounts.guesses import guesses_forget
from apps.accounts.models import AccountLink, Session, User
from apps.accounts.places import Place
from apps.accounts.states import LinkKind
from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.database import ACCOUNT, as_role
from apps.core.refusals import Refused
from apps.core.tokens import token_for, token_hash
from apps.core.vault import is_current, is_sealed, reseal
from apps.messaging.actions import message_queue
from apps.messaging.links import placeholder

PASSWORD_LINK_HOURS = 2
ADDRESS_LINK_HOURS = 24
PURPOSES = {LinkKind.PASSWORD: "account_password", LinkKind.ADDRESS: "account_address"}


def security_tell(
    *, user: User, what: str, by: Actor, place: Place, to: str = "", reason: str = "", email: str = ""
) -> None:
    """Write that the way in which `user` logs in was changed, and mail it to the address that they have had so far.

    `what` is one of `letters.TOLD`; `to` says which address that was when it is no longer the user's; `email` is the
    address that it is about.
    """
    data = {"address": place.address, "agent": place.agent, "email": email}
    with transaction.atomic():
        audit_record(
            user, verb=f"user.{what}", by=by, reason=reason,
            data={name: value for name, value in data.items() if value},
        )  # fmt: skip
        with translation.override(user.language):
            message_queue(
                kind="account",
                about=user,
                to_address=to or user.email,
                to_name=user.name,
                subject=letters.subject(what),
                body=letters.body(
                    what, user=user, by=by, place=place, reason=reason, email=email, moved=bool(to)
                ),
                language=user.language,
            )


def password_set(*, user: User, password: str) -> None:
    """Keep a new password. Sessions, known devices and links of before end with the old one."""
    with as_role(ACCOUNT):
        user.set_password(password)
        user.save(update_fields=["stamp"])
        Session.objects.filter(user=user).delete()
        AccountLink.objects.filter(user=user, ended_at__isnull=True).update(ended_at=clock.now())
        guesses_forget(user)


def password_link_send(*, email: str) -> None:
    """Mail a link to choose a new password, if somebody logs in with this address. Whoever asks does not learn it."""
    with as_role(ACCOUNT):
        user = User.objects.active().filter(email=email.strip().lower()).first()
        if user is None or not user.has_usable_password():
            return
        link = _link_make(LinkKind.PASSWORD, user, user.email, timedelta(hours=PASSWORD_LINK_HOURS))
        with translation.override(user.language):
            message_queue(
                kind="account_link",
                about=user,
                to_address=user.email,
                to_name=user.name,
                subject=_("A new password for Watertight"),
                body=_(
                    "Hello %(name)s,\n\nChoose a new password with this link; it is valid for %(hours)s hours and works"
                    " once.\n\n%(link)s\n\nDid you not ask for it? Then do nothing: your password stays as it is."
                )
                % {
                    "name": user.name,
                    "hours": PASSWORD_LINK_HOURS,
                    "link": placeholder(PURPOSES[LinkKind.PASSWORD], link.nonce),
                },
                language=user.language,
            )


def password_reset(*, link: AccountLink, password: str, place: Place) -> User:
    """Choose a new password by link. Raises Refused when the link opens no more."""
    with as_role(ACCOUNT):
        link = _link_locked(link)
        user = link.user
        password_set(user=user, password=password)  # ends this link too
        security_tell(user=user, what="password_reset", by=user, place=place)
    return user


def address_ask(*, user: User, email: str, place: Place) -> AccountLink:
    """Mail a link to the address that `user` wants to log in with. Until it is followed nothing changes.

    Raises Refused when somebody logs in with it already.
    """
    email = email.strip().lower()
    with as_role(ACCOUNT):
        if User.objects.filter(email=email).exists():
            raise Refused(_("There is a user with this e-mail address already."))
        link = _link_make(LinkKind.ADDRESS, user, email, timedelta(hours=ADDRESS_LINK_HOURS))
        with translation.override(user.language):
            message_queue(
                kind="account_link",
                about=user,
                to_address=email,
                to_name=user.name,
                subject=_("Your new address for Watertight"),
                body=_(
                    "Hello %(name)s,\n\nFollow this link to log in to Watertight with this address from now on. It is"
                    " valid for %(hours)s hours.\n\n%(link)s\n\nDid you not ask for it? Then do nothing."
                )
                % {
                    "name": user.name,
                    "hours": ADDRESS_LINK_HOURS,
                    "link": placeholder(PURPOSES[LinkKind.ADDRESS], link.nonce),
                },
                language=user.language,
            )
        security_tell(user=user, what="address_ask", by=user, place=place, email=email)
    return link


def address_withdraw(*, user: User) -> None:
    """Let an address that was asked for and not confirmed go."""
    with as_role(ACCOUNT):
        AccountLink.objects.filter(user=user, kind=LinkKind.ADDRESS, ended_at__isnull=True).update(
            ended_at=clock.now()
        )


def address_confirm(*, link: AccountLink, place: Place) -> User:
    """Log in with the new address from now on. Raises Refused when the link opens no more or the address was taken."""
    with as_role(ACCOUNT):
        link = _link_locked(link)
        user, before = link.user, link.user.email
        user.email = link.email
        try:
            with transaction.atomic():
                user.save(update_fields=["email"])
        except IntegrityError as error:
            raise Refused(_("There is a user with this e-mail address already.")) from error
        # A link to a new password that lies in the old mailbox opens nothing any more.
        AccountLink.objects.filter(user=user, ended_at__isnull=True).update(ended_at=clock.now())
        security_tell(user=user, what="address_change", by=user, place=place, to=before, email=user.email)
    return user


def session_end(*, user: User, handle: str, place: Place) -> None:
    """Log `user` out in one browser."""
    with as_role(ACCOUNT):
        for session in Session.objects.filter(user=user):
            if session.handle == handle:
                session.delete()
                security_tell(user=user, what="session_end", by=user, place=place)


def sessions_end(*, user: User, by: Actor, place: Place, reason: str = "") -> None:
    """Log `user` out everywhere and know none of their devices any more."""
    with as_role(ACCOUNT):
        user.stamp = uuid.uuid4()
        user.save(update_fields=["stamp"])
        Session.objects.filter(user=user).delete()
        security_tell(user=user, what="sessions_end", by=by, place=place, reason=reason)


def factors_remove(*, user: User, by: Actor, reason: str, place: Place) -> None:
    """Take away the second factor that a user has lost, with passkeys and recovery codes, and log them out everywhere:
    what was lost may be in somebody's hands."""
    if not reason.strip():
        raise Refused(_("Give a reason."))
    with as_role(ACCOUNT):
        if not Authenticator.objects.filter(user=user).exists():
            raise Refused(_("%(name)s has no second factor.") % {"name": user.name})
        Authenticator.objects.filter(user=user).delete()
        user.stamp = uuid.uuid4()
        user.save(update_fields=["stamp"])
        Session.objects.filter(user=user).delete()
        security_tell(user=user, what="factors_remove", by=by, place=place, reason=reason.strip())


def entrances_close(*, user: User) -> None:
    """End everything by which a user who is deactivated could come back: it does not return with the login.

    An authenticator app stays: it lets nobody in, it is asked for besides the password.
    """
    with as_role(ACCOUNT):
        Session.objects.filter(user=user).delete()
        AccountLink.objects.filter(user=user, ended_at__isnull=True).update(ended_at=clock.now())
        factors = Authenticator.objects.filter(user=user)
        factors.filter(type=Authenticator.Type.WEBAUTHN).delete()
        if not factors.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
            factors.delete()


def sessions_forget() -> int:
    """Remove the sessions whose time is over; how many."""
    with as_role(ACCOUNT):
        removed, _per_model = Session.objects.filter(expire_date__lt=clock.now()).delete()
    return removed


def factors_reseal() -> int:
    """Seal with the key of today what was sealed with a former one; how many."""
    changed = 0
    with as_role(ACCOUNT):
        for factor in Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN):
            old = {
                name: value
                for name, value in factor.data.items()
                if isinstance(value, str) and is_sealed(value) and not is_current(value)
            }
            if old:
                factor.data |= {name: reseal(value) for name, value in old.items()}
                factor.save(update_fields=["data"])
                changed += 1
    return changed


def _link_make(kind: LinkKind, user: User, email: str, valid: timedelta) -> AccountLink:
    now, nonce = clock.now(), uuid.uuid4()
    User.objects.select_for_update().get(pk=user.pk)  # one at a time: the former one ends
    AccountLink.objects.filter(user=user, kind=kind, ended_at__isnull=True).update(ended_at=now)
    return AccountLink.objects.create(
        kind=kind,
        user=user,
        email=email,
        stamp=user.stamp,
        nonce=nonce,
        token_hash=token_hash(token_for(PURPOSES[kind], nonce)),
        made_at=now,
        expires_at=now + valid,
    )


def _link_locked(link: AccountLink) -> AccountLink:
    """The link and its user, if it still opens, until the end of the transaction."""
    User.objects.select_for_update().get(pk=link.user_id)
    found = AccountLink.objects.live(clock.now()).select_related("user").filter(pk=link.pk).first()
    if found is None:
        raise Refused(_("This link was used or is no longer valid. Ask for a new one."))
    return found
