"""What the hours of a week go through, and which kinds of hours there are."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.transitions import Step


class WeekStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("week", "Not submitted")
    SUBMITTED = "submitted", pgettext_lazy("week", "Submitted")
    RETURNED = "returned", pgettext_lazy("week", "Returned")
    APPROVED = "approved", pgettext_lazy("week", "Approved")


class HandKind(models.TextChoices):
    """Time that no clock recorded."""

    LEAVE = "leave", pgettext_lazy("hours", "Leave")
    OTHER = "other", pgettext_lazy("hours", "Other")
    WORK = "work", pgettext_lazy("hours", "Work")
    TRAVEL = "travel", pgettext_lazy("hours", "Travel")


KIND_LABELS = {
    "work": pgettext_lazy("hours", "Work"),
    "travel": pgettext_lazy("hours", "Travel"),
    "pause": pgettext_lazy("hours", "Pause"),
    "leave": pgettext_lazy("hours", "Leave"),
    "other": pgettext_lazy("hours", "Other"),
}
TONES = {"open": "neutral", "submitted": "blue", "returned": "amber", "approved": "green"}

STEPS = {
    "submit": Step(("open", "returned"), WeekStatus.SUBMITTED, "record_work", _("Submit")),
    "submit_for": Step(
        ("open", "returned"),
        WeekStatus.SUBMITTED,
        "approve_hours",
        _("Submitted by the office"),
        needs_reason=True,
    ),
    "approve": Step(
        ("submitted", "approved"), WeekStatus.APPROVED, "approve_hours", pgettext_lazy("hours", "Approve")
    ),
    "give_back": Step(
        ("submitted",), WeekStatus.RETURNED, "approve_hours", _("Return to technician"), needs_reason=True
    ),
    "reopen": Step(("approved",), WeekStatus.RETURNED, "approve_hours", _("Reopen"), needs_reason=True),
}
EVENTS = {"time_add": _("Time added by hand"), "time_remove": _("Time by hand taken off")}
