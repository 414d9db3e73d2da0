"""From the first call to what the technician found."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from apps.core import clock
from apps.core.chain import ChainKey
from apps.core.fields import HoursField, QuantityField
from apps.core.models import Stateful, Versioned, one_of
from apps.core.ordering import InOrder
from apps.core.search import SearchWords
from apps.customers.models import Contact, Customer, Site
from apps.documents.models import StoredFile
from apps.intake import states
from apps.intake.querysets import FormSettingsQuerySet, RequestQuerySet, RequestTypeQuerySet
from apps.materials.models import Material
from apps.technicians.models import Skill, Technician


class Source(models.TextChoices):
    WEB = "web", _("Web form")
    PHONE = "phone", _("Telephone")
    REFERRAL = "referral", _("Referral")
    EMAIL = "email", _("E-mail")


class Urgency(models.TextChoices):
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


class DayPart(models.TextChoices):
    ANY = "any", _("Any time")
    MORNING = "morning", _("Morning")
    AFTERNOON = "afternoon", _("Afternoon")


class Execution(models.TextChoices):
    """What the work needs, in the technician's judgement."""

    ONE = "one", _("One technician")
    TWO = "two", _("Two technicians")
    SPECIALIST = "specialist", _("Specialist")


class Advice(models.TextChoices):
    QUOTE = "quote", _("Make a quote")
    WORK_ORDER = "work_order", _("Make a work order")
    DISCUSS = "discuss", _("Discuss first")


class RequestType(Versioned):
    """A kind of work that the company is asked for."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    name_nl = models.CharField(_("name in Dutch"), max_length=80)
    skill = models.ForeignKey(
        Skill, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("skill needed")
    )
    minutes = models.PositiveSmallIntegerField(_("usual length of an intake visit (minutes)"), default=60)
    public = models.BooleanField(_("on the public form"), default=True)
    services = models.BooleanField(_("counts as a service of the equipment"), default=False)
    active = models.BooleanField(_("active"), default=True)

    objects = RequestTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("request type")
        verbose_name_plural = _("request types")
        ordering = ["name__by_name"]

    def __str__(self) -> str:
        dutch = (get_language() or "").startswith("nl")
        return self.name_nl if dutch and self.name_nl else self.name


class Request(Stateful):
    """A customer asks for something."""

    steps = states.STEPS
    events = {
        "create": _("Request received"),
        "customer_use": _("Joined to a customer that was here already"),
        "photos": _("Photos added"),
        "appointment_confirm": _("Appointment confirmed by the customer"),
        "change_ask": _("Another time or cancellation asked by the customer"),
    }

    number = models.CharField(_("number"), max_length=20, unique=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="requests", verbose_name=_("customer")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="requests", verbose_name=_("site"))
    type = models.ForeignKey(RequestType, models.PROTECT, related_name="+", verbose_name=_("type of request"))
    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.PHONE)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency, default=Urgency.NORMAL)
    description = models.TextField(_("short description"), max_length=2000)
    preferred_from = models.DateField(_("preferred from"), null=True, blank=True)
    preferred_until = models.DateField(_("preferred until"), null=True, blank=True)
    preferred_part = models.CharField(
        _("part of the day"), max_length=10, choices=DayPart, default=DayPart.ANY
    )
    technician = models.ForeignKey(
        Technician,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("intake technician"),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=states.RequestStatus, default=states.RequestStatus.NEW
    )
    created_at = models.DateTimeField(_("received on"), default=clock.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    search_words = SearchWords()

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["-created_at", "-id"]
        default_permissions = ()
        permissions = [("execute_request", "execute the intake visit")]
        constraints = [
            one_of("status", states.RequestStatus, "request_status"),
            one_of("source", Source, "request_source"),
            one_of("urgency", Urgency, "request_urgency"),
            models.CheckConstraint(
                condition=models.Q(preferred_until__isnull=True)
                | models.Q(preferred_until__gte=models.F("preferred_from")),
                name="request_window_in_order",
                violation_error_message=_("The window ends before it starts."),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-created_at"], name="request_by_status"),
            models.Index(fields=["-created_at", "-id"], name="request_newest"),
            models.Index(InOrder("number"), name="request_in_order"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def tone(self) -> str:
        return states.TONES.get(self.status, "")  # type: ignore[call-overload]

    @property
    def next_action(self) -> Any:
        return states.NEXT_ACTIONS.get(self.status, "")  # type: ignore[call-overload]

    @property
    def technician_label(self) -> Any:
        """The status in the technician's words."""
        return states.TECHNICIAN_LABELS.get(self.status) or self.get_status_display()  # type: ignore[call-overload]

    @property
    def is_open_for_report(self) -> bool:
        return self.status in states.REPORTABLE

    @property
    def chain_key(self) -> ChainKey:
        return ChainKey(request_id=self.pk)


class RequestUserObjectPermission(UserObjectPermissionBase):
    """Who may execute which intake visit. Written by `planning.actions` only."""

    content_object = models.ForeignKey(Request, models.CASCADE)


class RequestPhoto(models.Model):
    """A photo that came with the request."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="photos")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    def __str__(self) -> str:
        return self.file.name


class IntakeReport(Versioned):
    """What the technician found and advises. Handed in when the request is *received*."""

    request = models.OneToOneField(Request, models.PROTECT, related_name="report")
    technician = models.ForeignKey(Technician, models.PROTECT, related_name="+")
    note = models.TextField(_("short note"), blank=True)
    hours = HoursField(_("estimated hours"), null=True, blank=True)
    execution = models.CharField(_("execution needed"), max_length=10, choices=Execution, blank=True)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency, default=Urgency.NORMAL)
    advice = models.CharField(_("advice to the office"), max_length=10, choices=Advice, blank=True)
    handed_in_at = models.DateTimeField(_("handed in at"), null=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("intake report")
        verbose_name_plural = _("intake reports")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(handed_in_at__isnull=True)
                | (
                    ~models.Q(note="")
                    & ~models.Q(execution="")
                    & ~models.Q(advice="")
                    & models.Q(hours__gte=0)
                ),
                name="handed_in_report_is_complete",
            )
        ]

    def __str__(self) -> str:
        return str(self.request)


class MaterialEstimate(models.Model):
    """A part that the work will need, in the technician's estimate."""

    report = models.ForeignKey(IntakeReport, models.CASCADE, related_name="materials")
    material = models.ForeignKey(Material, models.PROTECT, related_name="+", verbose_name=_("material"))
    quantity = QuantityField(_("quantity"))

    class Meta:
        verbose_name = _("material estimate")
        verbose_name_plural = _("material estimates")
        constraints = [
            models.UniqueConstraint(fields=["report", "material"], name="estimate_once_per_material"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="estimate_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.material}"


class IntakePhoto(models.Model):
    """A photo of the situation. `key` is made by the phone, so that a resent photo is not a second one."""

    report = models.ForeignKey(IntakeReport, models.CASCADE, related_name="photos")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    key = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("photo of the situation")
        verbose_name_plural = _("photos of the situation")

    def __str__(self) -> str:
        return self.file.name


class FieldUse(models.TextChoices):
    OFF = "off", _("Not asked")
    OPTIONAL = "optional", _("Asked, may be left empty")
    REQUIRED = "required", _("Required")


class RequestFormSettings(Versioned):
    """The one row that says what the public request form asks."""

    enabled = models.BooleanField(_("the form is open"), default=True)
    intro_en = models.TextField(_("introduction in English"), blank=True, max_length=1000)
    intro_nl = models.TextField(_("introduction in Dutch"), blank=True, max_length=1000)
    thanks_en = models.TextField(_("words of thanks in English"), blank=True, max_length=1000)
    thanks_nl = models.TextField(_("words of thanks in Dutch"), blank=True, max_length=1000)
    company_name = models.CharField(
        _("company name"), max_length=10, choices=FieldUse, default=FieldUse.OPTIONAL
    )
    phone = models.CharField(_("telephone"), max_length=10, choices=FieldUse, default=FieldUse.REQUIRED)
    window = models.CharField(
        _("preferred day and time"), max_length=10, choices=FieldUse, default=FieldUse.OPTIONAL
    )
    urgency = models.CharField(_("urgency"), max_length=10, choices=FieldUse, default=FieldUse.OPTIONAL)
    photos = models.CharField(_("photos"), max_length=10, choices=FieldUse, default=FieldUse.OPTIONAL)
    max_photos = models.PositiveSmallIntegerField(
        _("most photos"), default=6, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )

    objects = FormSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = _("public request form")
        verbose_name_plural = _("public request form")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_request_form"),
            *(
                one_of(name, FieldUse, f"request_form_{name}")
                for name in ("company_name", "phone", "window", "urgency", "photos")
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @property
    def intro(self) -> str:
        return self.intro_nl if (get_language() or "").startswith("nl") else self.intro_en

    @property
    def thanks(self) -> str:
        return self.thanks_nl if (get_language() or "").startswith("nl") else self.thanks_en
