"""What can become of a message."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.transitions import Step


class MessageStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    WITHDRAWN = "withdrawn", _("Taken back")


STEPS = {
    "send": Step(("queued", "failed"), MessageStatus.SENT, "send_messages", _("Sent")),
    "fail": Step(("queued", "failed"), MessageStatus.FAILED, "send_messages", _("Not delivered")),
    "withdraw": Step(("queued",), MessageStatus.WITHDRAWN, "plan_work", _("Taken back")),
    "retry": Step(("failed", "sent"), MessageStatus.QUEUED, "send_messages", _("Queued again")),
}
