"""When a technician is not there. Bookings that are already on the plan stay, and show in the planning review."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.types.range import TimestamptzRange

from apps.core import clock, formats
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.database import rule_broken
from apps.core.refusals import Refused
from apps.messaging.actions import notice_send, push_queue
from apps.technicians.models import Absence, AbsenceKind, AbsenceRequest, Technician


class AwayAlready(Refused):
    """The technician is noted as away at that time: `no_double_absence` in the database."""


def absence_add(
    *,
    technician: Technician,
    start: datetime,
    end: datetime,
    by: Actor,
    kind: str = AbsenceKind.HOLIDAY,
    remark: str = "",
) -> Absence:
    """Note that the technician is away from `start` until `end`. Raises AwayAlready for any moment of it."""
    if start >= end:
        raise Refused(_("The absence ends before it starts."))
    period = TimestamptzRange(start, end)
    with transaction.atomic():
        try:
            with transaction.atomic():
                absence = Absence.objects.create(
                    technician=technician, period=period, kind=kind, remark=remark
                )
        except IntegrityError as error:
            if rule_broken(error) != "no_double_absence":
                raise
            raise AwayAlready(_noted(technician, period)) from error
        audit_record(technician, verb="technician.absence_add", by=by, data=_data(absence))
    return absence


def _noted(technician: Technician, period: TimestamptzRange) -> str:
    """What is noted of that time already, as a sentence."""
    noted = technician.absences.filter(period__overlap=period).order_by("period").first()
    if noted is None:  # taken back this very moment
        return _("An absence in this time was noted at the same moment. Try again.")
    words = {"name": technician, "kind": noted.get_kind_display(), "when": formats.span(noted.period)}
    return _("%(name)s is noted as away then already: %(kind)s, %(when)s. Remove that first.") % words


def absence_remove(*, absence: Absence, by: Actor) -> None:
    """The technician is there after all."""
    with transaction.atomic():
        audit_record(absence.technician, verb="technician.absence_remove", by=by, data=_data(absence))
        if absence.period.upper > clock.now() and AbsenceRequest.objects.filter(absence=absence).exists():
            days_off_tell(
                absence.technician,
                absence.period,
                title=gettext_lazy("Days off taken back"),
                words=gettext_lazy("Your days off were taken back by the office: %(when)s"),
                tag=f"absence-back-{absence.pk}",
            )
        absence.delete()


def days_off_tell(
    technician: Technician, period: Any, *, title: Any, words: Any, tag: str, **facts: str
) -> None:
    """A notice and a push about days off, in the technician's language: who counts on them hears at once."""
    user, url = technician.user, reverse("phone:absence_request_list")
    with translation.override(user.language):
        when = formats.span(period)
        notice_send(user=user, text=words % {"when": when, **facts}, url=url)
        push_queue(user=user, title=str(title), text=when, url=url, tag=tag, until=period.upper)


def _data(absence: Absence) -> dict[str, str]:
    return {
        "kind": absence.kind,
        "start": absence.period.lower.isoformat(),
        "end": absence.period.upper.isoformat(),
    }
