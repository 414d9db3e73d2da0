"""How often something may happen, counted in the database: the same for every process, and exact under a lock.

    key = Key("login.account", email)
    lock(key)                                     # nobody else decides about it until this transaction ends
    if moment := key.free_at(PER_QUARTER, PER_DAY):
        ...refuse, and say when it is possible again
    key.hit()

A hit belongs to the transaction that makes it: an answer that refuses says `keeps_writes`, or nothing was counted.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from apps.core import clock
from apps.core.models import Hit

LOCK_SPACE = 727002
KEPT = timedelta(days=2)


@dataclass(frozen=True)
class Limit:
    """At most `most` hits within `seconds`."""

    most: int
    seconds: int


@dataclass(frozen=True)
class Key:
    """What is counted, and whose. Only a keyed hash is stored: addresses and e-mails could be guessed from a plain one."""

    name: str
    whose: str

    @property
    def bucket(self) -> str:
        secret, text = f"limits:{settings.SECRET_KEY}", f"{self.name}:{self.whose}"
        return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    def hit(self) -> None:
        Hit.objects.bulk_create([Hit(bucket=self.bucket, at=clock.now())])

    def forget(self) -> None:
        """Begin anew."""
        Hit.objects.filter(bucket=self.bucket).delete()

    def free_at(self, *limits: Limit) -> datetime | None:
        """When the next hit is possible; None when it is now."""
        now = clock.now()
        return latest(self._free_at(limit, now) for limit in limits)

    def _free_at(self, limit: Limit, now: datetime) -> datetime | None:
        """The oldest of the last `most` hits makes room when its time is over."""
        span = timedelta(seconds=limit.seconds)
        recent = Hit.objects.filter(bucket=self.bucket, at__gt=now - span)
        oldest = list(recent.order_by("-at").values_list("at", flat=True)[limit.most - 1 : limit.most])
        return oldest[0] + span if oldest else None


def latest(moments: Iterable[datetime | None]) -> datetime | None:
    """The last of these moments, leaving out what need not be waited for."""
    return max((moment for moment in moments if moment), default=None)


def lock(*keys: Key) -> None:
    """Wait until nobody else decides about these keys. Whoever takes several takes them in one order everywhere."""
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [key.bucket, LOCK_SPACE])


def hits_forget() -> int:
    """Remove what no limit looks at any more; how many."""
    removed, _per_model = Hit.objects.filter(at__lt=clock.now() - KEPT).delete()
    return removed
