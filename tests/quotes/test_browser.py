"""The quote in a real browser: the office builds and sends it, the customer answers, with and without JavaScript."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import Session
from apps.core.tokens import token_for
from apps.quotes import actions
from apps.quotes.models import Acceptance, LineKind, Quote
from tests.browser import PHONE, WIDE, go, logged_in, page_of, sign, small_targets

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser, live_server, cast, client_as) -> Iterator[Page]:
    """Bram's."""
    with page_of(browser, live_server.url, client_as(cast.bram), viewport=WIDE) as found:
        yield found


@pytest.fixture
def phone(browser, live_server) -> Iterator[Page]:
    """The customer's."""
    with page_of(browser, live_server.url, viewport=PHONE, has_touch=True) as found:
        yield found


@pytest.fixture
def plain(browser, live_server) -> Iterator[Page]:
    """The customer's, without JavaScript."""
    with page_of(browser, live_server.url, viewport=PHONE, java_script_enabled=False) as found:
        yield found


def test_a_thumb_finds_each_target_of_the_quote(phone: Page, link, option) -> None:
    phone.set_viewport_size({"width": 360, "height": 740})
    go(phone, f"/quote/{token_for('quote', link.nonce)}/")
    assert small_targets(phone) == []


def test_the_customer_ticks_signs_and_accepts_on_a_phone(phone: Page, link, option) -> None:
    go(phone, f"/quote/{token_for('quote', link.nonce)}/")
    expect(phone.locator("#sums")).to_contain_text("€1,319.00")
    phone.get_by_label(re.compile("Thermostat")).check()
    expect(phone.locator("#sums")).to_contain_text("€1,561.00")
    phone.get_by_label("Your name").fill("A. de Wit")
    sign(phone)
    phone.get_by_role("button", name="Accept the quote").click()
    expect(phone.get_by_text("Accepted: thank you")).to_be_visible()
    acceptance = Acceptance.objects.get()
    assert (acceptance.options, str(acceptance.total)) == ([option], "1561.00")
    assert acceptance.signature is not None


def test_the_customer_accepts_without_javascript(plain: Page, link, option) -> None:
    go(plain, f"/quote/{token_for('quote', link.nonce)}/")
    plain.get_by_label(re.compile("Thermostat")).check()
    plain.get_by_role("button", name="Recalculate with my options").click()
    expect(plain.locator("#sums")).to_contain_text("€1,561.00")
    expect(plain.get_by_label(re.compile("Thermostat"))).to_be_checked()
    plain.get_by_label("Your name").fill("A. de Wit")
    plain.get_by_role("button", name="Accept the quote").click()
    expect(plain.get_by_text("Accepted: thank you")).to_be_visible()
    assert Acceptance.objects.get().options == [option]


def test_the_customer_declines_without_javascript(plain: Page, link, sent) -> None:
    go(plain, f"/quote/{token_for('quote', link.nonce)}/")
    plain.get_by_text("I do not accept").click()
    plain.get_by_label("Why do you decline?").fill("Too expensive")
    plain.get_by_role("button", name="Decline the quote").click()
    expect(plain.get_by_text("You declined this quote")).to_be_visible()
    sent.refresh_from_db()
    assert sent.status == "declined"


def test_the_office_builds_and_sends(page: Page, draft, rates, material) -> None:
    go(page, f"/quotes/{draft.pk}/edit/")
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


def test_the_end_of_the_session_leads_to_the_login_and_asks_nothing(
    browser, live_server, cast, client_as, draft
) -> None:
    context = logged_in(browser, live_server.url, client_as(cast.bram), viewport=WIDE)
    page, asked = context.new_page(), []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    go(page, f"/quotes/{draft.pk}/edit/")
    Session.objects.all().delete()
    page.get_by_label("Scope of the work").fill("All of the work")
    page.get_by_label("Scope of the work").press("Tab")
    page.wait_for_url("**/account/login/**")
    context.close()
    assert asked == []


def test_two_tabs_meet_kindly(page: Page, draft, cast) -> None:
    go(page, f"/quotes/{draft.pk}/edit/")
    actions.version_change(version=draft.current, by=cast.petra, texts={"terms": "Hers"})
    page.get_by_label("Scope of the work").fill("Mine")
    page.get_by_label("Scope of the work").press("Tab")
    expect(page.locator("#save-state")).to_contain_text("changed this while you had it open", timeout=15_000)
    expect(page.get_by_label("Scope of the work")).to_have_value("Mine")
    page.get_by_role("button", name="Save as chosen").click()
    expect(page.get_by_label("Scope of the work")).to_have_value("Mine")
    draft.current.refresh_from_db()
    assert (draft.current.scope, draft.current.terms) == ("Mine", "Hers")


def test_on_paper_stands_the_quote_and_no_private_link(page: Page, link, sent) -> None:
    go(page, f"/quotes/{sent.pk}/")
    expect(page.get_by_label("Private link")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_label("Private link")).to_be_hidden()
    expect(page.locator("#note-text")).to_be_hidden()
    expect(page.get_by_role("heading", name="What we offer")).to_be_visible()
    expect(page.get_by_text("What happened")).to_be_visible()


def test_the_list_fits_a_telephone(browser, live_server, cast, client_as, sent) -> None:
    Quote.objects.update(status="accepted")
    with page_of(browser, live_server.url, client_as(cast.bram), viewport=PHONE) as page:
        go(page, "/quotes/")
        assert page.evaluate(
            "[...document.querySelectorAll('.scroll')].every(e => e.scrollWidth <= e.clientWidth)"
        )
