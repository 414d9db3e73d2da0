"""Where mail goes in an installation without a mail server: a folder, a file per mail, so that nothing leaves by accident."""

import re
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class MailFolder(BaseEmailBackend):
    """A mail is there whole or not at all, and once however often it is handed over: its Message-ID names the file."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for each in email_messages:
            mail = each.message()
            name = re.sub(r"[^\w.@-]", "", mail["Message-ID"])
            part = folder / f"{name}.part"
            try:
                part.write_bytes(mail.as_bytes())
                part.rename(folder / f"{name}.eml")
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        return len(email_messages)
