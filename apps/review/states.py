"""What a review and an offer of extra work go through, and the words for proposals and risks."""

from datetime import UTC, datetime
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core import formats
from apps.core.transitions import Step


class ReviewStatus(models.TextChoices):
    OPEN = "open", _("Open")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")


class OfferStatus(models.TextChoices):
    SENT = "sent", _("Sent")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Proposal(models.TextChoices):
    """Why a fate is proposed: the names are those of `rules`."""

    AS_AGREED = "as_agreed", _("Agreed in the quote")
    AS_RECORDED = "as_recorded", _("Charged as recorded")
    IN_AGREEMENT = "in_agreement", _("Part of the agreed price")
    NO_AGREEMENT = "no_agreement", _("Fixed price, but no agreed price is known")
    WITHIN_SOLD = "within_sold", _("Within the sold hours")
    ABOVE_SOLD = "above_sold", _("Above the sold hours")
    ABOVE_AGREED = "above_agreed", _("More than was agreed")
    TRAVEL_FREE = "travel_free", _("Travel is not charged")
    UNPRICED = "unpriced", _("No sales price is known")
    EXTRA_APPROVED = "extra_approved", _("Approved by the customer")
    EXTRA_WAITING = "extra_waiting", _("Waiting for the customer's answer")
    EXTRA_UNOFFERED = "extra_unoffered", _("Not offered to the customer yet")
    EXTRA_DECLINED = "extra_declined", _("Declined by the customer")
    EXTRA_IN_TIME = "extra_in_time", _("Charged through the recorded time and materials")
    EXTRA_COVERS = "extra_covers", _("Asked by the extra work")
    ABOVE_OFFER = "above_offer", _("More than the extra work asks for")
    ESTIMATE = "estimate", _("Estimated: what was recorded is charged")
    ESTIMATE_LEFT = "estimate_left", _("Estimated, and not recorded")
    NOTHING = "nothing", _("Nothing is charged for it")
    TAKEN_BACK = "taken_back", _("Taken back by the technician")
    LATE = "late", _("Came in after the review")
    DEPOSIT_LEFT = "deposit_left", _("Left to the final invoice")


class ConcernKind(models.TextChoices):
    """What is judged by a person before a review is approved: the names are those of `sql/concern_view.sql`."""

    DEVIATION = "deviation", _("Deviation")
    SIGNATURE = "signature", _("No signature")
    OUTDATED = "outdated", _("Changed after signing")
    PHOTOS = "photos", _("Photo missing")
    CLOCK = "clock", _("Clock above ten hours")
    PROPOSAL = "proposal", _("Another end of work is proposed")
    OVER_USE = "over_use", _("More than was agreed")
    PRICE = "price", _("Other price than the list asks")
    UNDECIDED = "undecided", _("Pending")
    EXCEEDED = "exceeded", _("More than a tenth above the estimate")


PHOTOS = {"before": _("before the work"), "after": _("after the work")}


def concern_words(kind: str, words: str) -> str:
    """What is the matter, for a reader."""
    if kind == ConcernKind.PHOTOS:
        return ", ".join(str(PHOTOS.get(one, one)) for one in words.split("|"))
    if kind == ConcernKind.CLOCK:
        return formats.quantity(Decimal(words), str(_("h")))
    if kind == ConcernKind.PROPOSAL:
        end, why = words.split("|", 1)
        said = {"end": formats.moment(datetime.fromtimestamp(int(end), UTC)), "why": why}
        return str(_("Ended at %(end)s, says the technician: %(why)s") % said)
    if kind == ConcernKind.EXCEEDED:
        asked, estimated = words.split("|")
        said = {"asked": formats.money(Decimal(asked)), "estimated": formats.money(Decimal(estimated))}
        return str(_("%(asked)s instead of %(estimated)s") % said)
    return words


def concern_text(kind: str, words: str) -> str:
    """A concern in a few words, for a sentence."""
    label, said = str(ConcernKind(kind).label), concern_words(kind, words)
    return f"{label}: {said}" if said else label


# What is mostly said of a concern, each one press.
READY_REASONS = {
    "deviation": (_("Discussed with the customer"), _("No consequences for the price")),
    "signature": (_("The reason will do"), _("The customer confirmed it afterwards")),
    "outdated": (_("The change makes no difference to the customer"),),
    "photos": (_("The other photos will do"), _("Cannot be made any more")),
    "clock": (_("The work did take that long"),),
    "proposal": (_("What the clock says is right"),),
    "exceeded": (
        _("The customer was warned in time and agreed"),
        _("The customer asked for more than was estimated"),
    ),
    "price": (_("Agreed with the customer"),),
}
# What becomes of what goes beyond the agreement, and why.
OVER_USE_WAYS = (
    ("included", _("Our risk at this price")),
    ("written_off", _("Our own mistake")),
    ("billable", _("Agreed with the customer")),
)

RISKS = {
    "over_sold": _("Over sold hours"),
    "no_photo": _("Photo missing"),
    "open_extra": _("Extra work open"),
    "deviation": _("Deviation"),
    "no_price": _("No price"),
    "unsigned": _("No signature"),
    "was_returned": _("Was returned"),
}
RISK_LEVELS = {
    "none": (_("None"), "green"),
    "low": (_("Low"), "blue"),
    "medium": (_("Medium"), "amber"),
    "high": (_("High"), "red"),
}

STEPS = {
    "approve": Step(("open",), ReviewStatus.APPROVED, "review_work", _("Approve")),
    "return": Step(
        ("open",), ReviewStatus.RETURNED, "review_work", _("Return to technician"), needs_reason=True
    ),
    "reopen": Step(("approved", "returned"), ReviewStatus.OPEN, "review_work", _("Review again")),
}

OFFER_STEPS = {
    "approve": Step(
        ("sent",),
        OfferStatus.APPROVED,
        "price_extra_work",
        pgettext_lazy("customer", "Approve"),
        by_customer=True,
    ),
    "decline": Step(("sent",), OfferStatus.DECLINED, "price_extra_work", _("Decline"), by_customer=True),
    "withdraw": Step(("sent",), OfferStatus.WITHDRAWN, "price_extra_work", _("Withdraw"), needs_reason=True),
}

FATE_TONES = {"pending": "amber", "billable": "blue", "included": "neutral", "written_off": "red"}
OFFER_TONES = {"sent": "amber", "approved": "green", "declined": "red", "withdrawn": "neutral"}

# What else happens to a review, for its history.
EVENTS = {
    "opened": _("Review started"),
    "item_accepted": _("Item accepted"),
    "time_add": _("Time noted that no clock recorded"),
    "item_corrected": _("Item corrected"),
    "item_returned": _("Item marked to return"),
    "proposals_accepted": _("Proposals accepted"),
}
