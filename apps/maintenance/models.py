"""Maintenance contracts: what is serviced where and how often, for which price, and the visits that come of it."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.fields import HoursField, MoneyField, PercentageField
from apps.core.models import Versioned, one_of
from apps.customers.models import Customer, Equipment, Site
from apps.intake.models import RequestType
from apps.maintenance import rules
from apps.maintenance.querysets import (
    OFF_PLAN,
    OVER,
    ContractQuerySet,
    ContractSiteQuerySet,
    ContractVisitQuerySet,
)
from apps.pricing.models import VatCategory, VatCode
from apps.workorders.models import JobForm, WorkOrder

LONGEST = 120  # months between two visits


class Contract(Versioned):
    """An agreement to come every so many months. What a visit costs stands in `ContractPrice`."""

    counted = ("sites", "prices")
    events = {
        "create": _("Contract made"),
        "change": _("Changed"),
        "end": _("Ended"),
        "generate": _("Visits made"),
        "withdraw": _("Visit withdrawn"),
        "skip": _("Visit skipped"),
        "move": _("Visit moved"),
        "again": _("Visit made again"),
    }

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    title = models.CharField(_("name"), max_length=120)
    type = models.ForeignKey(RequestType, models.PROTECT, related_name="+", verbose_name=_("type of work"))
    job_form = models.ForeignKey(
        JobForm, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("job form")
    )
    interval_months = models.PositiveSmallIntegerField(
        _("every so many months"), default=12, validators=[MinValueValidator(1), MaxValueValidator(LONGEST)]
    )
    # The months in which a visit may be made; none is the whole year.
    season = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("season"), default=list, blank=True
    )
    hours = HoursField(_("expected hours"), default=1, validators=[MinValueValidator(0)])
    scope = models.TextField(_("scope"), blank=True)
    notes = models.TextField(_("notes for the technician"), blank=True)
    starts_on = models.DateField(_("start"), default=clock.today)
    # Since when the interval and the season are as they are: nothing is made up for the time before.
    rhythm_since = models.DateField(editable=False)
    ends_on = models.DateField(_("end"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("maintenance contract")
        verbose_name_plural = _("maintenance contracts")
        ordering = ["title", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(interval_months__gte=1, interval_months__lte=LONGEST), name="contract_interval"
            ),
            models.CheckConstraint(
                condition=Q(season__contained_by=list(range(1, 13))), name="contract_season_is_months"
            ),
            models.CheckConstraint(condition=Q(hours__gt=0), name="contract_visit_takes_time"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")) | ~Q(end_reason=""),
                name="contract_ends_after_it_starts",
                violation_error_message=_("It ends before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(end_reason="") | Q(ends_on__isnull=False), name="ended_contract_says_when"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.ends_on is not None and self.ends_on < clock.today()

    @property
    def ended(self) -> bool:
        """Whether somebody ended it, now or at a later day."""
        return bool(self.end_reason)

    @property
    def state(self) -> Any:
        if self.is_over:
            return _("Ended")
        return _("Running") if self.customer.active else _("Customer out of use")

    @property
    def tone(self) -> str:
        return "neutral" if self.is_over else "green" if self.customer.active else "amber"

    def window(self, due: date) -> tuple[date, date]:
        """When a visit that is due in this month may be made."""
        return rules.window(
            due,
            interval=self.interval_months,
            season=self.season,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
        )

    def due_after(self, last: date | None) -> date:
        """The month of the visit that follows the one of `last`."""
        if last is None:
            return rules.due_first(self.rhythm_since, self.season)
        return rules.due_next(
            last, interval=self.interval_months, season=self.season, since=self.rhythm_since
        )


class ContractPrice(models.Model):
    """What is asked for a visit. Visits that are made already keep theirs."""

    contract = models.OneToOneField(Contract, models.CASCADE, related_name="prices")
    price = MoneyField(_("price per visit"))
    vat_code = models.ForeignKey(VatCode, models.PROTECT, related_name="+", verbose_name=_("VAT"))

    class Meta:
        verbose_name = _("price of a contract")
        verbose_name_plural = _("prices of contracts")
        constraints = [models.CheckConstraint(condition=Q(price__gte=0), name="contract_price_not_negative")]

    def __str__(self) -> str:
        return str(self.price)


class ContractSite(models.Model):
    """A site of a contract, with what is serviced there."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="sites")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    left_on = models.DateField(_("no longer part of it since"), null=True)

    objects = ContractSiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site of a contract")
        verbose_name_plural = _("sites of contracts")
        ordering = ["site__city", "site__street", "id"]
        constraints = [models.UniqueConstraint(fields=["contract", "site"], name="contract_site_once")]

    def __str__(self) -> str:
        return str(self.site)

    @property
    def equipment(self) -> list[Equipment]:
        """What is serviced here. Prefetch `devices__equipment`."""
        return [one.equipment for one in self.devices.all()]


class ContractDevice(models.Model):
    """A device that is serviced at a site of a contract."""

    place = models.ForeignKey(ContractSite, models.CASCADE, related_name="devices")
    equipment = models.ForeignKey(Equipment, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("equipment of a contract")
        verbose_name_plural = _("equipment of contracts")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["place", "equipment"], name="contract_device_once")]

    def __str__(self) -> str:
        return str(self.equipment)


class ContractVisit(Versioned):
    """One visit to one site, due in one month: at most one, whatever is run again."""

    place = models.ForeignKey(ContractSite, models.PROTECT, related_name="visits")
    # The first day of the month by which the rhythm counts; where it was moved to says the window.
    due = models.DateField(_("due"))
    window_from = models.DateField(_("from"))
    window_until = models.DateField(_("until"))
    work_order = models.OneToOneField(WorkOrder, models.PROTECT, related_name="+")
    skipped_at = models.DateTimeField(_("skipped"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = ContractVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("maintenance visit")
        verbose_name_plural = _("maintenance visits")
        ordering = ["window_from", "id"]
        constraints = [
            models.UniqueConstraint(fields=["place", "due"], name="contract_visit_once"),
            models.CheckConstraint(condition=Q(due__day=1), name="contract_visit_due_in_a_month"),
            models.CheckConstraint(
                condition=Q(window_until__gte=F("window_from")),
                name="contract_visit_window",
                violation_error_message=_("The window ends before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(skipped_at=None) | ~Q(reason=""), name="skipped_visit_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["window_from", "id"], name="contract_visit_by_window")]

    def __str__(self) -> str:
        return f"{self.place.contract}, {self.due:%Y-%m}"

    @property
    def is_done(self) -> bool:
        return self.work_order.status in OVER

    @property
    def is_owed(self) -> bool:
        return self.skipped_at is None and not self.is_done

    @property
    def is_on_plan(self) -> bool:
        """Whether the planner is asked before it goes."""
        return self.is_owed and self.work_order.status not in OFF_PLAN

    @property
    def is_overdue(self) -> bool:
        return self.is_owed and self.window_until < clock.today()

    @property
    def has_no_job(self) -> bool:
        """Its job was cancelled, and nobody skipped the visit."""
        return self.is_owed and self.work_order.status == "cancelled"

    @property
    def state(self) -> Any:
        if self.skipped_at:
            return _("Skipped")
        return _("Job cancelled") if self.has_no_job else self.work_order.get_status_display()

    @property
    def tone(self) -> str:
        if self.skipped_at:
            return "neutral"
        return "red" if self.has_no_job or self.is_overdue else self.work_order.tone


class JobPrice(models.Model):
    """What was agreed for one job without a quote, as the contract said when the job was made: never changed."""

    work_order = models.OneToOneField(WorkOrder, models.PROTECT, related_name="+")
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="+")
    description = models.CharField(_("description"), max_length=300)
    price = MoneyField(_("price"))
    vat_code = models.ForeignKey(VatCode, models.PROTECT, related_name="+", verbose_name=_("VAT"))
    vat_category = models.CharField(max_length=2, choices=VatCategory)
    vat_rate = PercentageField()
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("agreed price of a job")
        verbose_name_plural = _("agreed prices of jobs")
        constraints = [
            one_of("vat_category", VatCategory, "job_price_vat_category"),
            models.CheckConstraint(condition=Q(price__gte=0), name="job_price_not_negative"),
        ]

    def __str__(self) -> str:
        return self.description
