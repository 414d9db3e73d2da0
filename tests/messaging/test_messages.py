"""Mail: queued with the change that it tells, sent once, tried again, and never holding a private address at rest."""

import asyncio
import uuid
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings as current
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from apps.company.models import Company
from apps.core import clock
from apps.core.actors import SYSTEM
from apps.core.database import TECHNICIAN, as_role
from apps.core.refusals import Refused
from apps.core.tokens import token_for
from apps.core.transitions import move
from apps.documents.actions import file_store
from apps.messaging import actions
from apps.messaging.links import placeholder
from apps.messaging.models import Message, Notice
from apps.messaging.rules import mentioned
from tests.conftest import Cast
from tests.disk import small_files
from tests.messaging.conftest import MAIL_SERVER, Box, free_port, served
from tests.office.waiting import waiting_for
from tests.pages import post_by_hand, submit

MAIL_FOLDER = "apps.messaging.folder.MailFolder"  # what an installation without a mail server has


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


def test_a_mail_server_that_is_away_for_a_night_fails_no_mail(cast: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = MAIL_SERVER
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    message = queue(cast)
    for _ in range(actions.MAX_TRIES * 2):
        assert actions.message_deliver(message=message) is False
    message.refresh_from_db()
    assert (message.status, message.tries) == ("queued", actions.MAX_TRIES * 2)
    Message.objects.update(tries=actions.AWAY_TRIES - 1)
    assert actions.message_deliver(message=message)
    message.refresh_from_db()
    assert message.status == "failed"


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
    opened = reverse("messaging:notice_open", args=[notice.pk])
    answer = submit(reverse("messaging:notice_list"), client=client, form=opened)
    notice.refresh_from_db()
    assert answer["Location"] == "/dashboard/"
    assert notice.read_at is not None
    assert post_by_hand(client_as(cast.bram), opened).status_code == 404


# Once, whatever dies.


def test_each_try_carries_the_same_message_id_and_a_resend_another(cast: Cast, mailbox: Box) -> None:
    message = queue(cast)
    mailbox.answer = "451 try later"
    assert actions.message_deliver(message=message) is False
    mailbox.answer = "250 OK"
    assert actions.message_deliver(message=message)
    assert mailbox.mails[0]["Message-ID"] == message.message_id

    actions.message_resend(message=message, by=cast.bram)
    assert actions.message_deliver(message=message)
    assert mailbox.mails[1]["Message-ID"] != message.message_id


def test_who_died_while_sending_leaves_it_to_the_next_under_the_same_message_id(
    cast: Cast, mailbox: Box
) -> None:
    message = queue(cast)
    move(message, "begin", by=SYSTEM)  # and then the worker was killed
    assert actions.message_deliver(message=message)
    message.refresh_from_db()
    assert (message.status, len(mailbox.mails)) == ("sent", 1)
    assert mailbox.mails[0]["Message-ID"] == message.message_id


def test_a_mail_server_that_takes_no_more_at_the_moment_is_asked_again(cast: Cast, mailbox: Box) -> None:
    message = queue(cast)
    mailbox.refused = "450 greylisted, come back"
    assert actions.message_deliver(message=message) is False
    mailbox.refused = "550 no such user"
    assert actions.message_deliver(message=message)
    message.refresh_from_db()
    assert (message.status, message.tries) == ("failed", 2)


def test_why_it_cannot_be_made_is_said_and_it_is_tried_again(cast: Cast, mailbox: Box) -> None:
    file = file_store(content=b"%PDF-1.7 gone", name="x.pdf", content_type="application/pdf", by=SYSTEM)
    message = queue(cast, attachments=[file])
    default_storage.delete(file.path)
    with pytest.raises(FileNotFoundError):
        actions.message_deliver(message=message)
    message.refresh_from_db()
    assert message.status == "queued"
    assert "No such file" in message.error


def test_what_is_on_its_way_is_not_sent_again_until_it_is_late(cast: Cast) -> None:
    message = queue(cast)
    with pytest.raises(Refused, match="on its way already"):
        actions.message_resend(message=message, by=cast.bram)
    with clock.at(message.queued_at + timedelta(minutes=10)):
        assert message.is_late
        again = actions.message_resend(message=message, by=cast.bram, to_address="other@klant.example")
        assert not again.is_late
    assert (again.status, again.to_address) == ("queued", "other@klant.example")


def test_a_mail_that_has_not_left_after_ten_minutes_is_a_task(cast: Cast, client_as: Any) -> None:
    message = queue(cast)
    address = reverse("messaging:message_resend", args=[message.pk])
    assert address not in [one.url for one in waiting_for(cast.bram)]
    with clock.at(message.queued_at + timedelta(minutes=10)):
        (task,) = [one for one in waiting_for(cast.bram) if one.url == address]
        assert task.status == "Not gone yet"
        page = client_as(cast.bram).get(task.url)
        submit(page, client=client_as(cast.bram), to_address="other@klant.example")
    message.refresh_from_db()
    assert (message.status, message.to_address) == ("queued", "other@klant.example")


class Slow(Box):
    """Holds every mail until told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.go_on = Event(), Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.reached.set()
        await asyncio.to_thread(self.go_on.wait, 60)
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def slow_mailbox(settings: Any) -> Iterator[Slow]:
    box = Slow()
    with served(box, settings):
        yield box
    box.go_on.set()


def in_thread(message: Message) -> tuple[Thread, list[bool]]:
    outcome: list[bool] = []

    def run() -> None:
        try:
            outcome.append(actions.message_deliver(message=message))
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread, outcome


def test_two_workers_never_hand_over_the_same_mail(transactional_cast: Cast, slow_mailbox: Slow) -> None:
    message = queue(transactional_cast)
    first, outcome = in_thread(message)
    assert slow_mailbox.reached.wait(60)
    message.refresh_from_db()
    assert message.status == "sending"  # committed, and no transaction is open while the mail server thinks
    assert actions.message_deliver(message=message)
    slow_mailbox.go_on.set()
    first.join(60)
    message.refresh_from_db()
    assert (outcome, message.status, len(slow_mailbox.mails)) == ([True], "sent", 1)


class SaysGoodbye(Slow):
    """Takes every mail at once, and is slow to end the conversation."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return await Box.handle_DATA(self, server, session, envelope)

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.reached.set()
        await asyncio.to_thread(self.go_on.wait, 60)
        return "221 Bye"


def test_a_mail_counts_as_sent_before_the_mail_server_says_goodbye(
    transactional_cast: Cast, settings: Any
) -> None:
    """A worker that is killed over the goodbyes must not leave a mail that goes out a second time."""
    box = SaysGoodbye()
    with served(box, settings):
        message = queue(transactional_cast)
        thread, outcome = in_thread(message)
        assert box.reached.wait(60)
        message.refresh_from_db()
        assert message.status == "sent"
        box.go_on.set()
        thread.join(60)
    assert (outcome, len(box.mails)) == ([True], 1)


def test_a_database_that_restarts_while_a_mail_is_handed_over_does_not_send_it_twice(
    transactional_cast: Cast, slow_mailbox: Slow
) -> None:
    message = queue(transactional_cast)
    thread, outcome = in_thread(message)
    assert slow_mailbox.reached.wait(60)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        assert cursor.fetchone()[0] >= 1
    slow_mailbox.go_on.set()
    thread.join(60)
    message.refresh_from_db()
    assert (outcome, message.status, len(slow_mailbox.mails)) == ([True], "sent", 1)


class Thoughtful(Box):
    """Takes every mail, and says so a second later."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(1)
        return answer


def test_a_mail_server_that_looks_through_a_mail_for_longer_than_it_takes_to_connect_has_it_once(
    cast: Cast, settings: Any
) -> None:
    settings.EMAIL_TIMEOUT = 0.5
    box = Thoughtful()
    with served(box, settings):
        message = queue(cast)
        assert actions.message_deliver(message=message)
    message.refresh_from_db()
    assert (message.status, len(box.mails)) == ("sent", 1)


def test_a_mail_that_was_handed_over_whole_without_a_word_is_not_sent_again_unasked(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch, client_as: Any
) -> None:
    """The customer may well have it: each try would be one more copy in their box."""
    settings.EMAIL_TIMEOUT = 0.5
    monkeypatch.setattr("apps.messaging.mail_server.WORD_SECONDS", 0.5)
    box = Thoughtful()
    with served(box, settings):
        message = queue(cast)
        assert actions.message_deliver(message=message)
    message.refresh_from_db()
    assert (message.status, message.tries, len(box.mails)) == ("failed", 1, 1)
    page = client_as(cast.bram).get(reverse("messaging:message_resend", args=[message.pk])).content.decode()
    assert "did not say whether it took it" in page


def test_names_of_domains_in_any_script_are_written_as_mail_servers_read_them(
    cast: Cast, mailbox: Box
) -> None:
    Company.objects.update(email="info@loodgieter-café.example")
    message = queue(cast, to_address="zoe@café.example")
    assert actions.message_deliver(message=message)
    message.refresh_from_db()
    assert (message.status, message.error) == ("sent", "")
    assert "zoe@xn--caf-dma.example" in mailbox.mails[0]["To"]


def test_what_a_mail_server_said_is_shown_as_it_said_it(cast: Cast, mailbox: Box) -> None:
    message = queue(cast)
    mailbox.answer = "451 4.7.1 try later"
    actions.message_deliver(message=message)
    message.refresh_from_db()
    assert message.error == "451 4.7.1 try later"
    mailbox.refused = "550 5.1.1 no such user"
    actions.message_deliver(message=message)
    message.refresh_from_db()
    assert message.error == "550 5.1.1 no such user"


def test_before_the_company_has_an_address_mails_come_from_where_the_site_is(cast: Cast) -> None:
    """A mail server refuses what comes from webmaster@localhost."""
    host = urlsplit(current.PUBLIC_ADDRESS).hostname
    assert not Company.objects.exists()
    assert actions.message_compose(queue(cast)).from_email == f"watertight@{host}"


def test_without_a_mail_server_each_mail_is_one_whole_file(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = MAIL_FOLDER, tmp_path / "mail"
    message = queue(cast)
    for _ in range(2):
        actions.message_compose(message).send()
    (file,) = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    assert message_from_bytes(file.read_bytes())["Message-ID"] == message.message_id


def test_a_mail_that_does_not_fit_on_the_disk_leaves_no_half_file(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = MAIL_FOLDER, tmp_path
    message = queue(cast)
    with small_files():
        assert actions.message_deliver(message=message) is False
    assert list(tmp_path.iterdir()) == []
    message.refresh_from_db()
    assert message.status == "queued"
    assert "File too large" in message.error
