"""Mails that are to go out: put there with whatever they tell, and sent again when somebody asks for it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.queue import job_defer
from apps.core.refusals import Refused
from apps.core.text import one_line
from apps.core.transitions import move
from apps.documents.models import StoredFile
from apps.messaging.links import is_personal
from apps.messaging.models import Attachment, Message, message_id_new
from apps.messaging.states import MessageStatus


def message_queue(
    *,
    kind: str,
    about: models.Model,
    to_address: str,
    subject: str,
    body: str,
    language: str,
    to_name: str = "",
    attachments: Sequence[StoredFile] = (),
    facts: dict[str, Any] | None = None,
    wait: timedelta | None = None,
) -> Message | None:
    """Queue a mail about a record, in the transaction of whatever it tells. None when there is no address.

    It leaves after `wait`; until then `message_withdraw` takes it back. What takes long to make is attached when the mail goes out: see messaging.kinds, which is told the `facts`.
    """
    if not to_address:
        return None
    message = Message(
        kind=kind,
        to_address=to_address,
        to_name=one_line(to_name)[:120],
        subject=one_line(subject)[:200],
        body=body,
        language=language,
        about_type=about._meta.label_lower,
        about_id=about.pk,
        facts=facts or {},
        queued_at=clock.now(),
        held_until=clock.now() + wait if wait else None,
    )
    with transaction.atomic():
        message.save()
        for file in attachments:
            Attachment.objects.create(message=message, file=file)
        _deliver_later(message, wait)
    return message


def test_mail_queue(*, by: Any) -> Message | None:
    """Queue a mail to the user who asks: does mail leave this installation?"""
    with translation.override(by.language):
        return message_queue(
            kind="test",
            about=by,
            to_address=by.email,
            to_name=by.name,
            subject=_("A test mail of Watertight"),
            body=_("Mail leaves this installation. Quotes and invoices will go out in the same way."),
            language=by.language,
        )


def message_withdraw(*, message: Message, by: Actor) -> Message:
    """Let a queued message never leave. Raises Refused when it has left already."""
    return move(message, "withdraw", by=by)


def message_release(*, message: Message) -> bool:
    """Let a mail that is held leave now; False when it is not held, no longer waits, or is being changed this very moment."""
    now = clock.now()
    with transaction.atomic():
        held = Message.objects.select_for_update(skip_locked=True)
        held = held.filter(pk=message.pk, status=MessageStatus.QUEUED, held_until__gt=now)
        if held.first() is None:
            return False
        Message.objects.filter(pk=message.pk).update(held_until=None, queued_at=now)
        _deliver_later(message)
    return True


def message_resend(*, message: Message, by: Actor, to_address: str = "") -> Message:
    """Queue the message again, to another address if one is given: another mail to whoever gets it.

    Raises Refused while it is on its way; and for another address when a link in it proves the address: whoever reads
    it there takes over an account.
    """
    if to_address and to_address != message.to_address and is_personal(message.body):
        raise Refused(_("This mail goes to the address that it was written for, and to no other."))
    with transaction.atomic():
        message = Message.objects.select_for_update().get(pk=message.pk)
        if message.is_under_way and not message.is_late:
            raise Refused(_("This mail is on its way already."))
        move(message, "retry", by=by, reason=to_address)
        message.to_address = to_address or message.to_address
        message.tries, message.error = 0, ""
        message.message_id = message_id_new()
        message.queued_at = clock.now()
        message.save(update_fields=["to_address", "tries", "error", "message_id", "queued_at"])
        _deliver_later(message)
    return message


def message_settle(*, message: Message, by: Actor, reason: str) -> Message:
    """A mail that did not arrive needs nobody any more, for a `reason`: they heard it by telephone. Raises Refused."""
    return move(message, "settle", by=by, reason=reason)


def _deliver_later(message: Message, wait: timedelta | None = None) -> None:
    """A mail server that does not answer takes long over each: nothing else waits behind a pile of mails."""
    job_defer("messaging.deliver", wait=wait, gives_way=True, message_id=message.pk)
