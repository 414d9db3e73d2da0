"""What a request goes through, and what that is called on either side."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.transitions import Step


class RequestStatus(models.TextChoices):
    NEW = "new", _("New")
    ACCEPTED = "accepted", _("To plan")
    PLANNED = "planned", _("Intake planned")
    RECEIVED = "received", _("Intake received")
    QUOTED = "quoted", _("Quoted")
    ORDERED = "ordered", _("Work order made")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Declined")
    MISSED = "missed", _("Missed appointment")
    CANCELLED = "cancelled", _("Cancelled")


# Where the technician's word differs from the office's.
TECHNICIAN_LABELS = {
    RequestStatus.RECEIVED: _("Intake ready for office"),
    RequestStatus.MISSED: _("No access"),
}

NEXT_ACTIONS = {
    RequestStatus.NEW: _("Accept or decline"),
    RequestStatus.ACCEPTED: _("Plan the intake visit"),
    RequestStatus.PLANNED: _("Wait for the intake visit"),
    RequestStatus.RECEIVED: _("Create quote / prepare work order / discuss"),
    RequestStatus.MISSED: _("Plan a new appointment"),
}

TONES = {
    RequestStatus.NEW: "blue",
    RequestStatus.ACCEPTED: "amber",
    RequestStatus.PLANNED: "blue",
    RequestStatus.RECEIVED: "amber",
    RequestStatus.QUOTED: "green",
    RequestStatus.ORDERED: "green",
    RequestStatus.MISSED: "red",
}

# While the technician may still write the intake report.
REPORTABLE = (RequestStatus.ACCEPTED, RequestStatus.PLANNED, RequestStatus.MISSED)

# What a report still lacks, by the code that `rules.report_missing` gives.
MISSING_LABELS = {
    "photos": _("A photo of the situation"),
    "note": _("A short note"),
    "hours": _("Your estimate of the hours"),
    "execution": _("What the work needs: one technician, two, or a specialist"),
    "advice": _("Your advice to the office"),
}

STEPS = {
    "accept": Step(("new",), RequestStatus.ACCEPTED, "handle_requests", _("Accept")),
    "decline": Step(
        ("new", "accepted"), RequestStatus.DECLINED, "handle_requests", _("Decline"), needs_reason=True
    ),
    "plan": Step(
        ("accepted", "missed", "received"), RequestStatus.PLANNED, "plan_work", _("Intake visit planned")
    ),
    "unplan": Step(("planned",), RequestStatus.ACCEPTED, "plan_work", _("Take off the plan")),
    "receive": Step(
        ("accepted", "planned", "missed"),
        RequestStatus.RECEIVED,
        "record_work",
        _("Hand in the intake report"),
    ),
    "miss": Step(("planned",), RequestStatus.MISSED, "record_work", _("No access"), needs_reason=True),
    "quote": Step(("accepted", "received"), RequestStatus.QUOTED, "make_quotes", _("Make a quote")),
    "order": Step(
        ("accepted", "received", "quoted"),
        RequestStatus.ORDERED,
        "manage_work_orders",
        _("Make a work order"),
    ),
    "close": Step(
        ("quoted", "ordered", "received"),
        RequestStatus.CLOSED,
        "handle_requests",
        pgettext_lazy("record", "Close"),
    ),
    "cancel": Step(
        ("new", "accepted", "planned", "received", "missed", "quoted"),
        RequestStatus.CANCELLED,
        "handle_requests",
        _("Cancel"),
        needs_reason=True,
    ),
}
