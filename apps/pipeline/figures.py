"""The pipeline as it stands at a moment: what the pages, the leaks and the checks all read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models.expressions import Combinable
from django.utils import timezone

from apps.core.formats import as_shown
from apps.pipeline.models import Limits, Standing
from apps.pipeline.querysets import PipelineQuerySet
from apps.pipeline.states import PHASES, STAGES, Stage, Text, stages_of
from apps.pricing.lookup import hour_price

ZERO = Decimal(0)
_KEPT = "pipeline_keep, pipeline_ledger, pipeline_ledger_moved"
LEDGER = ("recorded", "invoiced", "included", "written_off", "corrected", "open")


def limits() -> Limits:
    return Limits.objects.first() or Limits(pk=1)


def catch_up() -> None:
    """Bring the rows up to date with what this transaction itself has written; others are up to date once committed."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS {_KEPT} IMMEDIATE; SET CONSTRAINTS {_KEPT} DEFERRED")


@dataclass(frozen=True)
class Terms:
    """What decides, beside the moment, where an amount stands: the day, its price of an hour, and the company's limits by stage."""

    today: date
    hour: Decimal
    limits: tuple[tuple[str, timedelta | None], ...]

    def standing(self, now: datetime | Combinable) -> PipelineQuerySet:
        return Standing.objects.at(now, self.today, hour=self.hour, limits=dict(self.limits))


def terms(now: datetime) -> Terms:
    own, today = limits(), timezone.localdate(now)
    return Terms(today, hour_price(on=today), tuple((name, own.of(stage)) for name, stage in STAGES.items()))


def standing(now: datetime) -> PipelineQuerySet:
    """Every row with its stage at `now`, at today's price of an hour and under the company's limits."""
    catch_up()
    return terms(now).standing(now)


@dataclass(frozen=True)
class Place:
    """A stage with what stands in it; `share` and `late_share` are per cent of the fullest stage, for its bar."""

    stage: Stage
    count: int
    total: Decimal
    late_count: int
    late_total: Decimal
    receivable: Decimal
    share: int
    late_share: int


@dataclass(frozen=True)
class Phase:
    """`total` adds up the whole euros that its places show."""

    label: Text
    total: Decimal
    places: list[Place]


def phases(sums: Mapping[str, dict[str, Any]]) -> list[Phase]:
    """Every stage with its euros, drawn to one scale. `sums` are those of `standing`."""
    fullest = max((row["total"] for row in sums.values()), default=ZERO) or Decimal(1)
    found = []
    for name, label in PHASES.items():
        places = [_place(stage, sums[stage.name], fullest) for stage in stages_of(name)]
        found.append(Phase(label, sum((as_shown(one.total, 0) for one in places), ZERO), places))
    return found


def _place(stage: Stage, row: dict[str, Any], fullest: Decimal) -> Place:
    late = row["late_total"]
    return Place(
        stage=stage,
        count=row["count"],
        total=row["total"],
        late_count=row["late_count"],
        late_total=late,
        receivable=row["receivable"],
        share=_per_cent(row["total"] - late, fullest),
        late_share=_per_cent(late, fullest),
    )


def _per_cent(part: Decimal, whole: Decimal) -> int:
    """A whole number, and a sliver for what is there but small."""
    return max(0, min(100, round(part * 100 / whole))) or (1 if part > 0 else 0)


def ledger() -> dict[str, Decimal]:
    """The whole ledger in one row: recorded = invoiced + included + written off + corrected + open.

    What the view `invoicing_ledger` says per job, without putting every job together first.
    """
    catch_up()
    with connection.cursor() as cursor:
        cursor.execute(_LEDGER)
        return dict(zip(LEDGER, cursor.fetchone() or [ZERO] * len(LEDGER), strict=True))


def ledger_shown() -> dict[str, Decimal]:
    """The ledger in whole euros: recorded is what the others come to as they stand on the page."""
    parts = {name: as_shown(value, 0) for name, value in ledger().items() if name != "recorded"}
    return {"recorded": sum(parts.values(), ZERO)} | parts


# What is claimed stands on an issued invoice or on a draft, and there are never many drafts.
_LEDGER = """
    SELECT s.recorded, s.claimed - d.net, s.included, s.written_off, s.corrected, s.waiting + d.net
      FROM pipeline_ledgersums s, (
        SELECT coalesce(sum(b.net), 0) AS net
          FROM invoicing_invoice i
          JOIN invoicing_invoiceline l ON l.invoice_id = i.id AND l.live
          JOIN review_billable b ON b.id = l.billable_id AND b.claimed
         WHERE i.number IS NULL AND i.status = 'draft'
      ) d
"""
