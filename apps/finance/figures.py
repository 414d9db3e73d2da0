"""The figures of finance: what each is, and those of the page together, kept for a minute at most."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from apps.core import clock, formats
from apps.core.compiled import Given, compiled
from apps.core.together import number_of, sum_of, together
from apps.customers.models import Customer
from apps.finance import querysets, rules
from apps.finance.models import DaySum, Kind
from apps.finance.rules import Choice, Scope, Span, percentage
from apps.intake.models import RequestType
from apps.leaks.models import Leak
from apps.pipeline.figures import Phase, Terms, catch_up, phases, terms
from apps.pipeline.querysets import with_empty
from apps.technicians.models import Technician

KEEP = timedelta(minutes=1)
MOST_KEPT = 200
KEPT_ROWS = 12
EUROS = ("revenue", "labour", "parts")
ZERO = Decimal(0)
# In this process only: the shared cache is a table that every role may read, and these are amounts.
_kept: dict[tuple[Choice, str], dict[str, Any]] = {}


class Totals(dict[str, Decimal]):
    """The sums of some days by the name of their measure, and what follows from them."""

    @property
    def cost(self) -> Decimal:
        """Of jobs that were invoiced, or have nothing to invoice: hours at the technician's own rate, parts at cost."""
        return self["labour"] + self["parts"]

    @property
    def margin(self) -> Decimal:
        """Revenue less cost."""
        return self["revenue"] - self.cost

    @property
    def margin_shown(self) -> Decimal:
        """In whole euros, beside a revenue and a cost in whole euros."""
        return formats.as_shown(self["revenue"], 0) - formats.as_shown(self.cost, 0)

    @property
    def margin_percentage(self) -> Decimal | None:
        """The part of the revenue that is left after cost; None without revenue."""
        return percentage(self.margin, self["revenue"])

    @property
    def revenue_per_hour(self) -> Decimal | None:
        """What each hour brought of which the cost counts."""
        return rules.mean(self["revenue"], self["cost_hours"])

    @property
    def cost_per_hour(self) -> Decimal | None:
        """What each of those hours cost."""
        return rules.mean(self["labour"], self["cost_hours"])

    @property
    def spent_percentage(self) -> Decimal | None:
        """Of jobs that sold hours and were done: hours worked, in percent of those sold."""
        return percentage(self["spent_hours"], self["sold_hours"])

    @property
    def sla_percentage(self) -> Decimal | None:
        """Of jobs with a promised moment: done in time."""
        return percentage(self["sla_met"], self["sla_known"])

    @property
    def quotes_lost(self) -> Decimal:
        """What ended without a yes, and what the customer took back after one."""
        return self["quotes_closed"] - self["quotes_won"]

    @property
    def win_percentage(self) -> Decimal | None:
        """Of quotes that came to an end: accepted."""
        return percentage(self["quotes_won"], self["quotes_closed"])

    @property
    def days_to_answer(self) -> Decimal | None:
        """From sending a quote to the customer's yes or no."""
        return rules.mean(self["answer_days"], self["quotes_answered"])

    @property
    def days_to_bill(self) -> Decimal | None:
        """From the day that the work was done to its first invoice."""
        return rules.mean(self["billing_days"], self["billed_jobs"])

    @property
    def days_to_pay(self) -> Decimal | None:
        """From the invoice to the payment that settled it."""
        return rules.mean(self["paying_days"], self["paid_invoices"])


def capacity(span: Span) -> Any:
    """Technicians who had hours in these days, with those, and the hours that they worked: who had none is not measured."""
    worked = DaySum.objects.of(Kind.TECHNICIAN).within(span).filter(key=OuterRef("pk")).grouped("key")
    hours = Subquery(worked.annotate(of=Sum("hours")).values("of"), output_field=querysets.HOURS)
    rows: Any = querysets.available(span)
    return rows.filter(available__gt=0).annotate(
        worked=Coalesce(hours, ZERO, output_field=querysets.HOURS),
        share=ExpressionWrapper(F("worked") * 100 / F("available"), output_field=querysets.HOURS),
    )


def named(kind: str) -> QuerySet:
    """Who or what a key of `kind` is, with its `label` in the language of the page."""
    return {
        Kind.CUSTOMER: Customer.objects.annotate(label=F("name")),
        Kind.TYPE: RequestType.objects.named(),
        Kind.TECHNICIAN: Technician.objects.annotate(label=F("user__name")),
    }[Kind(kind)]


def totals(span: Span, kind: str = Kind.COMPANY, key: int = 0) -> Totals:
    return Totals(DaySum.objects.of(kind, key).within(span).sums())


def by_key(kind: str, now: Span, before: Span, measures: tuple[str, ...] = querysets.MEASURES) -> Any:
    """A row per customer, type or technician with the sums of `now`, and the revenue of `before` beside it."""
    rows = DaySum.objects.of(kind).filter(
        Q(day__gte=now.start, day__lt=now.end) | Q(day__gte=before.start, day__lt=before.end)
    )
    return (
        rows.grouped("key")
        .annotate(
            revenue_before=Sum("revenue", filter=Q(day__gte=before.start, day__lt=before.end), default=0)
        )
        .summed(only=Q(day__gte=now.start, day__lt=now.end), measures=measures)
        .named(named(kind))
    )


def best(kind: str, now: Span, before: Span) -> Any:
    """The first rows of `by_key` by revenue. What only those show is asked of those only: their names, and what they brought before."""
    earlier = DaySum.objects.of(kind).within(before).filter(key=OuterRef("key")).grouped("key")
    return (
        DaySum.objects.of(kind)
        .within(now)
        .grouped("key")
        .summed(measures=EUROS)
        .exclude(revenue=0, labour=0, parts=0)
        .named(named(kind))
        .annotate(revenue_before=Subquery(earlier.annotate(of=Sum("revenue")).values("of")))
        .order_by("-revenue", "key")[:KEPT_ROWS]
    )


def by_month(span: Span, kind: str = Kind.COMPANY, key: int = 0) -> Any:
    """A row per month with its sums."""
    return DaySum.objects.of(kind, key).within(span).by_month().summed()


def figures(choice: Choice) -> dict[str, Any]:
    """Every figure of the page for this choice. No older than a minute."""
    now = clock.now()
    key = choice, get_language() or ""
    kept = _kept.get(key)
    if kept is None or not timedelta(0) <= now - kept["at"] < KEEP:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        kept = _kept[key] = _compute(choice)
    return kept


def _compute(choice: Choice) -> dict[str, Any]:
    today, now = clock.today(), clock.now()
    span, before = choice.period.counted(today), choice.period.before(today)
    year = rules.months_shown(choice.period, today)
    where = None
    if choice.scope == Scope():
        catch_up()
        where = terms(now)
    asked = compiled(("finance", choice, where), lambda: _questions(choice, today, where), now=now)
    together(*asked.values())
    row: dict[str, Any] = next(iter(asked["sums"]), {})
    ageing = querysets.ageing(asked["ages"])
    overdue = ageing.pop(querysets.LATE)
    return {
        "now": Totals({name: row.get(f"now_{name}", ZERO) for name in querysets.MEASURES}),
        "then": Totals({name: row.get(f"then_{name}", ZERO) for name in querysets.MEASURES}),
        "capacity": _used(asked["capacity"]),
        "capacity_then": _used(asked["capacity_then"]),
        "bars": _bars(year, list(asked["months"])),
        "tables": {kind: [_row(one) for one in asked[kind]] for kind in _tables(choice.scope)},
        "outstanding": sum(ageing.values(), ZERO),
        "ageing": ageing,
        "overdue": overdue,
        "leaks": asked["leaks"].value,
        "leak_count": asked["leak_count"].value,
        "phases": phases(with_empty(asked["stages"])) if where else [],
        "span": span,
        "before": before,
        "at": now,
    }


def _questions(choice: Choice, today: date, where: Terms | None) -> dict[str, Any]:
    """All that the figures are read from; with `where`, also what stands in each stage of the pipeline."""
    scope, span, before = choice.scope, choice.period.counted(today), choice.period.before(today)
    in_span = Q(day__gte=span.start, day__lt=span.end)
    in_before = Q(day__gte=before.start, day__lt=before.end)
    risk = Leak.objects.at_risk()
    found = {
        "sums": DaySum.objects.of(scope.kind, scope.key)
        .filter(in_span | in_before)
        .grouped("kind")
        .summed(only=in_span, prefix="now_")
        .summed(only=in_before, prefix="then_"),
        "months": by_month(rules.months_shown(choice.period, today), scope.kind, scope.key)
        .order_by("month")
        .values("month", "revenue", "labour", "parts"),
        "leaks": sum_of(risk, "amount"),
        "leak_count": number_of(risk),
        "capacity": capacity(span).values("worked", "available"),
        "capacity_then": capacity(before).values("worked", "available"),
        "ages": querysets.by_age(today),
    }
    if where:
        found["stages"] = where.standing(Given("now", DateTimeField())).by_stage()
    return found | {kind: best(kind, span, before) for kind in _tables(scope)}


def _tables(scope: Scope) -> list[str]:
    """Beside a customer, type or technician there is nothing to set it against but its own months and jobs."""
    return [Kind.CUSTOMER, Kind.TYPE, Kind.TECHNICIAN] if scope.kind == Kind.COMPANY else []


def _row(found: dict[str, Any]) -> Totals:
    """Of a table: who brought nothing before has no sum of before."""
    return Totals(found | {"revenue_before": found["revenue_before"] or ZERO})


def _used(rows: Iterable[dict[str, Decimal]]) -> Decimal | None:
    """What was worked of the hours that all of them had together."""
    found = list(rows)
    worked, available = (sum((row[name] for row in found), ZERO) for name in ("worked", "available"))
    return percentage(worked, available)


def _bars(year: Span, series: list[dict[str, Any]]) -> list[rules.Bar]:
    found = {row["month"]: (row["revenue"], row["labour"] + row["parts"]) for row in series}
    return rules.bars(
        [(month, *found.get(month, (ZERO, ZERO))) for month in rules.months(year.start, year.end)]
    )


def waiting(phase: Phase) -> Decimal:
    """What of a phase waits past its limit."""
    return sum((one.late_total for one in phase.places), ZERO)
