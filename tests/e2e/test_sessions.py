"""In a real browser: sessions that end, pages that go stale, Back, and forms that are left half filled in."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from apps.accounts.models import Session
from apps.customers.models import Customer
from tests.browser import WIDE, again, go, logged_in, page_of
from tests.builders import CustomerFactory
from tests.conftest import PASSWORD, Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
NEW = "/customers/new/"


@pytest.fixture
def office(browser: Browser, live_server: Any, transactional_cast: Cast, client_as: Any) -> Iterator[Page]:
    """Bram at his desk."""
    cache.clear()
    with page_of(browser, live_server.url, client_as(transactional_cast.bram), viewport=WIDE) as page:
        yield page


@pytest.fixture
def desk(
    browser: Browser, live_server: Any, transactional_cast: Cast, client_as: Any
) -> Iterator[BrowserContext]:
    """Bram's browser, in which an answer may refuse."""
    cache.clear()
    context = logged_in(browser, live_server.url, client_as(transactional_cast.bram), viewport=WIDE)
    yield context
    context.close()


def log_in(page: Page, email: str) -> None:
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def fill(page: Page) -> None:
    for name, value in (("name", "Bakker Dak"), ("street", "Havenstraat"), ("house_number", "7"),
                        ("postal_code", "4811 AB"), ("city", "Breda")):  # fmt: skip
        page.fill(f"[name={name}]", value)


# -- the session's end -------------------------------------------------------------------


def test_a_part_of_a_page_leads_to_the_login_and_back_with_what_was_typed(desk, transactional_cast) -> None:
    page = desk.new_page()
    go(page, f"{NEW}?from=list")
    fill(page)
    page.fill("[name=phone]", "0612345678")
    Session.objects.all().delete()  # not sooner: to come into a field sends what the one before it holds
    page.locator("[name=phone]").blur()  # htmx looks for duplicates, without a session
    page.wait_for_url("**/account/login/**")
    log_in(page, transactional_cast.bram.email)
    page.wait_for_url(f"**{NEW}?from=list")
    assert page.input_value("[name=name]") == "Bakker Dak"
    assert page.input_value("[name=phone]") == "0612345678"
    expect(page.get_by_text("stands here again")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/customers/*/")
    assert Customer.objects.get().name == "Bakker Dak"
    go(page, f"{NEW}?from=list")
    assert page.input_value("[name=name]") == ""  # the server has it now


def test_whoever_else_logs_in_is_shown_nothing_of_it(desk, transactional_cast) -> None:
    page = desk.new_page()
    go(page, NEW)
    fill(page)
    page.locator("[name=name]").fill("Bakker Dak en Goot")
    Session.objects.all().delete()
    page.locator("[name=name]").blur()
    page.wait_for_url("**/account/login/**")
    log_in(page, transactional_cast.petra.email)
    page.wait_for_url(f"**{NEW}")
    assert page.input_value("[name=name]") == ""
    assert "Bakker" not in page.content()


def test_what_was_typed_can_be_thrown_away(desk) -> None:
    page = desk.new_page()
    go(page, NEW)
    fill(page)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.on("dialog", lambda dialog: dialog.accept())
    again(page)
    assert page.input_value("[name=name]") == "Bakker Dak"
    page.get_by_role("button", name="Start over").click()
    assert page.input_value("[name=name]") == ""
    again(page)
    assert page.input_value("[name=name]") == ""


def test_passwords_and_files_are_not_kept(desk) -> None:
    page = desk.new_page()
    go(page, "/requests/new/")
    page.set_input_files("[name=photos]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"x"})
    page.fill("[name=description]", "Water")
    page.wait_for_timeout(400)
    kept = page.evaluate("JSON.stringify({...sessionStorage})")
    assert "Water" in kept
    assert "a.jpg" not in kept
    assert "csrf" not in kept
    page.on("dialog", lambda dialog: dialog.accept())
    go(page, "/account/password/change/")
    page.locator("[type=password]").first.fill("my old password")
    page.wait_for_timeout(400)
    assert "my old password" not in page.evaluate("JSON.stringify({...sessionStorage})")


# -- two logins ----------------------------------------------------------------------------


def test_a_form_open_in_two_logins_is_saved_on_the_second_press(desk, transactional_cast) -> None:
    page, other = desk.new_page(), desk.new_page()
    go(page, NEW)
    fill(page)
    go(other, "/")
    other.context.clear_cookies(name="sessionid")
    go(other, "/account/login/")
    log_in(other, transactional_cast.bram.email)
    other.wait_for_url(lambda url: "login" not in url)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("You logged in again after this page was opened.")).to_be_visible()
    assert page.input_value("[name=name]") == "Bakker Dak"
    assert not Customer.objects.exists()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/customers/*/")
    assert Customer.objects.get().name == "Bakker Dak"


# -- after logging out ---------------------------------------------------------------------


def test_after_logging_out_back_shows_nothing(desk) -> None:
    page = desk.new_page()
    for address in ("/dashboard/", "/customers/", NEW):
        go(page, address)
    page.locator("details.me > summary").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/account/login/**")
    for _step in range(3):
        page.go_back()
        expect(page.locator("input[type=password]")).to_be_visible()
        assert page.locator(".office").count() == 0


# -- leaving -------------------------------------------------------------------------------


def asked(page: Page, does: Callable[[], Any], *, leave: bool = False) -> list[str]:
    """What the browser asks while somebody does this."""
    said: list[str] = []

    def answer(dialog: Dialog) -> None:
        said.append(dialog.type)
        if leave:
            dialog.accept()
        else:
            dialog.dismiss()

    page.on("dialog", answer)
    does()
    page.wait_for_timeout(400)
    page.remove_listener("dialog", answer)
    return said


@pytest.mark.parametrize(
    ("link", "leads_to", "how"),
    [
        (".rail nav a[href='/requests/']", "**/requests/", "confirm"),
        (".rail .mark", "**/dashboard/", "beforeunload"),
    ],
    ids=["the page stays", "the page goes"],
)
def test_leaving_a_half_filled_form_asks(office: Page, link: str, leads_to: str, how: str) -> None:
    go(office, NEW)
    assert asked(office, lambda: office.locator(link).click()) == []
    office.wait_for_url(leads_to)
    go(office, NEW)
    office.locator("[name=name]").press_sequentially("Bak")
    assert asked(office, lambda: office.locator(link).click()) == [how]
    assert office.url.endswith(NEW)
    assert office.input_value("[name=name]") == "Bak"
    office.fill("[name=name]", "")  # nothing was changed after all
    assert asked(office, lambda: office.locator(link).click()) == []
    office.wait_for_url(leads_to)


def test_sending_it_asks_nothing_and_a_refusal_asks_again(office: Page) -> None:
    go(office, NEW)
    fill(office)
    office.fill("[name=kvk_number]", "1")
    assert asked(office, lambda: office.get_by_role("button", name="Save").click()) == []
    expect(office.locator(".errors")).to_be_visible()
    office.locator("[name=name]").click()
    assert asked(office, lambda: office.locator("a[href='/requests/']").click()) == ["confirm"]
    office.fill("[name=kvk_number]", "")
    assert asked(office, lambda: office.get_by_role("button", name="Save").click()) == []
    office.wait_for_url("**/customers/*/")
    assert asked(office, lambda: office.locator("a[href='/requests/']").click()) == []


def test_opening_another_row_beside_a_half_filled_form_asks(office: Page, customers: list[Customer]) -> None:
    go(office, reverse("customers:customer_detail", args=[customers[0].pk]))
    office.locator("#detail form [name=text]").press_sequentially("Called twice")
    other = office.locator(f"a.row[href*='/customers/{customers[1].pk}/']")
    assert asked(office, other.click) == ["confirm"]
    assert office.input_value("#detail form [name=text]") == "Called twice"
    assert asked(office, other.click, leave=True) == ["confirm"]
    expect(office.locator("#detail")).to_contain_text(customers[1].name)


@pytest.fixture
def customers(transactional_cast: Cast) -> list[Customer]:
    return [CustomerFactory(name=name, email="") for name in ("Anna", "Berend")]
