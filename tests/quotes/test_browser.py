"""The quote in a real browser: the office builds and sends it, the customer answers, with and without JavaScript."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from apps.core.tokens import token_for
from apps.quotes import actions
from apps.quotes.models import Acceptance, LineKind

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ARGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's own loop is not ours
    with sync_playwright() as play:
        path = "/usr/bin/chromium"
        chromium = play.chromium.launch(executable_path=path if os.path.exists(path) else None, args=ARGS)
        yield chromium
        chromium.close()


@pytest.fixture
def bram(browser: Browser, live_server, cast, client_as) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    session = client_as(cast.bram).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return context


def test_the_customer_ticks_signs_and_accepts_on_a_phone(browser, live_server, link, option) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
    page.goto(f"{live_server.url}/quote/{token_for('quote', link.nonce)}/")
    expect(page.locator("#sums")).to_contain_text("€1,319.00")
    page.get_by_label(re.compile("Thermostat")).check()
    expect(page.locator("#sums")).to_contain_text("€1,561.00")
    page.get_by_label("Your name").fill("A. de Wit")
    canvas = page.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 120)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(box["x"] + 20 + step * 20, box["y"] + (40 if step % 2 else 150))
    page.mouse.up()
    page.get_by_role("button", name="Accept the quote").click()
    expect(page.get_by_text("Accepted: thank you")).to_be_visible()
    acceptance = Acceptance.objects.get()
    assert (acceptance.options, str(acceptance.total)) == ([option], "1561.00")
    assert acceptance.signature is not None
    assert not faults


def test_the_customer_accepts_without_javascript(browser, live_server, link, option) -> None:
    page = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{live_server.url}/quote/{token_for('quote', link.nonce)}/")
    page.get_by_label(re.compile("Thermostat")).check()
    page.get_by_role("button", name="Recalculate with my options").click()
    expect(page.locator("#sums")).to_contain_text("€1,561.00")
    expect(page.get_by_label(re.compile("Thermostat"))).to_be_checked()
    page.get_by_label("Your name").fill("A. de Wit")
    page.get_by_role("button", name="Accept the quote").click()
    expect(page.get_by_text("Accepted: thank you")).to_be_visible()
    assert Acceptance.objects.get().options == [option]


def test_the_customer_declines_without_javascript(browser, live_server, link, sent) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/quote/{token_for('quote', link.nonce)}/")
    page.get_by_text("I do not accept").click()
    page.get_by_label("Why do you decline?").fill("Too expensive")
    page.get_by_role("button", name="Decline the quote").click()
    expect(page.get_by_text("You declined this quote")).to_be_visible()
    sent.refresh_from_db()
    assert sent.status == "declined"


def test_the_office_builds_and_sends(bram, live_server, draft, rates, material) -> None:
    page = bram.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{live_server.url}/quotes/{draft.pk}/edit/")
    first = draft.current.lines.first()
    page.locator(f"[name=line-{first.pk}-quantity]").fill("2")
    page.locator(f"[name=line-{first.pk}-quantity]").press("Tab")
    expect(page.locator("#totals")).to_contain_text("€2,529.00")
    expect(page.locator(f"#net-{first.pk}")).to_have_text("€2,000.00")
    page.locator(f"#line-{first.pk}").get_by_label("Move down").press("Enter")
    expect(page.locator("#lines > li").nth(1)).to_have_id(f"line-{first.pk}")
    page.get_by_role("button", name="Labour", exact=True).click()
    expect(page.locator("#lines > li")).to_have_count(4)
    page.get_by_label("Material from the catalogue").press_sequentially("boiler hr")
    page.get_by_role("button", name=re.compile("Add Boiler HR 28 kW")).click()
    expect(page.locator("#lines > li")).to_have_count(5)
    page.get_by_label("Scope of the work").fill("All of the work")
    with page.expect_response(re.compile("/save/")):
        page.get_by_label("Scope of the work").press("Tab")
    draft.current.refresh_from_db()
    kinds = [line.kind for line in draft.current.lines.all()]
    assert kinds == [LineKind.TEXT, LineKind.TEXT, LineKind.TEXT, LineKind.LABOUR, LineKind.MATERIAL]
    assert draft.current.lines.all()[1].pk == first.pk
    assert draft.current.scope == "All of the work"
    page.get_by_role("button", name="Send…").click()
    expect(page.get_by_label("E-mail address")).to_have_value("a.dewit@mail.example")
    page.get_by_role("button", name="Send the quote").click()
    expect(page.get_by_label("Private link")).to_have_value(re.compile("/quote/"))
    draft.refresh_from_db()
    assert draft.status == "sent"
    assert not faults


def test_two_tabs_meet_kindly(bram, live_server, draft, cast) -> None:
    page = bram.new_page()
    page.goto(f"{live_server.url}/quotes/{draft.pk}/edit/")
    actions.version_change(version=draft.current, by=cast.petra, texts={"terms": "Hers"})
    page.get_by_label("Scope of the work").fill("Mine")
    page.get_by_label("Scope of the work").press("Tab")
    expect(page.locator("#save-state")).to_contain_text("This draft was changed meanwhile", timeout=15_000)
    expect(page.get_by_label("Scope of the work")).to_have_value("Mine")
    page.get_by_role("button", name="Save mine over it").click()
    expect(page.get_by_label("Scope of the work")).to_have_value("Mine")
    draft.current.refresh_from_db()
    assert draft.current.scope == "Mine"
