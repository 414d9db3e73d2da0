"""Starting a quote: for an intake, for a customer who is here already, or for a new one typed in place."""

import pytest

from apps.customers.models import Customer
from apps.quotes.models import Quote
from tests.browser import WIDE, go, page_of
from tests.pages import submit
from tests.quotes.test_pages import url

pytestmark = pytest.mark.django_db
NEW = {
    "name": "Bakkerij Van Dongen", "kind": "company", "phone": "013 123 4567", "email": "bakker@example.com",
    "language": "nl", "street": "Ginnekenweg", "house_number": "40", "postal_code": "5038ab", "city": "", "country": "NL",
}  # fmt: skip


def make(client, page="/quotes/new/", **given):
    """Make the draft, also where the browser would hold the form back."""
    return submit(page, client=client, press="Make the draft", past_browser=True, **given)


def search(client, find, **given):
    return submit(url("quote_create"), client=client, press="search", find=find, **given)


@pytest.fixture
def bram(cast, client_as):
    return client_as(cast.bram)


def test_a_new_customer_is_typed_in_the_same_form(bram, company, work_type):
    answer = make(bram, type=work_type, contact_name="Els", **NEW)
    quote = Quote.objects.get()
    assert answer.url == url("quote_edit", quote.pk)
    assert (quote.customer.name, quote.customer.phone) == ("Bakkerij Van Dongen", "+31131234567")
    assert (quote.site.postal_code, quote.site.city, quote.contact.name) == ("5038 AB", "Tilburg", "Els")


@pytest.mark.parametrize(
    "same",
    [
        {"name": "mevr. a. de wit"},
        {"email": "A.deWit@mail.example"},
        {"postal_code": "4811cd", "house_number": "3"},
    ],
)
def test_a_possible_duplicate_is_asked_about_first(bram, company, customer, work_type, same):
    answer = make(bram, type=work_type, **NEW | same)
    assert answer.status_code == 422
    assert "Mevr. A. de Wit" in answer.content.decode()
    assert not Quote.objects.exists()
    assert make(bram, answer, is_new=True).status_code == 302
    assert Quote.objects.get().customer != customer


def test_a_customer_is_chosen_and_what_was_typed_stays(bram, company, customer, work_type):
    found = search(bram, "de wit", title="New boiler", type=work_type, name="Mevr")
    page = submit(found, client=bram, press=f"choose={customer.pk}")
    html = page.content.decode()
    assert page.status_code == 200
    assert "New boiler" in html
    assert "Mevr. A. de Wit" in html
    site = customer.sites.get()
    make(bram, page, site_choice=site)
    assert (Quote.objects.get().customer, Quote.objects.get().site) == (customer, site)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_customer_with_a_high_number_can_be_chosen(bram, cast, company, customer, language):
    """An id stands in a form as it is, never as 4,010 or 4.010."""
    cast.bram.language = language
    cast.bram.save()
    Customer.objects.create(
        pk=1_234_567, name="Duizendpoot", street="K", house_number="1", postal_code="4811 AA", city="B"
    )
    html = bram.get(
        "/customers/find/", {"find": "duizendpoot"}, headers={"hx-request": "true"}
    ).content.decode()
    assert 'name="choose" value="1234567"' in html
    found = search(bram, "duizendpoot")
    html = submit(found, client=bram, press="choose=1234567").content.decode()
    assert 'name="customer" value="1234567"' in html


def test_a_search_works_without_script(bram, company, customer):
    html = search(bram, "de wit").content.decode()
    assert f'name="choose" value="{customer.pk}"' in html


def test_an_intake_needs_no_customer(bram, company, received, rates):
    assert make(bram, request=received).status_code == 302
    assert Quote.objects.get().customer == received.customer
    assert Customer.objects.count() == 1


def test_nobody_and_nothing_chosen_says_so_at_the_fields(bram, company):
    html = make(bram, title="x").content.decode()
    assert "Choose an intake or a customer, or type the name of a new one." in html
    assert "Choose the type of work." in html


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/quotes/new/", "/requests/new/"])
def test_the_typed_postal_code_finds_who_lives_there(cast, client_as, customer, browser, live_server, path):
    with page_of(browser, live_server.url, client_as(cast.bram), viewport=WIDE) as page:
        go(page, path)
        page.locator("[name=postal_code]").fill("4811 cd")
        page.locator("[name=house_number]").fill("3")
        page.locator("[name=street]").focus()
        page.locator("#candidates").get_by_text("Mevr. A. de Wit").first.wait_for()
        page.locator("#candidates").get_by_role("button").first.click()
        page.get_by_text("Kerkstraat 3, Breda").first.wait_for()
        assert not page.locator("[name=postal_code]").is_visible()  # a known address is chosen, not typed
