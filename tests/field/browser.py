"""A phone-sized Chromium for the field's tests."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, sync_playwright

ARGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"]  # fmt: skip


@contextmanager
def phone_page(
    server: str, client: Any, *, javascript: bool = True, scheme: str = "light", width: int = 390
) -> Iterator[Page]:
    """A page at 390 × 844 in which the user of the test client is logged in."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop is not ours
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        context = browser.new_context(
            viewport={"width": width, "height": 844}, has_touch=True, java_script_enabled=javascript,
            color_scheme=scheme, locale="en-GB", base_url=server,
        )  # fmt: skip
        context.set_default_timeout(20_000)
        context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server}]
        )
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None,
        )
        yield page
        browser.close()
        assert faults == []
