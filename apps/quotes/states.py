"""What a quote goes through."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.transitions import Step


class QuoteStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    # By the customer, after the yes.
    CANCELLED = "cancelled", _("Cancelled")


NEXT_ACTIONS = {
    QuoteStatus.DRAFT: _("Finish and send"),
    QuoteStatus.SENT: _("Wait for the customer"),
    QuoteStatus.DECLINED: _("Revise or close"),
    QuoteStatus.EXPIRED: _("Revise or close"),
}

TONES = {
    QuoteStatus.DRAFT: "neutral",
    QuoteStatus.SENT: "blue",
    QuoteStatus.ACCEPTED: "green",
    QuoteStatus.DECLINED: "red",
    QuoteStatus.EXPIRED: "amber",
    QuoteStatus.WITHDRAWN: "neutral",
    QuoteStatus.CANCELLED: "neutral",
}

STEPS = {
    "send": Step(("draft",), QuoteStatus.SENT, "make_quotes", _("Send")),
    "accept": Step(("sent",), QuoteStatus.ACCEPTED, "make_quotes", _("Accept"), by_customer=True),
    "decline": Step(
        ("sent",), QuoteStatus.DECLINED, "make_quotes", _("Decline"), needs_reason=True, by_customer=True
    ),
    "expire": Step(("sent",), QuoteStatus.EXPIRED, "make_quotes", _("Expired")),
    "withdraw": Step(
        ("sent", "expired"), QuoteStatus.WITHDRAWN, "make_quotes", _("Withdraw"), needs_reason=True
    ),
    # `review.actions.agreement_cancel`: what was agreed and not billed is given up.
    "cancel": Step(
        ("accepted",), QuoteStatus.CANCELLED, "make_quotes", _("Customer withdraws"), needs_reason=True
    ),
    "revise": Step(
        ("sent", "declined", "expired", "withdrawn"),
        QuoteStatus.DRAFT,
        "make_quotes",
        _("Revise: new version"),
    ),
}

# What else happens to a quote, in its history.
EVENTS = {
    "resend": _("Sent again"),
    "open": _("Opened by the customer"),
    "remind": _("Reminder sent"),
    "order_again": _("Work order made again"),
    "revoke_link": _("Private link revoked"),
}
