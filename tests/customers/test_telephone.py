"""A telephone number on its way: typed in a form, kept, shown, dialled, found; and those of before."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from apps.core.telephone_kept import numbers_kept
from apps.customers.models import Contact, Customer
from apps.technicians.models import Technician
from tests.builders import CompanyFactory, CustomerFactory
from tests.conftest import Cast
from tests.pages import submit

BRACKETS = str.maketrans("", "", "()")  # Postgres writes a chain of ORs with others the second time
As = Callable[..., Client]
BELGIAN = {
    "street": "Meir",
    "house_number": "12",
    "postal_code": "2000",
    "city": "Antwerpen",
    "country": "BE",
}


def test_a_number_of_a_belgian_customer_stays_belgian(cast: Cast, client_as: As) -> None:
    client = client_as(cast.bram)
    submit(
        "/customers/new/",
        client=client,
        press="Save",
        name="Peeters",
        phone="0470 12 34 56 (na 17u)",
        **BELGIAN,
    )
    customer = Customer.objects.get()
    assert customer.phone == "+32470123456 (na 17u)"
    submit(f"/customers/{customer.pk}/contacts/new/", client=client, name="Jan", phone="0471/22 33 44")
    assert Contact.objects.get().phone == "+32471223344"
    page = client.get(f"/customers/{customer.pk}/").content.decode()
    assert '<a class="link" href="tel:+32470123456">+32 470 12 34 56 (na 17u)</a>' in page
    assert '<a class="link" href="tel:+32471223344">+32 471 22 33 44</a>' in page
    for text in ("0470 12 34 56", "+32470123456", "0470-12", "470123456", "0471223344", "04712"):
        assert list(Customer.objects.search(text)) == [customer], text


def test_whoever_saves_a_customer_without_looking_changes_no_number(cast: Cast, client_as: As) -> None:
    client = client_as(cast.bram)
    for kept in ("+31612345678;ext=12 (balie)", "06-91234567", "geen", "112"):
        customer = CustomerFactory(city="Breda")
        Customer.objects.filter(pk=customer.pk).update(phone=kept)
        version = Customer.objects.get(pk=customer.pk).version
        address = f"/customers/{customer.pk}/change/"
        assert submit(address, client=client, press="Save").status_code == 302, kept
        after = Customer.objects.get(pk=customer.pk)
        assert (after.phone, after.version) == (kept, version)
        assert submit(address, client=client, press="Save", remarks="Dog").status_code == 302, kept
        assert Customer.objects.get(pk=customer.pk).phone == kept


def test_a_technician_is_found_by_any_spelling(cast: Cast) -> None:
    Technician.objects.filter(pk=cast.tim.technician.pk).update(phone="+31680349876")
    for text in ("0680349876", "+31 6 8034 9876", "06-8034", "49876"):
        assert list(Technician.objects.search(text)) == [cast.tim.technician], text


@pytest.mark.django_db
def test_numbers_of_before_are_kept_and_go_on_to_be_found() -> None:
    CompanyFactory()
    before = {
        "06-12345678": ("NL", "+31612345678"), "0470-123456": ("BE", "+32470123456"), "030-1234567": ("BE", "+31301234567"),
        "06-91234567": ("NL", "06-91234567"), "+3221234567": ("BE", "+3221234567"), "bel Jan": ("NL", "bel Jan"), "": ("NL", ""),
    }  # fmt: skip
    made = {text: CustomerFactory() for text in before}
    for text, customer in made.items():
        Customer.objects.filter(pk=customer.pk).update(phone=text, country=before[text][0])
    versions = dict(Customer.objects.values_list("pk", "version"))
    connection.check_constraints()  # as between two migrations: nothing waits for the commit any more
    (rewrite,) = numbers_kept("customer", "customers_customer", "row.country").database_operations
    with connection.schema_editor() as editor:
        editor.execute("DROP VIEW customers_suspect")  # which came later
        triggers = _triggers()
        rewrite.code(None, editor)
    assert _triggers() == triggers
    for text, customer in made.items():
        customer.refresh_from_db()
        assert customer.phone == before[text][1]
        assert customer.version == versions[customer.pk], "it is nobody's change"
    for text in ("0612345678", "+31 6 12345678", "06-12345678"):
        assert list(Customer.objects.search(text)) == [made["06-12345678"]], text
    for text in ("0470 12 34 56", "0470123456"):
        assert list(Customer.objects.search(text)) == [made["0470-123456"]], text


def _triggers() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid), tgenabled FROM pg_trigger"
            " WHERE tgrelid = 'customers_customer'::regclass AND NOT tgisinternal ORDER BY 1"
        )
        return [(definition.translate(BRACKETS), enabled) for definition, enabled in cursor.fetchall()]
