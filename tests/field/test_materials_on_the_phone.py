"""Materials on the phone: found by what people call them, what is used most first, by category, by camera."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from apps.core import clock
from apps.field.models import FieldEvent
from tests.browser import PHONE, answered, go, page_of
from tests.builders import MaterialFactory, Phone
from tests.field.conftest import booked
from tests.field.test_kept_pages import browser_test, until
from tests.field.test_outbox import all_sent, line, opened, waiting, without_network
from tests.field.test_phone_browser import check
from tests.line import Line

__all__ = ["line", "opened"]
pytestmark = pytest.mark.django_db


def offered(page: str) -> list[str]:
    return re.findall(r'aria-label="Add ([^"]+)"', page)


@pytest.fixture
def parts(db: None) -> dict[str, Any]:
    names = {
        "Thermostaatkraan M30": "Appendages",
        "Koperen buis 22 mm": "Leidingen",
        "Afsluiter": "Appendages",
    }
    return {
        name: MaterialFactory(name=name, code=f"C-{number}", barcode=f"87123000{number}", category=category)
        for number, (name, category) in enumerate(names.items())
    }


def used(cast: Any, order_make: Any, part: Any, days_ago: int) -> None:
    """Tim used the part on a job of its own."""
    moment = clock.now() - timedelta(days=days_ago)
    phone = Phone(cast.tim, booked(cast.tim, order_make(), moment))
    phone.begin()
    phone.done("material", material=part.pk, quantity="1")
    phone.done("stop")


def test_what_he_uses_most_comes_first_and_the_rest_by_name(
    cast: Any, client_as: Any, phone: Any, order_make: Any, parts: dict[str, Any]
) -> None:
    kraan, buis, afsluiter = parts.values()
    for part, days in ((kraan, 3), (kraan, 2), (buis, 1)):
        used(cast, order_make, part, days)
    phone.begin()
    address = reverse("phone:material_list", args=[phone.assignment.pk])
    tim = client_as(cast.tim)
    assert offered(tim.get(address).text) == [kraan.name, buis.name]
    assert offered(tim.get(address, {"q": "c-"}).text) == [kraan.name, buis.name, afsluiter.name]
    assert offered(tim.get(address, {"q": "22mm"}).text) == [buis.name]
    of_category = {"category": kraan.category_id}
    assert offered(tim.get(address, of_category).text) == [kraan.name, afsluiter.name]
    assert offered(tim.get(address, of_category | {"q": "buis"}).text) == []
    assert tim.get(address, {"q": "a\0b", "category": "x"}).status_code == 200
    often = {one["id"]: one["often"] for one in tim.get(reverse("phone:catalogue")).json()["materials"]}
    assert often == {kraan.pk: 2, buis.pk: 1, afsluiter.pk: 0}
    # What a colleague uses lies in another van.
    tessa = client_as(cast.tessa).get(reverse("phone:catalogue")).json()["materials"]
    assert {one["often"] for one in tessa} == {0}


class TestInABrowser:
    pytestmark = browser_test

    def test_without_a_network_it_is_found_by_the_same_words(
        self, opened: Any, line: Line, phone: Any, parts: dict[str, Any]
    ) -> None:
        phone.begin()
        page = without_network(opened, line, phone)
        go(page, reverse("phone:material_list", args=[phone.assignment.pk]))
        found = page.locator("#found .pick")
        for words, name in (("kraan", "Thermostaatkraan M30"), ("22mm", "Koperen buis 22 mm"),
                            ("22 mm", "Koperen buis 22 mm"), ("AFSLÜITER", "Afsluiter"), ("871230001", "Koperen")):  # fmt: skip
            page.fill("#q", words)
            expect(found).to_have_count(1)
            expect(found).to_contain_text(name)
        page.fill("#q", "")
        page.select_option("#category", label="Appendages")
        expect(found).to_have_count(2)
        page.get_by_role("button", name="Add Afsluiter").click()
        until(lambda: waiting(page) == ["materials"])
        answered(page)
        line.is_cut = False
        go(page, reverse("phone:today"))
        all_sent(page)
        assert phone.visit.materials.get().material == parts["Afsluiter"]
        assert not FieldEvent.objects.to_decide().exists()

    def test_a_barcode_before_the_camera_is_searched_for(
        self, browser: Any, live_server: Any, client_as: Any, cast: Any, phone: Any, parts: dict[str, Any]
    ) -> None:
        phone.begin()
        with page_of(browser, live_server.url, client_as(cast.tim), viewport=PHONE, has_touch=True) as page:
            go(page, reverse("phone:material_list", args=[phone.assignment.pk]))
            page.evaluate("delete window.BarcodeDetector")
            page.get_by_role("button", name="Scan a barcode").click()
            expect(page.get_by_text("This browser reads no barcodes")).to_be_visible()
            check(page)
            with_a_camera(page)
            page.get_by_role("button", name="Scan a barcode").click()
            expect(page.get_by_text("Hold the bars before the camera")).to_be_visible()
            check(page)
            page.evaluate("window.seen = '871230000'")
            expect(page.locator("#found .pick")).to_have_count(1)
            expect(page.locator("#found .pick")).to_contain_text("Thermostaatkraan M30")
            expect(page.locator("#scan")).to_be_hidden()
            assert page.evaluate("window.track.readyState") == "ended"  # the camera is off


def with_a_camera(page: Page) -> None:
    """A browser with a camera that reads barcodes: it sees what `window.seen` says."""
    page.evaluate("""() => {
      window.seen = "";
      window.BarcodeDetector = class {
        async detect() {
          return window.seen ? [{ rawValue: window.seen }] : [];
        }
      };
      const canvas = document.createElement("canvas");
      canvas.getContext("2d").fillRect(0, 0, 10, 10);
      const stream = canvas.captureStream(5);
      [window.track] = stream.getTracks();
      navigator.mediaDevices.getUserMedia = async () => stream;
    }""")
