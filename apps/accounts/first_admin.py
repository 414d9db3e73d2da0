"""The link that makes the first admin of a new installation: signed, for a day, and only while there is no admin."""

from datetime import timedelta

from django.core import signing
from django.urls import reverse

from apps.core import clock

VALID_HOURS = 24
_SIGNER = signing.Signer(salt="accounts.first_admin")


def first_admin_path() -> str:
    """The address without the host. Whoever sees it may become the admin of this installation."""
    until = clock.now() + timedelta(hours=VALID_HOURS)
    token = _SIGNER.sign_object({"until": int(until.timestamp())})
    return reverse("join:first_admin_create", args=[token])


def first_admin_token_valid(token: str) -> bool:
    try:
        until = _SIGNER.unsign_object(token)["until"]
    except signing.BadSignature:
        return False
    return clock.now().timestamp() <= until
