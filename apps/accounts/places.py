"""From where somebody changed how they log in, in words that they recognise."""

from dataclasses import dataclass
from typing import Self

from django.http import HttpRequest
from django.utils.translation import gettext as _

from apps.core.client_address import known_address

# The first that stands in the browser's own description; Edge and Opera also say Chrome, and Chrome also says Safari.
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"),
            ("FxiOS", "Firefox"), ("Chrome/", "Chrome"), ("CriOS", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
MACHINES = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("Mac OS X", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"))  # fmt: skip


def browser_label(agent: str) -> str:
    """Firefox on Windows; what nobody knows is said so."""
    browser = next((label for mark, label in BROWSERS if mark in agent), "")
    machine = next((label for mark, label in MACHINES if mark in agent), "")
    if browser and machine:
        return _("%(browser)s on %(machine)s") % {"browser": browser, "machine": machine}
    return browser or machine or _("Unknown browser")


@dataclass(frozen=True)
class Place:
    address: str = ""
    agent: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        return cls(known_address(request) or "", request.headers.get("User-Agent", "")[:300])

    def __str__(self) -> str:
        told = browser_label(self.agent)
        return (
            _("%(browser)s, address %(address)s") % {"browser": told, "address": self.address}
            if self.address
            else told
        )


NOWHERE = Place()
