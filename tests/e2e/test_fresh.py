"""A dashboard that stands open shows what a colleague did, and keeps the place of whoever looks at it."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from apps.tasks.actions import task_mark
from tests.browser import WIDE, faults_of, go, logged_in
from tests.conftest import Cast
from tests.office.waiting import waiting_for
from tests.review.conftest import shop

__all__ = ["shop"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def cast(transactional_cast: Cast) -> Cast:
    return transactional_cast


def test_what_a_colleague_does_appears_and_the_focus_stays(
    browser: Browser, live_server: Any, cast: Cast, shop: Any, client_as: Any
) -> None:
    first = shop.order(title="Dripping tap")
    context = logged_in(browser, live_server.url, client_as(cast.bram), viewport=WIDE)
    faults = faults_of(context)
    page = context.new_page()
    page.clock.install()
    go(page, "/dashboard/")
    link = page.get_by_role("link", name=first.number, exact=True)
    link.focus()
    second = shop.order(title="Cold radiator")
    (key,) = [one.key for one in waiting_for(cast.bram) if one.record == first.number]
    task_mark(key=key, by=cast.petra, assignee=cast.petra)
    page.clock.run_for(20_000)
    expect(page.get_by_role("link", name=second.number, exact=True)).to_have_count(0)
    page.clock.run_for(20_000)
    expect(page.get_by_role("link", name=second.number, exact=True)).to_be_visible()
    expect(page.get_by_title("Petra")).to_be_visible()
    expect(link).to_be_focused()
    assert faults == []
