"""What is recorded on site: evidence. No amount is known here."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.chain import ChainKey
from apps.core.fields import HoursField, QuantityField
from apps.core.models import Stateful, one_of
from apps.documents.models import StoredFile
from apps.field import rules, states
from apps.field.querysets import (
    EvidenceQuerySet,
    MaterialUsageQuerySet,
    TimeEntryQuerySet,
    VisitQuerySet,
)
from apps.materials.models import Material, Unit
from apps.planning.models import Assignment
from apps.technicians.models import Technician
from apps.workorders.models import JobFormField, WorkOrder


class Visit(Stateful):
    """One technician's visit for one work order: the thing that the phone fills in step by step."""

    steps = states.STEPS
    events = states.EVENTS

    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="visits", related_query_name="visit"
    )
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
    # Finished, and not the end of the job: what is left to do, and the hours that it takes.
    goes_on = models.BooleanField(_("the job goes on"), default=False)
    left_over = models.TextField(_("left to do"), blank=True)
    hours_left = HoursField(_("hours left"), null=True)
    # Left before it was done, waiting for a part or for the office: the visit no longer holds up the job.
    held_at = models.DateTimeField(null=True)
    # The newest of `sign_offs`; outdated when the work was changed after it was shown: it must be shown, and signed, again.
    # The database's own key also holds that it is of this visit.
    sign_off = models.OneToOneField(
        "SignOff", models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    sign_off_outdated_at = models.DateTimeField(null=True)
    # The same, of what another visit of the job recorded: whoever took the signature may hand in, who came after it asks anew.
    sign_off_overtaken_at = models.DateTimeField(null=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["assignment__period"]
        constraints = [
            one_of("status", states.VisitStatus, "visit_status"),
            # When the office gives a begun visit to somebody else, each keeps what they recorded.
            models.UniqueConstraint(
                fields=["assignment", "technician"], name="visit_once_per_assignment_and_technician"
            ),
            models.CheckConstraint(
                condition=~Q(status="finished") | Q(finished_at__isnull=False),
                name="finished_visit_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(goes_on=True) | Q(left_over="", hours_left__isnull=True),
                name="only_a_job_that_goes_on_has_work_left",
            ),
            models.CheckConstraint(condition=Q(hours_left__gt=0), name="visit_hours_left_are_some"),
        ]

    def __str__(self) -> str:
        return f"{self.work_order} {self.technician}"

    @property
    def chain_key(self) -> ChainKey:
        return ChainKey(work_order_ids=(self.work_order_id,))

    def event_detail(self, event: Any) -> str:
        """At which other job, of an event of the clock."""
        return str(event.data.get("work_order", ""))


class TimeKind(models.TextChoices):
    TRAVEL = "travel", _("Travel")
    WORK = "work", _("Work")
    PAUSE = "pause", _("Pause")


class TimeEntry(models.Model):
    """A stretch of a technician's time, half-open, in UTC. The clock runs while it has no end: one per technician."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="time_entries")
    # The visit's own, which the database fills in (`sql/clocks.sql`): no constraint reaches over to another table.
    technician = models.ForeignKey(Technician, models.PROTECT, related_name="+", editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=TimeKind)
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    # Nobody stopped it: the technician's clock was started at another visit, at the moment that this one ended.
    closed_by = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="closed")
    # No clock recorded it: who of the office noted it, and why.
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    added_why = models.CharField(max_length=500, blank=True, editable=False)

    objects = TimeEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("time entry")
        verbose_name_plural = _("time entries")
        ordering = ["started_at", "id"]
        indexes = [models.Index(fields=["technician", "ended_at"], name="clock_by_end")]
        constraints = [
            one_of("kind", TimeKind, "time_entry_kind"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="time_runs_forward",
            ),
            models.UniqueConstraint(
                fields=["technician"],
                condition=Q(ended_at__isnull=True),
                name="one_running_clock_per_technician",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | Q(ended_at__isnull=False),
                name="closed_clock_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(added_by__isnull=True, added_why="")
                | Q(added_by__isnull=False, ended_at__isnull=False) & ~Q(added_why=""),
                name="added_time_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.started_at}"

    @property
    def is_long(self) -> bool:
        """Longer than a working day: somebody may have forgotten to stop."""
        ended = self.ended_at is not None and self.kind != TimeKind.PAUSE
        return ended and self.duration(self.started_at) > rules.LONG_STRETCH

    def duration(self, now: datetime) -> timedelta:
        """How long it lasted, or lasts until `now`."""
        return rules.elapsed(self.started_at, self.ended_at or now)


class TimeProposal(models.Model):
    """When the work ended by the technician's own word, where the clock ran on. What was recorded stays; the review judges."""

    entry = models.ForeignKey(TimeEntry, models.PROTECT, related_name="proposals")
    ended_at = models.DateTimeField(_("the work ended at"))
    reason = models.CharField(_("reason"), max_length=500)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("proposed end of work")
        verbose_name_plural = _("proposed ends of work")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="proposal_says_why")]

    def __str__(self) -> str:
        return f"{self.entry} {self.ended_at}"


class MaterialUsage(models.Model):
    """A part that went into the job."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="materials")
    # None for a part that is not in the catalogue: then it is described, and priced in the review.
    material = models.ForeignKey(
        Material, models.PROTECT, null=True, related_name="+", verbose_name=_("material")
    )
    description = models.CharField(_("what it is"), max_length=200, blank=True)
    own_unit = models.CharField(_("unit"), max_length=3, choices=Unit, blank=True)
    photo = models.ForeignKey("VisitPhoto", models.PROTECT, null=True, related_name="+")
    # The extra work that it was used for: what is offered for that asks for its parts too.
    extra_work = models.ForeignKey(
        "ExtraWork", models.SET_NULL, null=True, related_name="parts", verbose_name=_("extra work")
    )
    quantity = QuantityField(_("quantity"))
    at = models.DateTimeField(default=clock.now)

    objects = MaterialUsageQuerySet.as_manager()

    class Meta:
        verbose_name = _("material used")
        verbose_name_plural = _("materials used")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="usage_is_positive"),
            models.CheckConstraint(
                condition=Q(material__isnull=False, description="", own_unit="")
                | (Q(material__isnull=True) & ~Q(description="") & ~Q(own_unit="")),
                name="usage_is_in_the_catalogue_or_described",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"

    @property
    def name(self) -> str:
        return self.material.name if self.material else self.description

    @property
    def code(self) -> str:
        return self.material.code if self.material else str(_("not in the catalogue"))

    @property
    def unit(self) -> str:
        return self.material.unit if self.material else self.own_unit

    @property
    def unit_label(self) -> str:
        return str(Unit(self.unit).label)


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
    # Set when the product itself noticed it: an answer outside the limits of this field of the job form.
    field = models.ForeignKey(JobFormField, models.PROTECT, null=True, related_name="+")
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
    PART = "part", _("Part")


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
    """The customer's signature under the work, or why there is none. Bound to a hash of what was shown.

    Never changed nor deleted, whoever asks (`sql/frozen.sql`): who signs again adds one.
    """

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="sign_offs")
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
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(signature__isnull=False) & ~Q(name="")) | ~Q(reason=""),
                name="signed_or_a_reason_why_not",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.reason


class ReturnedItem(models.Model):
    """Something that the office wants corrected: which item, and what is wrong with it."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="returned_items")
    text = models.TextField(_("what to correct"))
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    subject_label = models.CharField(max_length=200, blank=True)
    returned_at = models.DateTimeField(default=clock.now)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("returned item")
        verbose_name_plural = _("returned items")
        ordering = ["returned_at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="returned_item_says_what")]

    def __str__(self) -> str:
        return self.text[:60]
