"""The public form in a phone-sized browser, with JavaScript and without."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from apps.intake.forms import public
from apps.intake.models import Request, RequestType
from tests.browser import PHONE, fill_in, fits_a_telephone, go, logged_in, page_of, small_targets
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


@pytest.fixture
def customer(browser: Browser, live_server: Any, monkeypatch: Any) -> Iterator[BrowserContext]:
    """The customer's telephone, whose connection may fail: what could not be loaded then is no fault."""
    monkeypatch.setattr(public, "MIN_SECONDS", 0)
    context = logged_in(browser, live_server.url, viewport=PHONE)
    yield context
    context.close()


def sent_without_a_connection(customer: BrowserContext) -> Page:
    page = customer.new_page()
    go(page, "/request/")
    fill(page)
    page.fill("[name=email]", "karin@example.com")
    customer.set_offline(True)
    page.click("form .btn.go")
    expect(page.locator("[data-waits]")).to_be_visible()
    assert not Request.objects.exists()
    return page


def test_a_request_typed_without_a_connection_goes_by_itself_once(
    customer: BrowserContext, company: Any, leak: RequestType
) -> None:
    page = sent_without_a_connection(customer)
    customer.set_offline(False)
    page.wait_for_selector("h1:has-text('received')")
    assert Request.objects.count() == 1


def test_a_request_typed_without_a_connection_stands_there_again(
    customer: BrowserContext, company: Any, leak: RequestType
) -> None:
    sent_without_a_connection(customer).close()
    customer.set_offline(False)
    page = customer.new_page()
    go(page, "/request/")
    expect(page.locator("[name=street]")).to_have_value("Ginnekenweg")
    assert not Request.objects.exists()
    page.click("form .btn.go")
    page.wait_for_selector("h1:has-text('received')")
    assert Request.objects.count() == 1
    go(page, "/request/")
    expect(page.locator("[name=street]")).to_have_value("")


def test_a_thumb_finds_each_target_of_the_form(
    browser: Browser, live_server: Any, company: Any, leak: RequestType
) -> None:
    with page_of(browser, live_server.url, viewport={"width": 360, "height": 740}) as page:
        go(page, "/request/")
        assert small_targets(page) == []
        assert fits_a_telephone(page)
