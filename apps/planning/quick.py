"""Quick plan: the best technicians and slots for a job, with the reasons."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core import clock, formats
from apps.planning.crew import Crew
from apps.planning.facts import span_of
from apps.planning.models import Assignment
from apps.planning.queue import Job
from apps.planning.rules.suggest import (
    SHOWN,
    Suggestion,
    suggestions,
    travel_minutes,
)
from apps.technicians.models import Technician

DAYS = 14


@dataclass(frozen=True)
class Offer:
    """A suggestion in words."""

    suggestion: Suggestion
    technician: Technician
    reasons: list[tuple[str, str]]

    @property
    def start(self) -> Any:
        return self.suggestion.span.start

    @property
    def end(self) -> Any:
        return self.suggestion.span.end


def quick_plan(
    job: Job, user: Any, *, length: timedelta, first: date | None = None, limit: int = SHOWN
) -> list[Offer]:
    """The best slots in the two weeks from today, or from the day that the customer prefers when that is later."""
    now = clock.now()
    begin = max(filter(None, (clock.today(), first, job.first_day)))
    crew = Crew(user, begin, DAYS)
    days = [crew.technician_day(crew.day(one, day)) for one in crew.available for day in crew.days]
    found = suggestions(job.wanted(length), days, now=now, zone=crew.zone, limit=limit)
    by_pk = {one.pk: one for one in crew.technicians}
    return [Offer(one, by_pk[one.technician], _reasons(one, job)) for one in found]


def colleague_free(visit: Assignment, user: Any) -> Technician | None:
    """Who can come along: with the skill, free for as long as the visit takes, and least booked that day."""
    span, job = span_of(visit.period), Job(visit.job)
    crew = Crew(user, timezone.localdate(span.start), 1)
    days = [crew.day(one, crew.days[0]) for one in crew.available]
    can = [
        one
        for one in days
        if (job.skill_id is None or job.skill_id in crew.skill_ids(one.technician, one.day))
        and any(gap.start <= span.start and span.end <= gap.end for gap in one.slot.gaps)
    ]
    return min(can, key=lambda one: one.slot.used).technician if can else None


def _reasons(one: Suggestion, job: Job) -> list[tuple[str, str]]:
    """What speaks for the slot and against it: (words, tone)."""
    reasons = []
    if job.technician is not None and job.technician.pk == one.technician:
        reasons.append((_("chosen at the intake"), "g"))
    if job.skill_id is not None:
        reasons.append((_("has the skill"), "g"))
    if one.kilometres is not None:
        minutes = travel_minutes(one.kilometres)
        words = _("%(km)s km, about %(minutes)s min") % {
            "km": formats.number(one.kilometres, 0),
            "minutes": minutes,
        }
        if one.kilometres < 0.5:
            words = _("next door to the visit before")
        reasons.append((words, "g" if minutes <= 20 else "n" if minutes <= 45 else "a"))
    reasons.append((_("day %(load)s %% booked") % {"load": one.load}, "g" if one.load < 60 else "n"))
    if job.due is not None:
        reasons.append((_("before it is due"), "g") if one.in_time else (_("after it is due"), "r"))
    record = job.record
    if record.preferred_from or record.preferred_until or record.preferred_part != "any":
        inside = (_("in the preferred window"), "g")
        reasons.append(inside if one.in_window else (_("outside the preferred window"), "a"))
    return reasons
