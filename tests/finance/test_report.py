"""The report says on paper what the overview says."""

import io

import pytest
from django.utils import translation
from django.utils.formats import date_format
from pypdf import PdfReader

from apps.core import clock
from apps.finance import documents, figures
from apps.finance.actions import sums_catch_up
from apps.finance.rules import Bar
from tests.finance.test_finance import invoiced, this_month

pytestmark = pytest.mark.django_db


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_the_report_of_a_month_holds_its_figures(shop, cast, client_as):
    order, _invoice = invoiced(shop, cast, parts=[(shop.valve, 2)])
    sums_catch_up()
    answer = client_as(cast.olga).get("/finance/report/?period=month")
    assert answer["Content-Type"] == "application/pdf"
    text = text_of(answer.content)
    found = figures.figures(this_month())["now"]
    assert found["revenue"] == 170
    for says in (
        "How the company stands",
        "€170",
        date_format(clock.today(), "F Y"),
        shop.customer.name,
        order.number,
        "Days from done",
    ):
        assert says in text
    assert client_as(cast.bram).get("/finance/report/").status_code == 403


def test_the_report_is_in_the_language_of_who_asks(shop, cast):
    with translation.override("nl"):
        text = text_of(documents.report_pdf(this_month(), language="nl"))
        month = date_format(clock.today(), "F Y")
    assert "Hoe het bedrijf ervoor staat" in text
    assert month in text
    assert month.islower(), "the control: in Dutch"


def test_days_that_make_no_sense_lead_back_to_the_page_that_says_so(shop, cast, client_as):
    answer = client_as(cast.olga).get(
        "/finance/report/?period=custom&since=2026-02-02&until=2026-01-01", follow=True
    )
    assert answer.status_code == 422
    assert "do not follow each other" in answer.content.decode()


def test_a_column_of_the_chart_shows_a_loss(shop):
    day = this_month().period.start
    bar = Bar(day, figures.ZERO, figures.ZERO, 100, 60, 40, 120)
    assert bar.loss_height == 60
    assert documents._chart([bar])["columns"][0]["middle"] == documents.COLUMN // 2
