"""Each figure of the owner's page follows from the rows that it names."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from apps.core import clock
from apps.finance import figures, rules
from apps.finance.querysets import Period
from apps.invoicing.actions import invoice_credit, invoice_draft, invoice_issue
from apps.invoicing.models import LedgerRow
from apps.review import actions as review

pytestmark = pytest.mark.django_db


def this_year(**fields):
    today = clock.today()
    return Period(rules.months_before(today, 11), rules.months_before(today, -1), **fields)


def invoiced(shop, cast, **job):
    order = shop.done(**job)
    found = review.review_open(work_order=order, by=cast.bram)
    review.review_approve(review=found, by=cast.bram)
    return order, invoice_issue(invoice=invoice_draft(work_orders=[order], by=cast.bram), by=cast.bram)


def test_revenue_is_what_was_issued_and_cost_what_it_took(shop, cast):
    invoiced(shop, cast, minutes=120)
    shop.done(minutes=600)  # not invoiced: no revenue, no cost of revenue
    found = figures.figures(this_year())
    assert (found["revenue"], found["cost"], found["margin"]) == (120, 70, 50)
    assert round(found["percentage"], 2) == D("41.67")
    assert found["outstanding"] == D("145.20")
    assert [job["margin"] for job in found["jobs"]] == [50]
    assert found["bars"][-1].amount == 120


def test_a_credit_note_takes_revenue_back(shop, cast):
    _order, invoice = invoiced(shop, cast)
    invoice_credit(invoice=invoice, by=cast.bram, reason="wrong customer")
    assert figures.figures(this_year())["revenue"] == 0


def test_filters_narrow_every_figure_of_the_period(shop, cast):
    invoiced(shop, cast)
    assert figures.figures(this_year(technician=shop.tim.pk))["revenue"] == 120
    assert figures.figures(this_year(technician=cast.tessa.technician.pk))["revenue"] == 0
    assert figures.figures(this_year(type=shop.type.pk))["cost"] == 70
    assert figures.figures(this_year(customer=shop.customer.pk + 1))["cost"] == 0


def test_the_ledger_on_the_page_adds_up(shop, cast):
    invoiced(shop, cast)
    review.review_open(work_order=shop.done("sold_hours", sold=1), by=cast.bram)
    ledger = figures.figures(this_year())["ledger"]
    places = ("invoiced", "included", "written_off", "corrected", "open")
    assert ledger["recorded"] == sum(ledger[name] for name in places)
    assert ledger["invoiced"] > 0 < ledger["open"]
    assert ledger == LedgerRow.objects.aggregate(**{name: Sum(name) for name in ledger})


def test_figures_are_kept_for_a_minute_and_no_longer(shop, cast):
    start = clock.now()
    with clock.at(start):
        assert figures.figures(this_year())["revenue"] == 0
    invoiced(shop, cast)
    with clock.at(start + timedelta(seconds=59)):
        assert figures.figures(this_year())["revenue"] == 0
    with clock.at(start + timedelta(seconds=60)):
        assert figures.figures(this_year())["revenue"] == 120


@pytest.mark.parametrize(("who", "status"), [("olga", 200), ("bram", 403), ("ada", 403), ("tim", 403)])
def test_only_the_owner_sees_the_companys_figures(shop, cast, client_as, who, status):
    assert client_as(getattr(cast, who)).get("/finance/").status_code == status


def test_the_page_shows_each_figure_and_explains_it(shop, cast, client_as):
    invoiced(shop, cast)
    page = client_as(cast.olga).get("/finance/?months=3").content.decode()
    assert "€120" in page
    assert "Drafts do not count" in page
    assert page.count("<rect") == 3
    assert client_as(cast.olga).get("/finance/?months=99").status_code == 422


def test_the_page_asks_the_same_however_much_was_invoiced(shop, cast, client_as):
    def asked() -> tuple[int, int]:
        """The first time, when the figures are added up, and a second time within the minute."""
        figures._kept.clear()
        counts = []
        for _time in range(2):
            with CaptureQueriesContext(connection) as caught:
                client.get("/finance/")
            counts.append(len(caught))
        return counts[0], counts[1]

    client = client_as(cast.olga)
    client.get("/finance/")
    invoiced(shop, cast)
    few = asked()
    for _number in range(3):
        invoiced(shop, cast)
    assert asked() == few
    assert few[1] < few[0]


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, 48))
def test_months_run_without_a_gap(day, count):
    start = rules.months_before(day, count)
    found = rules.months(start, rules.months_before(day, -1))
    assert len(found) == count + 1
    assert found[0] == start
    assert found[-1] == day.replace(day=1)


def test_no_revenue_has_no_margin():
    assert rules.margin_percentage(D(0), D(5)) is None
    assert rules.margin_percentage(D(200), D(50)) == 75
