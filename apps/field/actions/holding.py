"""What phones say that they hold, and what the company wants of its phones."""

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.outbox import Held
from apps.core.refusals import Forbidden, Refused
from apps.core.versions import version_lock
from apps.field.actions.events import phone_lock
from apps.field.models import PhoneHolding, PhoneSettings
from apps.planning.models import Assignment
from apps.technicians.actions import calendar_feed_end
from apps.technicians.models import Technician


def holdings_report(*, user: Any, phone: uuid.UUID, held: list[Held]) -> None:
    """What this phone of `user` holds now, in the place of what it said before; nothing when all is sent."""
    now = clock.now()
    with transaction.atomic():
        phone_lock(user.pk)
        known = set(Assignment.objects.filter(pk__in=[one.job for one in held]).values_list("pk", flat=True))
        PhoneHolding.objects.filter(user=user, phone=phone).delete()
        rows: dict[int | None, PhoneHolding] = {}
        for one in held:
            key = one.job if one.job in known else None
            row = rows.setdefault(
                key,
                PhoneHolding(
                    user=user, phone=phone, assignment_id=key, photos=0, things=0, since=now, reported_at=now
                ),
            )
            row.photos += one.photos
            row.things += one.things
            row.since = min(row.since, one.since)
        PhoneHolding.objects.bulk_create(row for row in rows.values() if row.photos or row.things)


def holdings_give_up(*, technician: Technician, by: Actor, reason: str) -> None:
    """A phone is lost or was emptied: nobody waits any more for what it held, and its calendar shows nothing more.

    Raises Refused without a reason.
    """
    if not by.may("manage_work_orders"):
        raise Forbidden(_("You may not decide about this."))
    if not reason.strip():
        raise Refused(_("Give a reason."))
    with transaction.atomic():
        rows = list(PhoneHolding.objects.filter(user=technician.user_id).select_for_update())
        if not rows:
            raise Refused(_("No phone of this technician holds anything."))
        told = [{"photos": one.photos, "things": one.things, "since": one.since.isoformat()} for one in rows]
        PhoneHolding.objects.filter(pk__in=[one.pk for one in rows]).delete()
        calendar_feed_end(technician=technician, by=by)
        audit_record(
            technician, verb="technician.phone_lost", by=by, reason=reason.strip(), data={"held": told}
        )


def phone_settings_set(
    *, holds_hours: int, photo_side: int, by: Actor, version: int | None = None
) -> PhoneSettings:
    """Say what the company wants of its phones. Raises Forbidden, Stale."""
    if not by.may("manage_company"):
        raise Forbidden()
    with transaction.atomic():
        version_lock(PhoneSettings(pk=1), version)
        found, _created = PhoneSettings.objects.update_or_create(
            pk=1, defaults={"holds_hours": holds_hours, "photo_side": photo_side}
        )
        audit_record(found, verb="phones.change", by=by)
    return found
