"""Writing copies of jobs: other days, other customers and people, numbers of their own, and everything else as it was.

Each job is laid down once as a template (`templates`); what a copy says of its own is worked out here, and Postgres multiplies the
one by the other, a few thousand copies at a time, by statements that are drawn from the columns of the models: a new column
copies itself. One transaction's work. Row triggers (the audit of single rows, frozen documents) are off while it writes; foreign
keys, checks, unique and exclusion constraints are not.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from apps.acceptance.copies import statements, tables
from apps.acceptance.copies.jobs import Job
from apps.acceptance.copies.special import series_of
from apps.acceptance.copies.templates import Template, by_table
from apps.acceptance.copies.texts import Pairs, address_pairs, day_pairs, moved
from apps.core import numbering
from apps.core.models import Counter, Series
from apps.customers.models import Customer, Site
from apps.pipeline.actions import ledger_recount
from apps.pipeline.models import Standing

Client = tuple[Customer, Site]
# So many copies are written at once; more would only take more memory.
BATCH = 4000
# By statement, and needed meanwhile: what waits for the next package.
_KEPT = (
    ("invoicing_invoice", "waits_copied"),
    ("invoicing_payment", "waits"),
    ("bookkeeping_packageline", "waits"),
    ("intake_request", "searched"),
    ("workorders_workorder", "searched"),
    ("quotes_quote", "searched"),
    ("quotes_quoteversion", "searched"),
    ("invoicing_invoice", "searched"),
    ("invoicing_invoiceline", "searched_added"),
)


@dataclass(frozen=True)
class People:
    """Who stands in for whom: technicians and users by their ids, and their names."""

    pks: dict[tuple[type[Model], Any], Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Copy:
    """A job that happens once more: so many days later, for somebody else."""

    job: Job
    days: int
    before: Client
    now: Client
    people: People = field(default_factory=People)
    # As far as time has gone for it, where that is not as far as for all.
    until: datetime | None = None
    numbers: dict[str, str] = field(default_factory=dict)

    def moved(self, moment: datetime) -> datetime:
        return moved(moment, self.days)

    def pairs(self) -> Pairs:
        """All that its texts say otherwise."""
        found = [*self.numbers.items(), *self.people.names.items(), *address_pairs(self.before, self.now)]
        return found + day_pairs(self.job.days, self.days, self.now[0].language)


class Fill:
    """One copy being told: `told` is what stands in the gaps of its template."""

    def __init__(self, copy: Copy, template: Template, starts: list[int], digits: str) -> None:
        self.days, self.digits, self.customer = copy.days, digits, copy.now[0]
        self.starts, self.words = starts, dict(copy.pairs())
        self.told: list[str] = []
        for say in template.gaps:
            self.told.append(say(self))
        mapped: dict[tuple[type[Model], Any], Any] = {
            (Customer, copy.before[0].pk): copy.now[0].pk, (Site, copy.before[1].pk): copy.now[1].pk, **copy.people.pks,
        }  # fmt: skip
        self.others = [mapped.get(one, one[1]) for one in template.others]

    def pk(self, model: type[Model], ordinal: int) -> int:
        return self.starts[tables.number_of(model) - 1] + ordinal


class Copies:
    """Collects copies, then writes them all: ids and numbers go up with time."""

    def __init__(self, until: datetime, random: Random) -> None:
        self.until, self._random = until, random
        self.made: list[Copy] = []

    def add(self, copy: Copy) -> None:
        self.made.append(copy)

    def write(self, *, later: Iterable[type[Model]] = ()) -> "Later":
        """Write everything; rows of the tables in `later` are written when their time comes."""
        self.made.sort(key=lambda one: one.moved(one.job.first))
        self._numbers_give()
        jobs = list({id(one.job): one for one in self.made}.values())
        place = {id(one.job): number for number, one in enumerate(jobs)}
        templates = [Template(one.job, [old for old, _new in one.pairs()]) for one in jobs]
        rows = by_table(templates)
        handed = Later(list(later))
        writes = statements.prepare(rows, handed.models)
        last = [_last_id(model) for model in tables.job_models()]
        for start in range(0, len(self.made), BATCH):
            batch = self.made[start : start + BATCH]
            statements.batch_write(writes, self._fills(batch, templates, place, last))
        for model, number in zip(tables.job_models(), last, strict=True):
            _sequence_set(model, number)
        return handed

    def _fills(
        self, batch: list[Copy], templates: list[Template], place: dict[int, int], last: list[int]
    ) -> Iterator[tuple[Any, ...]]:
        for copy in batch:
            number = place[id(copy.job)]
            starts = [one + 1 for one in last]
            for table, model in enumerate(tables.job_models()):
                last[table] += len(copy.job.rows.get(model, ()))
            fill = Fill(copy, templates[number], starts, f"{self._random.getrandbits(128):032x}")
            until = copy.until or self.until
            cut = copy.moved(copy.job.last) > until
            yield (number, copy.days, until, cut, starts, fill.others, fill.told)

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


class Later:
    """Rows of copies that wait for their time."""

    def __init__(self, models: list[type[Model]]) -> None:
        self.models = models

    def write(self, until: datetime) -> None:
        for model in self.models:
            statements.waiting_write(model, until)


def standing_refresh() -> None:
    """What triggers would have kept: the invoices that are not settled, where every euro stands, and the ledger.

    Finance is counted anew by who copies.
    """
    rows = ", ".join(str(one.column) for one in Standing._meta.local_concrete_fields)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE standing ON COMMIT DROP AS SELECT DISTINCT record_id AS invoice_id FROM pipeline_invoice;"
            " ANALYZE standing;"
            " DELETE FROM pipeline_standinginvoice p WHERE NOT EXISTS (SELECT 1 FROM standing s WHERE s.invoice_id = p.invoice_id);"
            " INSERT INTO pipeline_standinginvoice (invoice_id) SELECT invoice_id FROM standing ON CONFLICT DO NOTHING;"
            " DROP TABLE standing;"
            " DELETE FROM pipeline_standing;"
            f" INSERT INTO pipeline_standing ({rows}) SELECT {rows} FROM pipeline_row"
        )
    ledger_recount()


def _last_id(model: type[Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT coalesce(max(id), 0) FROM "{model._meta.db_table}"')
        return int(cursor.fetchone()[0])


def _sequence_set(model: type[Model], last: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, max(last, 1)]
        )


@contextmanager
def row_triggers_off(also: Sequence[type[Model]] = ()) -> Iterator[None]:
    """For the length of this: when it fails, Postgres takes the switch back with everything else."""
    names = [one._meta.db_table for one in (*tables.job_models(), *also)]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for table in names:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        for table, trigger in _KEPT:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER "{trigger}"')
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for table in names:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
