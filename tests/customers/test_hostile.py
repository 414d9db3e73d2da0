"""Hundreds of hostile texts in every field about customers."""

import pytest

from apps.core.text import cell
from apps.customers import actions
from apps.customers.forms import ContactForm, CustomerForm, EquipmentForm, SiteForm
from apps.customers.models import Contact, Customer, Equipment, Site
from tests.hostile import (
    arrived,
    csv_harmless,
    form_takes,
    odd_texts,
    packed,
    page_harmless,
    plain,
    squashed,
    xlsx_harmless,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ADDRESS = {
    "street": "Ginnekenweg",
    "house_number": "12",
    "postal_code": "4811 AA",
    "city": "Breda",
    "country": "NL",
}
PERSON = ADDRESS | {"kind": "person", "language": "nl", "name": "Anna"}


def fitting(room: int) -> list[str]:
    """Every text that the fields' forms let through, as they let it through."""
    return list(
        dict.fromkeys(
            one for text in odd_texts() if "\x00" not in text and (one := arrived(text).strip()[:room])
        )
    )


@pytest.mark.parametrize(
    ("form", "given", "fields"),
    [
        (
            CustomerForm,
            PERSON,
            [
                "name",
                "street",
                "city",
                "remarks",
                "house_number",
                "postal_code",
                "email",
                "phone",
                "vat_number",
                "kvk_number",
            ],
        ),
        (SiteForm, ADDRESS, ["name", "street", "city", "access_notes"]),
        (ContactForm, {}, ["name", "role"]),
        (ContactForm, {"name": "Els"}, ["email", "phone"]),
        (EquipmentForm, {}, ["kind", "make", "model", "serial_number"]),
    ],
)
def test_each_field_takes_or_refuses_each_text(form, given, fields):
    taken = form_takes(form, given, fields)
    if form is not CustomerForm and "email" not in fields:
        assert taken > len(odd_texts()) // 3


def test_the_list_and_its_exports_are_harmless(cast, client_as):
    texts = fitting(80)
    Customer.objects.bulk_create(
        Customer(**ADDRESS | {"name": one, "street": one, "city": one, "remarks": one}) for one in texts
    )
    bram = client_as(cast.bram)
    last = -(-len(texts) // 25)
    shown = []
    for page in range(1, last + 1):
        answer = bram.get(f"/customers/?page={page}")
        plain(answer)
        shown.append(squashed(answer.content.decode()))
    assert len(shown) > 5
    csv_rows = csv_harmless(bram.get("/customers/?export=csv").content)
    xlsx_rows = xlsx_harmless(bram.get("/customers/?export=xlsx").content)
    assert len(csv_rows) == len(xlsx_rows) == len(texts) + 1
    names = {row[0] for row in csv_rows}
    assert all(cell(one) in names for one in texts if one.isascii() and one.isprintable())


def test_everything_about_one_customer_is_harmless(cast, client_as):
    texts = fitting(60)
    made = actions.customer_create(
        by=cast.bram, **PERSON | {"remarks": next(packed(odd_texts()[:60], 3900)).replace("\x00", "")}
    )
    Contact.objects.bulk_create(Contact(customer=made, name=one, role=one) for one in texts)
    sites = Site.objects.bulk_create(
        Site(customer=made, **ADDRESS | {"name": one, "street": one, "city": one, "access_notes": one})
        for one in texts
    )
    Equipment.objects.bulk_create(
        Equipment(site=sites[0], kind=one, make=one, model=one, serial_number=one) for one in texts
    )
    page = client_as(cast.bram).get(f"/customers/{made.pk}/")
    plain(page, *texts)
    for path in (
        f"/customers/{made.pk}/change/",
        f"/requests/new/?customer={made.pk}",
        f"/quotes/new/?customer={made.pk}",
    ):
        plain(client_as(cast.bram).get(path))
    site, contact, machine = sites[0], made.contacts.first(), Equipment.objects.first()
    for path in (f"sites/{site.pk}", f"contacts/{contact.pk}", f"equipment/{machine.pk}"):
        plain(client_as(cast.bram).get(f"/customers/{path}/change/"))


def test_searching_for_anything_is_harmless(cast, client_as):
    actions.customer_create(by=cast.bram, **PERSON)
    bram = client_as(cast.bram)
    for text in packed(odd_texts(), 1000):
        part = arrived(text)[:400]
        for path, given in (
            ("/customers/", {"q": part}),
            ("/customers/find/", {"find": part, "name": part, "phone": part}),
        ):
            answer = bram.get(path, given)
            assert answer.status_code == 200
            page_harmless(answer.content.decode())
