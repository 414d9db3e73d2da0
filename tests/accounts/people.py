"""Somebody at a browser of their own who logs in and changes how they do."""

import re
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

from apps.accounts.models import User
from apps.messaging.links import links_fill
from apps.messaging.models import Message
from tests.conftest import PASSWORD
from tests.pages import submit

LOGIN = "/account/login/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def at_a_browser(user: User, password: str = PASSWORD, **extra: Any) -> Client:
    """A browser in which the user has just logged in."""
    client = Client(**{"HTTP_USER_AGENT": FIREFOX, "REMOTE_ADDR": "203.0.113.5"} | extra)
    answer = submit(LOGIN, client=client, login=user.email, password=password)
    assert answer.status_code == 302, answer.content.decode()
    return client


def may_log_in(email: str, password: str = PASSWORD) -> bool:
    return submit(LOGIN, client=Client(), login=email, password=password).status_code == 302


def is_in(client: Client) -> bool:
    return client.get("/account/2fa/").status_code == 200


def proved(client: Client, path: str, password: str = PASSWORD) -> Any:
    """The page at `path`, after the password was asked for once more."""
    asked = client.get(path)
    assert asked.status_code == 302, f"{path} did not ask for the password"
    assert asked["Location"].startswith("/account/reauthenticate/")
    answer = submit(client.get(asked["Location"]), client=client, password=password)
    assert answer["Location"] == path
    return client.get(path)


def link_in(message: Message) -> str:
    """The path of the private link in a mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", links_fill(message.body))
    assert found
    return found[1]


def last_mail(kind: str, to: str) -> Message:
    return Message.objects.filter(kind=kind, to_address=to).latest("id")


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(turn: int = 0, secret: str = SECRET) -> str:
    """What an authenticator app with this secret shows."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()) + 1 + turn))


def with_app(user: User) -> Authenticator:
    cache.clear()
    return TOTP.activate(user, SECRET).instance


def passkey(user: User) -> Authenticator:
    """A passkey as it lies in the database; it was made by no device, so it logs nobody in."""
    data = {"name": "Work laptop", "credential": {"clientExtensionResults": {"credProps": {"rk": True}}}}
    return Authenticator.objects.create(user=user, type="webauthn", data=data)
