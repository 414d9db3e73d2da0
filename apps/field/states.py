"""What a visit and a piece of extra work go through."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.transitions import Step


class VisitStatus(models.TextChoices):
    ASSIGNED = "assigned", _("To do")
    TRAVELLING = "travelling", _("On the way")
    STARTED = "started", _("Working")
    PAUSED = "paused", _("Paused")
    FINISHED = "finished", _("Done")
    NO_ACCESS = "no_access", _("No access")


class ExtraWorkStatus(models.TextChoices):
    """All that a technician ever sees of extra work's fate."""

    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


STEPS = {
    "travel": Step(("assigned",), VisitStatus.TRAVELLING, "record_work", _("On my way")),
    "turn_back": Step(("travelling",), VisitStatus.ASSIGNED, "record_work", _("Trip broken off")),
    "start": Step(("assigned", "travelling"), VisitStatus.STARTED, "record_work", _("Start")),
    "pause": Step(("started",), VisitStatus.PAUSED, "record_work", _("Pause")),
    "resume": Step(("paused",), VisitStatus.STARTED, "record_work", _("Go on")),
    "finish": Step(("started", "paused"), VisitStatus.FINISHED, "record_work", _("Finish")),
    "no_access": Step(
        ("assigned", "travelling", "started"), VisitStatus.NO_ACCESS, "record_work", _("No access"),
        needs_reason=True,
    ),
    "reopen": Step(("finished",), VisitStatus.PAUSED, "review_work", _("Return to technician"), needs_reason=True),
    "leave": Step(
        ("started",), VisitStatus.PAUSED, "manage_work_orders", _("Stopped by the office"), needs_reason=True
    ),
    "take_back": Step(
        ("paused",), VisitStatus.FINISHED, "review_work", _("Take back from technician"), needs_reason=True
    ),
}  # fmt: skip

EVENTS = {
    "clock_stopped": _("Clock stopped by the office"),
    "clock_closed": _("Clock stopped by a start at another job"),
    "clock_closed_other": _("Its start stopped the clock at another job"),
}

EXTRA_WORK_STEPS = {
    "approve": Step(
        ("waiting", "declined"),
        ExtraWorkStatus.APPROVED,
        "price_extra_work",
        pgettext_lazy("customer", "Approve"),
        by_customer=True,
    ),
    "decline": Step(
        ("waiting",), ExtraWorkStatus.DECLINED, "price_extra_work", _("Decline"), by_customer=True
    ),
}

# Why something that a phone reported could not be applied.
UNFIT: dict[str, str | Promise] = {
    "unknown_visit": _("It belongs to no visit that we know."),
    "intake": _("It belongs to an intake visit, which has its own report."),
    "unknown_kind": _("This version of Watertight does not know this kind of recording."),
    "not_yours": _("The visit is no longer planned on this technician."),
    "cancelled": _("The work order was cancelled meanwhile."),
    "not_planned": _("The work order was taken off the plan meanwhile."),
    "already_reviewed": _("The work order was already handed in for review, or reviewed."),
    "out_of_order": _("It does not follow from where the visit stands: “%(detail)s”."),
    "before_its_start": _("It happened before the clock that it stops was started."),
    "needs_before_photo": _("Work starts with a before photo, and there is none."),
    "incomplete": _("Something that is required is missing: %(detail)s."),
    "outside_the_stretch": _("The proposed end lies outside the time that the clock ran."),
    "no_photo": _("The photo did not arrive."),
    "no_text": _("The text did not arrive."),
    "no_reason": _("The reason did not arrive."),
    "nothing_left": _("It does not say what is left to do, and nobody else is planned."),
    "no_signature": _("There is neither a signature with a name, nor a reason why not."),
    "not_a_number": _("“%(detail)s” is not a number that we can read."),
    "not_a_choice": _("“%(detail)s” is not one of the choices."),
    "unknown_field": _("The checklist has no such question."),
    "unknown_material": _("The material is not in the catalogue for technicians."),
    "unknown_record": _("What it takes off is not there any more."),
    "in_review": _("The office has already dealt with this item."),
    "there_are_some": _("It says that there was none, but something was recorded."),
    "may_not_extra": _("This technician may not record extra work."),
    "shown_changed": _("The work was changed after it was shown to the customer."),
    "bad_file": _("The file cannot be read as a photo: %(detail)s"),
    "unread": _("Watertight could not take the form (%(detail)s). What was sent is kept as it was."),
    "refused": "%(detail)s",
    "fault": _("A fault in Watertight itself (%(detail)s). What was sent is kept."),
}

# What `FieldEvent.why` names beside these codes of `UNFIT`: it keeps the names, and each reader has the words. `steps`
# puts those in of what is incomplete.
DETAILS: dict[str, dict[str, str | Promise]] = {"out_of_order": dict(VisitStatus.choices)}
