"""The public form in a phone-sized browser, with JavaScript and without."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from apps.intake.forms import public
from apps.intake.models import Request, RequestType
from tests.browser import PHONE, fill_in, go, page_of
from tests.intake.conftest import photo

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def fill(page: Page) -> None:
    page.select_option("[name=type]", label="Leak")
    fill_in(
        page, description="Water comes through the ceiling", postal_code="4811 aa", house_number="12",
        street="Ginnekenweg", city="Breda", name="Karin Smit", phone="06 8765 4321",
    )  # fmt: skip


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("path", ["/request/", "/request/embed/"])
def test_a_customer_asks_for_a_visit_with_a_photo(
    browser: Browser,
    live_server: Any,
    company: Any,
    leak: RequestType,
    script: bool,
    path: str,
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(public, "MIN_SECONDS", 0)
    with page_of(browser, live_server.url, viewport=PHONE, java_script_enabled=script) as page:
        go(page, path)
        fill(page)
        page.fill("[name=email]", "karin@")
        page.set_input_files(
            "[name=photos]", {"name": "leak.jpg", "mimeType": "image/jpeg", "buffer": photo().read()}
        )
        if script:
            page.wait_for_selector("[data-previews] img")
        page.click("form .btn.go")
        page.wait_for_selector(".errors")
        assert page.input_value("[name=street]") == "Ginnekenweg"  # nothing that was typed is lost
        assert page.is_checked("[name=photos-kept]")  # nor the photo
        page.fill("[name=email]", "karin@example.com")
        page.click("form .btn.go")
        page.wait_for_selector("h1:has-text('received')")
        made = Request.objects.get()
        assert made.number in page.content()
    assert made.photos.count() == 1
    assert made.customer.language == "en"
