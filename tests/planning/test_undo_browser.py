"""Taking a drag back in a real browser: with the mouse, with the keyboard, and without JavaScript."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.core import clock
from apps.messaging.models import Message
from apps.planning.actions import assignment_place
from apps.planning.models import Assignment
from tests.browser import WIDE, go, page_of
from tests.conftest import Cast
from tests.planning.conftest import World

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def next_tuesday(hour: int) -> datetime:
    day: date = clock.today() + timedelta(days=(1 - clock.today().weekday()) % 7 + 7)
    return timezone.make_aware(datetime.combine(day, time(hour)), timezone.get_default_timezone())


@pytest.fixture
def visit(transactional_cast: Cast) -> Assignment:
    world = World(transactional_cast)
    return assignment_place(
        technician=world.tim, start=next_tuesday(9), end=next_tuesday(11), by=world.cast.petra,
        work_order=world.order(), confirm=False,
    )  # fmt: skip


def week(visit: Assignment) -> str:
    year, number, _day = timezone.localtime(visit.starts_at).isocalendar()
    return f"/planning/week/?week={year}-W{number:02}"


def drag_to_tessa(page: Page, visit: Assignment) -> None:
    go(page, week(visit))
    tessa = page.locator(f".slot[data-technician='{visit.technician_id + 1}']").nth(2)
    page.locator(f"[data-booking='{visit.pk}']").drag_to(tessa)
    expect(page.locator("#toasts .toast")).to_contain_text("Tessa")
    visit.refresh_from_db()
    assert visit.technician.user.name == "Tessa"


def is_back(visit: Assignment) -> None:
    visit.refresh_from_db()
    assert visit.technician.user.name == "Tim"
    assert list(Message.objects.values_list("status", flat=True)) == ["withdrawn"]


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_a_drag_says_who_is_mailed_and_is_taken_back(
    browser: Any, live_server: Any, client_as: Any, visit: Assignment, way: str
) -> None:
    petra = client_as(visit.created_by)
    with page_of(browser, live_server.url, petra, viewport=WIDE) as page:
        drag_to_tessa(page, visit)
        toast = page.locator("#toasts .toast")
        expect(toast).to_contain_text(f"{visit.job.customer} will be told by mail in")
        expect(toast.locator("[data-countdown]")).not_to_have_text("10")
        with page.expect_navigation():
            if way == "mouse":
                toast.get_by_role("button", name="Undo").click()
            else:
                page.keyboard.press("u")
        expect(page.locator("#toasts")).to_contain_text("nobody was mailed")
    is_back(visit)


def test_the_toast_stays_until_the_time_is_over(
    browser: Any, live_server: Any, client_as: Any, visit: Assignment
) -> None:
    with page_of(browser, live_server.url, client_as(visit.created_by), viewport=WIDE) as page:
        drag_to_tessa(page, visit)
        toast = page.locator("#toasts .toast")
        page.wait_for_timeout(8000)
        expect(toast).to_be_visible()
        expect(toast).to_have_count(0, timeout=5000)


def test_without_javascript_the_button_stands_on_the_page(
    browser: Any, live_server: Any, client_as: Any, visit: Assignment
) -> None:
    petra = client_as(visit.created_by)
    with page_of(browser, live_server.url, petra, viewport=WIDE, java_script_enabled=False) as page:
        go(page, f"/planning/visits/{visit.pk}/")
        page.get_by_label("Technician").select_option("Tessa")
        page.get_by_role("button", name="Move", exact=True).click()
        expect(page.locator("#toasts")).to_contain_text("will be told by mail in 10 s.")
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("#toasts")).to_contain_text("nobody was mailed")
    is_back(visit)


def test_the_hours_of_what_was_dragged_stand_as_a_dutch_planner_types_them(
    browser: Any, live_server: Any, client_as: Any, transactional_cast: Cast
) -> None:
    """Over another visit it is asked about, on a page with the time as it was sent."""
    world, petra = World(transactional_cast), transactional_cast.petra
    wednesday = next_tuesday(8) + timedelta(days=1)
    short, whole = (
        assignment_place(
            technician=technician, start=start, end=start + timedelta(hours=hours), by=petra,
            work_order=world.order(), confirm=False,
        )
        for technician, start, hours in ((world.tim, next_tuesday(9), 1.5), (world.tessa, wednesday, 8.5))
    )  # fmt: skip
    User.objects.filter(pk=petra.pk).update(language="nl")
    with page_of(browser, live_server.url, client_as(petra), viewport=WIDE) as page:
        go(page, week(short))
        over = page.locator(f"[data-booking='{whole.pk}']")
        page.locator(f"[data-booking='{short.pk}']").drag_to(over)
        expect(page.locator("#panel [name=hours]")).to_have_value("1,5")
