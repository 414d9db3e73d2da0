"""What a review and an offer of extra work go through."""

from django.db import models
from django.utils.translation import gettext_lazy as _

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


STEPS = {
    "approve": Step(("open",), ReviewStatus.APPROVED, "review_work", _("Approve")),
    "return": Step(
        ("open",), ReviewStatus.RETURNED, "review_work", _("Return to technician"), needs_reason=True
    ),
    "reopen": Step(("approved", "returned"), ReviewStatus.OPEN, "review_work", _("Review again")),
}

OFFER_STEPS = {
    "approve": Step(("sent",), OfferStatus.APPROVED, "price_extra_work", _("Approve"), by_customer=True),
    "decline": Step(("sent",), OfferStatus.DECLINED, "price_extra_work", _("Decline"), by_customer=True),
    "withdraw": Step(("sent",), OfferStatus.WITHDRAWN, "price_extra_work", _("Withdraw"), needs_reason=True),
}
