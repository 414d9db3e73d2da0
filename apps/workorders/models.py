"""The job: what is to be done, where, by when, and the form to fill in."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from guardian.models import UserObjectPermissionBase

from apps.core import clock, formats
from apps.core.chain import ChainKey
from apps.core.fields import HoursField, QuantityField
from apps.core.models import AuditEvent, Stateful, Versioned, one_of
from apps.core.ordering import InOrder
from apps.core.querysets import InUseQuerySet
from apps.core.search import SearchWords
from apps.customers.models import Contact, Customer, Equipment, Site
from apps.documents.models import AttachedFile
from apps.intake.models import DayPart, Request, RequestType, Urgency
from apps.materials.models import Material, Unit
from apps.technicians.models import Skill
from apps.workorders import rules, states
from apps.workorders.querysets import WorkOrderQuerySet


class OnThePlan(NamedTuple):
    """A technician, as a row of a list shows them."""

    name: str
    initials: str


class BillingBasis(models.TextChoices):
    """How the job is charged; what is charged stands above the price line."""

    FIXED_PRICE = "fixed_price", _("Fixed price")
    SOLD_HOURS = "sold_hours", _("Sold hours")
    ACTUALS = "actuals", _("Actual hours and materials")


class SlaClass(models.Model):
    """A promise about how soon: hours to respond and to complete, from the moment of the order."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    respond_hours = models.PositiveSmallIntegerField(_("respond within (hours)"))
    complete_hours = models.PositiveSmallIntegerField(_("complete within (hours)"))

    class Meta:
        verbose_name = _("SLA class")
        verbose_name_plural = _("SLA classes")
        ordering = ["complete_hours"]

    def __str__(self) -> str:
        return self.name


class JobForm(Versioned):
    """A checklist that the company composes itself. Its fields live in versions: a filled-in form never changes."""

    counted = ("versions",)

    name = models.CharField(_("name"), max_length=80, unique=True)
    request_type = models.ForeignKey(
        RequestType, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("used for")
    )
    active = models.BooleanField(_("active"), default=True)

    objects = InUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("job form")
        verbose_name_plural = _("job forms")
        ordering = ["name__by_name"]

    def __str__(self) -> str:
        return self.name


class JobFormVersion(models.Model):
    form = models.ForeignKey(JobForm, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    published_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("version of a job form")
        verbose_name_plural = _("versions of job forms")
        ordering = ["form", "-number"]
        constraints = [models.UniqueConstraint(fields=["form", "number"], name="job_form_version_once")]

    def __str__(self) -> str:
        return f"{self.form} {self.number}"


class FieldKind(models.TextChoices):
    TICK = "tick", _("Tick")
    NUMBER = "number", pgettext_lazy("kind of answer", "Number")
    CHOICE = "choice", _("Choice")
    TEXT = "text", _("Text")
    PHOTO = "photo", _("Photo")
    READING = "reading", _("Meter reading")


class JobFormField(models.Model):
    version = models.ForeignKey(JobFormVersion, models.CASCADE, related_name="fields")
    position = models.PositiveSmallIntegerField()
    section = models.CharField(_("section"), max_length=80, blank=True)
    label = models.CharField(_("label"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=FieldKind, default=FieldKind.TICK)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    minimum = models.DecimalField(_("at least"), max_digits=12, decimal_places=3, null=True, blank=True)
    maximum = models.DecimalField(_("at most"), max_digits=12, decimal_places=3, null=True, blank=True)
    options = models.JSONField(_("options"), default=list, blank=True)
    required = models.BooleanField(_("required"), default=True)

    class Meta:
        verbose_name = _("field of a job form")
        verbose_name_plural = _("fields of job forms")
        ordering = ["version", "position"]
        constraints = [
            one_of("kind", FieldKind, "job_form_field_kind"),
            models.UniqueConstraint(fields=["version", "position"], name="job_form_field_position"),
        ]

    def __str__(self) -> str:
        return self.label


class WorkOrder(Stateful):
    """A job for one or more technicians. Knows no amount: sold hours are time, not money."""

    steps = states.STEPS
    events = states.EVENTS

    number = models.CharField(_("number"), max_length=20, unique=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="work_orders", verbose_name=_("customer")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="work_orders", verbose_name=_("site"))
    request = models.ForeignKey(
        Request, models.PROTECT, null=True, blank=True, related_name="work_orders", verbose_name=_("request")
    )
    type = models.ForeignKey(RequestType, models.PROTECT, related_name="+", verbose_name=_("type of work"))
    title = models.CharField(_("title"), max_length=120)
    scope = models.TextField(_("scope"), blank=True)
    notes = models.TextField(_("notes for the technician"), blank=True)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency, default=Urgency.NORMAL)
    billing_basis = models.CharField(
        _("billing basis"), max_length=12, choices=BillingBasis, default=BillingBasis.ACTUALS
    )
    sold_hours = HoursField(_("sold hours"), default=0)
    # For the planning alone: a price that is fixed sells no hours, and its work takes some all the same.
    expected_hours = HoursField(_("expected hours"), default=0)
    # What whoever was there last says is left to do, and the hours that it takes: for the planning of the next visit.
    left_over = models.TextField(_("left to do"), blank=True)
    hours_left = HoursField(_("hours left"), null=True, blank=True)
    people = models.PositiveSmallIntegerField(_("technicians needed"), default=1)
    skill = models.ForeignKey(
        Skill, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("skill needed")
    )
    sla_class = models.ForeignKey(
        SlaClass, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("SLA class")
    )
    respond_by = models.DateTimeField(_("respond by"), null=True, blank=True)
    complete_by = models.DateTimeField(_("complete by"), null=True, blank=True)
    preferred_from = models.DateField(_("preferred from"), null=True, blank=True)
    preferred_until = models.DateField(_("preferred until"), null=True, blank=True)
    preferred_part = models.CharField(
        _("part of the day"), max_length=10, choices=DayPart, default=DayPart.ANY
    )
    job_form_version = models.ForeignKey(
        JobFormVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("job form")
    )
    equipment = models.ForeignKey(
        Equipment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="work_orders",
        verbose_name=_("equipment"),
    )
    # Every device that the job services; `equipment` is the first.
    serviced = models.ManyToManyField(Equipment, related_name="serviced_by", blank=True)
    confirm_to_customer = models.BooleanField(_("mail the customer the appointment"), default=True)
    status = models.CharField(
        _("status"), max_length=20, choices=states.WorkOrderStatus, default=states.WorkOrderStatus.TO_PLAN
    )
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    search_words = SearchWords()

    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        ordering = ["-created_at", "-id"]
        default_permissions = ()
        permissions = [("execute_workorder", "execute the work order")]
        constraints = [
            one_of("status", states.WorkOrderStatus, "work_order_status"),
            one_of("billing_basis", BillingBasis, "work_order_billing_basis"),
            models.CheckConstraint(condition=models.Q(sold_hours__gte=0), name="sold_hours_not_negative"),
            models.CheckConstraint(condition=models.Q(hours_left__gt=0), name="hours_left_are_some"),
            models.CheckConstraint(
                condition=models.Q(expected_hours__gte=0), name="expected_hours_not_negative"
            ),
            models.CheckConstraint(condition=models.Q(people__gte=1), name="at_least_one_technician"),
        ]
        indexes = [
            models.Index(fields=["status", "-created_at"], name="work_order_by_status"),
            models.Index(fields=["-created_at", "-id"], name="work_order_newest"),
            models.Index(InOrder("number"), name="work_order_in_order"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def technician_label(self) -> Any:
        """The status in the technician's words."""
        return states.TECHNICIAN_LABELS.get(
            states.WorkOrderStatus(self.status), states.WorkOrderStatus(self.status).label
        )

    @property
    def tone(self) -> str:
        return states.TONES.get(states.WorkOrderStatus(self.status), "neutral")

    @property
    def next_action(self) -> Any:
        """What the office does next, or nothing."""
        return states.NEXT_ACTIONS.get(states.WorkOrderStatus(self.status), "")

    @property
    def invoicing_label(self) -> Any:
        return states.INVOICING_LABELS.get(states.WorkOrderStatus(self.status), "")

    @property
    def chain_key(self) -> ChainKey:
        return ChainKey(request_id=self.request_id, work_order_ids=(self.pk,))

    @property
    def is_done(self) -> bool:
        """Whether the work on site is over, so that its clock has stopped."""
        return self.status in states.DONE

    @property
    def sla(self) -> str:
        """How the time to complete stands: none, done, fine, soon, late."""
        return rules.sla_clock(self.complete_by, clock.now(), done=self.is_done)

    @property
    def starts_at(self) -> datetime | None:
        """When the first of its visits is. Needs the rows of `for_list()`."""
        return datetime.fromisoformat(self.plan[0]["starts"]) if self.plan else None  # type: ignore[attr-defined]

    @property
    def technicians(self) -> list[OnThePlan]:
        """Who is planned on it, each once. Needs the rows of `for_list()`."""
        told = {one["who"]: one for one in self.plan}  # type: ignore[attr-defined]
        return [OnThePlan(one["name"], one["initials"]) for one in told.values()]

    @property
    def planned_time(self) -> timedelta:
        """The planned hours of all technicians together. Needs the rows of `for_detail()`."""
        lengths = (one.ends_at - one.starts_at for one in self.visits_planned)  # type: ignore[attr-defined]
        return sum(lengths, timedelta())

    def visits_movable(self, now: datetime) -> set[int]:
        """Which of its visits on the plan can be moved, or joined by a colleague. Needs the rows of `for_detail()`."""
        planned = self.visits_planned  # type: ignore[attr-defined]
        return {one.pk for one in planned if one.starts_at > now and one.movable(now)}

    @property
    def has_begun(self) -> bool:
        """Whether the first of its visits on the plan has begun. Needs the rows of `for_detail()`."""
        return any(one.starts_at <= clock.now() for one in self.visits_planned)  # type: ignore[attr-defined]

    @property
    def may_hold(self) -> bool:
        return self.may_take("put_aside")

    @property
    def may_cancel(self) -> bool:
        return self.may_take("cancel")

    @property
    def can_change(self) -> bool:
        return self.status in states.CHANGEABLE

    def may_take(self, step: str) -> bool:
        """Whether the step starts at the present status."""
        return self.status in self.steps[step].sources

    def event_detail(self, event: AuditEvent) -> str:
        """What an event in the history was about: who was planned and when, which document, which colleague."""
        data = event.data
        if "technician" in data:
            start, end = (datetime.fromisoformat(data[name]) for name in ("start", "end"))
            return f"{data['technician']}, {formats.day(start)} {formats.period(start, end)}"
        return data.get("name", "")


class WorkOrderUserObjectPermission(UserObjectPermissionBase):
    """Who may execute which job. Written by `planning.actions` only."""

    content_object = models.ForeignKey(WorkOrder, models.CASCADE)


class ToBring(models.Model):
    """Something to have in the van."""

    work_order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="to_bring")
    material = models.ForeignKey(
        Material, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("material")
    )
    description = models.CharField(_("description"), max_length=200)
    quantity = QuantityField(_("quantity"))
    unit = models.CharField(_("unit"), max_length=3, choices=Unit, default=Unit.PIECE)

    class Meta:
        verbose_name = _("to bring")
        verbose_name_plural = _("to bring")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="to_bring_is_positive")
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.description}"


class WorkOrderFile(AttachedFile):
    """A document that belongs to the job: a drawing, a manual, a letter."""

    owner = "work_order"

    work_order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="files")
