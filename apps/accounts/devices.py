"""Devices on which a user has logged in before: a signed cookie, for some users of one machine, for a year.

It opens nothing. It only tells a person who mistypes from a stranger who guesses (`guesses.py`). It is made for the
user's stamp: whatever ends all sessions of a user also makes every device a stranger again.
"""

import hmac
import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from apps.accounts.models import User

COOKIE = "device"
SALT = "accounts.device"
PATH = "/account/"
DAYS = 365
# Of a browser that gets pushes. It opens nothing either: by it we see that somebody else logs in there.
PUSH_COOKIE = "push"
USERS = 8  # a machine in the workshop that several people use


def known(request: HttpRequest, user: User | None) -> str:
    """The name of this device if `user` has logged in on it; empty for a stranger's."""
    if user is None:
        return ""
    for pk, stamp, name in _entries(request):
        if pk == user.pk and hmac.compare_digest(stamp, _stamp(user)):
            return name
    return ""


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Know this device from now on: `user` has just proved who they are."""
    others = [entry for entry in _entries(request) if entry[0] != user.pk]
    entry = (user.pk, _stamp(user), known(request, user) or secrets.token_urlsafe(9))
    response.set_cookie(
        COOKIE,
        signing.dumps([entry, *others][:USERS], salt=SALT),
        max_age=DAYS * 86400,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _entries(request: HttpRequest) -> list[tuple[int, str, str]]:
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=DAYS * 86400)
    except signing.BadSignature:
        return []
    return [(pk, stamp, name) for pk, stamp, name in found]


def _stamp(user: User) -> str:
    return user.get_session_auth_hash()[:22]


def push_name(request: HttpRequest) -> str:
    """The secret name of this browser among those that get pushes; a new one where it has none."""
    return request.COOKIES.get(PUSH_COOKIE) or secrets.token_urlsafe(32)


def push_name_keep(response: HttpResponseBase, name: str) -> None:
    response.set_cookie(
        PUSH_COOKIE,
        name,
        max_age=DAYS * 86400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
