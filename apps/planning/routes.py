"""A day's routes as they stand, and better ones: what the planner sees, and what is done once they say yes."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from time import monotonic
from typing import Any

from django.utils import timezone

from apps.company.models import Company
from apps.core import clock
from apps.customers import positions
from apps.planning.crew import Crew, Day
from apps.planning.facts import skill_needed, span_of
from apps.planning.models import Appointment, Assignment, ChangeRequest
from apps.planning.queue import Job
from apps.planning.rules import routes as rules
from apps.planning.rules.calendar import arrival_window
from apps.planning.rules.routecheck import Broken, broken
from apps.planning.rules.routemodel import model, plan_of, shift_of
from apps.planning.rules.routes import Driver, Plan, Problem, Visit, working_day
from apps.planning.rules.spans import Span, day_span, moment
from apps.planning.rules.suggest import Place, place_of
from apps.planning.rules.wall import minute_of
from apps.planning.rules.warnings import NOON
from apps.planning.solver import NoAnswer, Solver
from apps.planning.ways import Known, ways_between

# How long the solver may look: for a day of so many visits, in seconds.
SEARCH = ((120, 3.5), (10_000, 12.0))
# What finds no place stays where it is, and the rest is looked at again, so often.
ROUNDS = 8
FIRST = 0.7
PRIORITY = {"urgent": 80, "high": 60}
OTHER_PRIORITY = 40


@dataclass(frozen=True)
class Found:
    """A plan that keeps every promise; or none, and why: `same` (there is none better) or `slow` (no answer in time)."""

    plan: Plan | None
    why: str = ""


def plan_find(problem: Problem, *, seconds: float | None = None) -> Found:
    """The best plan that the solver finds in about so many `seconds`, and our own check lets through."""
    seconds = seconds or next(limit for most, limit in SEARCH if len(problem.visits) <= most)
    until = monotonic() + seconds
    kept = problem
    with Solver() as solver:
        for _round in range(ROUNDS):
            shifts = [shift for one in kept.drivers if (shift := shift_of(kept, one))]
            try:
                # the first question gets most of the time, and each next one of what is left
                share = max(0.5, (until - monotonic()) * FIRST)
                answer = solver.ask(model(kept, shifts, share))
            except NoAnswer:
                return Found(None, "slow")
            plan, lost = plan_of(kept, shifts, answer["routes"], answer["left"])
            lost |= {one.visit for one in broken(kept, plan) if one.visit}
            if not lost and not broken(problem, plan):
                return Found(plan if is_better(problem, plan) else None, "same")
            if monotonic() > until:
                return Found(None, "slow")
            kept = kept.stay(lost or [one.pk for one in rules.moved(kept, plan)], "left")
    return Found(None, "same")


def is_better(problem: Problem, plan: Plan) -> bool:
    """Less driving, or fewer visits that begin sooner than the way allows."""
    now = rules.plan_now(problem)
    before = rules.short_ways(problem, now), rules.drive_all(problem, now).seconds
    return (rules.short_ways(problem, plan), rules.drive_all(problem, plan).seconds) < before


class DayRoutes:
    """The drives of one day: of one technician, or of all who work."""

    def __init__(self, user: Any, day: date, technician: int | None = None) -> None:
        self.crew = Crew(user, day, 1)
        self.day, self.technician = day, technician
        self.now = -(-int(clock.now().timestamp()) // 60)
        everybody = [self.crew.day(one, day) for one in self.crew.technicians]
        self.days: list[Day] = [one for one in everybody if technician in (None, one.technician.pk)]
        whole = day_span(day, self.crew.zone)
        found = [visit for one in self.days for visit in one.bookings]
        self.visits = {one.pk: one for one in found if whole.start <= one.starts_at < whole.end}
        self.people = {one.technician.pk: one.technician for one in self.days}
        self.places: list[Place] = []
        homes = {pk: self._number(self.home_of(pk)) for pk in self.people}
        sites = {pk: self._number(site_place(one)) for pk, one in self.visits.items()}
        self.known: Known = ways_between(self.places)
        self._told = {
            one.assignment_id: one for one in Appointment.objects.filter(assignment__in=list(self.visits))
        }
        asked = ChangeRequest.objects.filter(status="open", appointment__assignment__in=list(self.visits))
        self._asked = set(asked.values_list("appointment__assignment", flat=True))
        self._together = Counter(_key(one) for one in self.crew.bookings)
        stays = {pk: self._stays(one, sites[pk]) for pk, one in self.visits.items()}
        drivers = (self._driver(one, homes[one.technician.pk], stays) for one in self.days)
        self.problem = Problem(
            now=self.now,
            drivers=tuple(one for one in drivers if one),
            visits=tuple(self._visit(one, sites[pk], stays[pk]) for pk, one in self.visits.items()),
            ways=self.known.ways,
        )

    @property
    def versions(self) -> dict[int, int]:
        """By what a plan that was looked at knows the day again."""
        return {pk: one.version for pk, one in self.visits.items()}

    def place_of(self, visit: int) -> Place | None:
        return site_place(self.visits[visit])

    def home_of(self, technician: int) -> Place | None:
        """Where the day begins and ends; at the company, where nobody noted a home."""
        one = self.people[technician]
        return place_of(one.home_latitude, one.home_longitude) or self._company

    @cached_property
    def _company(self) -> Place | None:
        company = Company.objects.row()
        found = positions.place(company.country, company.postal_code) if company else None
        return found[1:] if found else None

    def broken(self, plan: Plan) -> list[Broken]:
        """What our own check has against a plan."""
        return broken(self.problem, plan)

    def _number(self, place: Place | None) -> int | None:
        """Which row of the ways a place has; the same place has one."""
        if place is None:
            return None
        if place not in self._rows:
            self._rows[place] = len(self.places)
            self.places.append(place)
        return self._rows[place]

    @cached_property
    def _rows(self) -> dict[Place, int]:
        return {}

    def _driver(self, one: Day, home: int | None, stays: dict[int, str]) -> Driver | None:
        if not one.technician.in_service:
            return None
        fixed = [_minutes(visit.period) for visit in one.bookings if stays.get(visit.pk, "begun")]
        away = [_minutes(absence.period) for absence in one.absences]
        found = working_day([_span(hours) for hours in one.hours], away, fixed)
        skills = self.crew.skill_ids(one.technician, self.day)
        return Driver(one.technician.pk, home, *found, skills=skills) if found else None

    def _stays(self, one: Assignment, place: int | None) -> str:
        """Why a visit stays where it is, in one word; empty when it may move."""
        told = self._told.get(one.pk)
        reasons = {
            "begun": one.starts_at <= clock.now() or not one.movable(clock.now()),
            "confirmed": told is not None and told.confirmed_start == one.starts_at,
            "asked": one.pk in self._asked,
            "together": self._together[_key(one)] > 1,
            "double": one.lanes.upper is not None,
            "odd": self._is_odd(one),
            "nowhere": place is None,
        }
        return next((why for why, holds in reasons.items() if holds), "")

    def _is_odd(self, one: Assignment) -> bool:
        """Whether somebody planned it so on purpose: outside the hours, or for who lacks the skill. Not who fell ill since."""
        who, skill = one.technician, skill_needed(one.job)
        if not who.in_service or who.has_left(timezone.localdate(one.starts_at)):
            return False
        if skill is not None and skill not in self.crew.skill_ids(who, self.day):
            return True
        span = span_of(one.period)
        if any(span.overlaps(away) for away in self.crew.absence_spans(who)):
            return False
        hours = self.crew.day(who, self.day).hours
        return not hours or span.start < hours[0].start or span.end > hours[-1].end

    def _visit(self, one: Assignment, place: int | None, stays: str) -> Visit:
        span = _minutes(one.period)
        window = Span(span.start, span.start) if stays else self._window(one, span)
        priority = PRIORITY.get(one.job.urgency, OTHER_PRIORITY)
        skill = skill_needed(one.job)
        return Visit(
            one.pk, one.technician_id, span.start, span.length, place, window, skill, priority, stays
        )

    def _window(self, one: Assignment, span: Span) -> Span:
        """When it may begin: as the customer was told and asked, and in time. A wish that the planner went over is over."""
        noon = minute_of(moment(self.day, NOON, self.crew.zone))
        whole = _span(day_span(self.day, self.crew.zone))
        first, last = max(whole.start, self.now), whole.end - 1
        if one.job.preferred_part == "morning" and span.start < noon:
            last = noon - 1
        if one.job.preferred_part == "afternoon" and span.start >= noon:
            first = max(first, noon)
        if due := Job(one.job).due:
            last = min(last, max(minute_of(due) - span.length, span.start))
        told = self._told.get(one.pk)
        if told and told.told_period == one.period:
            expected = _span(arrival_window(one.starts_at))
            first, last = max(first, expected.start), min(last, expected.end)
        return Span(first, last)


def site_place(visit: Assignment) -> Place | None:
    return place_of(visit.job.site.latitude, visit.job.site.longitude)


def _key(one: Assignment) -> tuple[Any, ...]:
    return one.work_order_id, one.request_id, one.starts_at


def _span(span: Span) -> Span:
    return Span(minute_of(span.start), minute_of(span.end))


def _minutes(period: Any) -> Span:
    """In whole minutes, of which a visit has one at least."""
    return Span(
        minute_of(period.lower), max(minute_of(period.lower) + 1, -(-int(period.upper.timestamp()) // 60))
    )
