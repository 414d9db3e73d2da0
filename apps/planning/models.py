"""Who goes where and when. Postgres refuses a double booking that nobody has acknowledged."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import Int4Range

from apps.core import clock
from apps.core.models import Stateful, one_of, same
from apps.intake.models import Request
from apps.messaging.models import Message
from apps.planning.querysets import (
    AppointmentQuerySet,
    AssignmentQuerySet,
    ChangeRequestQuerySet,
    PlanStepQuerySet,
    WeekViewQuerySet,
)
from apps.planning.states import CHANGE_STEPS, ChangeKind, ChangeStatus
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder


def all_lanes() -> Int4Range:
    """A normal booking takes every lane, so it collides with anything."""
    return Int4Range(0, None)


class Appointment(models.Model):
    """A visit as its customer knows it: what they were told last, and the private page on which they answer."""

    assignment = models.OneToOneField("planning.Assignment", models.PROTECT, related_name="appointment")
    nonce = models.UUIDField(unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    # None as long as they know of no visit: nobody told them, or they were told that it is off.
    told_technician = models.ForeignKey(Technician, models.PROTECT, null=True, related_name="+")
    told_period = DateTimeRangeField(null=True)
    # The newest mail about it. What it says is told once it has left.
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="+")
    # When they confirmed that somebody may come, and of which beginning they were reminded.
    confirmed_start = models.DateTimeField(null=True)
    reminded_start = models.DateTimeField(null=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.CheckConstraint(
                condition=Q(told_technician__isnull=True, told_period__isnull=True)
                | Q(told_technician__isnull=False, told_period__isnull=False),
                name="told_who_and_when",
            )
        ]

    def __str__(self) -> str:
        return str(self.assignment)


class ChangeRequest(Stateful):
    """A customer asks on their private page for another time, or to have the visit taken off. The office decides."""

    steps = CHANGE_STEPS

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="change_requests")
    kind = models.CharField(max_length=10, choices=ChangeKind)
    # What stood on the plan when they asked, and what they chose of what was free.
    period = DateTimeRangeField()
    wanted_technician = models.ForeignKey(Technician, models.PROTECT, null=True, related_name="+")
    wanted_period = DateTimeRangeField(null=True)
    words = models.TextField(_("remark"), blank=True)
    status = models.CharField(_("status"), max_length=10, choices=ChangeStatus, default=ChangeStatus.OPEN)
    asked_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(_("answer to the customer"), blank=True)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to change an appointment")
        verbose_name_plural = _("requests to change appointments")
        ordering = ["pk"]
        constraints = [
            one_of("kind", ChangeKind, "change_request_kind"),
            one_of("status", ChangeStatus, "change_request_status"),
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(status="open"), name="one_open_change_request"
            ),
            models.CheckConstraint(
                condition=Q(wanted_technician__isnull=True, wanted_period__isnull=True)
                | Q(kind="move", wanted_technician__isnull=False, wanted_period__isnull=False),
                name="wanted_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(kind="move") | Q(wanted_period__isnull=False) | ~Q(words=""),
                name="change_request_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment}: {self.get_kind_display()}"


class PlanStepKind(models.TextChoices):
    PLACED = "placed", _("Booked")
    MOVED = "moved", _("Moved")
    CANCELLED = "cancelled", _("Taken off the plan")


class Assignment(models.Model):
    """A half-open period of one technician's time, for a work order or an intake visit."""

    technician = models.ForeignKey(
        Technician, models.PROTECT, related_name="assignments", verbose_name=_("technician")
    )
    work_order = models.ForeignKey(
        WorkOrder, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    request = models.ForeignKey(Request, models.PROTECT, null=True, blank=True, related_name="assignments")
    period = DateTimeRangeField(_("period"))
    # Written by planning.actions only; see docs/algorithms/planning.md.
    lanes = IntegerRangeField(default=all_lanes, editable=False)
    active = models.BooleanField(default=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["period"]
        constraints = [
            ExclusionConstraint(
                name="no_double_booking",
                index_type="GIST",
                condition=Q(active=True),
                violation_error_code="double_booking",
                # Visits that change places in one act are looked at when all of them stand: `actions.routes`.
                deferrable=Deferrable.IMMEDIATE,
                expressions=[
                    same("technician_id"),
                    ("period", RangeOperators.OVERLAPS),
                    ("lanes", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(work_order__isnull=True) ^ Q(request__isnull=True), name="work_order_or_request"
            ),
            models.CheckConstraint(
                condition=Q(
                    period__isempty=False, period__startswith__isnull=False, period__endswith__isnull=False
                ),
                name="assignment_has_a_period",
            ),
        ]
        indexes = [models.Index(fields=["work_order"], name="assignment_work_order")]

    def __str__(self) -> str:
        return f"{self.technician} {self.work_order or self.request}"

    @property
    def job(self) -> WorkOrder | Request:
        """What the booking is for."""
        return self.work_order or self.request  # type: ignore[return-value]

    def movable(self, now: datetime) -> bool:
        """Whether the plan of its job may still change, and this visit has not begun."""
        if isinstance(self.job, Request):
            return self.job.status == "planned"
        return self.job.can_change and not (self.job.status == "in_progress" and self.starts_at <= now)

    @property
    def starts_at(self) -> datetime:
        return self.period.lower

    @property
    def ends_at(self) -> datetime:
        return self.period.upper


class Overbooking(models.Model):
    """That someone saw a clash and booked all the same: which pair, who, why."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="overbookings")
    over = models.ForeignKey(Assignment, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("overbooking")
        verbose_name_plural = _("overbookings")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="overbooking_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.assignment} / {self.over}: {self.reason}"


class PlanStep(models.Model):
    """A change of the plan that can be taken back as long as the customer's mail about it has not left."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="plan_steps")
    kind = models.CharField(max_length=10, choices=PlanStepKind)
    # Where the visit was before, and what it then knowingly overlapped. A new one was nowhere.
    technician = models.ForeignKey(Technician, models.PROTECT, null=True, related_name="+")
    period = DateTimeRangeField(null=True)
    over = models.JSONField(default=list)
    version = models.PositiveIntegerField()
    message = models.OneToOneField(Message, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True)

    objects = PlanStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of the plan")
        verbose_name_plural = _("steps of the plan")
        ordering = ["pk"]
        constraints = [one_of("kind", PlanStepKind, "plan_step_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.assignment}"


class Share(models.Model):
    """A job that the office lets a colleague execute who is not planned on it."""

    work_order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="shares")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("shared job")
        verbose_name_plural = _("shared jobs")
        constraints = [models.UniqueConstraint(fields=["work_order", "user"], name="shared_once")]

    def __str__(self) -> str:
        return f"{self.work_order} → {self.user}"


class WeekRow(models.Model):
    """Where a technician's row stands on the week, as the company put them. Who has none comes after, by name."""

    technician = models.OneToOneField(Technician, models.CASCADE, primary_key=True, related_name="week_row")
    place = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("row of the week")
        verbose_name_plural = _("rows of the week")
        ordering = ["place"]

    def __str__(self) -> str:
        return f"{self.place}. {self.technician}"


class Density(models.TextChoices):
    ROWS = "rows", _("Rows")
    COMPACT = "compact", _("Compact")


class WeekView(models.Model):
    """How somebody wants to see the week."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    # Empty as long as nobody chose: then the number of technicians says it.
    density = models.CharField(max_length=10, choices=Density, blank=True)
    weekend = models.BooleanField(default=False)

    objects = WeekViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("view of the week")
        verbose_name_plural = _("views of the week")
        constraints = [
            models.CheckConstraint(condition=Q(density__in=["", *Density.values]), name="week_view_density")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.density}"
