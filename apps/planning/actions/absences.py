"""When a technician is not there. Bookings that are already on the plan stay, and show in the planning review."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.refusals import Refused
from apps.technicians.models import Absence, AbsenceKind, Technician


def absence_add(
    *,
    technician: Technician,
    start: datetime,
    end: datetime,
    by: Actor,
    kind: str = AbsenceKind.HOLIDAY,
    remark: str = "",
) -> Absence:
    """Note that the technician is away from `start` until `end`."""
    if start >= end:
        raise Refused(_("The absence ends before it starts."))
    with transaction.atomic():
        absence = Absence.objects.create(
            technician=technician, period=TimestamptzRange(start, end), kind=kind, remark=remark
        )
        audit_record(technician, verb="technician.absence_add", by=by, data=_data(absence))
    return absence


def absence_remove(*, absence: Absence, by: Actor) -> None:
    """The technician is there after all."""
    with transaction.atomic():
        audit_record(absence.technician, verb="technician.absence_remove", by=by, data=_data(absence))
        absence.delete()


def _data(absence: Absence) -> dict[str, str]:
    return {
        "kind": absence.kind,
        "start": absence.period.lower.isoformat(),
        "end": absence.period.upper.isoformat(),
    }
