"""A technician falls ill: all visits of the day go to others, or back to be planned, in one act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.refusals import Refused
from apps.planning.actions.absences import absence_add
from apps.planning.actions.assignments import assignment_cancel, assignment_move
from apps.planning.models import Assignment
from apps.technicians.actions import technicians_lock
from apps.technicians.models import AbsenceKind, Technician


@dataclass(frozen=True)
class Handover:
    """A visit as the planner saw it, and who comes instead, from when; nobody: it waits to be planned again."""

    visit: Assignment
    version: int
    technician: Technician | None = None
    start: datetime | None = None


class NotHandedOver(Refused):
    """One of the visits cannot go where it was to go; none of them went anywhere."""

    def __init__(self, visit: Assignment, why: Refused) -> None:
        self.visit = visit
        super().__init__(str(why))


def day_hand_over(
    *,
    technician: Technician,
    away: tuple[datetime, datetime],
    handovers: Sequence[Handover],
    by: Actor,
    grace: timedelta | None,
) -> None:
    """Note the technician as ill and give the visits to others; the customers hear of it after `grace`.

    All of it or nothing: raises NotHandedOver for the first visit that cannot go there.
    """
    reason = _("%(name)s is ill") % {"name": technician}
    with transaction.atomic():
        technicians_lock({technician.pk, *(one.technician.pk for one in handovers if one.technician)})
        if not technician.absences.filter(period__overlap=away).exists():
            absence_add(technician=technician, start=away[0], end=away[1], by=by, kind=AbsenceKind.SICK)
        for one in handovers:
            try:
                _hand_over(one, by, reason, grace)
            except Refused as why:
                raise NotHandedOver(one.visit, why) from why


def _hand_over(one: Handover, by: Actor, reason: str, grace: timedelta | None) -> None:
    if one.technician is None or one.start is None:
        assignment_cancel(assignment=one.visit, by=by, reason=reason, version=one.version, grace=grace)
        return
    assignment_move(
        assignment=one.visit,
        technician=one.technician,
        start=one.start,
        end=one.start + (one.visit.ends_at - one.visit.starts_at),
        by=by,
        version=one.version,
        reason=reason,
        grace=grace,
    )
