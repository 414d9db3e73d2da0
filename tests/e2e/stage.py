"""The stage of the walk: the people behind their browsers, and what more than one step does."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from apps.core import clock


@dataclass
class Stage:
    """Who takes part, each behind a browser of their own."""

    office: Page
    phone: Page
    stranger: BrowserContext
    photo: Path
    work: Callable[[], None]
    mails: list[Any]

    def mail(self, subject: str) -> Any:
        """The one mail about this that has gone out."""
        (found,) = [mail for mail in self.mails if subject in str(mail["Subject"])]
        return found

    def link_in(self, mail: Any, place: str) -> str:
        """The private address in a mail, as the customer reads it."""
        (text,) = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
        (address,) = re.findall(rf"http://\S+/{place}/\S+", text.get_payload(decode=True).decode())
        return address


def tomorrow() -> str:
    return (clock.today() + timedelta(days=1)).isoformat()


def book(page: Page, hours: str) -> None:
    """Fill in the form of a booking by hand: tomorrow at ten, on Tim."""
    page.get_by_text("Another time or technician").click()
    page.get_by_label("Technician").select_option(label="Tim")
    page.get_by_label("Day").fill(tomorrow())
    page.get_by_label("Start").fill("10:00")
    page.get_by_label("Duration").fill(hours)
    page.locator("details").get_by_role("button", name="Book").click()


def confirm(page: Page, label: str, go: str) -> None:
    """Press a button that first says what will happen, and say yes."""
    page.locator("#detail summary", has_text=re.compile(rf"^\s*{label}…")).click()
    page.get_by_role("dialog").get_by_role("button", name=go).click()
