"""How the weeks of a technician follow each other, and what becomes of days off that somebody asks for."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.transitions import Step


class Rhythm(models.TextChoices):
    WEEKLY = "weekly", _("Every week the same")
    ODD_EVEN = "odd_even", _("Odd and even weeks differ")
    FORTNIGHT = "fortnight", _("Two weeks in turns, A and B")


# What the two weeks of a rhythm are called.
WEEK_NAMES = {
    Rhythm.WEEKLY: (pgettext_lazy("working hours", "Every week"),),
    Rhythm.ODD_EVEN: (_("Odd weeks"), _("Even weeks")),
    Rhythm.FORTNIGHT: (_("Week A"), _("Week B")),
}


class AbsenceRequestStatus(models.TextChoices):
    OPEN = "open", _("To decide")
    GRANTED = "granted", _("Granted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


ABSENCE_REQUEST_STEPS = {
    "grant": Step(("open",), AbsenceRequestStatus.GRANTED, "plan_work", _("Grant")),
    "decline": Step(("open",), AbsenceRequestStatus.DECLINED, "plan_work", _("Decline"), needs_reason=True),
    "withdraw": Step(("open",), AbsenceRequestStatus.WITHDRAWN, "record_work", _("Withdraw")),
}

ABSENCE_REQUEST_TONES = {"open": "amber", "granted": "green", "declined": "red", "withdrawn": "neutral"}
