"""Search: each word as a prefix, and the parts of numbers, addresses and codes too."""

import pytest
from django.db import connection

from apps.customers.models import Customer
from apps.materials.models import Material
from tests.builders import CustomerFactory, MaterialFactory
from tests.conftest import Cast


@pytest.fixture
def boiler(cast: Cast) -> Material:
    return MaterialFactory(code="HR-28", name="HR-combiketel 28 kW CW4", category="Verwarming")


@pytest.mark.parametrize("text", ["hr-28", "28", "combi", "kw cw4", "hr 28 combiketel", ""])
def test_words_and_their_beginnings_are_found(boiler: Material, text: str) -> None:
    assert list(Material.objects.search(text)) == [boiler]


@pytest.mark.parametrize("text", ["ketel", "29", "hr 29", "'; DROP TABLE x; --", "a & | ! b"])
def test_what_is_not_there_is_not_found(boiler: Material, text: str) -> None:
    assert list(Material.objects.search(text)) == []


@pytest.mark.parametrize("text", ["vermeer@klant.example", "klant.example", "4811 ab", "parkstraat 12"])
def test_a_customer_is_found_by_a_part_of_their_address(cast: Cast, text: str) -> None:
    customer = CustomerFactory(
        name="H. Vermeer", email="h.vermeer@klant.example", street="Parkstraat", house_number="12",
        postal_code="4811 AB", city="Breda",
    )  # fmt: skip
    assert list(Customer.objects.search(text)) == [customer]


def test_the_index_serves_the_search(boiler: Material) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "material_search" in Material.objects.search("combi").order_by().explain()


def test_a_number_finds_the_record_that_has_it_and_no_other_with_the_same_running_number(cast: Cast) -> None:
    # An invoice is found by its own number and by those of its jobs.
    CustomerFactory(name="f26-0867 w26-0123")
    asked = CustomerFactory(name="f26-0900 w26-0867")
    assert list(Customer.objects.search("W26-0867")) == [asked]
    assert list(Customer.objects.search("w26-086")) == [asked]
    assert Customer.objects.search("0867").count() == 2
