"""Everything that is said: mails out, notices to colleagues, notes on records."""

from apps.messaging.actions.delivery import (
    AWAY_TRIES,
    MAX_TRIES,
    message_compose,
    message_deliver,
    message_sent,
)
from apps.messaging.actions.outbox import (
    message_queue,
    message_release,
    message_resend,
    message_settle,
    message_withdraw,
    test_mail_queue,
)
from apps.messaging.actions.pushes import (
    device_add,
    device_claim,
    device_remove,
    push_deliver,
    push_queue,
)
from apps.messaging.actions.talk import note_add, notice_read, notice_send, notices_read

__all__ = [
    "AWAY_TRIES",
    "MAX_TRIES",
    "device_add",
    "device_claim",
    "device_remove",
    "message_compose",
    "message_deliver",
    "message_queue",
    "message_release",
    "message_resend",
    "message_sent",
    "message_settle",
    "message_withdraw",
    "note_add",
    "notice_read",
    "notice_send",
    "notices_read",
    "push_deliver",
    "push_queue",
    "test_mail_queue",
]
