"""The main action of every detail is in view, and every entry of a menu can be pressed."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html
from playwright.sync_api import Browser, Page, ViewportSize, expect

from apps.acceptance.scale.loader import scale_load
from apps.accounts.actions import groups_sync
from apps.accounts.models import User
from apps.accounts.roles import OFFICE
from apps.core import numbering
from apps.intake.models import Request
from tests.browser import PHONE, WIDE, faults_of, go, logged_in
from tests.builders import RequestFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LISTS = [
    "workorders:work_order_list", "intake:request_list", "quotes:quote_list", "invoicing:invoice_list",
    "customers:customer_list", "materials:material_list", "technicians:technician_list", "field:event_list",
    "review:review_list",
]  # fmt: skip
TABLET: ViewportSize = {"width": 1024, "height": 768}
SIZES: list[ViewportSize] = [TABLET, {"width": 1280, "height": 720}, WIDE, PHONE]

# The first button of the detail's bar, or that of the page's heading: where it stands, and whether a press meets it.
MAIN_ACTION = """() => {
  const shown = (selector) => [...document.querySelectorAll(selector)].find((one) => one.checkVisibility());
  const bar = '#detail .panel > .actions';
  const main = shown(`${bar} > .btn, ${bar} > form > .btn, ${bar} > details > summary, ${bar} > span > details > summary`)
    || shown('main .head .btn.go');
  if (!main) return null;
  const box = main.getBoundingClientRect();
  const met = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    what: main.innerText.trim(),
    inside: box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth,
    met: main.contains(met),
  };
}"""
# The entries of the open menu that a press does not meet.
OUT_OF_REACH = """() => [...document.querySelectorAll('.menu:popover-open :is(a, button, summary)')]
  .filter((one) => one.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) && !one.closest('.ask'))
  .filter((one) => {
    const box = one.getBoundingClientRect();
    return !one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
  }).map((one) => one.innerText.trim())"""


# The buttons of the proposals that a press does not meet, once they are scrolled to.
PROPOSALS_OUT = """() => [...document.querySelectorAll('.offers .btn')].filter((one) => {
    one.scrollIntoView({ block: 'center' });
    const box = one.getBoundingClientRect();
    return !one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
  }).length"""


@pytest.fixture
def office(transactional_db: None) -> User:
    groups_sync()
    numbering.series_sync()
    scale_load(80)
    return User.objects.active().with_role(OFFICE).order_by("pk")[0]


@pytest.fixture
def page(
    office: User, browser: Browser, live_server: Any, client_as: Callable[..., Client]
) -> Iterator[Page]:
    context = logged_in(browser, live_server.url, client_as(office), viewport=WIDE)
    faults = faults_of(context)
    yield context.new_page()
    context.close()
    assert faults == []


def details(client: Client) -> dict[str, str]:
    """One record of each status on each list: its address by list and status."""
    found: dict[str, str] = {}
    for name in LISTS:
        rows = html.fromstring(client.get(reverse(name)).content).xpath(
            "//main//tr[.//a[contains(@class, 'row')]]"
        )
        for row in rows:
            tags = row.xpath(".//*[contains(@class, 'tag')]")
            status = tags[-1].text_content().strip() if tags else ""  # before it: how urgent, which day
            address = row.xpath(".//a[contains(@class, 'row')]/@href")[0]
            found.setdefault(f"{name} {status}", address)
    return found


def menus_check(page: Page, where: str) -> int:
    """Open each menu of the page, and close it with Escape; gives how many there were."""
    buttons = page.locator("button[popovertarget]:visible")
    for number in range(buttons.count()):
        button = buttons.nth(number)
        button.click()
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate(OUT_OF_REACH) == [], where
        page.keyboard.press("Escape")
        assert page.locator(".menu:popover-open").count() == 0, where
        assert button.evaluate("(one) => one === document.activeElement"), where
    return buttons.count()


def test_what_a_page_offers_is_in_reach(
    page: Page, office: User, browser: Browser, client_as: Callable[..., Client], subtests: pytest.Subtests
) -> None:
    """One company for all four: its load takes longer than looking at it."""
    client = client_as(office)
    found = details(client)
    order = next(one for what, one in found.items() if what.startswith("workorders:work_order_list"))
    with subtests.test("actions are in view and menus in reach"):
        actions_are_in_view_and_menus_in_reach(page, found)
    with subtests.test("each proposal of the quick plan can be booked at every width"):
        each_proposal_can_be_booked_at_every_width(page)
    with subtests.test("a menu is used with the keyboard and asks in a window"):
        a_menu_is_used_with_the_keyboard(page, order)
    with subtests.test("menus open without script"):
        menus_open_without_script(page, browser, client, order)


def opened_at_each_size(page: Page, address: str) -> Iterator[ViewportSize]:
    """The page in each size: opened on a tablet and on a telephone, and from the tablet on the window is drawn wider."""
    for size in SIZES:
        page.set_viewport_size(size)
        if size in (TABLET, PHONE):
            go(page, address)
        yield size


def actions_are_in_view_and_menus_in_reach(page: Page, found: dict[str, str]) -> None:
    assert len(found) > 12
    menus = 0
    for what, address in found.items():
        for size in opened_at_each_size(page, address):
            action = page.evaluate(MAIN_ACTION)
            where = f"{what} ({address}) at {size['width']} × {size['height']}"
            assert action is None or (action["inside"] and action["met"]), f"{where}: {action}"
            if size is WIDE:  # narrower than that, and wider than a telephone, they stand as here
                menus += menus_check(page, where)
            elif size is PHONE:
                menus_check(page, where)
    assert menus > 20, "the control: there are menus"


def each_proposal_can_be_booked_at_every_width(page: Page) -> None:
    known = Request.objects.order_by("pk")
    # On some days all that the company was asked for is planned.
    asked = known.to_plan().first() or RequestFactory(customer=known[0].customer, type=known[0].type)
    for size in opened_at_each_size(page, reverse("planning:intake_plan", args=[asked.pk])):
        assert page.locator(".offers .btn").count(), "the control: there are proposals"
        assert page.evaluate(PROPOSALS_OUT) == 0, size
        assert page.evaluate("() => document.documentElement.scrollWidth") <= size["width"]


def a_menu_is_used_with_the_keyboard(page: Page, address: str) -> None:
    page.set_viewport_size(WIDE)
    go(page, address)
    more = page.locator("[popovertarget=more]")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".menu:popover-open")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".menu:popover-open :focus")).to_have_count(1)  # the first entry comes next
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    assert page.url.endswith(address.split("?")[0]), "Escape closed the menu and not the record"
    more.click()
    asking = page.locator(".menu:popover-open .confirm > summary")
    if asking.count():
        asking.first.click()
        expect(page.locator("dialog[open]")).to_have_count(1)
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(more).to_be_focused()


def menus_open_without_script(page: Page, browser: Browser, client: Client, address: str) -> None:
    base = urljoin(page.url, "/").rstrip("/")
    context = logged_in(browser, base, client, viewport=WIDE, java_script_enabled=False)
    plain = context.new_page()
    go(plain, address)
    plain.locator("[popovertarget=more]").click()
    plain.locator(".menu a:visible").first.click(trial=True)
    context.close()
