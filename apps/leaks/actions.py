"""Finding leaks, and writing one off."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Abs
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import SYSTEM, Actor
from apps.core.formats import money
from apps.core.refusals import Refused
from apps.core.transitions import move
from apps.leaks.models import Leak
from apps.leaks.signs import Found, Moment, signs
from apps.leaks.states import LeakStatus
from apps.pipeline.figures import standing
from apps.pipeline.states import STAGES
from apps.pricing.lookup import hour_price
from apps.review.actions import billables_catch_up

LOCK = 727_010
NOTHING = Decimal(0)
# Of what is not done yet nobody knows that it will come to nothing.
WORTH_IS_KNOWN = [one.name for one in STAGES.values() if one.phase in ("to_bill", "to_collect", "to_book")]

# Written off, and its cause has lasted since.
_ACCEPTED = Q(status=LeakStatus.WRITTEN_OFF) & (Q(accepted__gt=0) | Q(accepted_gross__gt=0))


def leaks_detect(now: datetime | None = None) -> int:
    """Open what leaks now, refresh what leaks still, close what leaks no more; what was written off stays, until it grows.

    A leak is what stands in a stage of the pipeline for longer than it may; signs stand beside them. Safe to run as
    often as one likes, also twice at once. Gives the number of open leaks, without the signs.
    """
    now = now or clock.now()
    billables_catch_up()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        today = timezone.localdate(now)
        moment = Moment(now=now, today=today, rate=hour_price(on=today))
        for name, sign in signs().items():
            found = [replace(one, subject_type=sign.subject) for one in sign.find(moment)]
            _refresh(name, found, now, sign=True)
        # Last: what this transaction wrote itself is brought up to date first, and until it ends nobody else can.
        late = _late(now)
        for name in STAGES:
            _refresh(name, late.get(name, []), now, sign=False)
        _forget_unknown()
        return Leak.objects.at_risk().count()


def _late(now: datetime) -> dict[str, list[Found]]:
    """What stands too long, by stage: one statement. What is done and came to nothing is a task, and no leak."""
    found: dict[str, list[Found]] = {}
    rows = standing(now).filter(late=True).annotate(name=F("customer__name"))
    rows = rows.exclude(amount=0, gross=0, stage__in=WORTH_IS_KNOWN)
    for row in rows.values("stage", "record_type", "record_id", "label", "name", "amount", "gross", "waits"):
        label = f"{row['label']} · {row['name']}" if row["label"] else row["name"]
        found.setdefault(row["stage"], []).append(
            Found(
                row["record_id"], row["record_id"], label[:160], row["amount"], row["waits"],
                row["record_type"], row["gross"],
            )
        )  # fmt: skip
    return found


def _refresh(name: str, found: list[Found], now: datetime, *, sign: bool) -> None:
    by_subject = {(one.subject_type, one.subject_id): one for one in found}
    ids = {one.subject_id for one in found}
    known = {
        (leak.subject_type, leak.subject_id): leak
        for leak in Leak.objects.filter(detector=name).filter(
            Q(status=LeakStatus.OPEN) | Q(subject_id__in=ids) | (Q() if sign else _ACCEPTED)
        )
    }
    Leak.objects.bulk_create(
        [
            Leak(
                detector=name, sign=sign, subject_type=one.subject_type, subject_id=one.subject_id,
                target_id=one.target_id, subject_label=one.label, amount=one.amount, receivable=one.receivable,
                since=one.since, first_seen_at=now, last_seen_at=now,
            )
            for key, one in by_subject.items()
            if key not in known
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    changed, over = [], []
    for key, leak in known.items():
        one = by_subject.get(key)
        if one is None:
            if leak.status == LeakStatus.OPEN:
                move(leak, "close", by=SYSTEM)
            elif leak.status == LeakStatus.WRITTEN_OFF:
                over.append(leak.pk)
            continue
        if leak.status == LeakStatus.CLOSED:
            move(leak, "reopen", by=SYSTEM)
        elif leak.status == LeakStatus.WRITTEN_OFF and _is_more(leak, one):
            move(leak, "grow", by=SYSTEM)
        if _differs(leak, one):
            leak.amount, leak.receivable, leak.subject_label, leak.since = (
                one.amount,
                one.receivable,
                one.label,
                one.since,
            )
            changed.append(leak)
    if over:  # what comes later is another loss than the one that was accepted
        Leak.objects.filter(pk__in=over).update(accepted=NOTHING, accepted_gross=NOTHING)
    Leak.objects.bulk_update(changed, ["amount", "receivable", "subject_label", "since"])
    Leak.objects.filter(detector=name, subject_id__in=ids).update(last_seen_at=now)


def _is_more(leak: Leak, one: Found) -> bool:
    """Than what was written off. What is owed to a customer has no amount without VAT: it grows by what it is about."""
    return one.amount > (leak.accepted or NOTHING) or abs(one.receivable) > (leak.accepted_gross or NOTHING)


def _differs(leak: Leak, one: Found) -> bool:
    return (leak.amount, leak.receivable, leak.subject_label, leak.since) != (
        one.amount, one.receivable, one.label, one.since
    )  # fmt: skip


def _forget_unknown() -> None:
    """Close what an earlier version of the product looked for."""
    for leak in Leak.objects.open().exclude(detector__in=[*STAGES, *signs()]):
        move(leak, "close", by=SYSTEM)


def leak_write_off(*, leak: Leak, by: Actor, reason: str, seen: str | None = None) -> Leak:
    """Accept the loss of what it is now, with a reason. It stays written off while its cause lasts and it does not grow.

    Raises Refused when it is not what was `seen` (`Leak.look`): nobody gives up what they have not seen.
    """
    with transaction.atomic():
        now = Leak.objects.select_for_update().get(pk=leak.pk)
        if seen is not None and seen != now.look:
            raise Refused(
                _("Meanwhile it is %(amount)s. Look at it again before you write it off.")
                % {"amount": money(now.amount or now.receivable)}
            )
        leak = move(leak, "write_off", by=by, reason=reason)
        Leak.objects.filter(pk=leak.pk).update(accepted=F("amount"), accepted_gross=Abs("receivable"))
    return leak


def leak_take_back(*, leak: Leak, by: Actor, reason: str) -> Leak:
    """Take a write-off back: the leak is open again."""
    return move(leak, "take_back", by=by, reason=reason)
