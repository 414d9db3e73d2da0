"""Judging by keyboard, in a real browser: the page stays where it is."""

import re

import pytest
from playwright.sync_api import expect

from apps.review import actions
from apps.review.models import Finding
from tests.browser import WIDE, go, page_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_leads_to_what_is_to_be_judged_and_each_is_one_key(browser, live_server, shop, cast, client_as):
    order = shop.order()
    shop.phone(order).work(60).deviate().finish()
    order.refresh_from_db()
    actions.review_open(work_order=order, by=cast.bram)
    with page_of(browser, live_server.url, client_as(cast.bram), viewport=WIDE) as page:
        page.route("**/review/photos/**", lambda asked: asked.fulfill(status=200, content_type="image/jpeg"))
        go(page, f"/review/{order.pk}/")
        approve = page.locator("[data-key=a]")
        expect(approve).to_have_text(re.compile("Approve: 2 to judge first"))
        page.keyboard.press("a")
        expect(page.locator(".point:focus")).to_contain_text("Rotten floor board")
        page.keyboard.press("1")
        expect(approve).to_have_text(re.compile("Approve: 1 to judge first"))
        expect(page.locator("#to-judge")).to_be_in_viewport()
        page.keyboard.press("1")
        expect(approve).to_have_text(re.compile(r"^\s*Approve\s+A\s*$"))
        expect(page.locator("#to-judge")).to_be_in_viewport()
        assert Finding.objects.filter(standing=True, decision="accepted").count() == 2
        page.keyboard.press("a")
        expect(page.locator("main")).to_contain_text("Approved by Bram")
