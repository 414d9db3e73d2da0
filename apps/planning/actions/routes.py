"""A day's routes made better: all moves in one act, each of them the move that a planner would make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock, formats
from apps.core.refusals import Forbidden, Refused
from apps.planning.actions.assignments import assignment_move
from apps.planning.models import Assignment
from apps.planning.routes import DayRoutes
from apps.planning.rules.routes import Stop, plan_now
from apps.planning.rules.wall import minute_of
from apps.technicians.actions import technicians_lock
from apps.technicians.models import Technician


@dataclass(frozen=True)
class Move:
    """A visit as it was seen, and where it goes."""

    visit: int
    version: int
    technician: int
    start: datetime


class DayChanged(Refused):
    """The plan of the day is no longer the one for which the routes were found."""


def day_routes_apply(
    *,
    day: date,
    technician: int | None,
    versions: Mapping[int, int],
    moves: Sequence[Move],
    by: User,
    grace: timedelta | None,
) -> list[Move]:
    """Put the visits of the day where the better routes have them; the moves that take all of it back.

    `versions` are the visits of the day as they were seen, `technician` is whose day it is, or None for everybody's. All of it or
    nothing: raises DayChanged when the day is another one by now, or when the plan would break a rule today.
    """
    if not by.may("plan_work"):
        raise Forbidden(_("You may not plan."))
    with transaction.atomic():
        _lock(versions, moves)
        found = DayRoutes(by, day, technician)
        if found.versions != dict(versions):
            raise DayChanged(
                _("The plan of %(day)s was changed meanwhile: nothing was moved. Look at the routes again.")
                % {"day": formats.day(day)}
            )
        plan = plan_now(found.problem)
        plan |= {one.visit: Stop(one.technician, minute_of(one.start)) for one in moves}
        if found.broken(plan):
            raise DayChanged(
                _("This plan no longer fits the day: somebody is away, or it is too late for it. Look again.")
            )
        return _move(found.visits, moves, by, _("Routes of the day optimised"), grace)


def day_routes_undo(*, moves: Sequence[Move], by: User, grace: timedelta | None) -> None:
    """Put all visits back where they were. Raises Refused when one of them was changed since, or began before now there."""
    if not by.may("plan_work"):
        raise Forbidden(_("You may not plan."))
    with transaction.atomic():
        rows = Assignment.objects.filter(pk__in=[one.visit for one in moves])
        _lock([one.visit for one in moves], moves)
        if any(one.start <= clock.now() for one in moves):
            raise Refused(_("A visit would begin in the past: move the visits one by one."))
        visits = {one.pk: one for one in rows.with_job()}
        _move(visits, moves, by, _("Taken back: routes of the day"), grace, undoing=True)


def _lock(visits: Mapping[int, int] | Sequence[int], moves: Sequence[Move]) -> None:
    rows = Assignment.objects.filter(pk__in=list(visits))
    technicians_lock({*rows.values_list("technician", flat=True), *(one.technician for one in moves)})


def _move(
    visits: Mapping[int, Assignment],
    moves: Sequence[Move],
    by: User,
    reason: str,
    grace: timedelta | None,
    *,
    undoing: bool = False,
) -> list[Move]:
    """Visits may change places: Postgres looks at double bookings once all of them stand."""
    people = Technician.objects.select_related("user").in_bulk([one.technician for one in moves])
    to_go = {one.visit for one in moves}
    back = []
    try:
        _constraint("DEFERRED")
        for one in moves:
            visit = visits[one.visit]
            to_go.discard(visit.pk)
            was = Move(visit.pk, one.version, visit.technician_id, visit.starts_at)
            moved = assignment_move(
                assignment=visit,
                technician=people[one.technician],
                start=one.start,
                end=one.start + (visit.ends_at - visit.starts_at),
                by=by,
                version=one.version,
                reason=reason,
                grace=grace,
                undoing=undoing,
                leaving=to_go,
            )
            back.append(Move(was.visit, moved.version, was.technician, was.start))
        _constraint("IMMEDIATE")
    except IntegrityError as fault:
        raise DayChanged(_("Somebody was booked at the same time: nothing was moved. Look again.")) from fault
    return back


def _constraint(when: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS no_double_booking {when}")
