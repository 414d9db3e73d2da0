"""What a work order goes through: one status, two vocabularies."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.transitions import Step


class WorkOrderStatus(models.TextChoices):
    TO_PLAN = "to_plan", _("To plan")
    PLANNED = "planned", _("Planned")
    IN_PROGRESS = "in_progress", _("In progress")
    READY_FOR_REVIEW = "ready_for_review", _("Ready for review")
    IN_REVIEW = "in_review", _("In review")
    READY_FOR_INVOICING = "ready_for_invoicing", _("Ready for invoicing")
    INVOICED = "invoiced", _("Invoiced")
    CLOSED = "closed", _("Closed")
    ACTION_REQUIRED = "action_required", _("Action required")
    MISSED = "missed", _("Missed appointment")
    ON_HOLD = "on_hold", _("On hold")
    RETURNED = "returned", _("Returned to technician")
    CANCELLED = "cancelled", _("Cancelled")


# Where the technician's word differs from the office's.
TECHNICIAN_LABELS = {
    WorkOrderStatus.READY_FOR_REVIEW: _("Ready for back office"),
    WorkOrderStatus.IN_REVIEW: _("Ready for back office"),
    WorkOrderStatus.READY_FOR_INVOICING: _("Work order complete"),
    WorkOrderStatus.INVOICED: _("Work order complete"),
    WorkOrderStatus.CLOSED: _("Work order complete"),
    WorkOrderStatus.ACTION_REQUIRED: _("Issue reported"),
    WorkOrderStatus.MISSED: _("No access"),
    WorkOrderStatus.RETURNED: _("Returned to you"),
}

NEXT_ACTIONS = {
    WorkOrderStatus.TO_PLAN: _("Plan"),
    WorkOrderStatus.READY_FOR_REVIEW: pgettext_lazy("verb", "Review"),
    WorkOrderStatus.IN_REVIEW: _("Finish the review"),
    WorkOrderStatus.READY_FOR_INVOICING: _("Create invoice / export"),
    WorkOrderStatus.ACTION_REQUIRED: _("Follow up"),
    WorkOrderStatus.MISSED: _("Plan a new appointment"),
    WorkOrderStatus.ON_HOLD: _("Decide when to go on"),
}

# How far the money is, as far as a status says it.
INVOICING_LABELS = {
    WorkOrderStatus.READY_FOR_INVOICING: _("To invoice"),
    WorkOrderStatus.INVOICED: _("Invoiced"),
    WorkOrderStatus.CLOSED: _("Closed"),
}

# The description of the work may change until the work is done.
CHANGEABLE = frozenset(
    {
        WorkOrderStatus.TO_PLAN, WorkOrderStatus.PLANNED, WorkOrderStatus.IN_PROGRESS, WorkOrderStatus.ACTION_REQUIRED,
        WorkOrderStatus.MISSED, WorkOrderStatus.ON_HOLD, WorkOrderStatus.RETURNED,
    }
)  # fmt: skip

# The work on site is over.
DONE = frozenset(
    {
        WorkOrderStatus.READY_FOR_REVIEW, WorkOrderStatus.IN_REVIEW, WorkOrderStatus.READY_FOR_INVOICING,
        WorkOrderStatus.INVOICED, WorkOrderStatus.CLOSED, WorkOrderStatus.CANCELLED,
    }
)  # fmt: skip

# What happens to a work order beside its steps.
EVENTS = {
    "assignment_place": _("Visit planned"),
    "assignment_move": _("Visit moved"),
    "assignment_cancel": _("Visit taken off the plan"),
    "appointment_confirm": _("Appointment confirmed by the customer"),
    "change_ask": _("Another time or cancellation asked by the customer"),
    "share": _("Shared with a colleague"),
    "unshare": _("No longer shared"),
    "file_add": _("Document added"),
    "file_remove": _("Document removed"),
    "file_share": _("Document shown to the technician"),
    "file_unshare": _("Document no longer shown to the technician"),
    "also_waits": _("Has to wait for something else too"),
}

TONES = {
    WorkOrderStatus.TO_PLAN: "amber",
    WorkOrderStatus.PLANNED: "blue",
    WorkOrderStatus.IN_PROGRESS: "blue",
    WorkOrderStatus.READY_FOR_REVIEW: "amber",
    WorkOrderStatus.IN_REVIEW: "amber",
    WorkOrderStatus.READY_FOR_INVOICING: "amber",
    WorkOrderStatus.INVOICED: "green",
    WorkOrderStatus.CLOSED: "green",
    WorkOrderStatus.ACTION_REQUIRED: "red",
    WorkOrderStatus.MISSED: "red",
    WorkOrderStatus.RETURNED: "amber",
}

_RECORDING = ("planned", "in_progress", "action_required", "missed", "on_hold", "returned")

STEPS = {
    "plan": Step(
        ("to_plan", "missed", "on_hold", "action_required"), WorkOrderStatus.PLANNED, "plan_work", _("Plan")
    ),
    "unplan": Step(("planned",), WorkOrderStatus.TO_PLAN, "plan_work", _("Take off the plan")),
    "start": Step(_RECORDING, WorkOrderStatus.IN_PROGRESS, "record_work", _("Start")),
    "finish": Step(
        ("planned", "in_progress", "returned", "action_required"),
        WorkOrderStatus.READY_FOR_REVIEW,
        "record_work",
        _("Ready for back office"),
    ),
    # Whoever was there last says that the job goes on, and no visit is planned.
    "go_on": Step(
        ("planned", "in_progress", "returned", "ready_for_review"), WorkOrderStatus.TO_PLAN, "record_work", _("Next visit needed"),
        needs_reason=True,
    ),
    "report_issue": Step(
        ("planned", "in_progress"), WorkOrderStatus.ACTION_REQUIRED, "record_work", _("Report an issue"),
        needs_reason=True,
    ),
    "follow_up": Step(
        ("action_required",), WorkOrderStatus.READY_FOR_REVIEW, "manage_work_orders", _("Follow up"),
        needs_reason=True,
    ),
    "miss": Step(("planned", "in_progress"), WorkOrderStatus.MISSED, "record_work", _("No access"), needs_reason=True),
    "hold": Step(
        ("planned", "in_progress", "to_plan"), WorkOrderStatus.ON_HOLD, "record_work", _("Put on hold"),
        needs_reason=True,
    ),
    "put_aside": Step(
        ("planned", "in_progress", "to_plan", "missed", "action_required"), WorkOrderStatus.ON_HOLD,
        "manage_work_orders", _("Put on hold"), needs_reason=True,
    ),
    # A part was done and handed in, and what is left will not be done.
    "enough": Step(
        ("to_plan", "missed", "on_hold"), WorkOrderStatus.READY_FOR_REVIEW, "manage_work_orders",
        _("No further visit needed"), needs_reason=True,
    ),
    "resume": Step(("on_hold",), WorkOrderStatus.TO_PLAN, "manage_work_orders", _("Go on")),
    # A cancelled job only for what was recorded before (`review.actions.review_open`).
    "review": Step(
        ("ready_for_review", "cancelled"), WorkOrderStatus.IN_REVIEW, "review_work", pgettext_lazy("verb", "Review")
    ),
    "return": Step(
        ("in_review", "ready_for_review"), WorkOrderStatus.RETURNED, "review_work", _("Return to technician"),
        needs_reason=True,
    ),
    "take_back": Step(
        ("returned", "in_progress"), WorkOrderStatus.READY_FOR_REVIEW, "review_work",
        _("Take back from technician"), needs_reason=True,
    ),
    "approve": Step(("in_review",), WorkOrderStatus.READY_FOR_INVOICING, "review_work", _("Approve")),
    "reopen": Step(
        ("ready_for_invoicing",), WorkOrderStatus.IN_REVIEW, "review_work", _("Review again"), needs_reason=True
    ),
    "invoice": Step(("ready_for_invoicing",), WorkOrderStatus.INVOICED, "issue_invoice", pgettext_lazy("verb", "Invoice")),
    "uninvoice": Step(("invoiced", "closed"), WorkOrderStatus.READY_FOR_INVOICING, "issue_invoice", _("Credit")),
    "close": Step(("invoiced", "ready_for_invoicing"), WorkOrderStatus.CLOSED, "issue_invoice", pgettext_lazy("record", "Close")),
    "cancel": Step(
        ("to_plan", "planned", "missed", "on_hold"), WorkOrderStatus.CANCELLED, "manage_work_orders", _("Cancel"),
        needs_reason=True,
    ),
}  # fmt: skip
