"""Numbers of records sort as numbers and names as people look them up, by an index, in every list that shows one."""

from collections.abc import Callable, Iterator
from importlib import import_module

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.company.models import Company
from apps.core.lists import ListPage
from apps.customers.models import Customer
from apps.intake.models import Request
from apps.invoicing.models import Invoice
from apps.quotes.models import Quote
from apps.technicians.models import Skill
from apps.workorders.models import WorkOrder
from tests.builders import (
    CompanyFactory,
    CustomerFactory,
    RequestFactory,
    RequestTypeFactory,
    SkillFactory,
)
from tests.conftest import Cast
from tests.world import routes

SORTED = ["F25-10000", "F25-10001", "F26-0001", "F26-9999", "F26-10000", "F26-10001", "W26-0001"]
HOUSES = ["9", "10", "71", "71a", "100", "bij 8", "bij 12"]
NAMES = ["aardwarmte", "Éclair", "eend", "Kraan 9", "kraan 10", "Öztürk", "Zwart"]
# The two orders of the same customers: the main word first, or the name as it is written.
BY_WORD = [
    "Bakker",
    "den Boer",
    "De Groot Installaties",
    "van ’t Hek",
    "'t Hoen",
    "Van der Meer",
    "Vries",
    "de Vries",
]
AS_WRITTEN = [
    "'t Hoen",
    "Bakker",
    "De Groot Installaties",
    "de Vries",
    "den Boer",
    "van ’t Hek",
    "Van der Meer",
    "Vries",
]


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", [SORTED, HOUSES])
def test_numbers_in_a_text_sort_as_numbers(wanted: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT one FROM unnest(%s::text[]) AS one ORDER BY wt_in_order(one)", [wanted[::-1]])
        assert [one for (one,) in cursor.fetchall()] == wanted


@pytest.mark.django_db
def test_names_sort_as_people_look_them_up() -> None:
    for one in reversed(NAMES):
        SkillFactory(name=one)
    assert [one.name for one in Skill.objects.all()] == NAMES


@pytest.mark.django_db
def test_customers_with_a_prefix_stand_where_the_company_has_them(cast: Cast) -> None:
    CompanyFactory(prefix_behind=True)
    for name in AS_WRITTEN:
        CustomerFactory(name=name)
    ours = Customer.objects.filter(name__in=AS_WRITTEN)
    assert [one.name for one in ours.all()] == BY_WORD
    version = ours.get(name="de Vries").version
    Company.objects.update(prefix_behind=False)
    assert [one.name for one in ours.all()] == AS_WRITTEN
    assert ours.get(name="de Vries").version == version, "whoever edits the customer is not disturbed"
    Company.objects.update(prefix_behind=True)
    assert [one.name for one in ours.all()] == BY_WORD


def lists_of(made: type[ListPage]) -> Iterator[type[ListPage]]:
    for one in made.__subclasses__():
        if one.__module__.startswith("apps."):
            yield one
        yield from lists_of(one)


def test_every_list_with_numbers_of_records_or_names_sorts_them_so() -> None:
    import_module(settings.ROOT_URLCONF)
    found = {
        f"{one.__name__}: {name}"
        for one in lists_of(ListPage)
        for column in getattr(one, "columns", ())
        for name in (*column.order, *one.default_order)
        if name.endswith(("number", "name")) and not name.endswith(("sort_name", "by_name"))
    }
    assert found == set()


def test_a_list_shows_the_ten_thousandth_behind_the_one_before(
    cast: Cast, client_as: Callable[..., Client]
) -> None:
    customer, kind = CustomerFactory(), RequestTypeFactory()
    for number in ("A26-10000", "A26-9999", "A26-10001"):
        Request.objects.filter(pk=RequestFactory(customer=customer, type=kind).pk).update(number=number)
    for sort, wanted in (("number", [0, 1, 2]), ("-number", [2, 1, 0])):
        page = client_as(cast.bram).get(f"/requests/?sort={sort}").content.decode()
        places = [page.index(one) for one in ("A26-9999", "A26-10000", "A26-10001")]
        assert sorted(range(3), key=lambda at: places[at]) == wanted


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Request, Quote, Invoice, WorkOrder])
def test_an_index_serves_the_order(model: type) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for order in (("number__in_order", "-pk"), ("-number__in_order", "-pk")):
        plan = model._default_manager.order_by(*order)[:51].explain()
        assert "_in_order" in plan, plan


def test_each_list_can_be_sorted_by_the_number_it_shows(cast: Cast, client_as: Callable[..., Client]) -> None:
    client = client_as(cast.olga)
    for name, _route, pattern in routes():
        if name.endswith("_list") and not pattern.pattern.converters and not name.startswith("phone"):
            for sort in ("number", "-number", "order", "request", "address", "package", "job"):
                assert client.get(reverse(name), {"sort": sort}).status_code in (200, 302, 403), (name, sort)
    for what in ("revenue", "cost", "quotes"):
        found = client.get(f"/finance/records/{what}/", {"sort": "number"})
        assert found.status_code == 200, what
