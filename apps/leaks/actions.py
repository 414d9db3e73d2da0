"""Finding leaks, and writing one off."""

from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from apps.core import clock
from apps.core.actors import SYSTEM, Actor
from apps.core.transitions import move
from apps.leaks.detectors import Detector, Found, Moment, detectors
from apps.leaks.models import Leak
from apps.leaks.states import LeakStatus
from apps.pricing.lookup import labour_price

LOCK = 727_010
NOTHING = Decimal(0)


def leaks_detect(now: datetime | None = None) -> int:
    """Open what leaks now, refresh what leaks still, close what leaks no more; what was written off stays.

    Safe to run as often as one likes, also twice at once. Gives the number of open leaks.
    """
    now = now or clock.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        today = timezone.localdate(now)
        price = labour_price(on=today)
        moment = Moment(now=now, today=today, rate=price.price if price else NOTHING)
        for detector in detectors().values():
            _refresh(detector, detector.find(moment), now)
        return Leak.objects.open().count()


def _refresh(detector: Detector, found: list[Found], now: datetime) -> None:
    by_subject = {one.subject_id: one for one in found}
    known = {
        leak.subject_id: leak
        for leak in Leak.objects.filter(detector=detector.name).filter(
            Q(status=LeakStatus.OPEN) | Q(subject_id__in=by_subject)
        )
    }
    Leak.objects.bulk_create(
        [
            Leak(
                detector=detector.name, subject_type=detector.subject, subject_id=one.subject_id,
                target_id=one.target_id, subject_label=one.label, amount=one.amount, since=one.since,
                first_seen_at=now, last_seen_at=now,
            )
            for one in found
            if one.subject_id not in known
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    changed = []
    for leak in known.values():
        one = by_subject.get(leak.subject_id)
        if one is None:
            move(leak, "close", by=SYSTEM)
        elif leak.status == LeakStatus.CLOSED:
            move(leak, "reopen", by=SYSTEM)
        if one is not None and (leak.amount, leak.subject_label, leak.since) != (
            one.amount,
            one.label,
            one.since,
        ):
            leak.amount, leak.subject_label, leak.since = one.amount, one.label, one.since
            changed.append(leak)
    Leak.objects.bulk_update(changed, ["amount", "subject_label", "since"])
    Leak.objects.filter(detector=detector.name, subject_id__in=by_subject).update(last_seen_at=now)


def leak_write_off(*, leak: Leak, by: Actor, reason: str) -> Leak:
    """Accept the loss, with a reason. It stays written off, also while its cause lasts."""
    return move(leak, "write_off", by=by, reason=reason)


def leak_take_back(*, leak: Leak, by: Actor, reason: str) -> Leak:
    """Take a write-off back: the leak is open again."""
    return move(leak, "take_back", by=by, reason=reason)
