"""The public form in a phone-sized browser, with JavaScript and without."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from apps.intake.forms import public
from apps.intake.models import Request, RequestType
from tests.intake.conftest import photo

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
ARGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        yield found
        found.close()


def fill(page: Page) -> None:
    page.select_option("[name=type]", label="Leak")
    page.fill("[name=description]", "Water comes through the ceiling")
    page.fill("[name=postal_code]", "4811 aa")
    page.fill("[name=house_number]", "12")
    page.fill("[name=street]", "Ginnekenweg")
    page.fill("[name=city]", "Breda")
    page.fill("[name=name]", "Karin Smit")
    page.fill("[name=phone]", "06 8765 4321")


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
    context = browser.new_context(viewport=PHONE, java_script_enabled=script, locale="en-GB")
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(live_server.url + path)
    fill(page)
    page.fill("[name=email]", "karin@")
    file = photo()
    page.set_input_files(
        "[name=photos]", {"name": "leak.jpg", "mimeType": "image/jpeg", "buffer": file.read()}
    )
    if script:
        page.wait_for_selector("[data-previews] img")
    page.click("form .btn.go")
    page.wait_for_selector(".errors")
    assert page.input_value("[name=street]") == "Ginnekenweg"  # nothing that was typed is lost
    assert page.is_checked("[name=kept]")  # nor the photo
    page.fill("[name=email]", "karin@example.com")
    page.click("form .btn.go")
    page.wait_for_selector("h1:has-text('received')")
    made = Request.objects.get()
    assert made.number in page.content()
    assert made.photos.count() == 1
    assert made.customer.language == "en"
    assert [fault for fault in faults if "422" not in fault] == []
    context.close()
    assert os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] == "1"
