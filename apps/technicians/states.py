"""How the weeks of a technician follow each other."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
