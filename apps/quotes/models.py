"""An offer to a customer: versions that freeze when sent, and the answer that the customer gave."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock, money
from apps.core.chain import ChainKey
from apps.core.fields import HoursField, MoneyField, PercentageField, QuantityField, UnitPriceField
from apps.core.models import Stateful, Versioned, one_of
from apps.core.ordering import InOrder
from apps.core.search import SearchWords
from apps.customers.models import Contact, Customer, Site
from apps.documents.models import StoredFile
from apps.intake.models import Request, RequestType
from apps.materials.models import Material, Unit
from apps.pricing.models import HOURLY, RateKind, VatCategory, VatCode
from apps.quotes import states
from apps.quotes.querysets import LinkQuerySet, QuoteQuerySet, TemplateQuerySet
from apps.workorders.models import BillingBasis, SlaClass, WorkOrder
from apps.workorders.states import WorkOrderStatus

PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class Quote(Stateful):
    """The offer, through all its versions. `current` is the version that counts."""

    steps = states.STEPS
    events = states.EVENTS

    number = models.CharField(_("number"), max_length=20, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name=_("site"))
    request = models.ForeignKey(
        Request, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("request")
    )
    type = models.ForeignKey(RequestType, models.PROTECT, related_name="+", verbose_name=_("type of work"))
    work_order = models.OneToOneField(
        WorkOrder, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("work order")
    )
    # Empty only for as long as its first version is being made.
    current: "models.OneToOneField[QuoteVersion | None, QuoteVersion]" = models.OneToOneField(  # type: ignore[assignment, misc]
        "QuoteVersion", models.PROTECT, null=True, related_name="+", verbose_name=_("current version")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=states.QuoteStatus, default=states.QuoteStatus.DRAFT
    )
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reminded_at = models.DateTimeField(null=True)
    search_words = SearchWords()

    objects = QuoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering = ["-created_at", "-id"]
        constraints = [one_of("status", states.QuoteStatus, "quote_status")]
        indexes = [
            models.Index(fields=["status", "-created_at"], name="quote_by_status"),
            models.Index(fields=["-created_at", "-id"], name="quote_newest"),
            models.Index(InOrder("number"), name="quote_in_order"),
            models.Index(
                fields=["id"],
                condition=Q(status="accepted", work_order__isnull=True),
                name="quote_without_job",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def tone(self) -> str:
        return states.TONES[states.QuoteStatus(self.status)]

    @property
    def next_action(self) -> Any:
        return states.NEXT_ACTIONS.get(states.QuoteStatus(self.status), "")

    @property
    def is_draft(self) -> bool:
        return self.status == states.QuoteStatus.DRAFT

    @property
    def has_no_job(self) -> bool:
        """Accepted, and nobody is going to carry it out: there is no work order, or it was cancelled."""
        is_dead = self.work_order is None or self.work_order.status == WorkOrderStatus.CANCELLED
        return self.status == states.QuoteStatus.ACCEPTED and is_dead

    @property
    def chain_key(self) -> ChainKey:
        orders = (self.work_order_id,) if self.work_order_id else ()
        return ChainKey(request_id=self.request_id, work_order_ids=orders)


class QuoteVersion(models.Model):
    """What is offered. Once sent, Postgres refuses every change: `content_hash` covers `content`.

    `revision` counts the changes of a draft: who saves says which one they saw. The sums are those of the
    lines without options; the function that writes lines writes them too.
    """

    quote = models.ForeignKey(Quote, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=120)
    introduction = models.TextField(_("introduction"), blank=True)
    scope = models.TextField(_("scope of the work"), blank=True)
    terms = models.TextField(_("terms"), blank=True)
    notes = models.TextField(
        _("notes for the technician"),
        blank=True,
        help_text=_("Not shown to the customer; goes to the work order."),
    )
    billing_basis = models.CharField(
        _("billing basis"), max_length=12, choices=BillingBasis, default=BillingBasis.FIXED_PRICE
    )
    sold_hours = HoursField(_("sold hours"), default=0, validators=[MinValueValidator(0)])
    sla_class = models.ForeignKey(
        SlaClass, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("SLA class")
    )
    valid_until = models.DateField(_("valid until"))
    deposit_percentage = PercentageField(_("deposit on acceptance (%)"), default=0, validators=PERCENT)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    net = MoneyField(_("net"), default=0)
    vat = MoneyField(_("VAT"), default=0)
    total = MoneyField(_("total"), default=0)
    # Filled in when the version is sent, and frozen with it.
    content: "models.JSONField[Any, Any]" = models.JSONField(null=True)  # type: ignore[assignment]
    content_hash = models.CharField(max_length=64, blank=True)
    frozen_at = models.DateTimeField(_("sent at"), null=True)
    revision = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("version of a quote")
        verbose_name_plural = _("versions of quotes")
        ordering = ["quote", "number"]
        constraints = [
            models.UniqueConstraint(fields=["quote", "number"], name="quote_version_once"),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True) | (Q(content__isnull=False) & ~Q(content_hash="")),
                name="sent_version_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quote} v{self.number}"

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None


# Units in which work is sold. A day is one of a technician.
HOURS_IN: dict[str, int] = {Unit.HOUR: 1, Unit.DAY: 8}


class LineKind(models.TextChoices):
    LABOUR = "labour", _("Labour")
    MATERIAL = "material", _("Material")
    TEXT = "text", _("Free text")
    CALL_OUT = "call_out", _("Call-out")


class PricedLineModel(models.Model):
    """The fields that every priced line of a quote or a template has."""

    position = models.PositiveIntegerField()
    section = models.CharField(_("section"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=LineKind, default=LineKind.TEXT)
    description = models.CharField(_("description"), max_length=300)
    material = models.ForeignKey(Material, models.PROTECT, null=True, blank=True, related_name="+")
    rate_kind = models.CharField(max_length=10, choices=RateKind, blank=True)
    quantity = QuantityField(_("quantity"), default=1)
    unit = models.CharField(_("unit"), max_length=3, choices=Unit, default=Unit.PIECE)
    unit_price = UnitPriceField(_("unit price"))
    discount = PercentageField(_("discount (%)"), default=0, validators=PERCENT)
    optional = models.BooleanField(_("optional"), default=False)
    vat_code = models.ForeignKey(VatCode, models.PROTECT, related_name="+", verbose_name=_("VAT"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.description


class QuoteLine(PricedLineModel):
    """One line of an offer. VAT category and rate are copied from the code when the line is made."""

    version = models.ForeignKey(QuoteVersion, models.CASCADE, related_name="lines")
    unit_cost = UnitPriceField(_("unit cost"), default=0)
    vat_category = models.CharField(max_length=2, choices=VatCategory)
    vat_rate = PercentageField()
    price_source = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("line of a quote")
        verbose_name_plural = _("lines of quotes")
        ordering = ["version", "position", "id"]
        constraints = [
            one_of("kind", LineKind, "quote_line_kind"),
            models.CheckConstraint(
                condition=Q(discount__gte=0, discount__lte=100), name="quote_line_discount"
            ),
            # A reduction is a negative quantity: an e-invoice knows no negative price (EN 16931, BR-27).
            models.CheckConstraint(condition=Q(unit_price__gte=0, unit_cost__gte=0), name="quote_line_price"),
        ]

    @property
    def priced(self) -> money.PricedLine:
        """The line as the totals see it."""
        return money.PricedLine(
            self.quantity, self.unit_price, self.vat_category, self.vat_rate, self.discount
        )

    @property
    def net(self) -> Decimal:
        return self.priced.net

    @property
    def hours(self) -> Decimal:
        """The hours of work that it sells. Travel is planned by the way there, not by what is asked for it."""
        if self.kind != LineKind.LABOUR or self.rate_kind not in ("", *HOURLY):
            return Decimal(0)
        return self.quantity * HOURS_IN.get(self.unit, 0)

    @property
    def cost(self) -> Decimal:
        """What the line costs the company; only for whoever may see margins."""
        return money.cents(self.quantity * self.unit_cost)


class QuoteLink(models.Model):
    """The private address of one sent version, for one addressee. Only the hash of its token is kept."""

    version = models.ForeignKey(QuoteVersion, models.PROTECT, related_name="links")
    # Empty when the office hands the address or the PDF over itself.
    to_address = models.EmailField(_("to"), blank=True)
    to_name = models.CharField(_("name"), max_length=120, blank=True)
    nonce = models.UUIDField(unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    first_opened_at = models.DateTimeField(_("first opened"), null=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("private link to a quote")
        verbose_name_plural = _("private links to quotes")

    def __str__(self) -> str:
        return str(self.version)


class Acceptance(models.Model):
    """The customer's yes: to which content, with which options, by whom, how signed. Never changes."""

    version = models.OneToOneField(QuoteVersion, models.PROTECT, related_name="acceptance")
    name = models.CharField(_("name"), max_length=120)
    signature = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    # ids of the optional lines that the customer ticked
    options = models.JSONField(default=list)
    # exactly what was shown and agreed, and its hash: `manage.py verify_acceptance` computes it again
    shown = models.JSONField()
    shown_hash = models.CharField(max_length=64)
    net = MoneyField()
    vat = MoneyField()
    total = MoneyField()
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")

    def __str__(self) -> str:
        return f"{self.version} {self.name}"


class QuoteTemplate(Versioned):
    """A quote to start from."""

    counted = ("lines",)

    name = models.CharField(_("name"), max_length=80, unique=True)
    # In which its texts and lines are written: a quote is in its customer's.
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="nl")
    title = models.CharField(_("title"), max_length=120)
    introduction = models.TextField(_("introduction"), blank=True)
    scope = models.TextField(_("scope of the work"), blank=True)
    terms = models.TextField(_("terms"), blank=True)
    billing_basis = models.CharField(
        _("billing basis"), max_length=12, choices=BillingBasis, default=BillingBasis.FIXED_PRICE
    )
    sold_hours = HoursField(_("sold hours"), default=0, validators=[MinValueValidator(0)])
    deposit_percentage = PercentageField(_("deposit on acceptance (%)"), default=0, validators=PERCENT)
    type = models.ForeignKey(
        RequestType,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("type of work"),
    )
    active = models.BooleanField(_("active"), default=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("quote template")
        verbose_name_plural = _("quote templates")
        ordering = ["name__by_name"]

    def __str__(self) -> str:
        return self.name


class TemplateLine(PricedLineModel):
    """A line of a template. Without a price of its own it takes the catalogue's when it is used."""

    template = models.ForeignKey(QuoteTemplate, models.CASCADE, related_name="lines")
    unit_price = UnitPriceField(_("unit price"), null=True, blank=True)  # type: ignore[assignment]

    class Meta:
        verbose_name = _("line of a template")
        verbose_name_plural = _("lines of templates")
        ordering = ["template", "position"]
