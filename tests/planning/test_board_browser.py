"""A planner's booking on the week in a real browser: by keyboard alone, refused in place, and beside a colleague."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.planning.actions import assignment_place
from apps.planning.models import Assignment
from tests.browser import WIDE, go, page_of
from tests.conftest import Cast
from tests.planning.conftest import World
from tests.planning.test_undo_browser import next_tuesday, week

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_cast: Cast) -> World:
    return World(transactional_cast)


def booked(world: World, hour: int, **more: Any) -> Assignment:
    given = {"technician": world.tim, "work_order": world.order(), "by": world.cast.petra} | more
    start = next_tuesday(hour)
    return assignment_place(start=start, end=start + timedelta(hours=2), confirm=False, **given)


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.title")


def test_a_visit_is_booked_by_keyboard_alone(
    browser: Any, live_server: Any, client_as: Any, world: World
) -> None:
    there = booked(world, 8, technician=world.tim)
    order = world.order(sold_hours=2)
    with page_of(browser, live_server.url, client_as(world.cast.petra), viewport=WIDE) as page:
        go(page, week(there))
        card = page.locator(f"#job-w{order.pk}")
        card.focus()
        page.keyboard.press("Enter")
        best = page.locator("a.visit.best")
        expect(best).to_be_focused()
        expect(page.locator("#live")).to_contain_text("places fit")
        page.keyboard.press("Escape")
        expect(page.locator("[data-board].choosing")).to_have_count(0)
        page.locator(f"#job-w{order.pk}").focus()
        page.keyboard.press("Enter")
        expect(best).to_be_focused()
        first = focused(page)
        page.keyboard.press("ArrowDown")
        second = focused(page)
        assert second != first
        assert "Tim" in second or "Zeno" in second
        page.keyboard.press("Enter")
        panel = page.locator("#panel")
        expect(panel).to_be_visible()
        expect(panel.get_by_role("button", name="Book", exact=True)).to_be_focused()
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        assert focused(page) == second, "the board is where it was"
        page.keyboard.press("Enter")
        expect(panel.get_by_role("button", name="Book", exact=True)).to_be_focused()
        page.keyboard.press("Enter")
        expect(panel).to_be_hidden()
        expect(page.locator("#toasts")).to_contain_text(order.number)
        booking = Assignment.objects.get(work_order=order)
        expect(page.locator(f"a.visit[data-booking='{booking.pk}']")).to_be_visible()
        assert "job=" not in page.url
        assert page.url.endswith(week(there)), "nobody left the board"


def test_what_stands_against_a_booking_is_said_in_the_panel(
    browser: Any, live_server: Any, client_as: Any, world: World
) -> None:
    there = booked(world, 8, technician=world.tim)
    order = world.order(sold_hours=2)
    with page_of(browser, live_server.url, client_as(world.cast.petra), viewport=WIDE) as page:
        go(page, f"{week(there)}&job=w{order.pk}")
        page.locator("a.visit.fit").first.click()
        panel = page.locator("#panel")
        button = panel.get_by_role("button", name="Book", exact=True)
        expect(button).to_be_visible()
        booked(world, 13, technician=world.tessa, work_order=order, by=world.cast.bram)
        button.click()
        expect(panel).to_contain_text("Planned meanwhile")
        expect(panel).to_contain_text("Bram")
    assert Assignment.objects.filter(work_order=order).count() == 1


def test_what_a_colleague_books_appears_and_nobody_loses_their_place(
    browser: Any, live_server: Any, client_as: Any, world: World
) -> None:
    there = booked(world, 8, technician=world.tim)
    with page_of(browser, live_server.url, client_as(world.cast.petra), viewport=WIDE) as page:
        go(page, week(there))
        mine = page.locator(f"a.visit[data-booking='{there.pk}']")
        mine.focus()
        other = booked(world, 13, technician=world.tim, by=world.cast.bram)
        news = page.locator(f"a.visit[data-booking='{other.pk}']")
        expect(news).to_be_visible(timeout=8000)
        expect(page.locator(".slot.changed")).to_have_count(1)
        expect(mine).to_be_focused()
        expect(page.locator("#live")).to_contain_text("somebody else")
