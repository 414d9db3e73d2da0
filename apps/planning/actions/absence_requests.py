"""Days off that a technician asks for, and what the office answers. What is granted is an absence like any other."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.types.range import TimestamptzRange

from apps.core import clock, formats
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.database import rule_broken
from apps.core.refusals import Forbidden, Refused
from apps.core.transitions import move
from apps.planning.actions.absences import AwayAlready, absence_add, days_off_tell
from apps.planning.actions.refusals import technician_left
from apps.planning.daysoff import visits_hit
from apps.technicians.actions import technicians_lock
from apps.technicians.models import Absence, AbsenceKind, AbsenceRequest, Technician


class AskedAlready(Refused):
    """A question about that time waits for an answer: `no_double_absence_request` in the database."""


class HitsMore(Refused):
    """Something was planned in that time after the page was shown."""


def absence_request_add(
    *,
    technician: Technician,
    start: datetime,
    end: datetime,
    by: Actor,
    kind: str = AbsenceKind.HOLIDAY,
    words: str = "",
) -> AbsenceRequest:
    """Ask for the time from `start` until `end`. Raises AskedAlready, and AwayAlready for what is noted as absence.

    Raises Forbidden for others, Refused for who is no longer in service: nobody would answer.
    """
    _own_check(technician, by)
    if not technician.in_service:
        raise technician_left(technician)
    if start >= end:
        raise Refused(_("The absence ends before it starts."))
    if end <= clock.now():
        raise Refused(_("This time is over. Call the office."))
    period = TimestamptzRange(start, end)
    with transaction.atomic():
        if noted := technician.absences.filter(period__overlap=period).order_by("period").first():
            when = {"kind": noted.get_kind_display(), "when": formats.span(noted.period)}
            raise AwayAlready(_("You are noted as away then already: %(kind)s, %(when)s.") % when)
        try:
            with transaction.atomic():
                asked = AbsenceRequest.objects.create(
                    technician=technician, period=period, kind=kind, words=words.strip()
                )
        except IntegrityError as error:
            if rule_broken(error) != "no_double_absence_request":
                raise
            refusal = _("You asked for a part of this time already. Withdraw that first.")
            raise AskedAlready(refusal) from error
        audit_record(asked, verb="absencerequest.create", by=by)
    return asked


def absence_request_withdraw(*, asked: AbsenceRequest, by: Actor) -> AbsenceRequest:
    """Whoever asked takes it back, as long as nobody answered."""
    _own_check(asked.technician, by)
    with transaction.atomic():
        move(asked, "withdraw", by=by)
        asked.decided_at = clock.now()
        AbsenceRequest.objects.filter(pk=asked.pk).update(decided_at=asked.decided_at)
    return asked


def absence_request_grant(*, asked: AbsenceRequest, by: Actor, seen: Collection[int]) -> AbsenceRequest:
    """Note the absence, as far as it is not noted yet. `seen` are the planned visits that the page showed: they stay.

    Raises HitsMore when there are others by now, Refused when the time is over.
    """
    if asked.period.upper <= clock.now():
        raise Refused(_("This time is over. Decline it, or note the absence yourself."))
    with transaction.atomic():
        technicians_lock([asked.technician_id])  # nobody books them meanwhile
        move(asked, "grant", by=by)
        if set(visits_hit(asked).values_list("pk", flat=True)) - set(seen):
            raise HitsMore(_("Another visit was planned in that time meanwhile. Look at the page again."))
        noted = list(asked.technician.absences.filter(period__overlap=asked.period).order_by("period"))
        added = [
            absence_add(
                technician=asked.technician, start=start, end=end, by=by, kind=asked.kind, remark=asked.words
            )
            for start, end in _not_noted(asked, noted)
        ]
        # Where all of it was noted already the question is closed with that, unless it answers another one.
        taken = AbsenceRequest.objects.filter(absence__in=noted).values_list("absence", flat=True)
        free = [one for one in noted if one.pk not in set(taken)]
        _answered(asked, by, absence=next(iter(added or free), None))
        _tell(asked)
    return asked


def _not_noted(asked: AbsenceRequest, noted: list[Absence]) -> Iterator[tuple[datetime, datetime]]:
    """The parts of what is asked in which nothing is noted, by their bounds."""
    start = asked.period.lower
    for one in noted:
        if one.period.lower and start < one.period.lower:
            yield start, one.period.lower
        start = max(start, one.period.upper) if one.period.upper else asked.period.upper
    if start < asked.period.upper:
        yield start, asked.period.upper


def _own_check(technician: Technician, by: Actor) -> None:
    if by.pk != technician.user_id:
        raise Forbidden


def absence_request_decline(*, asked: AbsenceRequest, by: Actor, reason: str) -> AbsenceRequest:
    """Say no; the technician reads why."""
    with transaction.atomic():
        move(asked, "decline", by=by, reason=reason)
        _answered(asked, by, answer=reason.strip())
        _tell(asked)
    return asked


def _answered(asked: AbsenceRequest, by: Actor, *, answer: str = "", absence: Absence | None = None) -> None:
    asked.answer, asked.absence = answer, absence
    asked.decided_at, asked.decided_by_id = clock.now(), by.pk
    asked.save(update_fields=["answer", "absence", "decided_at", "decided_by"])


def _tell(asked: AbsenceRequest) -> None:
    if asked.status == "granted":
        title, words = gettext_lazy("Days off granted"), gettext_lazy("Your days off are granted: %(when)s")
    else:
        title = gettext_lazy("Days off declined")
        words = gettext_lazy("Your days off are declined: %(when)s. %(reason)s")
    tag = f"absence-request-{asked.pk}"
    days_off_tell(asked.technician, asked.period, title=title, words=words, tag=tag, reason=asked.answer)
