"""Invoices: numbered and frozen at issue. What happens to one afterwards stands in rows of its own."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.chain import ChainKey
from apps.core.fields import MoneyField, PercentageField, QuantityField, UnitPriceField
from apps.core.formats import price_places
from apps.core.models import Stateful, one_of
from apps.core.money import PricedLine
from apps.core.ordering import InOrder
from apps.core.search import SearchWords
from apps.customers.models import Customer
from apps.documents.models import StoredFile
from apps.invoicing import states
from apps.invoicing.querysets import InvoiceQuerySet
from apps.materials.models import Unit
from apps.pricing.models import VatCategory, VatCode
from apps.review.models import Billable
from apps.workorders.models import WorkOrder


class InvoiceKind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")


class Invoice(Stateful):
    """A bill or a credit note. A credit note's amounts are positive: its kind says that they are taken off."""

    steps = states.STEPS
    events = states.EVENTS

    kind = models.CharField(_("kind"), max_length=12, choices=InvoiceKind, default=InvoiceKind.INVOICE)
    number = models.CharField(_("number"), max_length=20, unique=True, null=True)  # noqa: DJ001
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    credits = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="credit_notes", verbose_name=_("credits")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=states.InvoiceStatus, default=states.InvoiceStatus.DRAFT
    )
    reference = models.CharField(_("your reference"), max_length=60, blank=True)
    note = models.TextField(_("text on the invoice"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    payment_term_days = models.PositiveSmallIntegerField(_("payment term (days)"), default=14)
    delivered_on = models.DateField(_("work done on"), null=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # Written at issue and frozen from then on, all data of both parties included: the law wants them as they were.
    issued_at = models.DateTimeField(_("issued at"), null=True)
    issue_date = models.DateField(_("date"), null=True)
    due_date = models.DateField(_("due date"), null=True)
    seller = models.JSONField(null=True)
    buyer = models.JSONField(null=True)
    net = MoneyField(_("net"), default=0)
    vat = MoneyField(_("VAT"), default=0)
    total = MoneyField(_("total"), default=0)
    prepaid = MoneyField(_("already paid"), default=0)
    payable = MoneyField(_("to pay"), default=0)
    search_words = SearchWords()

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-created_at", "-id"]
        constraints = [
            one_of("status", states.InvoiceStatus, "invoice_status"),
            one_of("kind", InvoiceKind, "invoice_kind"),
            models.CheckConstraint(
                condition=(
                    Q(status__in=["draft", "cancelled"], number__isnull=True)
                    | Q(
                        number__isnull=False, issued_at__isnull=False, issue_date__isnull=False,
                        seller__isnull=False, buyer__isnull=False,
                    )
                ),
                name="numbered_when_issued",
            ),
            models.CheckConstraint(
                condition=Q(kind="credit_note") ^ Q(credits__isnull=True), name="credit_note_credits_an_invoice"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["status", "-created_at"], name="invoice_by_status"),
            models.Index(fields=["-created_at", "-id"], name="invoice_newest"),
            models.Index(InOrder("number"), name="invoice_in_order"),
            models.Index(fields=["issue_date"], name="invoice_by_date"),
            models.Index(
                fields=["due_date"], name="invoice_unpaid", condition=Q(status__in=["issued", "sent"])
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("draft"))

    @property
    def tone(self) -> str:
        return states.TONES[states.InvoiceStatus(self.status)]

    @property
    def is_credit_note(self) -> bool:
        return self.kind == InvoiceKind.CREDIT_NOTE

    @property
    def chain_key(self) -> ChainKey:
        """The jobs on this invoice, and the request of the first that has one."""
        orders = list(
            WorkOrder.objects.filter(pk__in=self.lines.exclude(work_order=None).values("work_order"))
            .order_by("pk")
            .values_list("pk", "request_id")
        )
        request_id = next((request for _pk, request in orders if request), None)
        return ChainKey(request_id, tuple(pk for pk, _request in orders))


class InvoiceLine(models.Model):
    """One line. `live` says that it claims its billable; a credit note makes it false, and nothing else can."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    billable = models.ForeignKey(Billable, models.PROTECT, null=True, related_name="+")
    work_order = models.ForeignKey(WorkOrder, models.PROTECT, null=True, related_name="+")
    credited_line = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    # The credited line that this one of a draft asks for anew.
    rebills = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    # The line of a deposit's invoice that this one takes off, or of a credit note: took off.
    deducts = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    live = models.BooleanField(default=True)
    description = models.CharField(_("description"), max_length=300)
    quantity = QuantityField(_("quantity"))
    unit = models.CharField(_("unit"), max_length=3, choices=Unit)
    unit_price = UnitPriceField(_("unit price"))
    discount = PercentageField(_("discount (%)"), default=0)
    # Of a typed line: what was chosen, so that its VAT can follow the customer. Category and rate are what was found.
    vat_code = models.ForeignKey(VatCode, models.PROTECT, null=True, related_name="+")
    vat_category = models.CharField(max_length=2, choices=VatCategory)
    vat_rate = PercentageField()
    net = MoneyField(_("net"))
    # Why a typed line asks less than nothing: a discount. Of a credit note: why what it takes back is given up.
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("line of an invoice")
        verbose_name_plural = _("lines of invoices")
        ordering = ["invoice", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["billable"], condition=Q(live=True), name="billable_on_one_live_invoice_line"
            ),
            models.CheckConstraint(
                condition=Q(net__gte=0) | Q(billable__isnull=False) | ~Q(reason=""),
                name="discount_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["work_order"], name="invoice_line_work_order")]

    def __str__(self) -> str:
        return self.description

    @property
    def is_free(self) -> bool:
        """Typed in by the office; every other line charges a billable, whose price is locked."""
        return self.billable_id is None

    @property
    def price_places(self) -> int:
        return price_places(self.unit_price)

    @property
    def priced(self) -> PricedLine:
        return PricedLine(self.quantity, self.unit_price, self.vat_category, self.vat_rate, self.discount)


class VatLine(models.Model):
    """VAT per category and rate: what is printed, sent and exported reads these rows."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="vat_lines")
    category = models.CharField(_("category"), max_length=2, choices=VatCategory)
    rate = PercentageField(_("rate (%)"))
    base = MoneyField(_("base"))
    vat = MoneyField(_("VAT"))

    class Meta:
        verbose_name = _("VAT of an invoice")
        verbose_name_plural = _("VAT of invoices")
        ordering = ["invoice", "-rate", "category"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "category", "rate"], name="vat_line_once_per_rate")
        ]

    def __str__(self) -> str:
        return f"{self.rate} % {self.vat}"


class InvoiceDocument(models.Model):
    """The files of an issued invoice, made once."""

    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="document")
    pdf = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    ubl = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("document of an invoice")
        verbose_name_plural = _("documents of invoices")

    def __str__(self) -> str:
        return str(self.invoice)


class FactKind(models.TextChoices):
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    BOOKED = "booked", _("Booked")


class InvoiceFact(models.Model):
    """Something that became true of an invoice, and who said so."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="facts")
    kind = models.CharField(_("kind"), max_length=10, choices=FactKind)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("fact about an invoice")
        verbose_name_plural = _("facts about invoices")
        ordering = ["at"]
        constraints = [
            one_of("kind", FactKind, "invoice_fact_kind"),
            models.UniqueConstraint(fields=["invoice", "kind"], name="invoice_fact_once"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} {self.kind}"


class PaymentMethod(models.TextChoices):
    BANK = "bank", _("Bank transfer")
    PIN = "pin", _("PIN on site")
    CASH = "cash", _("Cash on site")
    ONLINE = "online", _("Online")
    SET_OFF = "set_off", _("Set off")


class Payment(models.Model):
    """Money that came in for an invoice; negative when it went back. Never changed: a wrong one is reversed."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    amount = MoneyField(_("amount"))
    method = models.CharField(_("method"), max_length=10, choices=PaymentMethod, default=PaymentMethod.BANK)
    paid_on = models.DateField(_("paid on"))
    reference = models.CharField(_("reference"), max_length=140, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    # Set off: the row that took the money off another invoice of the customer. Postgres keeps the two each other's.
    taken_from = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["paid_on", "id"]
        constraints = [
            one_of("method", PaymentMethod, "payment_method"),
            models.CheckConstraint(condition=~Q(amount=0), name="payment_is_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} {self.amount}"

    @property
    def is_reversed(self) -> bool:
        return type(self).objects.filter(reverses=self).exists()


class PayLink(models.Model):
    """The private address where the customer reads and pays an invoice. Killed with the invoice."""

    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="pay_link")
    nonce = models.UUIDField(unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=clock.now)
    killed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("pay link")
        verbose_name_plural = _("pay links")

    def __str__(self) -> str:
        return str(self.invoice)


class Reminder(models.Model):
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="reminders")
    step = models.PositiveSmallIntegerField(_("step"))
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [models.UniqueConstraint(fields=["invoice", "step"], name="reminder_step_once")]

    def __str__(self) -> str:
        return f"{self.invoice} {self.step}"


class LedgerRow(models.Model):
    """The view `invoicing_ledger`: recorded = invoiced + included + written off + corrected + open, per job, in euros."""

    work_order = models.OneToOneField(WorkOrder, models.DO_NOTHING, primary_key=True, related_name="+")
    recorded = MoneyField()
    invoiced = MoneyField()
    included = MoneyField()
    written_off = MoneyField()
    corrected = MoneyField()
    open = MoneyField()
    cost = MoneyField()
    recorded_hours = models.DecimalField(max_digits=12, decimal_places=3)
    invoiced_hours = models.DecimalField(max_digits=12, decimal_places=3)
    included_hours = models.DecimalField(max_digits=12, decimal_places=3)
    written_off_hours = models.DecimalField(max_digits=12, decimal_places=3)
    open_hours = models.DecimalField(max_digits=12, decimal_places=3)
    recorded_parts = models.DecimalField(max_digits=12, decimal_places=3)
    open_parts = models.DecimalField(max_digits=12, decimal_places=3)
    recorded_extra = models.DecimalField(max_digits=12, decimal_places=3)
    open_extra = models.DecimalField(max_digits=12, decimal_places=3)

    class Meta:
        managed = False
        db_table = "invoicing_ledger"
