"""Posting to a page that changes what exists, with what that page showed and otherwise only what is given.

For values that no browser would let a person enter. Everything that a person does goes through `tests.pages.submit`.
"""

from typing import Any
from urllib.parse import urljoin

import lxml.html
from django.test import Client

from tests.pages import post_by_hand


def post_seen(client: Client, address: str, data: Any = None, *, page: str = "") -> Any:
    """Post `data` to `address`, as from its own page or from the one at `page`."""
    shown = page or address
    root = lxml.html.document_fromstring(client.get(shown).content.decode())
    for form in root.iter("form"):
        hidden = {
            one.get("name"): one.get("value") for one in form.iter("input") if one.get("type") == "hidden"
        }
        if urljoin(shown, form.get("action") or shown).partition("?")[0] == address and "seen" in hidden:
            return post_by_hand(
                client, address, {"version": hidden["version"], "seen": hidden["seen"]} | dict(data or {})
            )
    raise AssertionError(f"no form of {shown} says what it showed and goes to {address}")
