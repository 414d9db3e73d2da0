import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.core.refusals import Refused
from apps.customers import actions
from apps.customers.models import Contact, Customer, Equipment, Site
from tests.pages import submit
from tests.statements import statements

pytestmark = pytest.mark.django_db
ADDRESS = {
    "street": "Ginnekenweg",
    "house_number": "12",
    "postal_code": "4811 AA",
    "city": "Breda",
    "country": "NL",
}
PLACE = {name: ADDRESS[name] for name in ("street", "postal_code", "country")}
FORM = ADDRESS | {
    "kind": "person",
    "name": "Anna de Wit",
    "email": "Anna@Example.COM",
    "phone": "0612345678",
    "language": "nl",
}


@pytest.fixture
def anna(cast):
    made = actions.customer_create(by=cast.bram, **FORM)
    actions.site_create(by=cast.bram, customer=made, **ADDRESS)
    return made


def test_everything_is_written_in_one_way(anna):
    assert (anna.email, anna.phone, anna.postal_code) == ("anna@example.com", "+31612345678", "4811 AA")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"postal_code": "12"}, "This postal code does not exist"),
        ({"phone": "x"}, "Enter a telephone number"),
        ({"vat_number": "NL1"}, "This VAT number is not valid"),
        ({"kvk_number": "1"}, "Chamber of Commerce number has eight digits"),
        ({"reverse_charge": True}, "Reverse charge needs"),
    ],
)
def test_what_cannot_be_right_is_refused(cast, wrong, sentence):
    with pytest.raises(Refused, match=sentence):
        actions.customer_create(by=cast.bram, **FORM | wrong)
    assert not Customer.objects.exists()


def test_the_database_refuses_it_too(anna):
    for wrong in ({"email": "Anna@Example.com"}, {"reverse_charge": True}, {"kind": "robot"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Customer.objects.filter(pk=anna.pk).update(**wrong)


def test_the_same_address_is_the_same_site(cast, anna):
    assert (
        actions.site_for(customer=anna, by=cast.bram, **ADDRESS | {"postal_code": "4811aa"})
        == anna.sites.get()
    )


@pytest.mark.parametrize(
    "part",
    [
        {"name": "anna DE wit"},
        {"email": "anna@example.com"},
        {"phone": "+31612345678"},
        {"address": PLACE | {"house_number": "12"}},
    ],
)
def test_duplicates_are_found_by_each_part(anna, part):
    assert list(Customer.objects.possible_duplicates(**part)) == [anna]
    assert not Customer.objects.possible_duplicates(
        name="Somebody Else", address=PLACE | {"house_number": "13"}
    )


def test_a_duplicate_is_found_by_a_site_of_theirs(cast, anna):
    actions.site_create(
        by=cast.bram, customer=anna, **ADDRESS | {"postal_code": "5038 AB", "house_number": "40"}
    )
    there = PLACE | {"postal_code": "5038 AB", "house_number": "40"}
    assert list(Customer.objects.possible_duplicates(address=there)) == [anna]


def test_a_new_customer_gets_a_site_at_their_address(cast, client_as):
    answer = submit("/customers/new/", client=client_as(cast.bram), **FORM | {"city": ""})
    made = Customer.objects.get()
    assert answer["Location"] == reverse("customers:customer_detail", args=[made.pk])
    assert made.city == made.sites.get().city == "Breda"


def test_a_possible_duplicate_is_shown_before_it_is_made(cast, client_as, anna):
    client = client_as(cast.bram)
    answer = submit("/customers/new/", client=client, **FORM | {"name": "A. de Wit"})
    assert answer.status_code == 422
    assert reverse("customers:customer_detail", args=[anna.pk]) in answer.content.decode()
    assert submit(answer, client=client, is_new=True).status_code == 302
    found = client.get("/customers/duplicates/?phone=06+12345678").content.decode()
    assert "Anna de Wit" in found
    assert "Anna" not in client.get("/customers/duplicates/?phone=06").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "required"),
        ("name", "x" * 121, "120"),
        ("name", "a\x00b", "Null characters"),
        ("postal_code", "4811 SS", "postal code that exists"),
        ("house_number", "boven", "house number"),
        ("email", "anna", "valid email"),
        ("phone", "12", "telephone number"),
        ("vat_number", "NL123456789B01", "not valid"),
        ("kvk_number", "123", "eight digits"),
        ("reverse_charge", "on", "VAT number"),
        ("payment_term_days", "999", "365"),
        ("payment_term_days", "-1", "Type at least 0"),
        ("remarks", "x" * 4001, "4000"),
    ],
)
def test_bad_input_stands_at_its_field(cast, client_as, field, value, sentence):
    given = FORM | {field: value}
    answer = submit("/customers/new/", client=client_as(cast.bram), past_browser=True, **given)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Customer.objects.exists()


def test_reverse_charge_with_a_vat_number(cast, client_as, anna):
    page = reverse("customers:customer_change", args=[anna.pk])
    given = {"kind": "company", "vat_number": "NL004495445B01", "reverse_charge": True}
    assert submit(page, client=client_as(cast.bram), **given).status_code == 302
    anna.refresh_from_db()
    assert anna.reverse_charge


def test_sites_contacts_and_equipment(cast, client_as, anna):
    client = client_as(cast.bram)
    site = anna.sites.get()
    new_site = f"/customers/{anna.pk}/sites/new/"
    submit(new_site, client=client, **ADDRESS | {"house_number": "14", "name": "Holiday home"})
    submit(f"/customers/sites/{site.pk}/change/", client=client, access_notes="Key under the pot")
    submit(f"/customers/{anna.pk}/contacts/new/", client=client, name="Piet", phone="06 11112222")
    contact = Contact.objects.get()
    submit(f"/customers/contacts/{contact.pk}/change/", client=client, name="Piet Smit")
    submit(f"/customers/sites/{site.pk}/equipment/new/", client=client, kind="Boiler", make="Remeha")
    device = Equipment.objects.get()
    submit(f"/customers/equipment/{device.pk}/change/", client=client, serial_number="S1")
    assert Site.objects.count() == 2
    page = client.get(f"/customers/{anna.pk}/").content.decode()
    for words in (
        "Holiday home",
        "Key under the pot",
        "Piet Smit",
        "06 11112222",
        "Boiler Remeha",
        "S1",
        "Equipment added",
    ):
        assert words in page
    assert submit(new_site, client=client, **ADDRESS | {"postal_code": "x"}).status_code == 422


def test_no_longer_active_and_back(cast, client_as, anna):
    client = client_as(cast.bram)
    submit(f"/customers/{anna.pk}/deactivate/", client=client)
    assert "No longer active" in client.get("/customers/?active=no").content.decode()
    submit(f"/customers/{anna.pk}/", client=client, form=f"/customers/{anna.pk}/activate/")
    anna.refresh_from_db()
    assert anna.active


def test_the_list_is_searched_filtered_and_exported(cast, client_as, anna):
    actions.customer_create(by=cast.bram, **FORM | {"name": "=cmd()", "email": "", "kind": "company"})
    client = client_as(cast.bram)
    page = client.get("/customers/?q=ginn+wit").content.decode()
    assert "Anna de Wit" in page
    assert "=cmd()" not in page
    assert "=cmd()" in client.get("/customers/?missing=email").content.decode()
    assert "'=cmd()" in client.get("/customers/?export=csv").content.decode("utf-8-sig")


def test_the_list_takes_the_same_queries_for_one_and_for_many(cast, client_as, anna):
    client = client_as(cast.bram)
    few = statements(client, "/customers/")
    for number in range(15):
        actions.customer_create(by=cast.bram, **FORM | {"name": f"Customer {number}"})
    assert statements(client, "/customers/") == few


@pytest.mark.parametrize("path", ["", "new/", "{pk}/", "{pk}/change/", "{pk}/sites/new/", "duplicates/"])
def test_pages_by_role(cast, client_as, client, anna, path):
    url = "/customers/" + path.format(pk=anna.pk)
    assert client_as(cast.bram).get(url).status_code == 200
    assert client_as(cast.tim).get(url).status_code == 403
    assert client.get(url).status_code == 302
    changes = "new" in path or "change" in path
    assert client_as(cast.ada).get(url).status_code == (403 if changes else 200)


def test_a_customer_that_is_not_there_is_not_found(cast, client_as):
    assert client_as(cast.bram).get("/customers/99999/").status_code == 404
