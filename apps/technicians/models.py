"""Who does the work: skills, patterns, absences. What an hour of theirs costs stands in `pricing`."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Value
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.models import Versioned, one_of
from apps.core.telephone_fields import TelephoneColumn
from apps.technicians.querysets import TechnicianQuerySet


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

    counted = ("skills", "patterns")

    events = {
        "deactivate": _("Taken out of service"),
        "hand_over": _("Work handed over"),
        "activate": _("Taken into service"),
        "rate": _("Rate set"),
        "absence_add": _("Absence noted"),
        "absence_remove": _("Absence removed"),
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
    home_latitude = models.FloatField(null=True, blank=True)
    home_longitude = models.FloatField(null=True, blank=True)
    may_add_extra_work = models.BooleanField(_("may record extra work"), default=True)
    may_see_agenda = models.BooleanField(_("may see the whole agenda"), default=True)
    active = models.BooleanField(_("active"), default=True)

    objects = TechnicianQuerySet.as_manager()

    class Meta:
        verbose_name = _("technician")
        verbose_name_plural = _("technicians")
        ordering = ["user__name__by_name"]
        constraints = [one_of("kind", TechnicianKind, "technician_kind")]

    def __str__(self) -> str:
        return self.user.name

    @property
    def in_service(self) -> bool:
        """Whether they can be planned; `objects.active()` asks the same of the database."""
        return self.active and self.user.is_active


class WorkingPattern(models.Model):
    """The hours that a technician works on a weekday, in the company's time zone."""

    technician = models.ForeignKey(Technician, models.CASCADE, related_name="patterns")
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), validators=[MinValueValidator(1), MaxValueValidator(7)], help_text=_("1 is Monday")
    )
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("working pattern")
        verbose_name_plural = _("working patterns")
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("starts")), name="pattern_ends_after_start"
            ),
            models.UniqueConstraint(fields=["technician", "weekday", "starts"], name="pattern_once"),
        ]

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
                    (
                        Func(F("technician_id"), F("technician_id"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.technician}: {self.get_kind_display()}"
