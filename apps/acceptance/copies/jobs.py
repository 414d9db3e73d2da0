"""Finished jobs, read whole into memory: each with every row that hangs on it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Max, Model
from django.utils import timezone

from apps.acceptance.copies import tables
from apps.core.models import AuditEvent
from apps.field.models import TimeEntry
from apps.intake.models import Request
from apps.invoicing.models import Invoice, InvoiceFact, PayLink, Payment, Reminder
from apps.planning.models import Assignment
from apps.quotes.models import Quote
from apps.review.models import Billable, BillableKind
from apps.workorders.models import WorkOrder

Row = dict[str, Any]
# Nothing follows on these by itself.
FINISHED = {
    Request: {"declined", "quoted", "ordered", "closed", "cancelled"},
    Quote: {"accepted", "declined", "withdrawn", "cancelled"},
    WorkOrder: {"closed", "cancelled"},
    Invoice: {"paid", "credited", "cancelled"},
}
# What may still be to come of a job that was invoiced: a copy of it has these as far as time has gone.
AFTERWARDS = (Payment, InvoiceFact, PayLink, Reminder, AuditEvent)

# Moments that lie ahead of what they stand beside.
AHEAD = {"expires_at", "respond_by", "complete_by"}


@dataclass
class Job:
    """A request with its quote, work order and invoice, or as many of these as there are."""

    rows: dict[type[Model], list[Row]] = field(default_factory=lambda: defaultdict(list))

    @property
    def finished(self) -> bool:
        # Of a deposit the invoices hang on each other: such a job stays as it is.
        if any(row["kind"] == BillableKind.DEPOSIT for row in self.rows[Billable]):
            return False
        return all(row["status"] in good for model, good in FINISHED.items() for row in self.rows[model])

    @property
    def _head(self) -> Row:
        return next(row for model in tables.ROOTS for row in self.rows[model])

    @property
    def customer(self) -> int:
        return int(self._head["customer_id"])

    @cached_property
    def first(self) -> datetime:
        return min(self._moments(*tables.job_models()))

    @cached_property
    def last(self) -> datetime:
        """When nothing more is to come of it."""
        return max(self._moments(*tables.job_models()))

    @cached_property
    def invoiced(self) -> datetime:
        """When all was done but to wait for the money."""
        return max(self._moments(*(one for one in tables.job_models() if one not in AFTERWARDS)))

    @cached_property
    def visits(self) -> list[tuple[int, datetime, datetime]]:
        """Who was where, from when, and until when."""
        return [
            (row["technician_id"], row["period"].lower, row["period"].upper)
            for row in self.rows[Assignment]
            if row["active"]
        ]

    @cached_property
    def days(self) -> set[date]:
        """On which there was work."""
        return {timezone.localdate(row["started_at"]) for row in self.rows[TimeEntry]}

    def _moments(self, *models: type[Model]) -> Iterable[datetime]:
        return (
            row[name] for model in models for row in self.rows[model] for name in tables.moments(model)
            if row[name] and name not in AHEAD
        )  # fmt: skip


def ids_now() -> dict[type[Model], int]:
    """The last id of each table of jobs."""
    return {one: one._base_manager.aggregate(last=Max("pk"))["last"] or 0 for one in tables.job_models()}


def finished_jobs() -> list[Job]:
    return [one for one in jobs_read() if one.finished]


def jobs_read(since: dict[type[Model], int] | None = None) -> list[Job]:
    """All of them that the database holds, or that were made `since`, in the order in which they began."""
    found: dict[tuple[str, int], list[tuple[type[Model], Row]]] = {}
    groups = _Groups()
    kept: list[tuple[type[Model], Row]] = []
    by_label = tables.by_label()
    for model in tables.job_models():
        names = [one.attname for one in tables.columns(model)]
        made = model._base_manager.filter(pk__gt=since[model] if since else 0).order_by("pk")
        for values in made.values_list(*names):
            row = dict(zip(names, values, strict=True))
            if model is AuditEvent and row["subject_type"] not in by_label:
                continue
            key = (model._meta.label_lower, row["id"])
            groups.add(key)
            for name, to in tables.points_at(model).items():
                if to in by_label.values() and row[name] is not None:
                    groups.join(key, (to._meta.label_lower, row[name]))
            for kind, pk in tables.told_of(model):
                if row[kind] in by_label:
                    groups.join(key, (row[kind], row[pk]))
            kept.append((model, row))
    for model, row in kept:
        found.setdefault(groups.of((model._meta.label_lower, row["id"])), []).append((model, row))
    jobs = []
    for rows in found.values():
        job = Job()
        for model, row in rows:
            job.rows[model].append(row)
        # Where a clock was stopped for the next job the two hang together, and are nobody's to copy.
        if len({row["customer_id"] for one in tables.ROOTS for row in job.rows[one]}) == 1:
            jobs.append(job)
    return sorted(jobs, key=lambda one: one.first)


class _Groups:
    """Which rows hang together (union-find)."""

    def __init__(self) -> None:
        self._up: dict[tuple[str, int], tuple[str, int]] = {}

    def add(self, key: tuple[str, int]) -> None:
        self._up.setdefault(key, key)

    def of(self, key: tuple[str, int]) -> tuple[str, int]:
        self.add(key)
        while self._up[key] != key:
            self._up[key] = key = self._up[self._up[key]]
        return key

    def join(self, one: tuple[str, int], other: tuple[str, int]) -> None:
        self._up[self.of(one)] = self.of(other)
