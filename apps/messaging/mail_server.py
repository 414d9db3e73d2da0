"""The mail server, of which is known afterwards what it got of a mail."""

import smtplib
from email.utils import formataddr
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

# For its word about a mail that it got whole, and may look through for viruses first. A worker waits meanwhile.
WORD_SECONDS = 120


def address_written(name: str, address: str) -> str:
    """An address as mail servers read it. Raises ValueError for a domain that cannot be written so."""
    local, _at, domain = address.rpartition("@")
    return formataddr((name, f"{local}@{domain.encode('idna').decode()}"))


class NoWord(smtplib.SMTPServerDisconnected):
    """It got the whole mail, and did not say whether it took it: nobody knows whether it arrives."""


class _Attentive:
    sock: Any
    has_all = False

    def send(self, s: Any) -> None:
        super().send(s)  # type: ignore[misc]
        if isinstance(s, bytes):  # the mail itself; commands are text
            self.has_all = True
            self.sock.settimeout(WORD_SECONDS)

    def data(self, msg: Any) -> Any:
        try:
            return super().data(msg)  # type: ignore[misc]
        except smtplib.SMTPServerDisconnected as error:
            if self.has_all:
                raise NoWord(str(error)) from error
            raise


class _Server(_Attentive, smtplib.SMTP):
    pass


class _SecureServer(_Attentive, smtplib.SMTP_SSL):
    pass


class MailServer(EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SecureServer if self.use_ssl else _Server
