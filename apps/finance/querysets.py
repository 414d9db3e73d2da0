"""The doors to the sums of finance, and the figures that are read from the invoices themselves."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import (
    Case,
    DateField,
    DecimalField,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, TruncMonth

from apps.core.models import AuditEvent
from apps.finance.rules import Span
from apps.invoicing.models import Invoice
from apps.invoicing.querysets import LATE as LATE_STATUSES
from apps.technicians.models import Technician

MEASURES = (
    "revenue", "labour", "parts", "written_off", "hours", "cost_hours", "spent_hours", "sold_hours", "jobs_done",
    "sla_known", "sla_met", "billed_jobs", "billing_days", "paid_invoices", "paying_days", "quotes_closed", "quotes_won",
    "quotes_answered", "answer_days",
)  # fmt: skip
# How long ago unpaid invoices should have been paid, in days: from, up to and including.
LATE = "late"
BUCKETS = {
    "not_due": (None, 0),
    "30": (1, 30),
    "60": (31, 60),
    "90": (61, 90),
    "older": (91, None),
    LATE: (1, None),
}  # fmt: skip
HOURS = DecimalField(max_digits=12, decimal_places=3)


class MeasuresQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("see_finance") else self.none()

    def within(self, span: Span) -> Self:
        return self.filter(day__gte=span.start, day__lt=span.end)

    def grouped(self, *fields: str) -> Any:
        """A row for each value of these fields."""
        return self.order_by().values(*fields)

    def summed(
        self, *, only: Q | None = None, prefix: str = "", measures: tuple[str, ...] = MEASURES
    ) -> Self:
        """Grouped rows with the sum of each measure; `only` counts some of the days."""
        return self.annotate(**{f"{prefix}{name}": Sum(name, filter=only, default=0) for name in measures})

    def sums(self) -> dict[str, Decimal]:
        found: dict[str, Decimal] = self.aggregate(
            **{f"of_{name}": Sum(name, default=0) for name in MEASURES}
        )
        return {name: found[f"of_{name}"] for name in MEASURES}


class EntryQuerySet(MeasuresQuerySet):
    def narrowed(self, scope: dict[str, int]) -> Self:
        """Of a customer, type, technician or job; 0 is what has none."""
        rows = self
        for name, key in scope.items():
            rows = rows.filter(**({f"{name}_id": key} if key else {f"{name}__isnull": True}))
        return rows

    def with_any(self, *measures: str) -> Self:
        """Entries that say something of one of these measures."""
        says = Q()
        for name in measures:
            says |= ~Q(**{name: 0})
        return self.filter(says)

    def by_record(self) -> Any:
        """One row per job, invoice or quote, with the last of its days."""
        return (
            self.order_by()
            .values("work_order_id", "invoice_id", "quote_id", "customer_id")
            .annotate(
                number=Coalesce(
                    F("work_order__number"), F("invoice__number"), F("quote__number"), output_field=models.TextField()
                ),
                name=F("customer__name"),
                title=Coalesce(F("work_order__title"), Value("")),
                last=models.Max("day"),
            )
        )  # fmt: skip

    def with_reason(self) -> Any:
        """Rows of quotes with the reason that was given for the last of what happened to each."""
        events = AuditEvent.objects.filter(
            subject_type="quotes.quote", subject_id=OuterRef("quote_id"), after=OuterRef("quote__status")
        )
        return self.annotate(reason=Subquery(events.order_by("-at", "-id").values("reason")[:1]))


class DaySumQuerySet(MeasuresQuerySet):
    def of(self, kind: str, key: int | None = None) -> Any:
        rows = self.filter(kind=kind)
        return rows if key is None else rows.filter(key=key)

    def named(self, named: QuerySet) -> Any:
        """Grouped rows with the name of each key; `named` has a `label` per primary key. After the sums: asked once a group."""
        return self.annotate(name=Subquery(named.filter(pk=OuterRef("key")).values("label")[:1]))

    def by_month(self) -> Any:
        return self.order_by().values(month=Cast(TruncMonth("day"), DateField()))


def available(span: Span) -> QuerySet[Technician]:
    """Technicians in service with the hours that they have in these days: pattern less holidays and absences."""
    # Of all of them at once, as a query of its own: asked once, not for each of them.
    everybody = Func(
        Value(span.start, output_field=DateField()), Value(span.end, output_field=DateField()), Value(settings.TIME_ZONE),
        template="(SELECT wt_available(%(expressions)s))", output_field=models.JSONField(),
    )  # fmt: skip
    key = Cast(F("pk"), models.TextField())
    hours = Func(everybody, key, function="jsonb_extract_path_text", output_field=models.TextField())
    return Technician.objects.filter(active=True).annotate(
        available=Coalesce(Cast(hours, HOURS), Value(Decimal(0)), output_field=HOURS)
    )


def outstanding(today: date) -> tuple[Decimal, Decimal]:
    """What customers still have to pay, VAT included, credits taken off: in all, and of that what is overdue."""
    return Invoice.objects.outstanding(today)


def unpaid() -> Any:
    """Invoices of which something has still to come in, with `open`."""
    return Invoice.objects.unpaid().with_open()


def aged(today: date, bucket: str) -> Q:
    """Those of a bucket. One that was never sent is not late, whatever its date says: nobody asked for it."""
    since, until = BUCKETS[bucket]
    if since is None:
        return ~Q(status__in=LATE_STATUSES) | Q(due_date__gte=today)
    aged = Q(status__in=LATE_STATUSES, due_date__lte=today - timedelta(days=since))
    return aged if until is None else aged & Q(due_date__gte=today - timedelta(days=until))


def by_age(today: date) -> Any:
    """A row with what is `owed`, VAT included, for each of `BUCKETS` but "late", which are those that are due together."""
    ages = [When(aged(today, name), then=Value(name)) for name in BUCKETS if name != LATE]
    return unpaid().order_by().values(age=Case(*ages)).annotate(owed=Sum("open"))


def ageing(rows: Iterable[dict[str, Any]]) -> dict[str, Decimal]:
    """Of rows `by_age` what is open per bucket, "late" included. All but "late" together are `outstanding`."""
    found = {row["age"]: row["owed"] for row in rows}
    owed = {name: found.get(name, Decimal(0)) for name in BUCKETS}
    return owed | {LATE: sum((owed[name] for name in BUCKETS if name not in ("not_due", LATE)), Decimal(0))}
