"""Each counter of the control room opens exactly the rows that it counts."""

import re
from datetime import timedelta
from decimal import Decimal as D

import pytest

from apps.core import clock
from apps.core.formats import money
from apps.invoicing.actions import invoice_draft, invoice_issue
from apps.leaks.actions import leaks_detect
from apps.leaks.models import Leak
from apps.review import actions as review
from tests.builders import photo_stored
from tests.review.conftest import shop

__all__ = ["shop"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def day(shop, cast):
    """Something of everything: to review, in review, stopped, urgent, ready, a draft, and an invoice of today."""
    shop.order(urgency="urgent")
    shop.phone(shop.order()).tell("no_access", reason="Nobody there", file=photo_stored())
    shop.done()
    review.review_open(work_order=shop.done(), by=cast.bram)
    for issues in (None, False, True):
        order = shop.done(minutes=60)
        review.review_approve(review=review.review_open(work_order=order, by=cast.bram), by=cast.bram)
        if issues is not None:
            draft = invoice_draft(work_orders=[order], by=cast.bram)
            if issues:
                invoice_issue(invoice=draft, by=cast.bram)


def test_each_counter_opens_the_rows_that_it_counts(day, cast, client_as):
    client = client_as(cast.bram)
    counters = client.get("/dashboard/").context["counters"]
    seen = {}
    for one in counters:
        page = client.get(one["url"]).context["page"]
        seen[str(one["label"])] = (one["value"], page)
        if isinstance(one["value"], int):
            assert page.total == str(one["value"]) != "0", one["label"]
    value, page = seen["Revenue this week, excl. VAT"]
    assert value == money(sum((row.net for row in page.rows), D(0)))
    assert value == money(D(60))
    assert re.match(r"2$", str(seen["Urgent / deviations"][0]))


def test_the_leaks_that_it_counts_open_without_the_signs(day, shop, cast, client_as):
    shop.done(parts=[(shop.nameless, 1)])
    leaks_detect(clock.now() + timedelta(days=30))
    assert Leak.objects.signs().exists()
    client = client_as(cast.bram)
    page = client.get("/dashboard/")
    count = page.context["leaks"]["count"]
    address = re.search(r'href="(/leaks/\?[^"]*)"', page.content.decode())
    assert address, "the number leads to its rows"
    assert len(client.get(address[1]).context["page"].rows) == count == Leak.objects.at_risk().count() > 0
