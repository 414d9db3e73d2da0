"""Evidence beside expectation, and the ledger of billables: each thing done has exactly one fate."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.fields import MoneyField, PercentageField, QuantityField, UnitPriceField
from apps.core.models import Stateful, one_of
from apps.field.models import ExtraWork, MaterialUsage, TimeEntry, Visit
from apps.maintenance.models import JobPrice
from apps.materials.models import Unit
from apps.pricing.models import RateKind, VatCategory, VatCode
from apps.quotes.models import QuoteLine
from apps.review import rules, states
from apps.review.querysets import (
    BillableQuerySet,
    ConcernQuerySet,
    ExtraWorkOfferQuerySet,
    ReviewQuerySet,
)
from apps.workorders.models import WorkOrder


class Review(Stateful):
    """The office's judgement of one job."""

    steps = states.STEPS
    events = states.EVENTS

    work_order = models.OneToOneField(WorkOrder, models.PROTECT, related_name="+")
    status = models.CharField(
        _("status"), max_length=10, choices=states.ReviewStatus, default=states.ReviewStatus.OPEN
    )
    opened_at = models.DateTimeField(default=clock.now)
    sent_back_at = models.DateTimeField(_("returned at"), null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [one_of("status", states.ReviewStatus, "review_status")]

    def __str__(self) -> str:
        return f"{self.work_order}"


class Fate(models.TextChoices):
    PENDING = "pending", _("Pending")
    BILLABLE = "billable", _("To invoice")
    INCLUDED = "included", _("Included")
    WRITTEN_OFF = "written_off", _("Written off")


class BillableKind(models.TextChoices):
    TIME = "time", _("Time")
    MATERIAL = "material", _("Material")
    EXTRA_WORK = "extra_work", _("Extra work")
    AGREED = "agreed", _("Agreed")
    CALL_OUT = "call_out", _("Call-out")
    DEPOSIT = "deposit", _("Deposit")
    CORRECTION = "correction", _("Correction")
    # Typed on an invoice, and credited: it is open again with the job.
    FREE = "free", _("Free line")


class Billable(models.Model):
    """One piece of evidence, or of what was agreed, priced and with its fate."""

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=BillableKind)
    time_entry = models.ForeignKey(TimeEntry, models.PROTECT, null=True, related_name="+")
    # Recorded time is priced in pieces where its price changes: when this piece of it began.
    starts_at = models.DateTimeField(null=True)
    material_usage = models.ForeignKey(MaterialUsage, models.PROTECT, null=True, related_name="+")
    extra_work = models.ForeignKey(ExtraWork, models.PROTECT, null=True, related_name="+")
    quote_line = models.ForeignKey(QuoteLine, models.PROTECT, null=True, related_name="+")
    job_price = models.ForeignKey(JobPrice, models.PROTECT, null=True, related_name="+")
    # A correction after approval: adds to or takes from what stands, and never edits it.
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    description = models.CharField(_("description"), max_length=300)
    # As recorded, beside what is charged: a correction or rounding leaves the original visible.
    recorded_quantity = QuantityField(_("recorded"))
    quantity = QuantityField(_("quantity"))
    unit = models.CharField(_("unit"), max_length=3, choices=Unit)
    unit_price = UnitPriceField(_("unit price"))
    # What the price list, or the agreement, asked when the billable was made. A reviewer changes the price, not this.
    list_price = UnitPriceField(_("list price"))
    # What the price list asks, where the customer signed another price for what was recorded (`review.agreements`).
    book_price = UnitPriceField(null=True)
    # Of time: the kind of hour.
    rate_kind = models.CharField(max_length=10, choices=RateKind, blank=True, db_default="")
    unit_cost = UnitPriceField(_("unit cost"), default=0)
    discount = PercentageField(_("discount (%)"), default=0)
    vat_code = models.ForeignKey(VatCode, models.PROTECT, related_name="+")
    vat_category = models.CharField(max_length=2, choices=VatCategory)
    vat_rate = PercentageField()
    price_source = models.CharField(max_length=60, blank=True)
    net = models.GeneratedField(
        expression=Round(F("quantity") * F("unit_price") * (100 - F("discount")) / 100, precision=2),
        output_field=MoneyField(),
        db_persist=True,
    )
    # The evidence itself, whatever is charged for it: the ledger's left side.
    recorded_net = models.GeneratedField(
        expression=Round(F("recorded_quantity") * F("list_price") * (100 - F("discount")) / 100, precision=2),
        output_field=MoneyField(),
        db_persist=True,
    )
    fate = models.CharField(_("fate"), max_length=12, choices=Fate, default=Fate.PENDING)
    # Why the machine proposes this fate; the reason is a person's.
    proposal = models.CharField(_("proposal"), max_length=16, choices=states.Proposal, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # Stands on a live line of an invoice, a draft included. Only the database writes it (`invoicing/sql/claims.sql`).
    claimed = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=clock.now)

    objects = BillableQuerySet.as_manager()

    class Meta:
        verbose_name = _("billable")
        verbose_name_plural = _("billables")
        ordering = ["work_order", "id"]
        constraints = [
            one_of("fate", Fate, "billable_fate"),
            one_of("kind", BillableKind, "billable_kind"),
            models.CheckConstraint(
                condition=~Q(fate="written_off") | (~Q(reason="") & Q(decided_at__isnull=False)),
                name="write_off_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | ~Q(fate="pending"), name="decided_is_not_pending"
            ),
            models.CheckConstraint(
                condition=~Q(kind="deposit") | Q(fate__in=["billable", "included"]),
                name="deposit_is_asked_or_left",
            ),
            models.UniqueConstraint(
                fields=["work_order", "vat_category", "vat_rate"],
                condition=Q(kind="deposit", corrects__isnull=True),
                name="one_deposit_per_rate",
            ),
            models.UniqueConstraint(
                fields=["corrects"], condition=Q(kind="deposit"), name="one_deduction_per_deposit"
            ),
            *[
                models.UniqueConstraint(
                    fields=[source], condition=Q(corrects__isnull=True), name=f"one_billable_per_{source}"
                )
                for source in ("time_entry", "material_usage", "extra_work", "quote_line", "job_price")
            ],
        ]
        indexes = [
            models.Index(fields=["work_order", "fate"], name="billable_by_fate"),
            models.Index(
                fields=["work_order"],
                condition=Q(fate__in=["pending", "billable"], claimed=False),
                name="billable_open",
            ),
            models.Index(
                fields=["work_order"],
                condition=Q(kind="deposit", fate="billable", claimed=False),
                name="deposit_open",
            ),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def look(self) -> str:
        """What the review shows of it: see `review.looks`."""
        return rules.look(
            self.pk, self.fate, self.quantity, self.unit_price, self.discount, self.vat_code_id, self.reason,
            self.decided_at,
        )  # fmt: skip

    @property
    def tone(self) -> str:
        return states.FATE_TONES[self.fate]

    @property
    def is_deduction(self) -> bool:
        """Takes off what was asked beforehand."""
        return self.kind == BillableKind.DEPOSIT and self.corrects_id is not None

    @property
    def is_priced_here(self) -> bool:
        """No list, and no agreement, says what it is worth: a person in the review does."""
        return self.price_source in ("", rules.SET_HERE)

    @property
    def as_agreed(self) -> bool:
        """Recorded, and asked at the price that the customer signed."""
        return rules.is_agreed(self.price_source)


class StaleJob(models.Model):
    """A job whose evidence or agreement changed since its billables were made. Only triggers write it."""

    work_order = models.OneToOneField(WorkOrder, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("job to count anew")
        verbose_name_plural = _("jobs to count anew")

    def __str__(self) -> str:
        return str(self.work_order_id)


class Decision(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    CORRECTED = "corrected", _("Corrected")
    RETURNED = "returned", _("Returned")


class Finding(models.Model):
    """What the reviewer decided on one item of evidence. A later finding supersedes; none is edited."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="findings")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    decision = models.CharField(_("decision"), max_length=10, choices=Decision)
    before = models.CharField(max_length=300, blank=True)
    after = models.CharField(max_length=300, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    # The concern that was judged: other facts, and it is to be judged again.
    facts = models.CharField(max_length=32, blank=True)
    worth = MoneyField(_("worth"), null=True)
    # The newest about its item. The database takes no second one, and changes nothing else of a finding.
    standing = models.BooleanField(default=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["at", "id"]
        constraints = [
            one_of("decision", Decision, "finding_decision"),
            models.CheckConstraint(
                condition=Q(decision="accepted") | ~Q(reason=""), name="finding_has_a_reason"
            ),
            models.CheckConstraint(condition=Q(facts="") | ~Q(reason=""), name="judged_concern_has_a_reason"),
            models.UniqueConstraint(
                fields=["review", "subject_type", "subject_id"],
                condition=Q(standing=True),
                name="one_standing_finding_per_item",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}: {self.decision}"


class Concern(models.Model):
    """The view `review_concern`: what nobody may approve before a person judged it, and whether somebody did."""

    id = models.CharField(max_length=60, primary_key=True)
    work_order = models.ForeignKey(WorkOrder, models.DO_NOTHING, related_name="+")
    kind = models.CharField(max_length=20, choices=states.ConcernKind)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    visit = models.ForeignKey(Visit, models.DO_NOTHING, null=True, related_name="+")
    words = models.TextField()
    facts = models.CharField(max_length=32)
    worth = MoneyField()
    open = models.BooleanField()

    objects = ConcernQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "review_concern"
        ordering = ["id"]
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")

    def __str__(self) -> str:
        return states.concern_text(self.kind, self.words)


class ExtraWorkOffer(Stateful):
    """Extra work with its price, put to the customer by a private link."""

    steps = states.OFFER_STEPS

    extra_work = models.ForeignKey(ExtraWork, models.PROTECT, related_name="+")
    description = models.TextField(_("description"))
    quantity = QuantityField(_("quantity"))
    unit = models.CharField(_("unit"), max_length=3, choices=Unit)
    unit_price = UnitPriceField(_("unit price"))
    vat_code = models.ForeignKey(VatCode, models.PROTECT, related_name="+", verbose_name=_("VAT"))
    net = MoneyField()
    vat = MoneyField()
    total = MoneyField()
    # What it may cover of recorded parts at their list price: those that it was made for, or what it asks above its
    # hours. Unknown of offers from before: those cover all.
    for_parts = MoneyField(null=True, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=states.OfferStatus, default=states.OfferStatus.SENT
    )
    nonce = models.UUIDField(unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(default=clock.now)
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=120, blank=True)

    objects = ExtraWorkOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer of extra work")
        verbose_name_plural = _("offers of extra work")
        constraints = [
            one_of("status", states.OfferStatus, "extra_work_offer_status"),
            models.UniqueConstraint(
                fields=["extra_work"],
                condition=Q(status__in=["sent", "approved"]),
                name="one_live_offer_per_extra_work",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "declined"]) | Q(answered_at__isnull=False),
                name="answered_offer_says_when",
            ),
        ]

    def __str__(self) -> str:
        return self.description[:60]

    @property
    def tone(self) -> str:
        return states.OFFER_TONES[self.status]
