"""What there is to plan, most urgent first: work orders and intake visits under one kind of key."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, IntegerField, OuterRef, QuerySet, Value, When
from django.http import Http404

from apps.core import clock
from apps.core.numbers import pk_read
from apps.intake.models import Request
from apps.planning.facts import confirms, recipient
from apps.planning.models import Assignment
from apps.planning.rules.suggest import Wanted, place_of, visit_length
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder

SHOWN = 40
URGENCY = Case(
    When(urgency="urgent", then=Value(0)), When(urgency="high", then=Value(1)), default=Value(2),
    output_field=IntegerField(),
)  # fmt: skip


@dataclass(frozen=True)
class Job:
    """A work order or a request, as planning sees it. Its key is w or r with its number in the database."""

    record: WorkOrder | Request

    @property
    def key(self) -> str:
        return f"{'w' if self.is_order else 'r'}{self.record.pk}"

    @property
    def is_order(self) -> bool:
        return isinstance(self.record, WorkOrder)

    @property
    def length(self) -> timedelta:
        if isinstance(self.record, WorkOrder):
            hours = self.record.hours_left or self.record.expected_hours or self.record.sold_hours
            return visit_length(float(hours), self.record.people)
        return timedelta(minutes=self.record.type.minutes)

    @property
    def minutes(self) -> int:
        return round(self.length.total_seconds() / 60)

    @property
    def title(self) -> str:
        return self.record.title if isinstance(self.record, WorkOrder) else self.record.description

    @property
    def due(self) -> datetime | None:
        return self.record.complete_by if isinstance(self.record, WorkOrder) else None

    @property
    def late(self) -> bool:
        return self.due is not None and self.due < clock.now() + timedelta(days=1)

    @property
    def skill_id(self) -> int | None:
        return self.record.skill_id if isinstance(self.record, WorkOrder) else self.record.type.skill_id

    @property
    def people(self) -> int:
        return self.record.people if isinstance(self.record, WorkOrder) else 1

    @property
    def confirms(self) -> bool:
        return confirms(self.record)

    @property
    def mails(self) -> str:
        """Who gets a mail when it is dropped somewhere; empty when nobody does."""
        to = recipient(self.record) if self.confirms else None
        return to.name if to else ""

    @property
    def known(self) -> str:
        """The visits that are on the plan, for the form that books another."""
        return ",".join(str(pk) for pk in getattr(self.record, "visit_ids", ()))

    @property
    def technician(self) -> Technician | None:
        """Who was asked for."""
        return None if isinstance(self.record, WorkOrder) else self.record.technician

    @property
    def first_day(self) -> date | None:
        return self.record.preferred_from

    def wanted(self, length: timedelta, *, planned: datetime | None = None) -> Wanted:
        record, site = self.record, self.record.site
        return Wanted(
            length=length,
            skill=self.skill_id,
            due=self.due,
            place=place_of(site.latitude, site.longitude),
            preferred_from=record.preferred_from,
            preferred_until=record.preferred_until,
            preferred_part=record.preferred_part,
            planned=planned,
        )


def _related(rows: QuerySet) -> QuerySet:
    """With what a card shows, and the visits that are on the plan already: a drop says which were known."""
    name = "work_order" if rows.model is WorkOrder else "request"
    visits = Assignment.objects.active().filter(**{name: OuterRef("pk")}).order_by("pk").values("pk")
    return rows.select_related("customer", "contact", "site", "type").annotate(
        visit_ids=ArraySubquery(visits)
    )


def orders_to_plan(user: Any) -> QuerySet:
    rows = _related(WorkOrder.objects.for_user(user).to_plan())
    return rows.order_by(F("complete_by").asc(nulls_last=True), URGENCY, "created_at", "pk")


def intakes_to_plan(user: Any) -> QuerySet:
    rows = _related(Request.objects.for_user(user).to_plan())
    return rows.order_by(URGENCY, "created_at", "pk")


def job_of(key: str, user: Any) -> Job:
    """The job behind a key such as w12 or r7. Raises Http404 when there is none that the user may see."""
    model: Any = {"w": WorkOrder, "r": Request}.get(key[:1])
    number = pk_read(key[1:])
    if model is None or number is None:
        raise Http404
    rows = _related(model.objects.for_user(user))
    record = rows.filter(pk=number).first()
    if record is None:
        raise Http404
    return Job(record)
