"""What holds back floods of the public form, and not customers. All limits are per hour.

An office, a housing association or a telephone network shares one address: its limits are far above what people do.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.cache import cache

from apps.core.client_address import UNKNOWN, neighbourhood
from apps.core.limits import Key, Limit, latest, lock
from apps.documents.models import StoredFile
from apps.intake.models import Request

HOUR = 3600
TRIES = Limit(300, HOUR)  # forms of any outcome from one address
PER_ADDRESS = Limit(60, HOUR)
PER_EMAIL = Limit(20, HOUR)
# From everybody together. In a flood each address may still send one; whoever asks for the first time gets through.
FLOOD = Limit(300, HOUR)
IN_A_FLOOD = Limit(1, HOUR)
EVERYTHING = Limit(2000, HOUR)
EVERYBODY = Key("request-form.all", "")


def try_count(address: str) -> datetime | None:
    """Count a form that was sent; from when the next may be, if this one is too many."""
    if address == UNKNOWN:
        return None
    key = Key("request-form.tries", neighbourhood(address))
    if moment := key.free_at(TRIES):
        return moment
    key.hit()
    return None


def request_count(address: str, email: str) -> datetime | None:
    """Count a request that is about to be made; from when it may be, if that is not now."""
    home, mailbox = Key("request-form.address", neighbourhood(address)), Key("request-form.email", email)
    lock(home, mailbox, EVERYBODY)
    moments = [mailbox.free_at(PER_EMAIL), EVERYBODY.free_at(EVERYTHING)]
    if address != UNKNOWN:
        moments.append(home.free_at(PER_ADDRESS))
        if EVERYBODY.free_at(FLOOD):
            moments.append(home.free_at(IN_A_FLOOD))
    if moment := latest(moments):
        return moment
    for key in (home, mailbox, EVERYBODY):
        key.hit()
    return None


class Duplicate:
    """The same request twice within an hour, from a second tab or after Back, is one request."""

    def __init__(self, submission: dict[str, Any], files: Iterable[StoredFile]) -> None:
        said = sorted(f"{name}={value!r}" for name, value in submission.items())
        shown = sorted(file.sha256 for file in files)
        self.key = Key("request-form.same", hashlib.sha256("\n".join([*said, *shown]).encode()).hexdigest())

    def number(self) -> str:
        """The number of the request that was made of it already; empty for the first. Others wait until that is kept."""
        lock(self.key)
        pk, number = cache.get(f"request-form.made:{self.key.bucket}", (0, ""))
        return number if pk and Request.objects.filter(pk=pk).exists() else ""

    def keep(self, made: Request) -> None:
        cache.set(f"request-form.made:{self.key.bucket}", (made.pk, made.number), HOUR)
