"""Everything that is said: mails out, notices to colleagues, notes on records."""

import smtplib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from email.utils import formataddr
from typing import Any

from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives
from django.db import models, transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from apps.company.models import Company
from apps.core import clock
from apps.core.actors import SYSTEM, Actor
from apps.core.audit import audit_record
from apps.core.queue import job_defer
from apps.core.text import one_line
from apps.core.transitions import move
from apps.documents.models import StoredFile
from apps.messaging.links import links_fill
from apps.messaging.models import Attachment, Message, Note, Notice
from apps.messaging.states import MessageStatus

MAX_TRIES = 6


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
    wait: timedelta | None = None,
) -> Message | None:
    """Queue a mail about a record, in the transaction of whatever it tells. None when there is no address.

    It leaves after `wait`; until then `message_withdraw` takes it back.
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
        queued_at=clock.now(),
        held_until=clock.now() + wait if wait else None,
    )
    with transaction.atomic():
        message.save()
        for file in attachments:
            Attachment.objects.create(message=message, file=file)
        job_defer("messaging.deliver", wait=wait, message_id=message.pk)
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


def message_deliver(*, message: Message) -> bool:
    """Hand a queued message to the mail server; False when that failed and is worth another try."""
    with transaction.atomic():
        message = Message.objects.select_for_update().get(pk=message.pk)
        if message.status in (MessageStatus.SENT, MessageStatus.WITHDRAWN):
            return True
        if message.held_until and clock.now() < message.held_until:
            return False
        message.tries = F("tries") + 1
        message.save(update_fields=["tries"])
        try:
            message_compose(message).send()
        except (smtplib.SMTPException, OSError) as error:
            message.refresh_from_db()
            message.error = str(error)[:500]
            message.save(update_fields=["error"])
            if message.tries >= MAX_TRIES or isinstance(error, smtplib.SMTPRecipientsRefused):
                move(message, "fail", by=SYSTEM, reason=message.error)
                return True
            return False
        message_sent(message=message)
    return True


def message_sent(*, message: Message) -> None:
    """Note that the message went out."""
    with transaction.atomic():
        move(message, "send", by=SYSTEM)
        message.sent_at = clock.now()
        message.error = ""
        message.save(update_fields=["sent_at", "error"])


def message_resend(*, message: Message, by: Actor, to_address: str = "") -> Message:
    """Queue the message again, to another address if one is given."""
    with transaction.atomic():
        move(message, "retry", by=by, reason=to_address)
        message.to_address = to_address or message.to_address
        message.tries = 0
        message.save(update_fields=["to_address", "tries"])
        job_defer("messaging.deliver", message_id=message.pk)
    return message


def message_compose(message: Message) -> EmailMultiAlternatives:
    """The mail itself, with its private addresses filled in and its attachments."""
    company = Company.objects.filter(pk=1).first()
    sender = formataddr((one_line(company.name), company.email)) if company else None
    text = links_fill(message.body)
    with translation.override(message.language):
        context = {"text": text, "company": company, "subject": message.subject}
        html = render_to_string("mail/message.html", context)
        plain = render_to_string("mail/message.txt", context)
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=plain,
        from_email=sender,
        to=[formataddr((message.to_name, message.to_address))],
        # The same id at each try: a mail server that already has it can tell.
        headers={
            "Message-ID": f"<message-{message.pk}@{(company.email if company else 'x@localhost').partition('@')[2]}>"
        },
    )
    mail.attach_alternative(html, "text/html")
    for attachment in message.attachments.select_related("file"):
        file = attachment.file
        with default_storage.open(file.path) as opened:
            mail.attach(file.name, opened.read(), file.content_type)
    return mail


def notice_send(*, user: Any, text: str, url: str) -> None:
    """Tell a colleague something, in the product itself; not one who can no longer read it."""
    if not user.is_active:
        return
    # bulk: a technician may write a notice to a colleague without reading it back
    Notice.objects.bulk_create([Notice(user_id=user.pk, text=text[:300], url=url[:300], at=clock.now())])


def notice_read(*, notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=clock.now())


def note_add(*, about: models.Model, text: str, by: Any, url: str, mentions: Iterable[Any] = ()) -> Note:
    """Add a remark to the discussion of a record; whoever is mentioned gets a notice that leads to `url`."""
    with transaction.atomic():
        note = Note.objects.create(
            about_type=about._meta.label_lower, about_id=about.pk, text=text, by=by, at=clock.now()
        )
        people = [one for one in mentions if one.pk != by.pk]
        note.mentions.set(people)
        for person in people:
            with translation.override(person.language):
                words = _("%(name)s mentioned you at %(record)s: %(text)s")
            notice_send(
                user=person,
                text=words % {"name": by.name, "record": about, "text": text[:120]},
                url=url,
            )
        audit_record(about, verb=f"{about._meta.model_name}.note", by=by)
    return note
