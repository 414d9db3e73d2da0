"""What the figures of finance are added up from, and the sums of each day. Kept by the database: docs/algorithms/finance.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.fields import MoneyField
from apps.customers.models import Customer
from apps.finance.querysets import DaySumQuerySet, EntryQuerySet
from apps.intake.models import RequestType
from apps.invoicing.models import Invoice
from apps.quotes.models import Quote
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder


def _derived(to: type[models.Model], *, null: bool = True) -> models.ForeignKey:
    """What is derived holds nothing back: when its record goes, it is counted anew."""
    return models.ForeignKey(to, models.DO_NOTHING, null=null, db_constraint=False, related_name="+")


def _count() -> models.IntegerField:
    return models.IntegerField(default=0)


def _euros() -> MoneyField:
    return MoneyField(default=0)


def _hours() -> models.DecimalField:
    return models.DecimalField(max_digits=12, decimal_places=3, default=0)


class Measures(models.Model):
    """Everything that is added up, each by a day of its own: `rules.MEASURES` says by which."""

    revenue = _euros()
    labour = _euros()
    parts = _euros()
    written_off = _euros()
    hours = _hours()
    cost_hours = _hours()
    spent_hours = _hours()
    sold_hours = _hours()
    jobs_done = _count()
    sla_known = _count()
    sla_met = _count()
    billed_jobs = _count()
    billing_days = _count()
    paid_invoices = _count()
    paying_days = _count()
    quotes_closed = _count()
    quotes_won = _count()
    quotes_answered = _count()
    answer_days = _count()

    class Meta:
        abstract = True


class Entry(Measures):
    """What one job, one invoice (of lines without a job) or one quote adds to the sums of a day."""

    work_order = _derived(WorkOrder)
    invoice = _derived(Invoice)
    quote = _derived(Quote)
    customer = _derived(Customer, null=False)
    type = _derived(RequestType)
    technician = _derived(Technician)
    day = models.DateField(_("day"))

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of finance")
        verbose_name_plural = _("entries of finance")
        indexes = [
            models.Index(fields=["day"], name="finance_entry_day"),
            models.Index(fields=["customer", "day"], name="finance_entry_customer"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(work_order__isnull=False, invoice__isnull=True, quote__isnull=True)
                    | models.Q(work_order__isnull=True, invoice__isnull=False, quote__isnull=True)
                    | models.Q(work_order__isnull=True, invoice__isnull=True, quote__isnull=False)
                ),
                name="entry_of_one_record",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.work_order_id or self.invoice_id or self.quote_id}"


class Kind(models.TextChoices):
    COMPANY = "company", _("Company")
    CUSTOMER = "customer", _("Customer")
    TYPE = "type", _("Type of work")
    TECHNICIAN = "technician", _("Technician")


class DaySum(Measures):
    """The sums of one day, for the company and for each customer, type and technician. Only triggers write it.

    `key` is the id of the customer, type or technician; 0 is the company, or what has no type or technician.
    """

    kind = models.CharField(max_length=10, choices=Kind)
    key = models.BigIntegerField()
    day = models.DateField(_("day"))

    objects = DaySumQuerySet.as_manager()

    class Meta:
        verbose_name = _("sums of a day")
        verbose_name_plural = _("sums of days")
        constraints = [models.UniqueConstraint(fields=["kind", "day", "key"], name="one_sum_a_day")]
        indexes = [models.Index(fields=["kind", "key", "day"], name="day_sum_of_one")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.day}"


class Mark(models.Model):
    """A record that changed since its entries were made. Only triggers add one; the worker takes them away."""

    work_order = models.BigIntegerField(null=True)
    invoice = models.BigIntegerField(null=True)
    quote = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("record to add up anew")
        verbose_name_plural = _("records to add up anew")

    def __str__(self) -> str:
        return str(self.work_order or self.invoice or self.quote)
