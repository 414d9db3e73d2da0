"""The phone is installed, and keeps the pages of the coming days' jobs: of whoever is logged in, and of nobody else."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.browser import PHONE, again, go, logged_in
from tests.builders import Phone
from tests.conftest import PASSWORD, Cast
from tests.field.conftest import booked
from tests.pages import submit

HELD = """async () => {
  const held = {};
  for (const name of await caches.keys()) {
    for (const { url } of await (await caches.open(name)).keys()) held[new URL(url).pathname] = name;
  }
  return held;
}"""


# -- what the phone asks for ----------------------------------------------------------------


@pytest.mark.django_db
def test_the_phone_can_be_installed(client: Client) -> None:
    answer = client.get(reverse("phone:manifest"))
    assert answer["Content-Type"] == "application/manifest+json"
    said = answer.json()
    assert (said["start_url"], said["display"]) == ("/phone/", "standalone")
    assert {(one["sizes"], one["purpose"]) for one in said["icons"]} >= {
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    }  # fmt: skip
    for icon in said["icons"]:
        with open(finders.find(icon["src"].removeprefix("/static/")), "rb") as file:
            assert "{}x{}".format(*Image.open(file).size) == icon["sizes"]


@pytest.mark.parametrize(
    ("chosen", "colours"),
    [("", {"(prefers-color-scheme: light)": "#ffffff", "(prefers-color-scheme: dark)": "#151d20"}),
     ("light", {None: "#ffffff"}), ("dark", {None: "#151d20"})],
)  # fmt: skip
def test_the_bar_around_the_page_has_the_colour_of_its_top(
    cast: Cast, client_as: Callable[..., Client], chosen: str, colours: dict[str | None, str]
) -> None:
    tim = client_as(cast.tim)
    tim.cookies["theme"] = chosen
    page = lxml.html.fromstring(tim.get(reverse("phone:me")).text)
    said = {one.get("media"): one.get("content") for one in page.findall(".//meta[@name='theme-color']")}
    assert said == colours
    card = re.search(
        r"--card: light-dark\((#\w+), (#\w+)\)", Path(finders.find("css/tokens.css")).read_text()
    )
    assert card
    assert set(colours.values()) <= set(card.groups())


@pytest.mark.django_db
def test_the_worker_is_always_asked_for_anew_and_may_load_only_our_own(client: Client) -> None:
    answer = client.get(reverse("phone:worker"))
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_the_list_holds_the_steps_of_ones_own_jobs(
    cast: Cast, client_as: Callable[..., Client], phone: Any, order_make: Any
) -> None:
    other = booked(cast.tessa, order_make())
    pages = client_as(cast.tim).get(reverse("phone:kept_pages")).json()
    assert pages["user"] == str(cast.tim.pk)
    assert reverse("phone:job", args=[phone.assignment.pk]) in pages["now"]
    assert reverse("phone:sign_off", args=[phone.assignment.pk]) in pages["daily"]
    assert not [one for one in pages["now"] + pages["daily"] if f"/{other.pk}/" in one]


def test_a_page_says_for_whom_it_may_be_kept(
    cast: Cast, client_as: Callable[..., Client], phone: Any
) -> None:
    tim, address = client_as(cast.tim), reverse("phone:job", args=[phone.assignment.pk])
    assert tim.get(address)["X-Keep-For"] == str(cast.tim.pk)
    assert "X-Keep-For" not in tim.get(address, headers={"HX-Request": "true"})
    assert "X-Keep-For" not in tim.get(
        reverse("phone:agenda") + "?from=2020-01-01", headers={"HX-Request": "true"}
    )


@pytest.mark.parametrize(
    ("name", "query"),
    [("phone:agenda", "from=2020-01-01"), ("phone:materials", "q=pump"), ("my_week:week", "from=2020-01-06")],
)
def test_a_week_or_a_search_that_was_looked_at_takes_no_other_pages_place(
    cast: Cast, client_as: Callable[..., Client], name: str, query: str
) -> None:
    tim = client_as(cast.tim)
    assert "X-Keep-For" in tim.get(reverse(name))
    assert "X-Keep-For" not in tim.get(f"{reverse(name)}?{query}")


def test_what_is_said_once_is_not_kept_and_not_used_up_by_keeping(
    cast: Cast, client_as: Callable[..., Client], phone: Any
) -> None:
    tim, address = client_as(cast.tim), reverse("phone:job", args=[phone.assignment.pk])
    page = tim.get(address)
    submit(page, client=tim, press="On my way")
    again = submit(page, client=tim, press="On my way", follow=False)  # says that it was done already
    assert again.status_code == 302
    assert "already done" not in tim.get(address, headers={"X-To-Keep": "yes"}).text
    shown = tim.get(address)
    assert "already done" in shown.text
    assert "X-Keep-For" not in shown


# -- in a browser ---------------------------------------------------------------------------


@pytest.fixture
def tims(
    browser: Browser, live_server: Any, cast: Cast, phone: Any, client_as: Any
) -> Iterator[BrowserContext]:
    context = logged_in(
        browser, live_server.url, client_as(cast.tim), viewport=PHONE, has_touch=True, service_workers="allow"
    )
    yield context
    context.close()


def kept(page: Page, path: str) -> None:
    """Wait until the phone holds this page, and all that stands before it in the list."""
    until(lambda: path in page.evaluate(HELD))


def until(so: Callable[[], bool]) -> None:
    """Wait for it. A page that is just being left cannot be asked: then the next one is."""
    end = time.monotonic() + 30
    while True:
        try:
            if so():
                return
        except Error as error:
            if "navigation" not in error.message:
                raise
        assert time.monotonic() < end, "It did not become so."
        time.sleep(0.05)


def last_page(phone: Any) -> str:
    return reverse("phone:hold", args=[phone.assignment.pk])


browser_test = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


class TestInABrowser:
    pytestmark = browser_test

    def test_a_job_is_read_without_a_network(self, tims: BrowserContext, phone: Any, order: Any) -> None:
        page = tims.new_page()
        go(page, reverse("phone:today"))
        kept(page, last_page(phone))
        tims.set_offline(True)
        again(page)
        expect(page.locator("[data-net]").get_by_text("as it was at")).to_be_visible()
        page.locator(".thumb .big").click()
        expect(page.get_by_role("heading", name=order.title)).to_be_visible()
        assert page.evaluate("getComputedStyle(document.querySelector('.thumb')).position") == "sticky"
        go(page, reverse("phone:before_photo", args=[phone.assignment.pk]))
        expect(page.get_by_role("heading", name="Before photo")).to_be_visible()
        go(page, reverse("phone:time_proposal", args=[phone.assignment.pk]))
        expect(page.locator("main")).to_contain_text("This page needs a network")
        tims.set_offline(False)
        go(page, reverse("phone:today"))
        expect(page.locator("[data-net] [data-show=online]")).to_be_visible()

    def test_the_job_at_hand_is_kept_before_the_others(
        self, tims: BrowserContext, phone: Any, cast: Cast, order_make: Any
    ) -> None:
        """Whoever walks into a cellar a moment after opening it has its steps."""
        first = phone.assignment.period.lower
        later = Phone(cast.tim, booked(cast.tim, order_make(), first + timedelta(hours=3)))
        page = tims.new_page()
        go(page, reverse("phone:job", args=[later.assignment.pk]))
        kept(page, last_page(phone))
        assert list(page.evaluate(HELD)).index(last_page(later)) < list(page.evaluate(HELD)).index(
            last_page(phone)
        )

    def test_who_logs_out_leaves_no_page_and_the_next_one_finds_none(
        self, tims: BrowserContext, phone: Any, cast: Cast
    ) -> None:
        page = tims.new_page()
        go(page, reverse("phone:today"))
        kept(page, last_page(phone))
        go(page, reverse("phone:me"))
        page.get_by_role("button", name="Log out").click()
        page.wait_for_url("**/account/login/**")
        until(lambda: not [name for name in page.evaluate(HELD).values() if "pages" in name])
        page.fill("[name=login]", cast.tessa.email)
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()
        page.wait_for_url("**/phone/**")
        kept(page, reverse("phone:no_network"))
        held = page.evaluate(HELD)
        assert {name for name in held.values() if "pages" in name} == {f"phone-pages-{cast.tessa.pk}"}
        assert not [path for path in held if f"/{phone.assignment.pk}/" in path]
