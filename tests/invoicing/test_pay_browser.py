"""The page to pay, on the telephone of whoever pays."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from apps.core.tokens import token_for
from apps.invoicing.models import Invoice, PayLink
from tests.browser import fits_a_telephone, go, page_of, small_targets

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 360, "height": 740}


@pytest.fixture
def address(live_server: Any, sent: Invoice) -> str:
    return f"/pay/{token_for('pay', PayLink.objects.get(invoice=sent).nonce)}/"


def test_what_a_bank_asks_for_is_copied_as_it_is_typed_there(
    browser: Browser, live_server: Any, address: str, sent: Invoice
) -> None:
    options = {"viewport": NARROW, "permissions": ["clipboard-read", "clipboard-write"]}
    with page_of(browser, live_server.url, **options) as page:
        go(page, address)
        for field, copied in (
            ("pay-iban", "NL91ABNA0417164300"), ("pay-amount", "435,79"), ("pay-reference", sent.number),
        ):  # fmt: skip
            page.click(f"[data-copy={field}]")
            expect(page.locator(f"[data-copy={field}] span")).to_have_text("Gekopieerd")
            assert page.evaluate("() => navigator.clipboard.readText()") == copied


def test_the_code_is_for_another_screen_and_a_picture_of_it_for_this_one(
    browser: Browser, live_server: Any, address: str
) -> None:
    with page_of(browser, live_server.url, viewport=NARROW) as page:
        go(page, address)
        expect(page.locator(".pay-ways figure")).to_be_hidden()
        with page.expect_download() as saved:
            page.click(".pay-saved a")
        assert saved.value.path().read_bytes().startswith(b"\x89PNG")
        page.set_viewport_size({"width": 1024, "height": 768})
        expect(page.locator(".pay-ways figure")).to_be_visible()
        expect(page.locator(".pay-saved")).to_be_hidden()


def test_a_thumb_finds_each_target(browser: Browser, live_server: Any, address: str) -> None:
    with page_of(browser, live_server.url, viewport=NARROW) as page:
        go(page, address)
        assert small_targets(page) == []
        assert fits_a_telephone(page)
