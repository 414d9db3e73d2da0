"""The finance page's figures together, kept for a minute at most."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from apps.core import clock
from apps.core.together import number_of, sum_of, together
from apps.finance import querysets, rules
from apps.finance.querysets import Period
from apps.leaks.models import Leak
from apps.pipeline.figures import ledger

KEEP = timedelta(minutes=1)
MOST_KEPT = 200
# In this process only: the shared cache is a table that every role may read, and these are amounts.
_kept: dict[Period, dict[str, Any]] = {}
ZERO = Decimal(0)


def figures(period: Period) -> dict[str, Any]:
    """Every figure of the page for this period. No older than a minute."""
    now = clock.now()
    kept = _kept.get(period)
    if kept is None or not timedelta(0) <= now - kept["at"] < KEEP:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        kept = _kept[period] = _compute(period)
    return kept


def _compute(period: Period) -> dict[str, Any]:
    by_month = dict(querysets.revenue_by_month(period))
    shown = [(month, by_month.get(month, ZERO)) for month in rules.months(period.start, period.end)]
    revenue = sum(by_month.values(), ZERO)
    cost = querysets.cost_of_invoiced_jobs(period)
    total, overdue = querysets.outstanding(clock.today())
    used = querysets.utilisation(period)
    won, answered = querysets.win_rate(period)
    jobs = querysets.jobs(period)
    for job in jobs:
        job["margin"] = job["revenue"] - job["cost"]
        job["percentage"] = rules.margin_percentage(job["revenue"], job["cost"])
    people = querysets.technicians(period)
    hours = sum((one["hours"] for one in people), ZERO)
    risk = Leak.objects.at_risk()
    leaks, leak_count = sum_of(risk, "amount"), number_of(risk)
    together(leaks, leak_count)
    return {
        "revenue": revenue,
        "cost": cost,
        "margin": revenue - cost,
        "percentage": rules.margin_percentage(revenue, cost),
        "outstanding": total,
        "overdue": overdue,
        "leaks": leaks.value,
        "leak_count": leak_count.value,
        "bars": rules.bars(shown),
        "jobs": jobs,
        "technicians": people,
        "worked": used["worked"],
        "sold": used["sold"],
        "sold_jobs": used["jobs"],
        "utilisation": used["worked"] * 100 / used["sold"] if used["sold"] else None,
        "won": won,
        "answered": answered,
        "win_rate": Decimal(won * 100) / answered if answered else None,
        "cost_per_hour": sum((one["cost"] for one in people), ZERO) / hours if hours else None,
        "revenue_per_hour": revenue / hours if hours else None,
        "ledger": ledger(),
        "at": clock.now(),
    }
