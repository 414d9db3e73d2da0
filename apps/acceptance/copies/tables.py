"""Which tables hold a job, and what of a row is more than a value: read from the models, so a new column copies itself."""

from functools import cache

from django.apps import apps
from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import DateTimeField, Field, GeneratedField, JSONField, Model

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.customers.models import Customer, Site
from apps.intake.models import Request
from apps.invoicing.models import Invoice
from apps.quotes.models import Quote
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder

ROOTS: tuple[type[Model], ...] = (Request, WorkOrder, Quote, Invoice)
# Another one may stand in for these in a copy.
STAND_INS: tuple[type[Model], ...] = (Customer, Site, Technician, User)
# Not copied: what the phone sent, what is made when somebody asks for it, what belongs to a month of all jobs, and what is derived.
LEFT_OUT = {
    "field.FieldEvent", "field.PhoneHolding", "planning.PlanStep", "planning.Appointment", "planning.ChangeRequest", "review.StaleJob", "invoicing.InvoiceDocument", "bookkeeping.PackageLine",
    "bookkeeping.WaitingLine", "finance.Entry", "pipeline.StandingInvoice", "pipeline.Standing",
    "pipeline.Mark", "maintenance.ContractVisit",
}  # fmt: skip


@cache
def job_models() -> tuple[type[Model], ...]:
    """The roots, whatever points at one of them at any remove, and the history; a table after those that it points at."""
    found = list(ROOTS)
    while more := [
        one for one in _ours() if one not in found and any(to in found for to in points_at(one).values())
    ]:
        found += more
    ordered: list[type[Model]] = []
    while found:
        free = [
            one for one in found if not any(to in found and to is not one for to in points_at(one).values())
        ]
        # Where two point at each other (a visit and its signature) the database checks at the end.
        ordered += free or found[:1]
        found = [one for one in found if one not in ordered]
    return (*ordered, AuditEvent)


def _ours() -> list[type[Model]]:
    return [
        one
        for one in apps.get_models(include_auto_created=True)
        if one._meta.managed and one.__module__.startswith("apps.") and one._meta.label not in LEFT_OUT
    ]


@cache
def columns(model: type[Model]) -> tuple[Field, ...]:
    """What is written: every column that the database does not make itself."""
    return tuple(one for one in model._meta.local_concrete_fields if not isinstance(one, GeneratedField))


@cache
def points_at(model: type[Model]) -> dict[str, type[Model]]:
    """Per column that refers to a row: the table of that row."""
    return {one.attname: one.related_model for one in columns(model) if one.remote_field}  # type: ignore[misc]


@cache
def told_of(model: type[Model]) -> tuple[tuple[str, str], ...]:
    """Pairs of columns that name a row of any table: its kind and its id."""
    names = {one.attname for one in columns(model)}
    return tuple(
        (name, f"{name[:-5]}_id") for name in names if name.endswith("_type") and f"{name[:-5]}_id" in names
    )


@cache
def moments(model: type[Model]) -> tuple[str, ...]:
    return tuple(one.attname for one in columns(model) if isinstance(one, DateTimeField))


@cache
def documents(model: type[Model]) -> tuple[str, ...]:
    return tuple(one.attname for one in columns(model) if isinstance(one, JSONField))


@cache
def spans(model: type[Model]) -> tuple[str, ...]:
    return tuple(one.attname for one in columns(model) if isinstance(one, DateTimeRangeField))


@cache
def by_label() -> dict[str, type[Model]]:
    return {one._meta.label_lower: one for one in job_models()}


@cache
def number_of(model: type[Model]) -> int:
    """Its place among the tables of a job, counted from one as Postgres does."""
    return job_models().index(model) + 1
