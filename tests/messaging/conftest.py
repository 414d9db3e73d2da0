"""A real mail server on loopback."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message as Mail
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

MAIL_SERVER = "apps.messaging.mail_server.MailServer"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Box:
    """Takes mail in, or refuses it when told so."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.answer = "250 OK"
        self.refused = ""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self.refused:
            envelope.rcpt_tos.append(address)
        return self.refused or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content or b""))  # type: ignore[arg-type]
        return self.answer


@contextmanager
def served(box: Box, settings: Any) -> Iterator[None]:
    """Mail goes to this box."""
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = MAIL_SERVER
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    settings.EMAIL_USE_TLS = False
    yield
    controller.stop()


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Box]:
    box = Box()
    with served(box, settings):
        yield box
