"""A whole job on a telephone, by touch, with and without JavaScript; and what a screen reader makes of it."""

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Browser, expect

from apps.field.models import FieldEvent
from tests.browser import PHONE, go, logged_in, page_of, sign
from tests.field.conftest import jpeg
from tests.intake.conftest import company as company
from tests.intake.conftest import leak as leak
from tests.intake.conftest import planned as planned
from tests.intake.conftest import request_make as request_make
from tests.pages import submit, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# A field that the bar at the thumb covers half is no small target: one scrolls.
TALL: Any = {"width": 390, "height": 3000}


def check(page) -> None:
    """No violation of WCAG A and AA, and nothing wider than the screen."""
    result = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "preload": False}
    )
    found = [
        (one["id"], [node["html"][:160] for node in one["nodes"]]) for one in result.response["violations"]
    ]
    assert found == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"


def small_targets(page) -> list[str]:
    """What one must hit with a thumb and is smaller than 44 px either way."""
    return page.evaluate(
        """() => [...document.querySelectorAll('main .btn, .big, .tabbar a, main input:not([type=hidden], [type=file], [type=checkbox], [type=radio])')]
            .map(one => [one, one.getBoundingClientRect()])
            .filter(([one, box]) => box.width && (box.width < 44 || box.height < 44))
            .map(([one]) => one.outerHTML.slice(0, 120))"""
    )


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
def test_a_whole_job_on_a_telephone(
    browser: Browser, live_server, client_as, cast, phone, order, form, pump, tmp_path: Path, javascript
):
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(jpeg())
    held = {"viewport": PHONE, "has_touch": True, "java_script_enabled": javascript}
    with page_of(browser, live_server.url, client_as(cast.tim), **held) as page:

        def look() -> None:
            if javascript:
                expect(page.locator("[data-step][aria-busy]")).to_have_count(0)
                page.set_viewport_size(TALL)
                check(page)
                assert small_targets(page) == []
                page.set_viewport_size(PHONE)

        def big(words: str) -> None:
            page.locator(".thumb .big", has_text=re.compile(words, re.I)).click()

        go(page, reverse("phone:today"))
        look()
        big("Boiler replacement")
        look()
        big("On my way")
        asks = page.get_by_role("dialog") if javascript else page.locator(".confirm")
        expect(asks).to_contain_text("The customer is mailed")
        look()
        asks.get_by_role("button", name="On my way").click()
        big("before photo")
        look()
        page.set_input_files("input[name=photos]", [picture])
        big("Save the photos")
        big("Start the clock")
        page.get_by_role("button", name="Pause").click()
        big("Go on with the work")
        big("checklist")
        look()
        page.get_by_label("Water shut off").check()
        page.get_by_label("Pressure").fill("4,5")
        page.get_by_label("Good").check()
        page.get_by_label("Meter").fill("1234,5")
        if not javascript:
            big("Save the answers")
        page.get_by_label("What is the matter").fill("The expansion vessel is empty.")
        look()
        big("Save the answers")
        big("work done")
        look()
        page.get_by_label("what was done").fill("Replaced the pump and vented the system.")
        big("Save")
        big("materials")
        page.get_by_label("Name, code or barcode").fill("circ")
        if not javascript:
            page.get_by_role("button", name="Search").click()
        page.get_by_label("Quantity of Circulation pump 15-60").fill("2")
        look()
        page.get_by_role("button", name="Add Circulation pump 15-60").click()
        page.get_by_text("Take off…").click()
        page.get_by_role("button", name="Take Circulation pump 15-60 off").wait_for()
        # it was asked first: nothing is taken off yet
        go(page, page.url)
        big("That is all")
        big("Extra work")
        look()
        page.get_by_label("what was done beyond the agreement").fill("A second radiator")
        page.get_by_label("hours").fill("0,5")
        page.get_by_role("button", name="Add extra work").click()
        page.get_by_text("Waiting", exact=True).wait_for()
        big("That is all")
        # The pressure was above its limit: that already is a deviation.
        big("after photo")
        page.set_input_files("input[name=photos]", [picture])
        big("Save the photos")
        page.get_by_role("link", name="Issue").click()
        look()
        page.go_back()
        big("sign")
        look()
        if javascript:
            page.get_by_label("name of the customer").fill("H. Vermeer")
            sign(page)
        else:
            page.get_by_text("No signature?").click()
            page.get_by_label("why there is no signature").fill("Nobody at home")
        big("Save")
        big("Yes, the job is done")
        expect(page.locator(".thumb .big")).to_have_count(0)
        look()
    order.refresh_from_db()
    assert order.status == "ready_for_review"
    assert bool(phone.visit.sign_off.signature) is javascript
    assert not FieldEvent.objects.to_decide().exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_tabs_and_the_side_ways_can_be_used_by_everyone(
    browser: Browser, live_server, client_as, cast, phone, pump, scheme
):
    held = {"viewport": PHONE, "has_touch": True, "color_scheme": scheme}
    with page_of(browser, live_server.url, client_as(cast.tim), **held) as page:
        for name in ("agenda", "materials", "me"):
            go(page, reverse(f"phone:{name}"))
            check(page)
            assert small_targets(page) == []
        for name in ("no_access", "hold", "finish", "job"):
            go(page, reverse(f"phone:{name}", args=[phone.assignment.pk]))
            check(page)
            assert small_targets(page) == []


TOO_SMALL = """() => [...document.querySelectorAll('main :is(.btn, .choice, .segments button, label:has(> input[type=radio]))')]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 47.5)
  .concat([...document.querySelectorAll('main .field > :is(label, legend, .label), main .help')]
    .filter((one) => one.checkVisibility() && parseFloat(getComputedStyle(one).fontSize) < 14))
  .map((one) => one.outerHTML.slice(0, 120))"""


def too_small(browser: Browser, live_server, client, addresses) -> list[str]:
    found: list[str] = []
    for size in (PHONE, {"width": 360, "height": 640}):
        context = logged_in(browser, live_server.url, client, viewport=size, has_touch=True)
        page = context.new_page()
        for address in addresses:
            go(page, address)
            found += page.evaluate(TOO_SMALL)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        context.close()
    return found


def test_what_is_pressed_is_48_px_high_and_what_is_filled_in_is_labelled_in_14(
    browser: Browser, live_server, client_as, cast, phone, form
):
    phone.begin()
    names = ("checklist", "sign_off", "issue")
    steps = [reverse(f"phone:{name}", args=[phone.assignment.pk]) for name in names]
    assert too_small(browser, live_server, client_as(cast.tim), [reverse("phone:me"), *steps]) == []


def test_so_it_is_on_the_page_of_an_intake(browser: Browser, live_server, client_as, cast, planned):
    client, page = client_as(cast.tim), reverse("phone-intake:report", args=[planned.pk])
    photo = upload("a.jpg", jpeg(), "image/jpeg")
    submit(page, client=client, form=f"{page}photos/add/", photos=[photo])
    assert too_small(browser, live_server, client, [page]) == []
