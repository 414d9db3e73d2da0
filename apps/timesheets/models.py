"""The hours of a technician's week: what is submitted, and what was entered by hand. The clocks stand in `field`."""

from datetime import date, timedelta
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock, formats
from apps.core.fields import HoursField
from apps.core.models import Stateful, one_of
from apps.technicians.models import Technician
from apps.timesheets import rules, states
from apps.timesheets.querysets import HandTimeQuerySet, SubmittedDayQuerySet, WeekQuerySet


class Week(Stateful):
    """A technician's week, from Monday to Sunday. Made when something is entered or submitted, or when it is asked for."""

    steps = states.STEPS
    events = states.EVENTS
    uncounted = ("changed", "reminded_at", "submission_id")

    technician = models.ForeignKey(Technician, models.PROTECT, related_name="+", verbose_name=_("technician"))
    monday = models.DateField(_("week"))
    status = models.CharField(
        _("status"), max_length=10, choices=states.WeekStatus, default=states.WeekStatus.OPEN
    )
    # The newest of `submissions`: what the office approves, and what is paid.
    submission = models.OneToOneField("Submission", models.PROTECT, null=True, related_name="current_of")
    # Set by the database when a clock changes after the hours were submitted (`sql/weeks.sql`).
    changed = models.BooleanField(default=False)
    returned_because = models.TextField(blank=True)
    reminded_at = models.DateTimeField(null=True)

    objects = WeekQuerySet.as_manager()

    class Meta:
        verbose_name = _("week of hours")
        verbose_name_plural = _("weeks of hours")
        ordering = ["-monday", "technician"]
        constraints = [
            one_of("status", states.WeekStatus, "week_status"),
            models.UniqueConstraint(fields=["technician", "monday"], name="week_once_per_technician"),
            models.CheckConstraint(condition=Q(monday__iso_week_day=1), name="week_begins_on_monday"),
            models.CheckConstraint(
                condition=~Q(status__in=["submitted", "approved"]) | Q(submission__isnull=False),
                name="submitted_week_has_its_hours",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["submitted", "approved"]) | Q(changed=False),
                name="only_submitted_hours_differ",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.technician} {formats.day_short(self.monday)}"

    @property
    def tone(self) -> str:
        return states.TONES[self.status]

    @property
    def is_open(self) -> bool:
        """Whether the technician can still change something by hand."""
        return self.status in (states.WeekStatus.OPEN, states.WeekStatus.RETURNED)

    def event_detail(self, event: Any) -> str:
        """On which day how much of what, of time by hand."""
        return str(event.data.get("what", ""))


class HandTime(models.Model):
    """Time that no clock recorded: leave, a training, a job for which the clock was forgotten."""

    week = models.ForeignKey(Week, models.PROTECT, related_name="by_hand")
    # Monday is 0: a day of the week that it stands in, and of no other.
    weekday = models.PositiveSmallIntegerField(_("day"))
    kind = models.CharField(_("kind"), max_length=10, choices=states.HandKind, default=states.HandKind.LEAVE)
    hours = HoursField(
        _("hours"), validators=[MinValueValidator(rules.NOTHING), MaxValueValidator(rules.MOST_A_DAY)]
    )
    reason = models.CharField(_("what for"), max_length=200)
    at = models.DateTimeField(default=clock.now)

    objects = HandTimeQuerySet.as_manager()

    class Meta:
        verbose_name = _("time by hand")
        verbose_name_plural = _("times by hand")
        ordering = ["weekday", "id"]
        constraints = [
            one_of("kind", states.HandKind, "hand_time_kind"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="hand_time_is_in_its_week"),
            models.CheckConstraint(
                condition=Q(hours__gt=0, hours__lte=rules.MOST_A_DAY), name="hand_time_fits_a_day"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="hand_time_says_what_for"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {formats.hours(self.hours)} {self.reason}"

    @property
    def day(self) -> date:
        return self.week.monday + timedelta(days=self.weekday)


class Submission(models.Model):
    """What somebody put their name to: the hours of each day, as they stood then. Never changed."""

    week = models.ForeignKey(Week, models.PROTECT, related_name="submissions")
    by = models.CharField(_("by"), max_length=120)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("submitted hours")
        verbose_name_plural = _("submitted hours")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.week} {self.at}"


class SubmittedDay(models.Model):
    """The hours of one day of it."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="days")
    day = models.DateField(_("day"))
    work = HoursField(_("work"))
    travel = HoursField(_("travel"))
    pause = HoursField(_("pause"))
    leave = HoursField(_("leave"))
    other = HoursField(_("other"))

    objects = SubmittedDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("submitted day")
        verbose_name_plural = _("submitted days")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "day"], name="submitted_day_once"),
            models.CheckConstraint(
                condition=Q(**{f"{kind}__gte": 0 for kind in rules.KINDS}),
                name="submitted_hours_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return str(self.day)

    @property
    def hours(self) -> rules.Hours:
        return {kind: getattr(self, kind) for kind in rules.KINDS}

    @property
    def paid(self) -> Any:
        return rules.paid(self.hours)
