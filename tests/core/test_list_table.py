"""A column of a list says its heading, its cell and its place in an export at once."""

from datetime import time
from pathlib import Path

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.urls import reverse

from apps.core.lists import Column, ListPage
from apps.core.ui.cells import MONEY, PLAIN, lead, two, written
from apps.customers.models import Customer
from apps.technicians.actions import hours_set
from tests.pages import Page

# What the page of components shows of them.
OWN_HEAD = {
    "office/components_list.html",
    "office/components.html",
}


def test_no_template_writes_the_cells_of_a_list() -> None:
    root = Path(settings.BASE_DIR) / "templates"
    own = {
        str(path.relative_to(root))
        for path in root.rglob("*.html")
        if "list_head(" in path.read_text() or "in page.rows %}" in path.read_text()
    }
    assert own <= OWN_HEAD


class Cold(ListPage):
    default_order = ("-name",)
    columns = (Column("city", "City", str, ("city",)), Column("name", "Name", str, ("name", "pk")))


@pytest.mark.parametrize(
    ("order", "query", "said"),
    [
        (("-name",), {}, {"City": "", "Name": "descending"}),
        (("name", "pk"), {}, {"City": "", "Name": "ascending"}),
        (("pk",), {}, {"City": "", "Name": ""}),
        (("-name",), {"sort": "city"}, {"City": "ascending", "Name": ""}),
    ],
)
def test_the_head_says_by_what_the_list_is_sorted(order: tuple, query: dict, said: dict) -> None:
    page = Cold(RequestFactory().get("/", query), Customer.objects.none())
    page.default_order = order
    assert {one["label"]: one["direction"] for one in page.headings} == said


class Row:
    pk = 7
    name = "<b>Bold</b>"


@pytest.mark.parametrize(
    ("cell", "html"),
    [
        (PLAIN, "&lt;b&gt;"),
        (two(lambda row: row.name), '<span class="faint cut">&lt;b&gt;'),
        (lead("customers:customer_detail", under=lambda row: row.name), '<a class="row" href="/customers/7/?q=x">&lt;b&gt;'),
        (written(str), "&lt;b&gt;"),
    ],
)  # fmt: skip
def test_a_cell_takes_no_text_for_markup(cell, html: str) -> None:
    page = Cold(RequestFactory().get("/", {"q": "x"}), Customer.objects.none())
    written_cell = cell.html(Row.name, Row(), page)
    assert html in written_cell
    assert "<b>" not in written_cell


def test_what_is_not_there_is_said_and_nothing_is_not_zero() -> None:
    assert "–" in MONEY.html(None, Row(), None)
    assert "0" in MONEY.html(0, Row(), None)
    assert written(str, nothing="").html("", Row(), None) == ""


@pytest.mark.django_db
def test_whoever_had_hours_has_a_name(cast, client_as) -> None:
    """The list of hours available asked its rows for a name that they do not have."""
    hours_set(
        technician=cast.tim.technician,
        by=cast.olga,
        weeks=[[(weekday, time(8), time(16)) for weekday in range(1, 8)]],
    )
    page = Page.fetched(reverse("finance:available_list"), client_as(cast.olga))
    names = [one.text_content().strip() for one in page.root.xpath("//tbody//a[@class='row']")]
    assert cast.tim.name in names
