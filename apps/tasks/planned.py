"""What waits for a planner: visits of who is away, what customers ask of their appointments, days off, certificates."""

from collections.abc import Callable
from typing import Any

from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.formats import day, span
from apps.field.models import Visit
from apps.planning.models import Assignment, ChangeRequest
from apps.planning.querysets import day_after, with_visits_after
from apps.planning.remarks import visits_said
from apps.tasks.keys import key_of, keyed, ranked
from apps.tasks.rules import IN_TIME, LATE, SOON, URGENT, Task
from apps.technicians.models import AbsenceRequest, Certificate, Technician


def sources(user: Any, now: Any) -> dict[str, QuerySet]:
    return {"away": away(user, now), "changes": changes(user), "days off": days_off(user, now)}


def away(user: Any, now: Any) -> QuerySet:
    """Visits that did not begin: of who was noted as away after they were planned, or who leaves before them."""
    rows = Assignment.objects.for_user(user).active().from_now(now)
    rows = rows.select_related("technician__user", "work_order__customer", "request__customer")
    rows = rows.exclude(Exists(Visit.objects.filter(assignment=OuterRef("pk"))))
    rows = rows.away().annotate(waits=F("away_since"))
    rank = ranked(Q(period__startswith__lt=now + SOON), Value(IN_TIME))
    return keyed(rows, key_of("visit"), Value("away"), "waits", rank)


def visit_told(row: Any, user: Any) -> Task:
    leaves = row.technician.has_left(localdate(row.starts_at))
    return Task(
        key=row.task_key,
        rank=row.rank,
        since=row.waits,
        record=str(row.job),
        about=f"{row.job.customer.name} · {row.technician}, {span(row.period)}",
        status=_("After the last day") if leaves else _("Technician away"),
        action=_("Move"),
        url=reverse("planning:assignment_detail", args=[row.pk]),
    )


def changes(user: Any) -> QuerySet:
    """What customers ask of their appointments."""
    rows = ChangeRequest.objects.for_user(user).to_decide().with_visit().annotate(waits=F("asked_at"))
    return keyed(rows, key_of("change"), F("status"), "waits", Value(URGENT))


def change_told(row: Any, user: Any) -> Task:
    visit = row.appointment.assignment
    return Task(
        key=row.task_key,
        rank=row.rank,
        since=row.waits,
        record=str(visit.job),
        about=f"{visit.job.customer.name} · {visit.technician}, {span(visit.period)}",
        status=_("Customer asks: %(what)s") % {"what": row.get_kind_display()},
        action=_("Decide"),
        url=reverse("planning:change_request_detail", args=[row.pk]),
    )


def days_off(user: Any, now: Any) -> QuerySet:
    """What technicians ask for, and is not over."""
    rows = AbsenceRequest.objects.for_user(user).to_decide().filter(period__endswith__gt=now)
    rows = rows.select_related("technician__user").annotate(waits=F("asked_at"))
    rank = ranked(Q(period__startswith__lt=now + SOON), Value(IN_TIME))
    return keyed(rows, key_of("daysoff"), F("status"), "waits", rank)


def days_off_told(row: Any, user: Any) -> Task:
    return Task(
        key=row.task_key,
        rank=row.rank,
        since=row.waits,
        record=row.technician.user.name,
        about=f"{row.get_kind_display()} · {span(row.period)}",
        status=_("Asks for days off"),
        action=_("Decide"),
        url=reverse("planning:absence_request_detail", args=[row.pk]),
    )


def leavers(now: Any) -> QuerySet:
    """Whose last day is over: the night took out of service who held nothing."""
    rows = Technician.objects.active().annotate(waits=day_after("last_day")).filter(waits__lte=now)
    rows = rows.select_related("user")
    return keyed(rows, key_of("leaver"), Value("left"), "waits", Value(URGENT))


def leaver_told(row: Any, user: Any) -> Task:
    return Task(
        key=row.task_key,
        rank=row.rank,
        since=row.waits,
        record=row.user.name,
        about=_("The last day was %(day)s.") % {"day": day(row.last_day)},
        status=_("To take out of service"),
        action=_("Hand over"),
        url=reverse("technicians:technician_deactivate", args=[row.pk]),
    )


def certificates(now: Any) -> QuerySet:
    """Those that expire before long, and those without which a visit is planned already; of who is still there then."""
    rows: QuerySet = Certificate.objects.current().with_renew_from().filter(
        Q(technician__last_day=None) | Q(technician__last_day__gt=F("expires_on")),
        technician__in=Technician.objects.active(),
    )  # fmt: skip
    to_come = Assignment.objects.active().from_now(now)
    rows = with_visits_after(rows.select_related("technician__user", "kind"), to_come)
    soon = Cast("renew_from", DateTimeField())
    visits = Case(When(visits_after__gt=0, then=F("visit_first")))
    rows = rows.annotate(
        waits=Case(When(Q(renew_from__lte=Cast(now, DateField())), then=soon), default=visits)
    )
    late = Case(When(Q(expires_on__lt=Cast(now, DateField())), then=LATE), default=IN_TIME)
    rank = ranked(Q(visits_after__gt=0), late)
    return keyed(rows.filter(waits__isnull=False), key_of("certificate"), Value("expires"), "waits", rank)


def certificate_told(row: Any, user: Any) -> Task:
    about = f"{row.kind}, {day(row.expires_on)}"
    return Task(
        key=row.task_key,
        rank=row.rank,
        since=row.waits,
        record=row.technician.user.name,
        about=visits_said(row) if row.visits_after else about,
        status=_("Certificate expired") if row.is_over(clock.today()) else _("Certificate expires"),
        action=_("Renew"),
        url=reverse("technicians:certificate_renew", args=[row.pk]),
    )


TELL: dict[str, Callable[[Any, Any], Task]] = {
    "away": visit_told,
    "changes": change_told,
    "days off": days_off_told,
    "leavers": leaver_told,
    "certificates": certificate_told,
}
