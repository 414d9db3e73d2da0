"""The doors to the plan."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    F,
    Func,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from psycopg.types.range import TimestamptzRange

from apps.technicians.models import Absence

# What a block on the plan shows of a visit: the technician, the job, its customer and place; and whom a mail goes to.
VISIT = (
    "technician__user",
    "work_order__customer", "work_order__contact", "work_order__site", "work_order__type",
    "request__customer", "request__contact", "request__site", "request__type",
)  # fmt: skip


class AssignmentQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """The whole plan for the office; otherwise one's own."""
        return self if user.may("see_office") else self.filter(technician__user=user)

    def active(self) -> Self:
        return self.filter(active=True)

    def with_job(self) -> Self:
        """With what a block on the plan shows."""
        return self.select_related(*VISIT)

    def between(self, start: datetime, end: datetime) -> Self:
        """Those that touch the half-open period from `start` to `end`."""
        return self.filter(period__overlap=TimestamptzRange(start, end))

    def at_once(self, visit: Any, *starts: datetime) -> Self:
        """Those of its job that begin when the visit does, or at `starts`: to the customer, who come together are one visit."""
        job = {"work_order": visit.work_order_id, "request": visit.request_id}
        return self.active().filter(**job, period__startswith__in=starts or [visit.starts_at])

    def with_away(self) -> Self:
        """With since when their technician cannot come: noted as away after it was planned, or planned after the last day."""
        noted = Absence.objects.filter(
            technician=OuterRef("technician"), period__overlap=OuterRef("period"),
            created_at__gt=OuterRef("created_at"),
        )  # fmt: skip
        since = Subquery(noted.order_by("created_at").values("created_at")[:1])
        leaves = Q(technician__active=True, period__startswith__gte=day_after("technician__last_day"))
        return self.annotate(away_since=Case(When(leaves, then=F("created_at")), default=since))

    def away(self) -> Self:
        """Those whose technician cannot come."""
        return self.with_away().filter(away_since__isnull=False)

    def coming(self) -> Self:
        """Those whose technician is there then."""
        return self.with_away().filter(away_since=None, technician__active=True)

    def from_now(self, now: Any) -> Self:
        """Those that are not over."""
        from_then = Func(now, Value(None), function="tstzrange", output_field=DateTimeRangeField())
        return self.filter(period__overlap=from_then)


def with_visits_after(certificates: QuerySet, visits: QuerySet) -> QuerySet:
    """Certificates with how many visits that ask for them stand on the plan after they expired, and since when one does.

    No visit asks for one whose skill another of their certificates gives for longer.
    """
    skill = OuterRef("kind__skill")
    longer = certificates.model.objects.current().filter(
        technician=OuterRef("technician"), kind__skill=skill, expires_on__gt=OuterRef("expires_on")
    )
    rows = visits.filter(
        Q(work_order__skill=skill) | Q(request__type__skill=skill),
        technician=OuterRef("technician"),
        period__startswith__gte=day_after(OuterRef("expires_on")),
    )
    of_technician = rows.order_by().values("technician")
    count = Subquery(of_technician.annotate(n=Count("pk")).values("n"))
    first = Subquery(of_technician.annotate(first=Min("created_at")).values("first"))
    needed = certificates.alias(is_covered=Exists(longer))
    return needed.annotate(
        visits_after=Case(When(is_covered=True, then=0), default=Coalesce(count, 0)), visit_first=first
    )


def day_after(day: Any) -> Func:
    """The midnight at which a day of the company's calendar is over."""
    midnight = f"((%(expressions)s + 1)::timestamp AT TIME ZONE '{settings.TIME_ZONE}')"
    return Func(day, template=midnight, output_field=DateTimeField())


class AppointmentQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("see_office") else self.none()

    def waiting(self) -> Self:
        """Those of which the mail is held until the plan has been left alone."""
        return self.filter(message__status="queued", message__held_until__isnull=False)

    def with_visit(self) -> Self:
        """With the visit, its technician, job, customer and place."""
        return self.select_related(*(f"assignment__{one}" for one in VISIT))


class ChangeRequestQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("see_office") else self.none()

    def to_decide(self) -> Self:
        """What nobody answered; a visit that is off the plan answers by itself."""
        return self.filter(status="open", appointment__assignment__active=True)

    def with_visit(self) -> Self:
        """With the visit, its technician, job, customer and place."""
        return self.select_related(
            "wanted_technician__user", *(f"appointment__assignment__{one}" for one in VISIT)
        )


class PlanStepQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """One's own steps: whoever made one takes it back."""
        return self.filter(by=user)

    def waiting(self) -> Self:
        """Those of which the customer's mail has not left."""
        return self.filter(undone_at=None, message__status="queued")


class WeekViewQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """One's own."""
        return self.filter(user=user)
