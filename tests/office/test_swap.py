"""From page to page in the office without loading anew (static/js/swap.js), and with a whole load where that is right."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import time
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Error, Page, Route, expect

from apps.technicians.actions import hours_set
from tests.browser import WIDE, go, logged_in, page_of
from tests.builders import CustomerFactory
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
CUSTOMERS, QUOTES, REQUESTS, WEEK = "/customers/", "/quotes/", "/requests/", "/planning/week/"
NARROW = {"width": 1000, "height": 700}


@pytest.fixture
def cast(transactional_cast: Cast) -> Cast:
    return transactional_cast


@pytest.fixture
def customers(cast: Cast) -> None:
    for number in range(60):
        CustomerFactory(name=f"Customer {number:02}")


@pytest.fixture
def desk(browser: Browser, live_server: Any, cast: Cast, customers: None, client_as: Any) -> Iterator[Page]:
    """The list of customers, on a page that knows whether it was loaded anew; nothing may go wrong on it."""
    with page_of(browser, live_server.url, client_as(cast.bram), viewport=WIDE) as page:
        yield opened(page, CUSTOMERS)


@pytest.fixture
def shaky(browser: Browser, live_server: Any, cast: Cast, customers: None, client_as: Any) -> Iterator[Page]:
    """The same, where something does go wrong."""
    context = logged_in(browser, live_server.url, client_as(cast.bram), viewport=WIDE)
    yield opened(context.new_page(), CUSTOMERS)
    context.close()


def opened(page: Page, address: str) -> Page:
    go(page, address)
    page.evaluate("window.stood = true")
    return page


def stood(page: Page) -> bool:
    """Whether the page is still the document that was opened first."""
    found: bool = page.evaluate("window.stood === true")
    return found


def rail(page: Page, address: str) -> Any:
    return page.locator(f".rail nav a[href='{address}']")


def arrived(page: Page, address: str, title: str) -> None:
    """The page is there, and whoever hears or types knows."""
    expect(page).to_have_url(re.compile(re.escape(address) + "$"))
    expect(page).to_have_title(f"{title} · Watertight")
    expect(page.locator("#main")).to_have_count(1)
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator("#live")).to_have_text(f"{title} · Watertight")


def test_the_rail_brings_a_page_with_its_title_its_place_and_the_focus(desk: Page) -> None:
    desk.evaluate("scrollTo(0, 300)")
    rail(desk, QUOTES).click()
    arrived(desk, QUOTES, "Quotes")
    expect(desk.locator("#main")).to_be_focused()
    assert desk.evaluate("scrollY") == 0
    expect(desk.locator(".rail nav [aria-current]")).to_have_attribute("href", QUOTES)
    expect(desk.locator(".me-menu [name=next]").first).to_have_value(QUOTES)
    assert stood(desk)


def test_a_page_has_its_own_sheet_and_the_next_one_does_not(desk: Page) -> None:
    columns = "getComputedStyle(document.querySelector('.board')).gridTemplateColumns"
    rail(desk, WEEK).click()
    arrived(desk, WEEK, "Weekly planning & availability")
    brought = desk.evaluate(columns)
    sheets = "[...document.styleSheets].filter(one => one.media.mediaText !== 'not all').map(one => one.href)"
    assert any("grid" in href for href in desk.evaluate(sheets))
    rail(desk, CUSTOMERS).click()
    arrived(desk, CUSTOMERS, "Customers")
    assert not any("grid" in href for href in desk.evaluate(sheets))
    assert stood(desk)
    go(desk, WEEK)
    assert desk.evaluate(columns) == brought


def test_back_and_forward_bring_the_place_in_a_list_and_what_was_pressed(desk: Page) -> None:
    following = desk.locator(".pager a[rel=next]")
    following.scroll_into_view_if_needed()
    place = desk.evaluate("scrollY")
    assert place > 0
    following.click()
    expect(desk).to_have_url(re.compile(r"/customers/\?page=2$"))
    expect(desk.locator("a.row").first).to_have_text("Customer 25")
    assert desk.evaluate("scrollY") == 0
    desk.locator(".pager a[rel=next]").click()
    expect(desk.locator("a.row").first).to_have_text("Customer 50")
    desk.go_back()
    expect(desk.locator("a.row").first).to_have_text("Customer 25")
    desk.go_back()
    expect(desk.locator("a.row").first).to_have_text("Customer 00")
    expect(following).to_be_focused()
    assert desk.evaluate("scrollY") == place
    desk.go_forward()
    expect(desk.locator("a.row").first).to_have_text("Customer 25")
    assert stood(desk)


def test_back_from_a_page_that_was_loaded_whole(desk: Page) -> None:
    """The browser keeps the page; what it shows then is asked for anew."""
    rail(desk, QUOTES).click()
    arrived(desk, QUOTES, "Quotes")
    rail(desk, CUSTOMERS).click()
    arrived(desk, CUSTOMERS, "Customers")
    go(desk, reverse("customers:customer_create"))
    CustomerFactory(name="Aardvark")
    desk.go_back()
    expect(desk.locator("a.row").first).to_have_text("Aardvark")
    desk.go_back()
    expect(desk.locator("h1")).to_have_text("Quotes")
    expect(desk).to_have_url(re.compile(f"{QUOTES}$"))


def test_a_row_opens_beside_the_list_and_back_closes_it(desk: Page) -> None:
    row = desk.locator("a.row").nth(3)
    row.click()
    expect(desk.locator("#detail")).to_contain_text("Customer 03")
    expect(desk.locator("#customer-requests")).to_be_attached()
    expect(desk).to_have_title("Customer 03 · Watertight")
    expect(desk.locator("tr[aria-selected] a.row")).to_have_text("Customer 03")
    desk.go_back()
    expect(desk).to_have_title("Customers · Watertight")
    expect(row).to_be_focused()
    assert stood(desk)


def test_where_there_is_no_room_beside_it_a_row_takes_the_place_of_the_list(desk: Page) -> None:
    desk.set_viewport_size(NARROW)
    row = desk.locator("a.row").nth(20)
    row.click()
    expect(
        desk.locator("#customer-requests")
    ).to_be_attached()  # a part that comes later, and names nothing anew
    expect(desk).to_have_title("Customer 20 · Watertight")
    expect(desk.locator("#main")).to_be_focused()
    desk.keyboard.press("Escape")
    arrived(desk, CUSTOMERS, "Customers")
    desk.go_back()
    expect(desk).to_have_title("Customer 20 · Watertight")
    expect(desk.locator("#customer-requests")).to_be_attached()
    desk.go_back()
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()
    assert stood(desk)


def test_with_a_modifier_a_link_does_what_links_do(desk: Page) -> None:
    with desk.context.expect_page() as opened_too:
        rail(desk, QUOTES).click(modifiers=["ControlOrMeta"])
    expect(opened_too.value).to_have_title("Quotes · Watertight")
    expect(desk).to_have_title("Customers · Watertight")


def test_of_two_quick_presses_the_last_counts(shaky: Page) -> None:
    held: list[Route] = []
    shaky.route(f"**{QUOTES}", lambda asked: held.append(asked))
    with shaky.expect_request(f"**{QUOTES}"):
        rail(shaky, QUOTES).click()
    rail(shaky, REQUESTS).click()
    arrived(shaky, REQUESTS, "Intake")
    with suppress(Error):  # nobody waits for it any more
        held[0].continue_()
    rail(shaky, CUSTOMERS).click()
    arrived(shaky, CUSTOMERS, "Customers")
    assert stood(shaky)


def test_a_row_that_is_still_on_its_way_does_not_follow_to_another_page(shaky: Page) -> None:
    held: list[Route] = []
    shaky.route(re.compile(r"/customers/\d+/$"), lambda asked: held.append(asked))
    with shaky.expect_request(re.compile(r"/customers/\d+/$")):
        shaky.locator("a.row").first.click()
    rail(shaky, QUOTES).click()
    arrived(shaky, QUOTES, "Quotes")
    with suppress(Error):
        held[0].continue_()
    rail(shaky, REQUESTS).click()
    arrived(shaky, REQUESTS, "Intake")
    shaky.go_back()
    arrived(shaky, QUOTES, "Quotes")


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ("/customers/999999/", "The address may be mistyped"),
        ("/users/", "belongs to another role"),
        (500, "That did not work"),
        (None, "No answer came"),
    ],
    ids=["gone", "no right", "fault", "no network"],
)
def test_what_does_not_come_is_said_and_the_page_stays(
    shaky: Page, live_server: Any, instead: Any, said: str
) -> None:
    def answer(asked: Route) -> None:
        if instead is None:
            asked.abort()
        elif instead == 500:
            asked.fulfill(status=500, body="<html><body><p data-message>No</p></body></html>")
        else:
            asked.continue_(url=live_server.url + instead)

    shaky.route(f"**{QUOTES}", answer)
    rail(shaky, QUOTES).click()
    expect(shaky.locator("#toasts [data-toast=error]")).to_contain_text(said)
    expect(shaky).to_have_title("Customers · Watertight")
    expect(shaky).to_have_url(re.compile(f"{CUSTOMERS}$"))
    shaky.unroute(f"**{QUOTES}")
    rail(shaky, QUOTES).click()
    arrived(shaky, QUOTES, "Quotes")
    expect(shaky.locator("#toasts > *")).to_have_count(0)
    assert stood(shaky)


def test_back_to_what_does_not_come_is_for_the_browser_to_say(shaky: Page) -> None:
    rail(shaky, QUOTES).click()
    arrived(shaky, QUOTES, "Quotes")
    fault = {
        "status": 500,
        "content_type": "text/html",
        "body": "<title>Fault</title><p>Something went wrong</p>",
    }
    shaky.route(f"**{CUSTOMERS}", lambda asked: asked.fulfill(**fault))
    shaky.go_back()
    expect(shaky).to_have_title("Fault")
    expect(shaky).to_have_url(re.compile(f"{CUSTOMERS}$"))


def test_a_session_that_ended_leads_to_the_login_and_on_to_the_page(shaky: Page) -> None:
    shaky.context.clear_cookies()
    rail(shaky, QUOTES).click()
    expect(shaky).to_have_url(re.compile(rf"/account/login/\?next={QUOTES}$"))
    expect(shaky.locator("[type=password]")).to_be_visible()
    assert not stood(shaky)


def test_what_is_typed_and_not_sent_is_asked_about(desk: Page) -> None:
    opened(desk, reverse("customers:customer_create"))
    desk.fill("[name=name]", "Bakker")
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    desk.once("dialog", stay)
    rail(desk, QUOTES).click()
    assert asked == ["What you typed here is not sent yet. Leave it?"]
    expect(desk.locator("[name=name]")).to_have_value("Bakker")
    desk.once("dialog", lambda dialog: dialog.accept())
    rail(desk, QUOTES).click()
    arrived(desk, QUOTES, "Quotes")
    assert stood(desk)
    desk.go_back()
    expect(desk.locator("[name=name]")).to_have_value("Bakker")  # it was kept for who comes back


def test_who_stays_at_back_stays_at_the_address(desk: Page) -> None:
    address = reverse("customers:customer_create")
    opened(desk, address)
    rail(desk, QUOTES).click()
    arrived(desk, QUOTES, "Quotes")
    desk.go_back()
    expect(desk.locator("[name=name]")).to_be_visible()
    desk.fill("[name=name]", "Bakker")
    desk.once("dialog", lambda dialog: dialog.dismiss())
    desk.go_forward()
    expect(desk).to_have_url(re.compile(f"{address}$"))
    expect(desk.locator("[name=name]")).to_have_value("Bakker")
    assert stood(desk)


def test_the_page_that_came_works_and_nothing_answers_twice(desk: Page) -> None:
    for address, title in ((WEEK, "Weekly planning & availability"), (CUSTOMERS, "Customers")) * 2:
        rail(desk, address).click()
        arrived(desk, address, title)
    rows = desk.locator("a.row")
    for place in (0, 1, 2):
        desk.keyboard.press("j")
        expect(rows.nth(place)).to_be_focused()
    desk.keyboard.press("/")
    desk.keyboard.type("Customer 41")
    expect(rows).to_have_count(1)
    desk.keyboard.press("Escape")
    desk.get_by_role("button", name="Export").click()
    expect(desk.get_by_role("link", name="CSV")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("link", name="CSV")).to_be_hidden()
    desk.keyboard.press("ControlOrMeta+k")
    desk.keyboard.type("Customer 07")
    expect(desk.locator("#found a").first).to_contain_text("Customer 07")
    desk.keyboard.press("Escape")
    scripts = "[...document.scripts].map(one => one.src)"
    loaded = desk.evaluate(scripts)
    assert len(loaded) == len(set(loaded))
    assert any("planning" in src for src in loaded)
    assert stood(desk)


def test_the_week_that_came_is_planned_with_the_arrow_keys(desk: Page, cast: Cast) -> None:
    patterns = [(day, time(8), time(16)) for day in range(1, 8)]
    hours_set(technician=cast.tim.technician, by=cast.olga, weeks=[patterns])
    for address, title in ((WEEK, "Weekly planning & availability"), (CUSTOMERS, "Customers")) * 2:
        rail(desk, address).click()
        arrived(desk, address, title)
    rail(desk, WEEK).click()
    expect(desk.locator("[data-board]")).to_be_visible()
    following = desk.locator(".head a", has_text="This week").locator("xpath=following-sibling::a").first
    following.click()  # next week, where all of it is still to come
    cells = desk.locator("[data-board] tbody tr", has=desk.locator("a.gap")).first.locator("td")
    gaps = cells.locator("a.gap")
    gaps.first.focus()
    desk.keyboard.press("ArrowRight")
    expect(gaps.nth(1)).to_be_focused()


def test_what_is_told_on_a_page_is_told(desk: Page) -> None:
    """An address that is no page leaves a message for the next one."""
    address = reverse("office:theme")
    desk.request.get(address, max_redirects=0, headers={"Sec-Fetch-Dest": "document"})
    rail(desk, QUOTES).click()
    expect(desk.locator("#toasts")).to_contain_text("That is done with a button")
    assert stood(desk)


def test_a_newer_version_of_ours_is_loaded_whole(desk: Page) -> None:
    def newer(asked: Route) -> None:
        if asked.request.resource_type != "xhr":
            return asked.continue_()
        answer = asked.fetch()
        asked.fulfill(response=answer, body=answer.text().replace("css/app.css", "css/app.0123456789ab.css"))

    desk.route(f"**{QUOTES}", newer)
    rail(desk, QUOTES).click()
    expect(desk).to_have_title("Quotes · Watertight")
    expect(desk).to_have_url(re.compile(f"{QUOTES}$"))
    desk.wait_for_function("() => window.stood === undefined")


def test_a_page_with_a_sheet_that_is_not_here_is_loaded_whole(desk: Page) -> None:
    def other(asked: Route) -> None:
        if asked.request.resource_type != "xhr":
            return asked.continue_()
        answer = asked.fetch()
        sheet = '<link rel="stylesheet" href="/static/quotes/lines.css"></head>'
        asked.fulfill(response=answer, body=answer.text().replace("</head>", sheet, 1))

    desk.route(f"**{QUOTES}", other)
    rail(desk, QUOTES).click()
    expect(desk).to_have_title("Quotes · Watertight")
    desk.wait_for_function("() => window.stood === undefined")


def test_without_javascript_all_of_it_are_links(
    browser: Browser, live_server: Any, cast: Cast, customers: None, client_as: Any
) -> None:
    client = client_as(cast.bram)
    with page_of(browser, live_server.url, client, viewport=WIDE, java_script_enabled=False) as page:
        go(page, CUSTOMERS)
        page.locator(".pager a[rel=next]").click()
        expect(page.locator("a.row").first).to_have_text("Customer 25")
        page.locator("a.row").first.click()
        expect(page).to_have_title("Customer 25 · Watertight")
        rail(page, QUOTES).click()
        expect(page).to_have_title("Quotes · Watertight")
        expect(page.locator(".rail nav [aria-current]")).to_have_attribute("href", QUOTES)
        page.go_back()
        expect(page).to_have_title("Customer 25 · Watertight")
