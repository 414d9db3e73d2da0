"""What is told of a change in how somebody logs in: in a mail to them, in the history of the user."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.places import Place
from apps.core import clock, formats
from apps.core.actors import Actor

# what: (in the history, in the mail)
TOLD = {
    "password_change": (gettext_lazy("Password changed"), gettext_lazy("Your password was changed.")),
    "password_reset": (
        gettext_lazy("New password by mail"),
        gettext_lazy("A new password was chosen with a link that we sent to this address."),
    ),
    "address_ask": (
        gettext_lazy("New e-mail address asked for"),
        gettext_lazy(
            "A new address to log in with was asked for: %(email)s. It counts from when the link that we sent there is followed."
        ),
    ),
    "address_change": (
        gettext_lazy("E-mail address changed"),
        gettext_lazy("From now on you log in with %(email)s, and no longer with this address."),
    ),
    "app_add": (gettext_lazy("Authenticator app added"), gettext_lazy("An authenticator app was added.")),
    "app_remove": (
        gettext_lazy("Authenticator app removed"),
        gettext_lazy("The authenticator app was removed."),
    ),
    "passkey_add": (gettext_lazy("Passkey added"), gettext_lazy("A passkey or security key was added.")),
    "passkey_remove": (
        gettext_lazy("Passkey removed"),
        gettext_lazy("A passkey or security key was removed."),
    ),
    "codes_make": (
        gettext_lazy("New recovery codes made"),
        gettext_lazy("New recovery codes were made. The former ones open nothing any more."),
    ),
    "session_end": (
        gettext_lazy("Logged out elsewhere"),
        gettext_lazy("You were logged out in one browser."),
    ),
    "sessions_end": (
        gettext_lazy("Logged out everywhere"),
        gettext_lazy("You were logged out everywhere."),
    ),
    "factors_remove": (
        gettext_lazy("Second factor removed"),
        gettext_lazy(
            "%(by)s removed your authenticator app, passkeys and recovery codes: %(reason)s\nUntil you add one again your password"
            " is enough to log in."
        ),
    ),
    "role_give": (gettext_lazy("Role given"), gettext_lazy("%(by)s gave you more rights: %(reason)s.")),
}


def labels() -> dict[str, Any]:
    """How the history of a user names each of these."""
    return {what: label for what, (label, _sentence) in TOLD.items()}


def subject(what: str) -> str:
    return _("Watertight: %(what)s") % {"what": str(TOLD[what][0]).lower()}


def body(what: str, *, user: Any, by: Actor, place: Place, reason: str, email: str, moved: bool) -> str:
    """The mail, in the language that is active."""
    sentence = TOLD[what][1] % {"by": by.actor_label, "reason": reason, "email": email}
    told = _("Hello %(name)s,\n\n%(sentence)s\n\nWhen: %(moment)s\nBy: %(by)s\nFrom: %(place)s") % {
        "name": user.name,
        "sentence": sentence,
        "moment": formats.moment(clock.now()),
        "by": by.actor_label,
        "place": place,
    }
    if moved:
        return told + "\n\n" + _("Was this not you? Then tell whoever manages the users at once.")
    return (
        told
        + "\n\n"
        + _(
            "Was this not you? Then choose a new password at once, at %(url)s, and tell whoever manages the users."
        )
        % {"url": settings.PUBLIC_ADDRESS + reverse("account_reset_password")}
    )


def manager_body(to_name: str, *, name: str, email: str, by: Actor, invited: bool) -> str:
    """The mail to who manages users already, in the language that is active."""
    sentence = (
        _("%(by)s invited %(name)s, %(email)s, to manage the users of Watertight too.")
        if invited
        else _("%(name)s, %(email)s, can manage the users of Watertight from now on, by what %(by)s changed.")
    ) % {"name": name, "email": email, "by": by.actor_label}
    return _(
        "Hello %(name)s,\n\n%(sentence)s\n\nWhen: %(moment)s\n\nIs this not right? Then undo it at once, at %(url)s,"
        " and log %(by)s out everywhere there."
    ) % {
        "name": to_name,
        "sentence": sentence,
        "moment": formats.moment(clock.now()),
        "url": settings.PUBLIC_ADDRESS + reverse("accounts:user_list"),
        "by": by.actor_label,
    }
