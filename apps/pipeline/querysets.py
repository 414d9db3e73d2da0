"""The door to the pipeline. The view knows no present: `at` says where each row stands at a moment."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DecimalField,
    DurationField,
    Exists,
    F,
    Func,
    JSONField,
    OuterRef,
    Q,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Round

from apps.customers.models import Customer
from apps.pipeline.states import STAGES

EUROS = DecimalField(max_digits=14, decimal_places=2)
NOTHING = Value(Decimal("0.00"), output_field=EUROS)


def _limit(limits: dict[str, timedelta | None]) -> Cast:
    """How long money may stand in the row's stage, or NULL. Looked up, as a stage is an expression of its own each time."""
    known = {name: f"{limit.total_seconds()} seconds" for name, limit in limits.items() if limit is not None}
    found = Func(Value(known, output_field=JSONField()), F("stage"), function="jsonb_extract_path_text")
    return Cast(found, DurationField())


def _after(day: str) -> Func:
    """When a day is over where the company is."""
    over = Func(F(day), template="(%(expressions)s + 1)::timestamp", output_field=DateTimeField())
    return Func(Value(settings.TIME_ZONE), over, function="timezone", output_field=DateTimeField())


class PipelineQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("see_prices") else self.none()

    def at(
        self, now: datetime | Combinable, today: date, *, hour: Decimal, limits: dict[str, timedelta | None]
    ) -> Self:
        """Each row with its `stage`, since when it `waits`, its `amount` in euros without VAT, and whether it is `late`.

        `hour` is what an hour of work is asked at; `limits` says how long money may stand in a stage.
        """
        moment = now if isinstance(now, Combinable) else Value(now)
        rows = self.annotate(
            stage=Case(
                When(turns_at__lte=now, then=F("turns_into")),
                When(due__lt=today, then=Value("overdue")),
                default=F("place"),
                output_field=models.TextField(),
            ),
            waits=Case(
                When(turns_at__lte=now, then=F("turns_at")),
                When(due__lt=today, then=_after("due")),
                default=F("since"),
                output_field=DateTimeField(),
            ),
            amount=Round(F("net") + F("hours") * Value(hour), precision=2, output_field=EUROS),
        )
        return rows.annotate(
            late=Case(When(waits__lte=moment - _limit(limits), then=Value(True)), default=Value(False))
        )

    def by_stage(self) -> Any:
        """A row for each stage in which something stands, of rows that `at` placed."""
        return (
            self.order_by()
            .values("stage")
            .annotate(
                count=Count("pk"),
                total=Coalesce(Sum("amount"), NOTHING),
                late_count=Count("pk", filter=Q(late=True)),
                late_total=Coalesce(Sum("amount", filter=Q(late=True)), NOTHING),
                receivable=Coalesce(Sum("gross"), NOTHING),
            )
        )

    def sums(self) -> dict[str, dict[str, Any]]:
        """Of rows that `at` placed: per stage the number, the euros, the euros past the limit, and what is owed."""
        return with_empty(self.by_stage())

    def search(self, text: str) -> Self:
        """By the record's number or by its customer."""
        named = Customer.objects.search(text).filter(pk=OuterRef("customer"))
        return self.filter(Q(label__icontains=text) | Exists(named))


def with_empty(by_stage: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The sums of every stage by its name, also of those in which nothing stands."""
    found = {row["stage"]: row for row in by_stage}
    empty = {
        "count": 0, "total": Decimal(0), "late_count": 0, "late_total": Decimal(0), "receivable": Decimal(0)
    }  # fmt: skip
    return {name: found.get(name, empty | {"stage": name}) for name in STAGES}
