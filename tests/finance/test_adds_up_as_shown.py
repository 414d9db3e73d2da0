"""Numbers that stand on a page beside their sum or difference add up as a reader sees them, whatever was rounded."""

import re
from datetime import timedelta
from decimal import Decimal as D
from urllib.parse import urlencode

import pytest

from apps.acceptance.judging import concerns_judge
from apps.core import clock
from apps.finance.actions import sums_catch_up
from apps.invoicing.actions import invoice_draft, invoice_issue
from apps.pipeline.figures import ledger, phases, standing
from apps.review import actions
from tests.builders.shop import MORNING
from tests.finance.test_finance import all_days
from tests.pages import Page

pytestmark = pytest.mark.django_db
# Hours of which the hundredths fall badly.
SECONDS = (3486, 3499, 3510, 6318, 7212)


def number(cell: str) -> D:
    """€1,234.56, +0.79 or −0.78 as it is read; a dash, or a word, is nothing."""
    text = re.sub(r"[€,+\s]", "", cell).replace("−", "-")
    return D(text) if re.fullmatch(r"-?[\d.]+", text) else D(0)


def rows(client, address: str, css: str) -> list[list[str]]:
    page = Page.fetched(address, client)
    tables = [one for one in page.root.iter("table") if css in one.get("class", "").split()]
    assert tables, address
    return [
        ["".join(cell.itertext()).strip() for cell in row.iter("th", "td")] for row in tables[0].iter("tr")
    ]


def job(shop, seconds, hours=8, day=0, **fields):
    """A job of one of these days, whose clock ran for so many seconds."""
    order = shop.order(**fields)
    shop.phone(order, start=MORNING + timedelta(days=day), hours=hours).work(seconds / 60).finish(
        signed="Mrs Peters"
    )
    order.refresh_from_db()
    return order


def invoiced(cast, order):
    found = actions.review_open(work_order=order, by=cast.bram)
    actions.proposals_accept(review=found, by=cast.bram)
    concerns_judge(review=found, by=cast.bram, reason="agreed with the customer", fate="billable")
    actions.review_approve(review=found, by=cast.bram)
    invoice_issue(invoice=invoice_draft(work_orders=[order], by=cast.bram), by=cast.bram)


@pytest.mark.parametrize("seconds", SECONDS)
def test_the_hours_of_a_review(shop, cast, client_as, seconds):
    order = job(shop, seconds, hours=1.75, basis="sold_hours", sold=D("0.75"))
    actions.review_open(work_order=order, by=cast.bram)
    found = [
        row for row in rows(client_as(cast.bram), f"/review/{order.pk}/", "versus") if "against" in row[0]
    ]
    assert len(found) == 2
    for _label, expected, worked, difference in found:
        assert number(worked) - number(expected) == number(difference)


def test_the_hours_of_finance_and_its_whole_euros(shop, cast, client_as):
    for day, seconds in enumerate(SECONDS):
        invoiced(cast, job(shop, seconds, day=day))
    sums_catch_up()
    client = client_as(cast.olga)
    for what in ("hours", "cost"):
        _head, *jobs, together = rows(
            client, f"/finance/records/{what}/?{urlencode(all_days().query)}", "list"
        )
        assert len(jobs) == len(SECONDS)
        for one in range(3, len(together)):
            assert sum(number(row[one]) for row in jobs) == number(together[one]), (what, one)
    page = Page.fetched(f"/finance/?{urlencode(all_days().query)}", client)
    text = "".join(page.root.find(".//main").itertext())
    revenue, cost, margin = (
        number(re.search(rf"{label}\s*(−?€[\d,]+)", text)[1]) for label in ("Revenue", "Cost", "Margin")
    )
    assert revenue - cost == margin


def test_the_phases_of_the_pipeline_and_the_ledger(shop, cast, client_as):
    for day, seconds in enumerate(SECONDS):
        order = job(shop, seconds, day=day)
        found = actions.review_open(work_order=order, by=cast.bram)
        if day % 2:
            concerns_judge(review=found, by=cast.bram, reason="looked at")
            actions.review_approve(review=found, by=cast.bram)
        shop.order("actuals", D("0.33"))
        shop.quote({"unit_price": D("10.49")})
    for phase in phases(standing(clock.now()).sums()):
        assert phase.total == sum(round_up(place.total) for place in phase.places)
    page = Page.fetched("/pipeline/", client_as(cast.olga))
    said = re.sub(r"\s+", " ", "".join(page.root.find(".//main").itertext()))
    parts = re.search(
        r"Recorded (\S+) = invoiced (\S+) \+ included (\S+) \+ written off (\S+) \+ corrected (\S+) \+ open (\S+)",
        said,
    )
    recorded, *others = (number(one) for one in parts.groups())
    assert recorded == sum(others) > 0
    assert abs(recorded - ledger()["recorded"]) < 3


def round_up(value: D) -> D:
    return D(int(value + D("0.5")))
