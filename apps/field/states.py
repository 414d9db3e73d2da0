"""What a visit and a piece of extra work go through."""

from django.db import models
from django.utils.translation import gettext_lazy as _

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
    "start": Step(("assigned", "travelling"), VisitStatus.STARTED, "record_work", _("Start")),
    "pause": Step(("started",), VisitStatus.PAUSED, "record_work", _("Pause")),
    "resume": Step(("paused",), VisitStatus.STARTED, "record_work", _("Go on")),
    "finish": Step(("started", "paused"), VisitStatus.FINISHED, "record_work", _("Finish")),
    "no_access": Step(
        ("assigned", "travelling", "started"), VisitStatus.NO_ACCESS, "record_work", _("No access"),
        needs_reason=True,
    ),
    "reopen": Step(("finished",), VisitStatus.PAUSED, "review_work", _("Return to technician"), needs_reason=True),
}  # fmt: skip

EXTRA_WORK_STEPS = {
    "approve": Step(
        ("waiting", "declined"), ExtraWorkStatus.APPROVED, "price_extra_work", _("Approve"), by_customer=True
    ),
    "decline": Step(
        ("waiting",), ExtraWorkStatus.DECLINED, "price_extra_work", _("Decline"), by_customer=True
    ),
}
