"""The doors to invoices."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Case, DecimalField, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from apps.core.search import SearchedRows
from apps.invoicing import rules
from apps.messaging.models import Message

AMOUNT = DecimalField(max_digits=12, decimal_places=2)
ZERO = Value(Decimal("0.00"), output_field=AMOUNT)

# Of these statuses what is open is late once it is due: the customer was asked. Of a credited one a payment bounced.
LATE = ("sent", "credited")
ASKED = Q(status__in=["issued", "sent"], kind="invoice", payable__gt=0)


def _sum(rows: models.QuerySet, key: str, field: str) -> Coalesce:
    total = rows.order_by().values(key).annotate(total=Sum(field)).values("total")
    return Coalesce(Subquery(total, output_field=AMOUNT), ZERO)


def _overdue(day: date) -> Q:
    return Q(status__in=LATE, due_date__lt=day)


def mails_under_way() -> models.QuerySet:
    """Mails about invoices that have still to leave."""
    return Message.objects.under_way().filter(about_type="invoicing.invoice")


class InvoiceQuerySet(SearchedRows, models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("see_prices") else self.none()

    def issued(self) -> Self:
        """Numbered: everything but drafts and cancelled drafts."""
        return self.exclude(number=None)

    def issued_this(self, period: str, today: date) -> Self:
        """Issued since the "week", or the "month", of `today` began."""
        began = today - timedelta(days=today.weekday()) if period == "week" else today.replace(day=1)
        return self.issued().filter(issue_date__gte=began)

    def drafts(self) -> Self:
        return self.filter(status="draft")

    def unpaid(self) -> Self:
        """Something has still to come in: the action that takes the last cent, by payment or credit, makes it paid.

        Of a credited invoice that is a refund of which the payment bounced afterwards.
        """
        invoices: Any = self.model
        asked = invoices.objects.filter(ASKED).order_by()
        bounced = invoices.objects.filter(
            status="credited", kind="invoice", payments__reverses__isnull=False
        ).order_by()
        # A union finds each by its index, where OR would read every invoice that there ever was.
        return self.filter(
            pk__in=asked.values("pk").union(bounced.with_open().filter(open__gt=0).values("pk"))
        )

    def overdue(self, day: date) -> Self:
        """As `rules.is_overdue`. One that was never sent is not overdue: nobody asked for it."""
        return self.unpaid().filter(_overdue(day))

    def remindable(self, day: date) -> Self:
        """As `rules.reminder_due`: late, and the days before its first or next reminder have passed."""
        invoices: Any = self.model
        sent = invoices._meta.get_field("reminders").related_model.objects.filter(invoice=OuterRef("pk"))
        rows = self.overdue(day).filter(status="sent")
        rows = rows.annotate(reminded=Coalesce(Subquery(sent.order_by("-step").values("step")[:1]), 0))
        due = Q(reminded=0, due_date__lte=day - timedelta(days=rules.REMINDER_AFTER[0]))
        for steps in range(1, len(rules.REMINDER_AFTER)):
            last = sent.filter(at__date__lte=day - rules.days_between(steps), step=steps)
            after = day - timedelta(days=rules.REMINDER_AFTER[steps])
            due |= Q(Exists(last), reminded=steps, due_date__lte=after)
        return rows.filter(due)

    def outstanding(self, day: date) -> tuple[Decimal, Decimal]:
        """Euros that customers have still to pay, credits taken off: in all, and of that what is overdue."""
        found = (
            self.unpaid()
            .with_open()
            .aggregate(total=Sum("open", default=0), overdue=Sum("open", filter=_overdue(day), default=0))
        )
        return found["total"], found["overdue"]

    def owed(self) -> Self:
        """Money of the customer's that we hold: paid too much, or paid and credited."""
        invoices: Any = self.model
        payments: Any = invoices._meta.get_field("payments").related_model
        too_much = payments.objects.order_by().values("invoice").annotate(sum=Sum("amount"))
        return (
            self.filter(
                Q(pk__in=too_much.filter(sum__gt=F("invoice__payable")).values("invoice"))
                | Q(pk__in=invoices.objects.filter(credits__isnull=False).order_by().values("credits"))
            )
            .with_open()
            .filter(open__lt=0)
        )

    def unsettled(self) -> Self:
        """Of which anything is open, either way."""
        return self.filter(
            Q(pk__in=self.unpaid().values("pk")) | Q(pk__in=self.owed().values("pk"))
        ).with_open()

    def unsent(self) -> Self:
        """Issued, and no mail with it is on its way."""
        return self.filter(status="issued").exclude(pk__in=mails_under_way().values("about_id"))

    def waiting(self) -> Self:
        """Somebody has to do something with them: issue or send."""
        rows = self.filter(status__in=["draft", "issued"])
        return rows.exclude(pk__in=mails_under_way().values("about_id"))

    def bookable(self) -> Self:
        """Paid, not yet booked."""
        return self.filter(status="paid").exclude(facts__kind="booked")

    def complete(self) -> Self:
        """Archived: paid, delivered and booked."""
        return self.filter(status="paid").filter(facts__kind="delivered").filter(facts__kind="booked")

    def with_open(self) -> Self:
        """Each with `paid`, `credited` and `open`, in euros. What `rules.open_amount` says, in SQL."""
        invoices: Any = self.model
        payments: Any = invoices._meta.get_field("payments").related_model
        return self.annotate(
            paid=_sum(payments.objects.filter(invoice=OuterRef("pk")), "invoice", "amount"),
            credited=_sum(
                invoices.objects.filter(credits=OuterRef("pk"), number__isnull=False), "credits", "payable"
            ),
        ).annotate(
            open=Case(
                When(Q(status__in=["draft", "cancelled"]) | Q(kind="credit_note"), then=ZERO),
                When(status="credited", then=ZERO - F("paid")),
                default=F("payable") - F("credited") - F("paid"),
                output_field=AMOUNT,
            )
        )
