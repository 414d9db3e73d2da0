"""Handing a mail to the mail server: once, whatever dies in between. docs/algorithms/mail.md says how."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from apps.company.models import Company
from apps.core import clock
from apps.core.actors import SYSTEM
from apps.core.database import OFFICE, as_role, database_is_away, session_lock, until_kept
from apps.core.text import one_line
from apps.core.transitions import move
from apps.messaging.kinds import kind_of
from apps.messaging.links import links_fill
from apps.messaging.mail_server import NoWord, address_written
from apps.messaging.models import Attachment, Message
from apps.messaging.states import NO_WORD, MessageStatus

# Of a mail that is refused; and of one that nobody looked at, as the server was away: two days, as the queue has patience.
MAX_TRIES, AWAY_TRIES = 6, 48
LOCK = 727_020


def message_deliver(*, message: Message) -> bool:
    """Hand a queued message to the mail server; False when that failed and is worth another try.

    That it is being sent is committed before it is handed over, and that it was sent right after. Whoever hands it
    over holds a lock meanwhile, so no two do. Who died in between leaves it "being sent": it is handed over again,
    under the same Message-ID.
    """
    with session_lock(LOCK, message.pk) as ours:
        if not ours:
            return True  # whoever has it sees to it
        try:
            with as_role(OFFICE):
                mail = _begin(message.pk)
        except _Held:
            return False
        except Exception as error:
            if not database_is_away(error):
                with as_role(OFFICE):
                    Message.objects.filter(pk=message.pk).update(error=_said(error))
            raise
        if mail is None:
            return True
        with _handed_over(mail) as refused:
            # It happened: now it has to be written down, at once and however long the database takes to come back.
            return until_kept(lambda: _end(message.pk, mail.extra_headers["Message-ID"], refused))


class _Held(Exception):
    """Whoever caused it may still take it back."""


def _begin(pk: int) -> EmailMultiAlternatives | None:
    """The mail that is to go out now; None when there is nothing to send any more."""
    message = Message.objects.select_for_update().filter(pk=pk).first()
    if message is None or not message.is_under_way:
        return None
    if message.held_until and clock.now() < message.held_until:
        raise _Held
    wanted = kind_of(message.kind).wanted
    if wanted and message.status == MessageStatus.QUEUED and not wanted(message):
        move(message, "withdraw", by=SYSTEM)
        return None
    attach = kind_of(message.kind).attach
    if attach and not message.attachments.exists():
        for file in attach(message):
            Attachment.objects.create(message=message, file=file)
    mail = message_compose(message)
    if message.status == MessageStatus.QUEUED:
        move(message, "begin", by=SYSTEM)
    return mail


@contextmanager
def _handed_over(mail: EmailMultiAlternatives) -> Iterator[Exception | None]:
    """What kept the mail server from taking it; None when it did. No database in here.

    The goodbyes come after what is done inside: who is killed over them would have sent it a second time.
    """
    server = get_connection()
    refused: Exception | None = None
    try:
        server.open()
        server.send_messages([mail])
    except (smtplib.SMTPException, OSError) as error:
        refused = error
    try:
        yield refused
    finally:
        with suppress(smtplib.SMTPException, OSError):  # it has the mail; how it says goodbye does not matter
            server.close()


def _end(pk: int, message_id: str, refused: Exception | None) -> bool:
    """Write down what became of it; False when it is worth another try."""
    with as_role(OFFICE):
        message = Message.objects.select_for_update().get(pk=pk)
        if message.status != MessageStatus.SENDING or message.message_id != message_id:
            # Written down before, and only the answer got lost; or meanwhile somebody had it sent anew.
            return message.status != MessageStatus.QUEUED
        message.tries += 1
        message.error = _said(refused) if refused else ""
        message.save(update_fields=["tries", "error"])
        if refused is None:
            message_sent(message=message)
            return True
        most = MAX_TRIES if isinstance(refused, _OF_THE_MAIL) else AWAY_TRIES
        final = message.tries >= most or _for_good(refused)
        move(message, "fail" if final else "put_back", by=SYSTEM, reason=message.error)
        return final


def _said(error: Exception) -> str:
    """A mail server's own words; NO_WORD where it had none."""
    answers: list[tuple[int, bytes | str]] = []
    if isinstance(error, NoWord):
        return NO_WORD
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = list(error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        answers = [(error.smtp_code, error.smtp_error)]
    words = "; ".join(
        f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
        for code, text in answers
    )
    return one_line(words or str(error) or type(error).__name__)[:500]


_OF_THE_MAIL = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)


def _for_good(error: Exception) -> bool:
    """Whether nobody there will ever take it, as opposed to not now; or has it perhaps, and must not get it twice."""
    if isinstance(error, NoWord):
        return True
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        code >= 500 for code, _text in error.recipients.values()
    )


def message_sent(*, message: Message) -> None:
    """Note that the message went out, and tell whoever has to know."""
    with transaction.atomic():
        move(message, "send", by=SYSTEM)
        message.sent_at = clock.now()
        message.save(update_fields=["sent_at"])
        if (sent := kind_of(message.kind).sent) is not None:
            sent(message)


def message_compose(message: Message) -> EmailMultiAlternatives:
    """The mail itself, with its private addresses filled in and its attachments."""
    company = Company.objects.row()
    sender = address_written(one_line(company.name), company.email) if company else None
    text = links_fill(message.body)
    with translation.override(message.language):
        context = {"text": text, "company": company, "subject": message.subject}
        html = render_to_string("mail/message.html", context)
        plain = render_to_string("mail/message.txt", context)
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=plain,
        from_email=sender,
        to=[address_written(message.to_name, message.to_address)],
        # The same at each try: whoever has the mail already can tell that it is no other.
        headers={"Message-ID": message.message_id},
    )
    mail.attach_alternative(html, "text/html")
    for attachment in message.attachments.select_related("file"):
        file = attachment.file
        with default_storage.open(file.path) as opened:
            mail.attach(file.name, opened.read(), file.content_type)
    return mail
