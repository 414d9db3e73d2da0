"""Where every euro stands, as Postgres says it, and how long it may stand there."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.fields import HoursField, MoneyField
from apps.core.models import Versioned
from apps.customers.models import Customer
from apps.invoicing.models import Invoice
from apps.pipeline.querysets import PipelineQuerySet
from apps.pipeline.states import Stage
from apps.workorders.models import WorkOrder


class Amount(models.Model):
    """Euros of a record that stand in one place. docs/algorithms/pipeline.md."""

    id = models.TextField(primary_key=True)
    place = models.TextField()
    turns_into = models.TextField(null=True)  # noqa: DJ001
    turns_at = models.DateTimeField(null=True)
    due = models.DateField(null=True)
    since = models.DateTimeField()
    record_type = models.TextField()
    record_id = models.BigIntegerField()
    label = models.TextField()
    # Kept after the fact, by the database: what is deleted takes its rows along when it is committed.
    customer = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    work_order = models.ForeignKey(
        WorkOrder, models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    net = MoneyField(max_digits=14)
    hours = HoursField(max_digits=12, decimal_places=3)
    gross = MoneyField(max_digits=14)

    objects = PipelineQuerySet.as_manager()

    class Meta:
        abstract = True
        verbose_name = _("amount in the pipeline")
        verbose_name_plural = _("amounts in the pipeline")

    def __str__(self) -> str:
        return self.label or str(self.record_id)


class PipelineRow(Amount):
    """The view `pipeline_row`: what is true, put together from the records. Read by the checks."""

    class Meta(Amount.Meta):
        managed = False
        db_table = "pipeline_row"


class Standing(Amount):
    """The same rows as a table: what the pages read. Only triggers write it, before whatever changed it is committed."""

    class Meta(Amount.Meta):
        indexes = [models.Index(fields=["record_id", "record_type"], name="standing_of_record")]


class Mark(models.Model):
    """A record of which a transaction that is not committed yet has changed the rows. Only triggers write it."""

    kind = models.TextField()
    record_id = models.BigIntegerField()
    # Of its transaction: the one that has the rows brought up to date.
    first = models.BooleanField()

    class Meta:
        verbose_name = _("record whose rows changed")
        verbose_name_plural = _("records whose rows changed")

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}"


class LedgerSums(models.Model):
    """What all lines of the ledger come to, in euros: one row, which triggers write, and `ledger_recount`. docs/algorithms/ledger.md.

    `waiting`: neither claimed by an invoice or a draft, nor included, nor written off.
    """

    recorded = MoneyField(max_digits=16)
    corrected = MoneyField(max_digits=16)
    claimed = MoneyField(max_digits=16)
    included = MoneyField(max_digits=16)
    written_off = MoneyField(max_digits=16)
    waiting = MoneyField(max_digits=16)

    class Meta:
        verbose_name = _("sums of the ledger")
        verbose_name_plural = _("sums of the ledger")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_row_of_ledger_sums")]

    def __str__(self) -> str:
        return str(self.recorded)


class StandingInvoice(models.Model):
    """An invoice or credit note that is not settled: one with a row in the pipeline. Only triggers write it."""

    invoice = models.OneToOneField(Invoice, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("invoice that is not settled")
        verbose_name_plural = _("invoices that are not settled")

    def __str__(self) -> str:
        return str(self.invoice_id)


class Limits(Versioned):
    """How many days money may stand in a stage, where the company wants it otherwise than the product does."""

    # By the name of the stage; None: for as long as it likes.
    days = models.JSONField(_("days"), default=dict)

    class Meta:
        verbose_name = _("limits of the pipeline")
        verbose_name_plural = _("limits of the pipeline")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_set_of_limits")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def of(self, stage: Stage) -> timedelta | None:
        """How long money may stand there."""
        if stage.name not in self.days or stage.limit is None:
            return stage.limit
        days = self.days[stage.name]
        return None if days is None else timedelta(days=float(days))
