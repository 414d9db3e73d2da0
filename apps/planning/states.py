"""What becomes of what a customer asks, and the words for the codes of apps.planning.rules."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.transitions import Step


class ChangeKind(models.TextChoices):
    MOVE = "move", _("Another time")
    CANCEL = "cancel", _("Cancellation")


class ChangeStatus(models.TextChoices):
    OPEN = "open", _("To decide")
    GRANTED = "granted", _("Granted")
    DECLINED = "declined", _("Declined")


CHANGE_STEPS = {
    "grant": Step(("open",), ChangeStatus.GRANTED, "plan_work", _("Grant")),
    "decline": Step(("open",), ChangeStatus.DECLINED, "plan_work", _("Decline"), needs_reason=True),
}

WARNINGS = {
    "in_the_past": _("It begins in the past."),
    "absent": _("The technician is absent then."),
    "holiday": _("It is a public holiday."),
    "out_of_hours": _("It is outside the technician's hours."),
    "missing_skill": _("The technician lacks the skill that the job needs."),
    "sla_missed": _("It ends after the job must be complete."),
    "outside_window": _("It is outside the customer's preferred window."),
}

# The same in two words, for a list of what is odd about the plan.
ODDITIES = {
    "left": _("No longer in service"),
    "absent": _("Absent"),
    "holiday": _("Public holiday"),
    "out_of_hours": _("Out of hours"),
    "missing_skill": _("Missing skill"),
    "sla_missed": _("SLA at risk"),
    "outside_window": _("Outside window"),
    "double": _("Double booking"),
    "unassigned": _("Unassigned"),
    "too_few": _("Too few technicians"),
    "over_capacity": _("Over capacity"),
}

SLOT_WORDS = {"free": _("Available"), "partly": _("Partially booked"), "full": _("Full / unavailable")}

# Why a visit stays where it is when a day's routes are made better.
STAYS = {
    "begun": _("has begun"),
    "confirmed": _("the customer confirmed this time"),
    "asked": _("the customer asks for another time"),
    "together": _("comes with a colleague"),
    "double": _("booked double on purpose"),
    "odd": _("planned so on purpose"),
    "nowhere": _("no position known"),
}
