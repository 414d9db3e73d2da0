"""Time that no clock recorded, noted by the office: what was done is charged also where the clock was forgotten."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock, formats
from apps.core.refusals import Refused
from apps.field.actions.events import phone_lock
from apps.field.actions.visits import signature_outdate
from apps.field.models import TimeEntry, TimeKind, Visit


def time_add(
    *, visit: Visit, kind: str, started_at: datetime, ended_at: datetime, by: User, reason: str
) -> TimeEntry:
    """Note a stretch of the technician of `visit`. What the customer signed is then not what it is now.

    Raises Refused without a reason, for time to come, and where a clock of theirs ran; a pause may be worked through.
    """
    if not reason.strip():
        raise Refused(_("Give a reason."))
    if kind not in (TimeKind.WORK, TimeKind.TRAVEL) or ended_at <= started_at:
        raise Refused(_("Say what was done, and from when until when."))
    now = clock.now()
    if ended_at > now:
        raise Refused(_("This is still to come: only what was done is noted."))
    with transaction.atomic():
        phone_lock(visit.technician.user_id)  # no event of their phone comes in between
        known = TimeEntry.objects.filter(technician=visit.technician_id, started_at__lt=ended_at).with_stop()
        known = known.filter(Q(stop__gt=started_at) | Q(stop__isnull=True)).exclude(kind=TimeKind.PAUSE)
        if clash := known.select_related("visit__work_order").order_by("started_at").first():
            raise Refused(
                _("%(name)s was at %(job)s then, as the clock says: %(when)s.")
                % {
                    "name": visit.technician.user.name,
                    "job": clash.visit.work_order,
                    "when": _when(clash),
                }
            )
        entry = TimeEntry.objects.create(
            visit=visit,
            kind=kind,
            started_at=started_at,
            ended_at=ended_at,
            added_by=by,
            added_why=reason.strip(),
        )
        signature_outdate(Visit.objects.get(pk=visit.pk), now)
    return entry


def _when(entry: TimeEntry) -> str:
    if entry.ended_at is None:
        return _("since %(moment)s") % {"moment": formats.moment(entry.started_at)}
    return f"{formats.day(entry.started_at)} {formats.period(entry.started_at, entry.ended_at)}"
