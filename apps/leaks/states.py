"""What can become of a leak."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.transitions import Step


class LeakStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    WRITTEN_OFF = "written_off", _("Written off")


STEPS = {
    "close": Step(("open",), LeakStatus.CLOSED, "review_work", _("The cause is gone")),
    "reopen": Step(("closed",), LeakStatus.OPEN, "review_work", _("The cause is back")),
    "grow": Step(("written_off",), LeakStatus.OPEN, "review_work", _("More than what was written off")),
    "write_off": Step(("open",), LeakStatus.WRITTEN_OFF, "write_off", _("Write off"), needs_reason=True),
    "take_back": Step(
        ("written_off",), LeakStatus.OPEN, "write_off", _("Take the write-off back"), needs_reason=True
    ),
}

TONES = {"open": "red", "closed": "green", "written_off": "neutral"}
