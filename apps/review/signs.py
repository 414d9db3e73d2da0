"""What is known of the jobs in the review queue, read in the same query as their rows."""

from datetime import timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from apps.core.fields import MoneyField
from apps.field.models import Deviation, ExtraWork, TimeEntry, Visit, VisitPhoto
from apps.pricing.rules import hours_of
from apps.review import rules
from apps.review.models import Billable, Review

QUEUE = ("ready_for_review", "in_review", "returned", "ready_for_invoicing")
CANCELLED = "cancelled"
UNDER_REVIEW = ("ready_for_review", "in_review", "returned")
HOUR = timedelta(hours=1)


def waiting() -> Q:
    """The jobs of the queue; a cancelled one as long as something that was recorded on it asks for money."""
    open_rows = Billable.objects.filter(fate__in=["pending", "billable"], claimed=False, quote_line=None)
    open_rows = open_rows.exclude(kind="deposit")
    return Q(status__in=QUEUE) | Q(status=CANCELLED, pk__in=open_rows.values("work_order"))


def _done(**where: Any) -> QuerySet:
    return Visit.objects.filter(work_order=OuterRef("pk"), status="finished", **where)


def _photo(kind: str) -> Exists:
    return Exists(VisitPhoto.objects.filter(visit__work_order=OuterRef("pk"), kind=kind))


def _total(rows: QuerySet, expression: Any, output: Any) -> Any:
    grouped = rows.order_by().values(group=Value(1)).annotate(total=expression).values("total")
    return Coalesce(Subquery(grouped), Value(0), output_field=output)


def with_signs(orders: QuerySet) -> QuerySet:
    """`orders` with what the risk of a review depends on, and the amount that the review is about."""
    worked = TimeEntry.objects.filter(
        visit__work_order=OuterRef("pk"), kind="work", ended_at__isnull=False
    ).annotate(lasted=ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField()))
    billables = Billable.objects.filter(work_order=OuterRef("pk"))
    # One signature is enough for all visits of a job.
    signed = Visit.objects.filter(work_order=OuterRef("pk"), sign_off__signature__isnull=False)
    return orders.annotate(
        review_status=Subquery(Review.objects.filter(work_order=OuterRef("pk")).values("status")[:1]),
        worked=Subquery(
            worked.order_by()
            .values(group=Value(1))
            .annotate(total=Sum("lasted"))
            .values("total")
        ),
        photos_missing=Case(
            When(Exists(_done()) & (~_photo("before") | ~_photo("after")), then=Value(True)), default=Value(False)
        ),
        extra_open=_total(
            ExtraWork.objects.filter(visit__work_order=OuterRef("pk"), status="waiting"),
            Count("pk"),
            DecimalField(),
        ),
        deviations_open=_total(
            Deviation.objects.filter(visit__work_order=OuterRef("pk"), followed_up_at__isnull=True),
            Count("pk"),
            DecimalField(),
        ),
        unsigned=Case(
            When(Exists(_done()) & ~Exists(signed), then=Value(True)), default=Value(False)
        ),
        unpriced=_total(billables.filter(proposal=rules.UNPRICED, fate="pending"), Count("pk"), DecimalField()),
        was_returned=Exists(
            Review.objects.filter(work_order=OuterRef("pk"), sent_back_at__isnull=False)
        ),
        pending=_total(billables.filter(fate="pending"), Count("pk"), DecimalField()),
        amount=Case(
            When(
                Exists(billables),
                then=_total(
                    billables.filter(fate__in=["pending", "billable"]),
                    Sum("net"),
                    MoneyField(),
                ),
            ),
            default=Value(None),
            output_field=MoneyField(),
        ),
    )  # fmt: skip


def risks_of(order: Any) -> list[str]:
    """The risks of a job that `with_signs` annotated."""
    return rules.risks(
        rules.Signs(
            sold_hours=order.sold_hours,
            worked_hours=hours_of(order.worked) if order.worked else rules.ZERO,
            photos_missing=order.photos_missing,
            extra_work_open=order.extra_open,
            deviations_open=order.deviations_open,
            unsigned=order.unsigned,
            unpriced=order.unpriced,
            returned=order.was_returned,
        )
    )


def with_risk(orders: QuerySet, risk: str) -> QuerySet:
    """Those of the annotated `orders` that show this sign."""
    conditions: dict[str, Q] = {
        rules.NO_PHOTO: Q(photos_missing=True),
        rules.OPEN_EXTRA: Q(extra_open__gt=0),
        rules.DEVIATION: Q(deviations_open__gt=0),
        rules.UNSIGNED: Q(unsigned=True),
        rules.NO_PRICE: Q(unpriced__gt=0),
        rules.WAS_RETURNED: Q(was_returned=True),
    }
    if risk == rules.OVER_SOLD:
        sold = ExpressionWrapper(Value(HOUR) * F("sold_hours"), output_field=DurationField())
        return orders.filter(sold_hours__gt=0, worked__gt=sold)
    return orders.filter(conditions[risk])
