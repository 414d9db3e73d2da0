"""Writing copies of jobs: other days, other customers, numbers of their own, and everything else as it was.

One transaction's work. Row triggers (the audit of single rows, frozen documents) are off while it writes; foreign keys, checks,
unique and exclusion constraints are not.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection
from django.db.models import DateField, DateTimeField, Model
from django.db.models.fields import CharField, TextField
from django.utils import timezone

from apps.acceptance.copies import tables
from apps.acceptance.copies.jobs import Job, Row
from apps.acceptance.copies.special import SPECIAL, VERBATIM, series_of
from apps.acceptance.copies.texts import Wording, address_pairs, day_pairs, moved, spellings
from apps.core import numbering
from apps.core.models import AuditEvent, Counter, Series
from apps.customers.models import Customer, Site
from apps.invoicing.models import Invoice
from apps.workorders.models import WorkOrder

Client = tuple[Customer, Site]


@dataclass
class Copy:
    """A job that happens once more: so many days later, for somebody else."""

    job: Job
    days: int
    before: Client
    now: Client
    random: Random
    # As far as time has gone for it, where that is not as far as for all.
    until: datetime | None = None
    pks: dict[tuple[type[Model], Any], int] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    @property
    def customer(self) -> Customer:
        return self.now[0]

    @property
    def site(self) -> Site:
        return self.now[1]

    def pk(self, model: type[Model], old: Any) -> Any:
        """The id of the copy of that row; of a row that is nobody's job, its own."""
        return self.pks.get((model, old), old)

    def moved(self, moment: datetime) -> datetime:
        return moved(moment, self.days)


class Copies:
    """Collects copies, then writes them all: ids and numbers go up with time."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        self.made: list[Copy] = []
        self.by_label = {one._meta.label_lower: one for one in tables.job_models()}

    def add(self, copy: Copy) -> None:
        self.made.append(copy)

    def write(self, *, later: Iterable[type[Model]] = ()) -> dict[type[Model], list[Row]]:
        """Write everything; rows of the tables in `later` are handed back to be written when their time comes."""
        self.made.sort(key=lambda one: one.moved(one.job.first))
        self._numbers_give()
        self._pks_give()
        rows: dict[type[Model], list[Row]] = defaultdict(list)
        for copy in self.made:
            for model, row in self._rows(copy):
                rows[model].append(row)
        handed = {model: rows.pop(model, []) for model in later}
        with row_triggers_off():
            for model in tables.job_models():
                if model is AuditEvent:
                    rows[model].sort(key=lambda row: row["at"])
                rows_write(model, rows.get(model, []))
        with connection.cursor() as cursor:
            cursor.execute(_STANDING)
        return handed

    def _numbers_give(self) -> None:
        """In the order in which the records were made, year by year, on from the last number that was given."""
        asked: dict[tuple[str, int], list[tuple[datetime, int, Copy, str]]] = defaultdict(list)
        for place, copy in enumerate(self.made):
            for model in tables.ROOTS:
                for row in copy.job.rows[model]:
                    if (found := series_of(model, row)) is not None:
                        moment = copy.moved(found[1])
                        year = timezone.localdate(moment).year
                        asked[found[0], year].append((moment, place, copy, row["number"]))
        prefixes = dict(Series.objects.values_list("name", "prefix"))
        for (series, year), takers in asked.items():
            counter, _made = Counter.objects.get_or_create(series=series, year=year)
            takers.sort(key=lambda one: one[:2])
            for number, (_moment, _place, copy, old) in enumerate(takers, counter.last + 1):
                copy.numbers[old] = numbering.number_text(prefixes[series], year, number)
            last = counter.last + len(takers)
            Counter.objects.filter(pk=counter.pk).update(last=last, given=last)

    def _pks_give(self) -> None:
        with connection.cursor() as cursor:
            for model in tables.job_models():
                cursor.execute(f'SELECT coalesce(max(id), 0) FROM "{model._meta.db_table}"')
                last = cursor.fetchone()[0]
                for copy in self.made:
                    for row in copy.job.rows[model]:
                        last += 1
                        copy.pks[model, row["id"]] = last
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)",
                    [model._meta.db_table, max(last, 1)],
                )

    def _rows(self, copy: Copy) -> Iterator[tuple[type[Model], Row]]:
        wording = _wording(copy)
        gone: set[tuple[type[Model], Any]] = set()
        reached: dict[tuple[str, int], tuple[datetime, int, str]] = {}
        done: list[tuple[type[Model], Row]] = []
        for model in tables.job_models():
            for old in copy.job.rows[model]:
                row = self._row(model, old, copy, wording)
                if row is None or any(
                    (to, old[name]) in gone for name, to in tables.points_at(model).items()
                ):
                    gone.add((model, old["id"]))
                    continue
                if model is AuditEvent and row["after"]:
                    subject = (row["subject_type"], row["subject_id"])
                    step = (row["at"], row["id"], row["after"])
                    reached[subject] = max(step, reached.get(subject, step))
                done.append((model, row))
        if gone:
            _status_as_told(done, reached)
        yield from done

    def _row(self, model: type[Model], old: Row, copy: Copy, wording: Wording) -> Row | None:
        """The row as it is in the copy; None when it has not come to that yet."""
        row, until = dict(old), copy.until or self.until
        for name in tables.moments(model):
            if old[name] is not None:
                row[name] = copy.moved(old[name])
        happened = [
            row[name] for name in tables.moments(model) if row[name] is not None and name not in AHEAD
        ]
        if happened and min(happened) > until:
            return None
        for one in tables.columns(model):
            name, value = one.attname, old[one.attname]
            if value is None:
                continue
            if isinstance(one, DateTimeField):
                if row[name] > until and one.null and name not in AHEAD:
                    row[name] = None
            elif isinstance(one, DateField):
                row[name] = value + timedelta(days=copy.days)
            elif isinstance(value, str):
                if name not in VERBATIM and isinstance(one, (CharField, TextField)):
                    row[name] = wording.text(value)
            elif name in tables.documents(model):
                row[name] = wording.value(value)
            elif hasattr(value, "lower_inc") and isinstance(value.lower, datetime):
                row[name] = type(value)(copy.moved(value.lower), copy.moved(value.upper), value.bounds)
        row["id"] = copy.pk(model, old["id"])
        for name, to in tables.points_at(model).items():
            if to is Customer:
                row[name] = copy.customer.pk
            elif to is Site:
                row[name] = copy.site.pk
            elif old[name] is not None:
                row[name] = copy.pk(to, old[name])
        for kind, pk in tables.told_of(model):
            if (told := self.by_label.get(row[kind])) is not None:
                row[pk] = copy.pk(told, old[pk])
        if special := SPECIAL.get(model):
            special(row, copy)
        return row


# What a trigger would have kept: the invoices that are not settled. The figures of finance are counted anew by who copies.
_STANDING = """
    INSERT INTO pipeline_standinginvoice (invoice_id)
    SELECT DISTINCT record_id FROM pipeline_invoice ON CONFLICT (invoice_id) DO NOTHING
"""
# Moments that lie ahead of what they stand beside.
AHEAD = {"expires_at", "respond_by", "complete_by"}


def _wording(copy: Copy) -> Wording:
    pairs = [pair for old, new in copy.numbers.items() for pair in spellings(old, new)]
    pairs += address_pairs(copy.before, copy.now)
    pairs += day_pairs(copy.job.days, copy.days, copy.customer.language)
    return Wording(pairs, copy.days)


def _status_as_told(rows: Sequence[tuple[type[Model], Row]], reached: dict[tuple[str, int], Any]) -> None:
    """Where the last steps are still to come, a record is where its history stands."""
    for model, row in rows:
        if model in (WorkOrder, Invoice):
            found = reached.get((model._meta.label_lower, row["id"]))
            if found is not None:
                row["status"] = found[2]


def rows_write(model: type[Model], rows: Sequence[Row]) -> None:
    """COPY them in."""
    if not rows:
        return
    table, fields = model._meta.db_table, tables.columns(model)
    names = ", ".join(f'"{one.column}"' for one in fields)
    json_columns = set(tables.documents(model))
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(
                [
                    json.dumps(row[one.attname], ensure_ascii=False)
                    if one.attname in json_columns and row[one.attname] is not None
                    else row[one.attname]
                    for one in fields
                ]
            )


@contextmanager
def row_triggers_off() -> Iterator[None]:
    """For the length of this: when it fails, Postgres takes the switch back with everything else."""
    names = [one._meta.db_table for one in tables.job_models()]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for table in names:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for table in names:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
