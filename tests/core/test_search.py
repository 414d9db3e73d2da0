"""Search as people say it: what they type, and what must be found."""

import pytest
from django.db import connection

from apps.core.models import SearchWord
from apps.core.search import phone_asked, plain, words_asked
from apps.core.spelling import rests
from apps.customers.actions import customer_change, site_change
from apps.customers.models import Customer, Site
from apps.materials.models import Material
from apps.workorders.models import WorkOrder
from tests.builders import (
    CompanyFactory,
    CustomerFactory,
    MaterialFactory,
    QuoteFactory,
    RequestFactory,
    RequestTypeFactory,
    VatCodeFactory,
    WorkOrderFactory,
)
from tests.conftest import Cast

NAMES = ('Thermostaatkraan haaks 1/2"', "Koperen buis 22mm", "HR-combiketel 28 kW CW4", "Afvoerbuis 40 mm")
# What is typed, and which of them it finds.
SAID = (
    ("thermo", 0), ("kraan", 0), ("KRAAN", 0), ("staatkraan haaks", 0), ("haaks kraan", 0), ("22mm", 1), ("22 mm", 1), ("buis 22", 1),
    ("koper", 1), ("combi", 2), ("ketel", 2), ("kw cw4", 2), ("hr 28 combiketel", 2), ("hr-combi", 2), ("28kw", 2), ("40mm", 3),
    ("voerbuis", 3), ("8712345678901", 3), ("5678901", 3), ("AF-40", 3), ("af40", 3),
)  # fmt: skip


@pytest.fixture
def catalogue(cast: Cast) -> list[Material]:
    codes = ("TK-12", "CU-22", "HR-28", "AF-40")
    barcodes = ("", "", "", "8712345678901")
    return [
        MaterialFactory(code=code, name=name, barcode=barcode)
        for code, name, barcode in zip(codes, NAMES, barcodes, strict=True)
    ]


@pytest.mark.parametrize(("text", "place"), SAID)
def test_a_material_is_found_as_people_say_it(catalogue: list[Material], text: str, place: int) -> None:
    assert list(Material.objects.search(text)) == [catalogue[place]]


@pytest.mark.parametrize("text", ["29", "hr 29", "22 cm", "'; DROP TABLE x; --", "zz & | ! yy"])
def test_what_is_not_there_is_not_found(catalogue: list[Material], text: str) -> None:
    assert list(Material.objects.search(text)) == []


def test_nothing_asked_finds_everything(catalogue: list[Material]) -> None:
    assert set(Material.objects.search(" - ")) == set(catalogue)


@pytest.mark.parametrize(
    "text",
    [
        "muller", "Müller", "MÜLLER", "ibrahim müller", "İbrahim", "ıbrahim", "kafekade", "Kafékade 12a", "kade 12 A", "4811AB",
        "4811 ab", "4811ab breda", "voorbeeld.example", "i.muller@voorbeeld.example", "muller@", "0680349876", "06 80 34 98 76",
        "+31 6 80349876", "+31 (0)6 8034 9876", "0031680349876", "06-8034", "349876", "9876", "uller",
    ],
)  # fmt: skip
def test_a_customer_is_found_as_people_say_it(cast: Cast, text: str) -> None:
    CustomerFactory(name="A. de Vries", email="vries@elders.example", phone="030-2345678", city="Utrecht")
    customer = CustomerFactory(
        name="İbrahim Müller", email="i.muller@voorbeeld.example", phone="06-80349876", street="Kafékade",
        house_number="12a", postal_code="4811 AB", city="Breda",
    )  # fmt: skip
    assert list(Customer.objects.search(text)) == [customer]


@pytest.mark.parametrize("text", ["0470123456", "+32 470 12 34 56", "0032470123456", "470 12 34 56"])
def test_a_number_from_abroad_is_found_with_its_country_and_without(cast: Cast, text: str) -> None:
    customer = CustomerFactory(name="Peeters", phone="+32470123456")
    assert list(Customer.objects.search(text)) == [customer]


@pytest.mark.parametrize("text", ["203", "0203", "W26-0203", "w26-020", "W260203", "w26 0203"])
def test_a_record_is_found_by_its_number_and_by_the_end_of_it(cast: Cast, text: str) -> None:
    # An invoice is found by its own number and by those of its jobs.
    CustomerFactory(name="f26-0867 w26-0123")
    asked = CustomerFactory(name="f26-0900 w26-0203")
    assert list(Customer.objects.search(text)) == [asked]


def test_the_parts_of_a_number_belong_together(cast: Cast) -> None:
    CustomerFactory(name="f26-0867 w26-0123")
    asked = CustomerFactory(name="f26-0900 w26-0867")
    assert list(Customer.objects.search("W26-0867")) == [asked]
    assert Customer.objects.search("0867").count() == 2


def test_where_a_word_begins_with_it_stands_before_the_middle_of_one(cast: Cast) -> None:
    middle, begins = MaterialFactory(name="Aansluitkraan"), MaterialFactory(name="Kraan, keuken")
    assert list(Material.objects.all().found("kraan", "name", most=5)) == [begins, middle]


def test_the_database_and_the_search_spell_alike(cast: Cast) -> None:
    """Every letter of Latin, Greek and Cyrillic alphabets, and what hangs on them."""
    letters = "".join(
        chr(one) for one in (*range(0x20, 0x600), *range(0x1E00, 0x2000), *range(0xFB00, 0xFB07))
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT wt_plain(%s)", [letters])
        (found,) = cursor.fetchone()
    assert [(one, two) for one, two in zip(found, plain(letters), strict=True) if one != two] == []


def test_the_index_serves_the_search(catalogue: list[Material]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "material_search" in Material.objects.search("kraan").order_by().explain()


@pytest.mark.parametrize("text", ["12", "W26-0203", "kraan 22", "", "2026", "06"])
def test_what_is_no_telephone_number_is_not_taken_for_one(text: str) -> None:
    assert phone_asked(text) == ""
    assert "|" not in words_asked(text)


@pytest.mark.parametrize(
    "text", ["Vermeulem", "vermuelen", "vermeulenn", "ermeulen", "vermeuln", "H. Vermeelen"]
)
def test_a_typing_error_is_forgiven(cast: Cast, text: str) -> None:
    CustomerFactory(name="B. Vermeer")
    customer = CustomerFactory(name="H. Vermeulen")
    assert Customer.objects.all().found(text, "name", most=5) == [customer]


@pytest.mark.parametrize("text", ["Verhagen", "xyz", "kran", "vrm"])
def test_what_is_far_from_every_word_is_not_found(cast: Cast, text: str) -> None:
    CustomerFactory(name="H. Vermeulen")
    assert Customer.objects.all().found(text, "name", most=5) == []


def test_the_words_of_the_database_and_of_the_search_leave_the_same_rests(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT wt_rests(%s)", ["keuken"])
        assert sorted(cursor.fetchone()[0]) == rests("keuken")


def test_a_word_is_learnt_once(cast: Cast) -> None:
    CustomerFactory(name="Quetzal")
    CustomerFactory(name="Quetzal")
    assert SearchWord.objects.filter(word="quetzal").count() == 1


class TestWhatARecordIsMadeOf:
    """The words of a record follow whatever they are made of."""

    def test_a_renamed_customer_is_found_by_the_new_name_everywhere(self, cast: Cast) -> None:
        made = {"customer": CustomerFactory(), "type": RequestTypeFactory()}
        CompanyFactory()
        VatCodeFactory(is_default=True)
        for record in (WorkOrderFactory(**made), QuoteFactory(**made), RequestFactory(**made)):
            rows = type(record).objects.filter(pk=record.pk)
            version = rows.get().version
            customer_change(customer=record.customer, by=cast.bram, name=f"Xantippe {record.pk} Zonneveld")
            assert rows.search(f"xantippe zonneveld {record.pk}").exists(), record
            assert rows.get().version == version, record

    def test_a_moved_site_takes_its_work_along(self, cast: Cast) -> None:
        order = WorkOrderFactory(customer=CustomerFactory(), type=RequestTypeFactory())
        site_change(site=order.site, by=cast.bram, street="Zilverlaan")
        assert list(WorkOrder.objects.search("zilverlaan")) == [order]
        assert list(Customer.objects.search("zilverlaan")) == [order.customer]


def test_sites_that_come_together_make_the_words_of_their_customer_once(cast: Cast) -> None:
    """A customer's words hold all of its sites: made anew for each, a thousand sites took four minutes."""

    def written() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_get_xact_tuples_updated('customers_customer'::regclass)")
            return int(cursor.fetchone()[0])

    customer = CustomerFactory(name="Woonstichting De Haven")
    before = written()
    address = {"street": "Ginnekenweg", "house_number": "1", "postal_code": "4811 AA", "city": "Breda"}
    Site.objects.bulk_create(
        Site(customer=customer, name=name, **address) for name in ("Stuurhuis", "Kombuis")
    )
    assert written() - before == 1
    for name in ("stuurhuis", "kombuis"):
        assert list(Customer.objects.search(name)) == [customer]
