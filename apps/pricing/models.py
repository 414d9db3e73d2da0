"""What things cost and what is asked for them. A price is looked up once and copied; a change touches nothing old."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.fields import MoneyField, PercentageField, UnitPriceField
from apps.core.models import Versioned, one_of
from apps.core.querysets import InUseQuerySet
from apps.materials.models import Material, Unit
from apps.pricing import rules
from apps.pricing.querysets import DatedQuerySet
from apps.technicians.models import Technician


class VatCategory(models.TextChoices):
    """UNCL 5305, as EN 16931 uses it."""

    STANDARD = "S", _("Standard or reduced rate")
    ZERO = "Z", _("Zero rate")
    EXEMPT = "E", _("Exempt")
    REVERSE_CHARGE = "AE", _("Reverse charge (btw verlegd)")


class VatCode(Versioned):
    """A rate of VAT as a company names it. Lines copy category and rate, so a change touches nothing that exists."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=60)
    category = models.CharField(
        _("category"), max_length=2, choices=VatCategory, default=VatCategory.STANDARD
    )
    rate = PercentageField(_("rate (%)"))
    is_default = models.BooleanField(_("used unless another is chosen"), default=False)
    active = models.BooleanField(_("active"), default=True)

    objects = InUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("VAT code")
        verbose_name_plural = _("VAT codes")
        ordering = ["-rate", "code"]
        constraints = [
            one_of("category", VatCategory, "vat_code_category"),
            models.CheckConstraint(
                condition=Q(category="S", rate__gt=0) | (~Q(category="S") & Q(rate=0)),
                name="only_standard_vat_has_a_rate",
                violation_error_message=_("Only the standard category has a rate above zero."),
            ),
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_vat_code"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RateKind(models.TextChoices):
    NORMAL = "normal", _("Labour")
    EVENING = "evening", _("Labour, evening")
    NIGHT = "night", _("Labour, night")
    WEEKEND = "weekend", _("Labour, weekend")
    HOLIDAY = "holiday", _("Labour, holiday")
    TRAVEL = "travel", _("Travel")
    CALL_OUT = "call_out", _("Call-out")


# The kinds that depend on the hour; and where a kind has no rate, the kinds whose rate holds instead, in turn.
HOURLY = (RateKind.NORMAL, RateKind.EVENING, RateKind.NIGHT, RateKind.WEEKEND, RateKind.HOLIDAY)
INSTEAD: dict[str, str] = {RateKind.NIGHT: RateKind.EVENING, RateKind.HOLIDAY: RateKind.WEEKEND}


class Rate(models.Model):
    """What is asked for an hour, or for a call-out."""

    kind = models.CharField(_("kind"), max_length=10, choices=RateKind)
    unit = models.CharField(_("unit"), max_length=3, choices=Unit, default=Unit.HOUR)
    price = UnitPriceField(_("price"))
    vat_code = models.ForeignKey(VatCode, models.PROTECT, related_name="+", verbose_name=_("VAT"))
    valid_from = models.DateField(_("valid from"), default=clock.today)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        ordering = ["kind", "-valid_from"]
        constraints = [
            one_of("kind", RateKind, "rate_kind"),
            models.UniqueConstraint(fields=["kind", "valid_from"], name="rate_once_per_day"),
            models.CheckConstraint(condition=Q(price__gte=0), name="rate_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.price}"


class RateWindow(models.Model):
    """On this day of the week, between two minutes of the company's clock, hours are of a kind. None set: the standard.

    Those with the same `valid_from` are a whole week: it holds from that day until the next one begins.
    """

    valid_from = models.DateField(_("valid from"))
    day = models.PositiveSmallIntegerField(_("day"), help_text=_("1 is Monday, 8 a holiday"))
    starts = models.PositiveSmallIntegerField(_("from, in minutes"))
    ends = models.PositiveSmallIntegerField(_("until, in minutes"))
    kind = models.CharField(_("kind"), max_length=10, choices=RateKind)

    class Meta:
        verbose_name = _("hours of a rate")
        verbose_name_plural = _("hours of rates")
        ordering = ["valid_from", "day", "starts"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=HOURLY), name="rate_window_kind"),
            models.CheckConstraint(condition=Q(day__gte=1, day__lte=rules.HOLIDAY), name="rate_window_day"),
            models.CheckConstraint(
                condition=Q(starts__lt=models.F("ends"), ends__lte=rules.DAY_LONG),
                name="rate_window_in_a_day",
            ),
            # No minute has two kinds.
            ExclusionConstraint(
                name="rate_windows_do_not_overlap",
                expressions=[
                    (
                        models.Func("valid_from", "valid_from", models.Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        models.Func("day", "day", models.Value("[]"), function="int4range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (models.Func("starts", "ends", function="int4range"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.starts}–{self.ends} {self.kind}"


class MaterialPrice(models.Model):
    material = models.ForeignKey(Material, models.PROTECT, related_name="+")
    cost = UnitPriceField(_("cost price"))
    price = UnitPriceField(_("sales price"))
    vat_code = models.ForeignKey(VatCode, models.PROTECT, related_name="+", verbose_name=_("VAT"))
    valid_from = models.DateField(_("valid from"), default=clock.today)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("price of a material")
        verbose_name_plural = _("prices of materials")
        ordering = ["material", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["material", "valid_from"], name="material_price_once_per_day"),
            models.CheckConstraint(
                condition=Q(cost__gte=0, price__gte=0), name="material_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.material} {self.price}"


class TechnicianRate(models.Model):
    """What an hour of this technician costs the company; `price` only when it differs from the general rate."""

    technician = models.ForeignKey(Technician, models.PROTECT, related_name="+")
    cost = UnitPriceField(_("cost per hour"))
    price = UnitPriceField(_("sales rate per hour"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), default=clock.today)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("rate of a technician")
        verbose_name_plural = _("rates of technicians")
        ordering = ["technician", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["technician", "valid_from"], name="technician_rate_once_per_day"),
            models.CheckConstraint(condition=Q(cost__gte=0), name="technician_cost_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.technician} {self.cost}"


class PricingPolicy(Versioned):
    """The company's rounding of time: recorded minutes are kept, charged minutes are rounded up to a step."""

    round_minutes = models.PositiveSmallIntegerField(_("round charged time up to (minutes)"), default=15)
    charge_travel = models.BooleanField(_("charge travel time"), default=True)
    # Giving up more than this of one item needs the right to write off.
    loss_limit = MoneyField(_("most that a reviewer gives up of one item"), default=50)

    class Meta:
        verbose_name = _("pricing policy")
        verbose_name_plural = _("pricing policy")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_pricing_policy"),
            models.CheckConstraint(
                condition=Q(round_minutes__gte=1, round_minutes__lte=60), name="rounding_step"
            ),
            models.CheckConstraint(condition=Q(loss_limit__gte=0), name="loss_limit_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.round_minutes} min"
