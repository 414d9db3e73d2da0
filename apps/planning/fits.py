"""Where in the days of a week a chosen job fits, what each place costs, and why it fits nowhere else."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from apps.core import clock, formats
from apps.planning.queue import Job
from apps.planning.roster import Booked, Person
from apps.planning.rules.slots import Slot
from apps.planning.rules.spans import Span
from apps.planning.rules.suggest import Stop, TechnicianDay, place_of, travel_minutes, weighed
from apps.planning.rules.wall import WallDay, minute_of, moment_of
from apps.technicians.rules import Proofs

MOST = 2  # places of one day


class Fit(NamedTuple):
    """A place in a day that is long enough, in the window, of somebody with the skill."""

    trouble: float
    start: int
    end: int
    travel: int | None


class Fits:
    """Asked for each day of each technician in turn."""

    def __init__(self, job: Job, skills: dict[int, str], proofs: Proofs) -> None:
        self.job = job
        self.minutes = job.minutes
        self._wanted = job.wanted(timedelta(minutes=job.minutes))
        self._skills, self._proofs = skills, proofs
        self._now, self._today = clock.now(), clock.today()

    def of(
        self, person: Person, day: WallDay, slot: Slot, gaps: Sequence[Span], booked: Sequence[Booked]
    ) -> tuple[list[Fit], str]:
        """The places in what is still free that day; without any, why."""
        needed = self._wanted.skill
        if needed is not None and needed not in person.skills:
            return [], _("no %(skill)s") % {"skill": self._skills.get(needed, "")}
        if needed is not None and (over := self._proofs.over(person.pk, needed, day.day)):
            words = {"certificate": over.kind, "day": formats.day_short(over.until)}
            return [], _("%(certificate)s expired on %(day)s") % words
        if person.has_left(day.day):
            return [], _("no longer in service")
        if not gaps:
            return [], ""
        if all(gap.length < self.minutes for gap in gaps):
            longest = formats.duration(max(gap.length for gap in gaps))
            return [], _("%(time)s at most") % {"time": longest}
        stops = tuple(Stop(_moments(one.span), place_of(one.latitude, one.longitude)) for one in booked)
        whole = TechnicianDay(
            person.pk,
            day.day,
            slot,
            frozenset(person.skills),
            place_of(person.latitude, person.longitude),
            stops,
        )
        places = weighed(
            self._wanted, whole, [_moments(gap) for gap in gaps], now=self._now, today=self._today, zone=day.zone
        )  # fmt: skip
        fits = [
            Fit(
                one.trouble, minute_of(one.span.start), minute_of(one.span.end),
                None if one.kilometres is None else travel_minutes(one.kilometres),
            )
            for one in places
            if one.in_time and one.in_window
        ]  # fmt: skip
        if fits:
            return sorted(sorted(fits)[:MOST], key=lambda fit: fit.start), ""
        if not places:
            return [], _("too short with the drive")
        return [], self._window() if any(one.in_time for one in places) else _("after it is due")

    def _window(self) -> str:
        """What the customer asked for, where a day is outside it."""
        record = self.job.record
        if record.preferred_part != "any":
            return _("asked: %(part)s") % {"part": record.get_preferred_part_display()}
        if record.preferred_from and record.preferred_until:
            return f"{formats.day_short(record.preferred_from)} – {formats.day_short(record.preferred_until)}"
        if record.preferred_from:
            return _("from %(day)s") % {"day": formats.day_short(record.preferred_from)}
        return _("until %(day)s") % {"day": formats.day_short(record.preferred_until)}


def _moments(span: Span) -> Span:
    return Span(moment_of(span.start), moment_of(span.end))
