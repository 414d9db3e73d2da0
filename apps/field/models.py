"""What is recorded on site: evidence. No amount is known here."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.fields import HoursField, QuantityField
from apps.core.models import Stateful, one_of
from apps.documents.models import StoredFile
from apps.field import states
from apps.field.querysets import EvidenceQuerySet, FieldEventQuerySet, VisitQuerySet
from apps.materials.models import Material
from apps.planning.models import Assignment
from apps.technicians.models import Technician
from apps.workorders.models import JobFormField, WorkOrder


class Visit(Stateful):
    """One technician's visit for one work order: the thing that the phone fills in step by step."""

    steps = states.STEPS

    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="visit")
    technician = models.ForeignKey(Technician, models.PROTECT, related_name="visits")
    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="visits")
    status = models.CharField(
        _("status"), max_length=10, choices=states.VisitStatus, default=states.VisitStatus.ASSIGNED
    )
    work_done = models.TextField(_("work done"), blank=True)
    no_materials = models.BooleanField(_("no materials used"), default=False)
    no_extra_work = models.BooleanField(_("no extra work"), default=False)
    no_deviation = models.BooleanField(_("no deviation"), default=False)
    finished_at = models.DateTimeField(null=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["assignment__period"]
        constraints = [one_of("status", states.VisitStatus, "visit_status")]

    def __str__(self) -> str:
        return f"{self.work_order} {self.technician}"


class TimeKind(models.TextChoices):
    TRAVEL = "travel", _("Travel")
    WORK = "work", _("Work")
    PAUSE = "pause", _("Pause")


class TimeEntry(models.Model):
    """A stretch of a technician's time, half-open, in UTC. The clock runs while it has no end."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="time_entries")
    kind = models.CharField(_("kind"), max_length=10, choices=TimeKind)
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("time entry")
        verbose_name_plural = _("time entries")
        ordering = ["started_at", "id"]
        constraints = [
            one_of("kind", TimeKind, "time_entry_kind"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="time_runs_forward",
            ),
            models.UniqueConstraint(
                fields=["visit"], condition=Q(ended_at__isnull=True), name="one_running_clock_per_visit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.started_at}"

    def duration(self, now: datetime) -> timedelta:
        """How long it lasted, or lasts until `now`."""
        return (self.ended_at or now) - self.started_at


class MaterialUsage(models.Model):
    """A part that went into the job."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="materials")
    material = models.ForeignKey(Material, models.PROTECT, related_name="+", verbose_name=_("material"))
    quantity = QuantityField(_("quantity"))
    at = models.DateTimeField(default=clock.now)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("material used")
        verbose_name_plural = _("materials used")
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="usage_is_positive")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.material}"


class ExtraWork(Stateful):
    """Work beyond what was agreed, described without a price."""

    steps = states.EXTRA_WORK_STEPS

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="extra_work")
    description = models.TextField(_("what was done beyond the agreement"))
    hours = HoursField(_("hours"), default=0)
    status = models.CharField(
        _("status"), max_length=10, choices=states.ExtraWorkStatus, default=states.ExtraWorkStatus.WAITING
    )
    at = models.DateTimeField(default=clock.now)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("extra work")
        verbose_name_plural = _("extra work")
        ordering = ["at", "id"]
        constraints = [
            one_of("status", states.ExtraWorkStatus, "extra_work_status"),
            models.CheckConstraint(condition=Q(hours__gte=0), name="extra_hours_not_negative"),
        ]

    def __str__(self) -> str:
        return self.description[:60]


class Deviation(models.Model):
    """Something that the office must know. Followed up by somebody, with a word on what was done."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="deviations")
    text = models.TextField(_("what is the matter"))
    blocks = models.BooleanField(_("the work cannot be finished"), default=False)
    at = models.DateTimeField(default=clock.now)
    followed_up_at = models.DateTimeField(null=True)
    followed_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    follow_up = models.TextField(_("follow-up"), blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("deviation")
        verbose_name_plural = _("deviations")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:60]


class FormAnswer(models.Model):
    """What was filled in at one field of the job form. A correction replaces it; the audit keeps both."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="answers")
    field = models.ForeignKey(JobFormField, models.PROTECT, related_name="+")
    value = models.JSONField()
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer on a job form")
        verbose_name_plural = _("answers on job forms")
        constraints = [models.UniqueConstraint(fields=["visit", "field"], name="answer_once_per_field")]

    def __str__(self) -> str:
        return f"{self.field}: {self.value}"


class PhotoKind(models.TextChoices):
    BEFORE = "before", _("Before")
    AFTER = "after", _("After")
    ISSUE = "issue", _("Issue")
    NO_ACCESS = "no_access", _("No access")


class VisitPhoto(models.Model):
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="photos")
    kind = models.CharField(_("kind"), max_length=10, choices=PhotoKind)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["at", "id"]
        constraints = [one_of("kind", PhotoKind, "visit_photo_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at}"


class SignOff(models.Model):
    """The customer's signature under the work, or why there is none. Bound to a hash of what was shown."""

    visit = models.OneToOneField(Visit, models.PROTECT, related_name="sign_off")
    name = models.CharField(_("name"), max_length=120, blank=True)
    signature = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("why there is no signature"), max_length=200, blank=True)
    shown = models.JSONField()
    shown_hash = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-off")
        verbose_name_plural = _("sign-offs")
        constraints = [
            models.CheckConstraint(
                condition=(Q(signature__isnull=False) & ~Q(name="")) | ~Q(reason=""),
                name="signed_or_a_reason_why_not",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.reason


class EventState(models.TextChoices):
    RECEIVED = "received", _("Received")
    APPLIED = "applied", _("Applied")
    TO_DECIDE = "to_decide", _("To decide by the office")
    DECIDED = "decided", _("Decided")


class FieldEvent(models.Model):
    """The phone's receipt book: each thing that a technician did, stored first and applied exactly once."""

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="events")
    kind = models.CharField(max_length=30)
    payload = models.JSONField(default=dict)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    skew_seconds = models.IntegerField(default=0)
    time_zone = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=EventState, default=EventState.RECEIVED)
    why = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = FieldEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event from the phone")
        verbose_name_plural = _("events from the phone")
        ordering = ["received_at"]
        constraints = [one_of("state", EventState, "field_event_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at}"
