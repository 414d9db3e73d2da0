"""What a planner took of a planning run is booked, each visit once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.refusals import Refused
from apps.maintenance.actions.visits import visit_lock
from apps.maintenance.models import ContractVisit
from apps.maintenance.querysets import TO_PLAN
from apps.planning.actions import assignment_place
from apps.planning.models import Assignment
from apps.planning.queue import Job
from apps.technicians.models import Technician


@dataclass(frozen=True)
class Taken:
    """One line of a run to which somebody said yes."""

    visit: ContractVisit
    technician: Technician
    start: datetime


@dataclass
class Planned:
    """What was booked, and of the rest why not."""

    booked: list[Assignment] = field(default_factory=list)
    refused: list[tuple[ContractVisit, str]] = field(default_factory=list)


def visits_plan(*, taken: Sequence[Taken], by: Actor, grace: timedelta | None = None) -> Planned:
    """Book them one by one. What changed since the run was shown is left out and told: nothing is doubled."""
    done = Planned()
    for one in sorted(taken, key=lambda one: (one.start, one.visit.pk)):
        try:
            with transaction.atomic():
                done.booked.append(_book(one, by, grace))
        except Refused as refused:
            done.refused.append((one.visit, str(refused)))
    return done


def _book(one: Taken, by: Actor, grace: timedelta | None) -> Assignment:
    visit = visit_lock(one.visit)
    if visit.skipped_at is not None or visit.work_order.status not in TO_PLAN:
        raise Refused(_("It was planned, moved or skipped meanwhile."))
    end = one.start + Job(visit.work_order).length
    return assignment_place(
        technician=one.technician,
        start=one.start,
        end=end,
        by=by,
        work_order=visit.work_order,
        known=(),
        grace=grace,
    )
