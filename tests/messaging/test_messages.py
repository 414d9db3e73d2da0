"""Mail: queued with the change that it tells, sent once, tried again, and never holding a private address at rest."""

import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from apps.core.actors import SYSTEM
from apps.core.database import TECHNICIAN, as_role
from apps.core.tokens import token_for
from apps.documents.actions import file_store
from apps.messaging import actions
from apps.messaging.links import placeholder
from apps.messaging.models import Message, Notice
from apps.messaging.rules import mentioned
from tests.conftest import Cast
from tests.messaging.conftest import Box


def queue(cast: Cast, **changes: Any) -> Message:
    message = actions.message_queue(
        **{
            "kind": "test", "about": cast.bram, "to_address": "h.vermeer@klant.example", "to_name": "H. Vermeer",
            "subject": "Uw offerte", "body": "Beste heer,\n\nMet groet", "language": "nl",
        } | changes
    )  # fmt: skip
    assert message is not None
    return message


def jobs_waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'messaging.deliver'")
        return cursor.fetchone()[0]


def test_a_mail_is_delivered_with_its_attachment(cast: Cast, mailbox: Box) -> None:
    file = file_store(content=b"%PDF-1.7 x", name="Q26-0001.pdf", content_type="application/pdf", by=SYSTEM)
    message = queue(cast, attachments=[file])
    assert actions.message_deliver(message=message)
    message.refresh_from_db()
    assert (message.status, message.tries, len(mailbox.mails)) == ("sent", 1, 1)
    names = [part.get_filename() for part in mailbox.mails[0].walk() if part.get_filename()]
    assert names == ["Q26-0001.pdf"]


def test_delivering_again_sends_nothing(cast: Cast, mailbox: Box) -> None:
    message = queue(cast)
    actions.message_deliver(message=message)
    assert actions.message_deliver(message=message)
    assert len(mailbox.mails) == 1


def test_a_server_that_is_busy_is_tried_again(cast: Cast, mailbox: Box) -> None:
    mailbox.answer = "451 try later"
    message = queue(cast)
    assert actions.message_deliver(message=message) is False
    message.refresh_from_db()
    assert (message.status, message.tries) == ("queued", 1)
    assert "try later" in message.error
    mailbox.answer = "250 OK"
    assert actions.message_deliver(message=message)


def test_after_the_last_try_it_has_failed_and_can_be_sent_to_another_address(
    cast: Cast, mailbox: Box
) -> None:
    mailbox.answer = "451 try later"
    message = queue(cast)
    for _ in range(actions.MAX_TRIES):
        actions.message_deliver(message=message)
    message.refresh_from_db()
    assert message.status == "failed"
    mailbox.answer = "250 OK"
    actions.message_resend(message=message, by=cast.bram, to_address="other@klant.example")
    actions.message_deliver(message=message)
    assert "other@klant.example" in mailbox.mails[0]["To"]


def test_the_private_address_is_made_at_sending_and_never_stored(cast: Cast, mailbox: Box) -> None:
    nonce = uuid.uuid4()
    message = queue(cast, body=f"Open {placeholder('invitation', nonce)}")
    token = token_for("invitation", nonce)
    assert token not in message.body
    assert token in str(actions.message_compose(message).body)


def test_a_rolled_back_change_queues_no_mail(cast: Cast) -> None:
    before = jobs_waiting()
    with transaction.atomic():
        queue(cast)
        assert jobs_waiting() == before + 1
        transaction.set_rollback(True)
    assert (Message.objects.count(), jobs_waiting()) == (0, before)


def test_a_technicians_role_may_queue_a_mail_and_read_none(cast: Cast) -> None:
    with as_role(TECHNICIAN, user_id=cast.tim.pk):
        queue(cast)
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            list(Message.objects.values_list("body"))
    assert jobs_waiting() == 1


def test_without_an_address_nothing_is_queued(cast: Cast) -> None:
    assert actions.message_queue(
        kind="x", about=cast.bram, to_address="", subject="s", body="b", language="nl"
    ) is None  # fmt: skip


def test_a_subject_cannot_smuggle_headers_in(cast: Cast, mailbox: Box) -> None:
    message = queue(cast, subject="Hello\r\nBcc: thief@example.com")
    actions.message_deliver(message=message)
    assert mailbox.mails[0]["Bcc"] is None


def test_markup_in_a_text_is_shown_and_not_obeyed(cast: Cast, mailbox: Box) -> None:
    actions.message_deliver(message=queue(cast, body="<script>alert(1)</script> {{ 7|add:1 }}"))
    html = next(part for part in mailbox.mails[0].walk() if part.get_content_type() == "text/html")
    text = html.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "<script>" not in text
    assert "{{ 7|add:1 }}" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@BV kijk even", {1}),
        ("@bram.visser @po", {1, 2}),
        ("mail bram@klant.example", set()),
        ("@nobody", set()),
    ],
)
def test_a_mention_is_found_by_initials_or_name(text: str, expected: set[int]) -> None:
    assert mentioned(text, [(1, "Bram Visser", "BV"), (2, "Petra Oomen", "PO")]) == expected


def test_a_note_reaches_whom_it_mentions(cast: Cast) -> None:
    actions.note_add(
        about=cast.bram, text="@PE kijk even", by=cast.bram, url="/x/", mentions=[cast.petra, cast.bram]
    )
    notice = Notice.objects.get()
    assert (notice.user, notice.url) == (cast.petra, "/x/")


def test_opening_a_notice_marks_it_read_and_leads_on(cast: Cast, client_as: Any) -> None:
    actions.notice_send(user=cast.petra, text="Look", url="/dashboard/")
    notice = Notice.objects.get()
    client: Client = client_as(cast.petra)
    answer = client.post(reverse("messaging:notice_open", args=[notice.pk]))
    notice.refresh_from_db()
    assert answer["Location"] == "/dashboard/"
    assert notice.read_at is not None
    assert client_as(cast.bram).post(reverse("messaging:notice_open", args=[notice.pk])).status_code == 404
