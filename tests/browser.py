"""A real Chromium for the tests, and people who sit behind it."""

import asyncio
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)

ARGS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# The same engine without windows and their painting: half the processor time. Where it is not installed, the whole browser.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
# What people have: Back brings a page as it was left.
KEEP_BACK = ["--disable-back-forward-cache"]
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


# What the browser says of an answer that the product means to give: an invalid form, a refused move.
MEANT = re.compile(r"status of (409|422)")


def foreign_loop() -> Any:
    """Playwright's loop is not ours: without this Django would refuse the database while it runs."""
    return patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1")


@contextmanager
def launched() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGS, ignore_default_args=KEEP_BACK)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    with foreign_loop(), launched() as browser:
        yield browser


class KeptBrowser:
    """One Chromium for all tests of a process. Each test has contexts of its own in it; one that died is started again.

    Between the tests nobody may notice Playwright's loop: it rests, as one that does not run.
    """

    def __init__(self) -> None:
        self.whole: AbstractContextManager[Browser] | None = None
        self.browser: Browser | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    def take(self) -> Browser:
        asyncio._set_running_loop(self.loop)
        if self.browser is None or not self.browser.is_connected():
            self.close()
            self.whole = launched()
            self.browser = self.whole.__enter__()
        return self.browser

    def put_back(self) -> None:
        """Whatever a test left open goes; the loop rests. Beside it Django has a connection of its own, which may be broken."""
        self.leave()
        connection.close()
        self.loop = asyncio._get_running_loop()
        asyncio._set_running_loop(None)

    def leave(self) -> None:
        """Close whatever a test left open."""
        if self.browser is not None and self.browser.is_connected():
            for context in self.browser.contexts:
                context.close()

    def close(self) -> None:
        if self.whole is not None:
            asyncio._set_running_loop(self.loop)
            self.whole.__exit__(None, None, None)
            self.whole = self.browser = self.loop = None
            asyncio._set_running_loop(None)


@pytest.fixture(scope="session")
def browser_kept() -> Iterator[KeptBrowser]:
    kept = KeptBrowser()
    yield kept
    kept.close()


@pytest.fixture
def browser(browser_kept: KeptBrowser) -> Iterator[Browser]:
    with foreign_loop():
        yield browser_kept.take()
        browser_kept.put_back()


def logged_in(browser: Browser, server: str, client: Any = None, **options: Any) -> BrowserContext:
    """A browser of somebody's own: of the user of the test client, or of a stranger."""
    # A worker would load a phone's pages behind the test's back: tests of what it does let it.
    usual = {"locale": "en-GB", "base_url": server, "service_workers": "block"}
    context = browser.new_context(**(usual | options))
    context.set_default_timeout(20_000)
    if client is not None:
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": server}])
    return context


@contextmanager
def page_of(browser: Browser, server: str, client: Any = None, **options: Any) -> Iterator[Page]:
    """A page in a browser of somebody's own, on which nothing may go wrong."""
    context = logged_in(browser, server, client, **options)
    faults = faults_of(context)
    page = context.new_page()
    with telling(page):
        yield page
    context.close()
    assert faults == [], faults


def faults_of(context: BrowserContext) -> list[str]:
    """What goes wrong in this browser from now on: errors of scripts, and what could not be loaded or was forbidden."""
    faults: list[str] = []

    def heard(said: ConsoleMessage) -> None:
        if (said.type == "error" and not MEANT.search(said.text)) or "Content Security" in said.text:
            faults.append(said.text)

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", heard)

    context.on("page", watch)
    return faults


def go(page: Page, address: str, **how: Any) -> Response | None:
    """Type an address. Where the page had just begun to go elsewhere by itself, type it again."""
    return _anew(lambda: page.goto(address, **how))


def again(page: Page) -> Response | None:
    """Load the page again, also where it had just begun to do so by itself."""
    return _anew(page.reload)


def _anew(visit: Callable[[], Response | None]) -> Response | None:
    for _ in range(3):
        try:
            return visit()
        except Error as error:
            if "net::ERR_ABORTED" not in error.message and "another navigation" not in error.message:
                raise
    return visit()


def fill_in(page: Page, **values: str) -> None:
    """Type each value in the field of that name."""
    for name, value in values.items():
        page.fill(f"[name={name}]", value)


def answered(page: Page) -> None:
    """Wait until the form that was sent is answered: with another page, or with its own."""
    expect(page.locator("form[aria-busy]")).to_have_count(0)
    page.wait_for_load_state()


def sign(page: Page) -> None:
    """Draw a signature on the canvas."""
    canvas = page.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 30)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 20 + step * 25, box["y"] + 30 + (step % 3) * 25)
    page.mouse.up()


@contextmanager
def telling(*pages: Page) -> Iterator[None]:
    """When something is not as expected, say what stood on the pages."""
    try:
        yield
    except (AssertionError, Error) as error:
        for page in pages:
            shown = page.evaluate("(document.querySelector('main') || document.body).innerText")
            error.add_note(f"\n== {page.url}\n{shown[:3000]}")
        raise


def fits_a_telephone(page: Page) -> bool:
    """Nothing on the page is wider than a telephone."""
    before = page.viewport_size
    page.set_viewport_size(PHONE)
    fits: bool = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if before:
        page.set_viewport_size(before)
    return fits


def small_targets(page: Page, least: int = 48) -> list[str]:
    """What one can press or type in that is lower than a thumb needs; words in a sentence that lead on are not meant."""
    found: list[str] = page.evaluate(
        """(least) => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
          .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".trap, .skip, p"))
          .map((one) => (one.matches("[type=checkbox], [type=radio], [type=file]") && one.closest("label")) || one)
          .filter((one) => one.getBoundingClientRect().height < least)
          .map((one) => `${one.tagName} ${one.textContent.trim() || one.name} ${one.getBoundingClientRect().height}`)""",
        least,
    )
    return found


def origin_sent(answer: Any) -> str:
    """The Origin that a browser sends along with a form of this page of the test client's server."""
    return "null" if answer["Referrer-Policy"] == "no-referrer" else "http://testserver"
