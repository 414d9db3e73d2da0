"""What an invoice goes through. Overdue, partly paid, delivered and booked are facts beside the status."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.transitions import Step


class InvoiceStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Issued")
    SENT = "sent", _("Sent")
    PAID = "paid", _("Paid")
    CREDITED = "credited", _("Credited")
    CANCELLED = "cancelled", _("Cancelled")


NEXT_ACTIONS = {
    InvoiceStatus.DRAFT: _("Check and issue"),
    InvoiceStatus.ISSUED: _("Send"),
    InvoiceStatus.SENT: _("Wait for payment"),
    InvoiceStatus.PAID: _("Put in a package for the bookkeeper"),
}

TONES = {
    InvoiceStatus.DRAFT: "neutral",
    InvoiceStatus.ISSUED: "amber",
    InvoiceStatus.SENT: "blue",
    InvoiceStatus.PAID: "green",
    InvoiceStatus.CREDITED: "neutral",
    InvoiceStatus.CANCELLED: "neutral",
}

STEPS = {
    "issue": Step(("draft",), InvoiceStatus.ISSUED, "issue_invoice", pgettext_lazy("verb", "Issue")),
    "send": Step(("issued",), InvoiceStatus.SENT, "issue_invoice", _("Send")),
    "pay": Step(("issued", "sent"), InvoiceStatus.PAID, "record_payment", _("Paid")),
    "unpay": Step(
        ("paid",), InvoiceStatus.SENT, "record_payment", _("Take back the payment"), needs_reason=True
    ),
    # A payment on site of an invoice that was not sent yet, taken back.
    "unpay_unsent": Step(
        ("paid",), InvoiceStatus.ISSUED, "record_payment", _("Take back the payment"), needs_reason=True
    ),
    "credit": Step(("issued", "sent", "paid"), InvoiceStatus.CREDITED, "issue_invoice", _("Credit")),
    "cancel": Step(("draft",), InvoiceStatus.CANCELLED, "issue_invoice", _("Cancel"), needs_reason=True),
}

# What else happens to an invoice, in words.
EVENTS = {
    "issue": _("Issued"),
    "send": _("Sent"),
    "credit": _("Credited"),
    "cancel": _("Cancelled"),
    "unpay": _("Payment reversed"),
    "unpay_unsent": _("Payment reversed"),
    "line_change": _("Line changed"),
    "line_add": _("Line added"),
    "line_remove": _("Line taken off"),
    "mail": _("Mail queued"),
    "resend": _("Sent again"),
    "remind": _("Reminder sent"),
    "pay_part": _("Payment recorded"),
    "refund": _("Refund recorded"),
    "reverse": _("Payment reversed"),
    "set_off": _("Set off with another invoice"),
    "deliver": _("Marked as delivered"),
    "book": _("Marked as booked"),
    "credit_part": _("Credited in part"),
    "complete": _("Case complete"),
}
