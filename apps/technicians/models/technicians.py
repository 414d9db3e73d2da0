"""Who does the work: skills, patterns, absences. What an hour of theirs costs stands in `pricing`."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.company.models import Address
from apps.core import clock, formats
from apps.core.models import Stateful, Versioned, on_earth, one_of, same
from apps.core.telephone_fields import TelephoneColumn
from apps.technicians import states
from apps.technicians.querysets import (
    AbsenceRequestQuerySet,
    CalendarFeedQuerySet,
    TechnicianQuerySet,
    WorksQuerySet,
)
from apps.technicians.states import Rhythm


class TechnicianKind(models.TextChoices):
    INTERNAL = "internal", _("Internal")
    CONTRACTOR = "contractor", _("ZZP / subcontractor")


class Skill(models.Model):
    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["name__by_name"]

    def __str__(self) -> str:
        return self.name


class Technician(Versioned):
    """Someone who does the work, with an account for the phone."""

    counted = ("skills", "hours", "home", "certificates")

    events = {
        "deactivate": _("Taken out of service"),
        "hand_over": _("Work handed over"),
        "activate": _("Taken into service"),
        "rate": _("Rate set"),
        "hours_set": _("Working hours set"),
        "hours_remove": _("Change of working hours removed"),
        "absence_add": _("Absence noted"),
        "absence_remove": _("Absence removed"),
        "certificate_add": _("Certificate noted"),
        "certificate_renew": _("Certificate renewed"),
        "certificate_remove": _("Certificate taken back"),
        "calendar_open": _("Calendar address made"),
        "calendar_close": _("Calendar address taken back"),
        "invite": _("Invited"),
        "phone_lost": _("Phone given up"),
    }

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="technician", verbose_name=_("user")
    )
    kind = models.CharField(_("type"), max_length=10, choices=TechnicianKind, default=TechnicianKind.INTERNAL)
    phone = TelephoneColumn(_("telephone"))
    skills = models.ManyToManyField(Skill, blank=True, related_name="+", verbose_name=_("skills"))
    region = models.CharField(_("home region"), max_length=60, blank=True)
    team = models.CharField(_("team"), max_length=60, blank=True)
    # Where a route begins and ends: of the postal code of `Home`, or as it was noted before addresses were.
    home_latitude = models.FloatField(null=True, blank=True)
    home_longitude = models.FloatField(null=True, blank=True)
    may_add_extra_work = models.BooleanField(_("may record extra work"), default=True)
    may_see_agenda = models.BooleanField(_("may see the whole agenda"), default=True)
    active = models.BooleanField(_("active"), default=True)
    # Nothing is planned after it; once nothing is held any more, the nights that follow take them out of service.
    last_day = models.DateField(_("last day"), null=True, blank=True)

    objects = TechnicianQuerySet.as_manager()

    class Meta:
        verbose_name = _("technician")
        verbose_name_plural = _("technicians")
        ordering = ["user__name__by_name"]
        constraints = [
            one_of("kind", TechnicianKind, "technician_kind"),
            models.CheckConstraint(
                condition=models.Q(home_latitude__isnull=True, home_longitude__isnull=True)
                | on_earth("home_latitude", "home_longitude"),
                name="technician_home_is_a_place",
            ),
        ]

    def __str__(self) -> str:
        return self.user.name

    @property
    def in_service(self) -> bool:
        """Whether they can be planned; `objects.active()` asks the same of the database."""
        return self.active and self.user.is_active

    def has_left(self, day: date) -> bool:
        """Whether their last day is before `day`."""
        return bool(self.last_day and day > self.last_day)


class Home(Address):
    """Where a technician lives: for the office alone. On the phone the database shows it to nobody (`config/database_roles.py`)."""

    technician = models.OneToOneField(Technician, models.CASCADE, primary_key=True, related_name="home")

    class Meta:
        verbose_name = _("home address")
        verbose_name_plural = _("home addresses")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(street="")
                & ~models.Q(house_number="")
                & ~models.Q(postal_code="")
                & ~models.Q(city=""),
                name="home_is_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.street_line}, {self.city_line}"


class WorkingHours(models.Model):
    """What a technician works in a stretch of days; who has none then works the opening hours of the company.

    Those that were stay: what somebody worked last spring is still known. `wt_week_of` and `rules.week_of` say which of two
    weeks a day is in.
    """

    technician = models.ForeignKey(Technician, models.CASCADE, related_name="hours")
    valid = DateRangeField(_("days"))
    rhythm = models.CharField(_("weeks"), max_length=10, choices=Rhythm, default=Rhythm.WEEKLY)

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        ordering = ["valid"]
        constraints = [
            one_of("rhythm", Rhythm, "hours_rhythm"),
            models.CheckConstraint(condition=models.Q(valid__isempty=False), name="hours_some_day"),
            models.CheckConstraint(
                condition=~models.Q(rhythm=Rhythm.FORTNIGHT) | models.Q(valid__lower_inf=False),
                name="hours_fortnight_counts_from_a_day",
            ),
            ExclusionConstraint(
                name="no_double_hours",
                index_type="GIST",
                expressions=[
                    same("technician_id"),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.technician}: {self.valid.lower} – {self.valid.upper}"


class WorkingPattern(models.Model):
    """The hours of a weekday, in the company's time zone; of one of two weeks where these differ."""

    hours = models.ForeignKey(WorkingHours, models.CASCADE, related_name="patterns")
    week = models.PositiveSmallIntegerField(
        _("week"), default=1, validators=[MinValueValidator(1), MaxValueValidator(2)]
    )
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), validators=[MinValueValidator(1), MaxValueValidator(7)], help_text=_("1 is Monday")
    )
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("working pattern")
        verbose_name_plural = _("working patterns")
        ordering = ["week", "weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=models.Q(week__in=(1, 2)), name="pattern_of_two_weeks"),
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("starts")), name="pattern_ends_after_start"
            ),
            models.UniqueConstraint(fields=["hours", "week", "weekday", "starts"], name="pattern_once"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts}–{self.ends}"


class Works(models.Model):
    """The view `technicians_works`: who works when, each stretch of each weekday; the opening hours where none are noted."""

    id = models.TextField(primary_key=True)
    technician = models.ForeignKey(Technician, models.DO_NOTHING, related_name="works")
    valid = DateRangeField()
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    rhythm = models.CharField(max_length=10, choices=Rhythm)
    week = models.PositiveSmallIntegerField()
    weekday = models.PositiveSmallIntegerField()
    starts = models.TimeField()
    ends = models.TimeField()

    objects = WorksQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "technicians_works"
        ordering = ["starts"]
        verbose_name = _("hours of a weekday")
        verbose_name_plural = _("hours of weekdays")

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts}–{self.ends}"


class AbsenceKind(models.TextChoices):
    HOLIDAY = "holiday", _("Holiday")
    SICK = "sick", _("Sick")
    TRAINING = "training", _("Training")
    OTHER = "other", _("Other")


class Absence(models.Model):
    technician = models.ForeignKey(Technician, models.CASCADE, related_name="absences")
    period = DateTimeRangeField(_("period"))
    kind = models.CharField(_("kind"), max_length=10, choices=AbsenceKind, default=AbsenceKind.HOLIDAY)
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["period"]
        constraints = [
            one_of("kind", AbsenceKind, "absence_kind"),
            # Twice away at one moment is once noted twice: whoever takes one of them back would still be away.
            ExclusionConstraint(
                name="no_double_absence",
                index_type="GIST",
                violation_error_code="double_absence",
                expressions=[
                    same("technician_id"),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.technician}: {self.get_kind_display()}"


# What a technician asks for; who is ill does not ask.
ASKED_KINDS = [one for one in AbsenceKind.choices if one[0] != AbsenceKind.SICK]


class AbsenceRequest(Stateful):
    """Days off that a technician asks for. What is granted is an `Absence` like any other; `sql/absence_requests.sql` guards it."""

    steps = states.ABSENCE_REQUEST_STEPS

    technician = models.ForeignKey(Technician, models.CASCADE, related_name="absence_requests")
    period = DateTimeRangeField(_("period"))
    kind = models.CharField(_("kind"), max_length=10, choices=ASKED_KINDS, default=AbsenceKind.HOLIDAY)
    words = models.CharField(_("remark"), max_length=200, blank=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=states.AbsenceRequestStatus,
        default=states.AbsenceRequestStatus.OPEN,
    )
    asked_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answer = models.TextField(_("answer"), blank=True)
    # What it became. Empty again once the office took that back.
    absence = models.OneToOneField(Absence, models.SET_NULL, null=True, related_name="+")

    objects = AbsenceRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for days off")
        verbose_name_plural = _("requests for days off")
        ordering = ["period"]
        constraints = [
            one_of("status", states.AbsenceRequestStatus, "absence_request_status"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[value for value, _label in ASKED_KINDS]),
                name="absence_request_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    period__isempty=False, period__startswith__isnull=False, period__endswith__isnull=False
                ),
                name="absence_request_has_a_period",
            ),
            models.CheckConstraint(
                condition=models.Q(absence__isnull=True) | models.Q(status="granted"),
                name="only_granted_days_are_an_absence",
            ),
            ExclusionConstraint(
                name="no_double_absence_request",
                index_type="GIST",
                expressions=[
                    same("technician_id"),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(status="open"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.technician}, {formats.span(self.period)}"

    @property
    def tone(self) -> str:
        return states.ABSENCE_REQUEST_TONES[self.status]

    @property
    def was_taken_back(self) -> bool:
        """Granted, and then the office removed the absence."""
        return self.status == states.AbsenceRequestStatus.GRANTED and self.absence_id is None


class CalendarFeed(models.Model):
    """The private address at which a technician's own calendar fetches the visits. Another nonce: the old one opens nothing."""

    technician = models.OneToOneField(
        Technician, models.CASCADE, primary_key=True, related_name="calendar_feed"
    )
    nonce = models.UUIDField(unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField(default=clock.now)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return str(self.technician)
