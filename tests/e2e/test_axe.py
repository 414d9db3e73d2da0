"""axe-core on every page of the office, the phone and the customer, in light and in dark."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page

from apps.core.tokens import token_for
from apps.invoicing.models import PayLink
from apps.quotes.models import QuoteLink
from tests.access.test_access import address
from tests.browser import go, logged_in
from tests.world import World, routes, world_make

pytestmark = [
    pytest.mark.skipif(
        os.environ.get("WATERTIGHT_AXE") != "1",
        reason="takes many minutes: WATERTIGHT_AXE=1 script/test tests/e2e",
    ),
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "preload": False,
}


def client_of(world: World, who: str) -> Client:
    client = Client()
    if who:
        client.force_login(world.users[who], backend="apps.accounts.backends.AccountBackend")
    return client


def pages_of(world: World, client: Client) -> list[str]:
    """One address of each route that answers this user with a page."""
    found = []
    for name, _route, pattern in routes():
        for pk in world.candidates:
            url = address(name, pattern, pk) if name else None
            if url is None:
                break
            answer = client.get(url)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                if b"<!doctype html" in answer.content[:200].lower():
                    found.append(url)
                break
            if not pattern.pattern.converters:
                break
    return found


def public_pages(world: World) -> list[str]:
    quote = QuoteLink.objects.order_by("pk").last()
    pay = PayLink.objects.order_by("pk").last()
    assert quote is not None
    assert pay is not None
    return [
        reverse("quote:show", kwargs={"token": token_for("quote", quote.nonce)}),
        reverse("pay:invoice_pay", kwargs={"token": token_for("pay", pay.nonce)}),
        "/request/",
        "/request/embed/",
        "/no-such-page/",
        reverse("pay:invoice_pay", kwargs={"token": "x" * 43}),
    ]


def faults(page: Page, url: str) -> list[tuple[str, str, str, list[str]]]:
    """What axe finds, in light with all its rules, in dark with the contrast only."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        go(page, url)  # anew: a switch would be measured halfway its transition
        rules = RULES if scheme == "light" else {"runOnly": ["color-contrast"], "preload": False}
        result = Axe().run(page, options=rules)
        found += [
            (url, scheme, one["id"], [node["html"][:160] for node in one["nodes"]][:3])
            for one in result.response["violations"]
        ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append((url, "light", "scrolls sideways", []))
    return found


def test_no_page_has_a_violation(browser: Browser, live_server) -> None:
    world = world_make()
    found, seen = [], set()
    for who, width in (("bram", 1440), ("ada", 1440), ("tim", 390), ("", 390)):
        client = client_of(world, who)
        viewport = {"width": width, "height": 900}
        context = logged_in(
            browser, live_server.url, client if who else None, viewport=viewport, reduced_motion="reduce"
        )
        context.set_default_timeout(60_000)
        page = context.new_page()
        pages = [*pages_of(world, client), *([] if who else public_pages(world))]
        for url in pages:
            if url not in seen or not who:
                seen.add(url)
                found += faults(page, url)
        context.close()
    assert len(seen) > 80
    assert not found, "\n".join(map(str, found))
