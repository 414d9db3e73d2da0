"""What can become of a message."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.transitions import Step


class MessageStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    WITHDRAWN = "withdrawn", _("Taken back")
    SETTLED = "settled", _("Settled otherwise")


TONES = {
    MessageStatus.QUEUED: "amber",
    MessageStatus.SENDING: "amber",
    MessageStatus.SENT: "green",
    MessageStatus.FAILED: "red",
    MessageStatus.WITHDRAWN: "neutral",
    MessageStatus.SETTLED: "neutral",
}
# What stands as the error of a mail that the mail server got and about which it said nothing.
NO_WORD = "no word"
UNDER_WAY = (MessageStatus.QUEUED, MessageStatus.SENDING)

STEPS = {
    "begin": Step(("queued",), MessageStatus.SENDING, "send_messages", _("Being sent")),
    "send": Step(("queued", "sending", "failed"), MessageStatus.SENT, "send_messages", _("Sent")),
    "put_back": Step(("sending",), MessageStatus.QUEUED, "send_messages", _("To be tried again")),
    "fail": Step(("queued", "sending"), MessageStatus.FAILED, "send_messages", _("Not delivered")),
    "withdraw": Step(("queued",), MessageStatus.WITHDRAWN, "plan_work", _("Taken back")),
    # Somebody told it by telephone, or it is of no use any more.
    "settle": Step(
        ("failed",), MessageStatus.SETTLED, "send_messages", _("Settled otherwise"), needs_reason=True
    ),
    # What is on its way can be late: the action knows.
    "retry": Step(
        ("failed", "sent", "queued", "sending", "settled"),
        MessageStatus.QUEUED,
        "send_messages",
        _("Queued again"),
    ),
}
