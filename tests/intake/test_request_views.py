import pytest
from django.urls import reverse

from apps.accounts.models import User
from apps.core.actors import Customer as CustomerActor
from apps.customers.models import Customer
from apps.documents.photos import photo_store
from apps.intake import actions
from apps.intake.models import Request
from apps.messaging.models import Notice
from tests.builders import RequestTypeFactory
from tests.intake.conftest import ADDRESS, photo
from tests.pages import post_by_hand, submit
from tests.statements import statements

pytestmark = pytest.mark.django_db
NEW = "/requests/new/"
NEW_CUSTOMER = {
    "language": "nl",
    "name": "Bakkerij Van Dongen",
    "kind": "company",
    "phone": "013 123 4567",
    "email": "BAKKER@Example.com",
}


@pytest.fixture
def typed(leak):
    return {
        **ADDRESS, "house_number": "40", "postal_code": "5038ab", "city": "",
        "type": leak.pk, "description": "Oven extraction is loud", "urgency": "high", "source": "phone",
        "preferred_part": "morning",
    }  # fmt: skip


def save(client, page=NEW, **given):
    """Save the form, also where the browser would hold it back."""
    return submit(page, client=client, press="Save the request", past_browser=True, **given)


def test_a_request_with_a_new_customer_in_one_form(cast, client_as, typed):
    answer = save(client_as(cast.bram), **typed, **NEW_CUSTOMER)
    made = Request.objects.get()
    assert answer["Location"] == reverse("intake:request_detail", args=[made.pk])
    assert (made.status, made.source, made.created_by) == ("accepted", "phone", cast.bram)
    assert (made.customer.email, made.customer.phone) == ("bakker@example.com", "+31131234567")
    assert (made.site.postal_code, made.site.city) == ("5038 AB", "Tilburg")
    assert made.site.latitude is not None


def test_a_known_customer_keeps_what_was_typed(cast, client_as, typed, customer):
    client = client_as(cast.bram)
    found = submit(NEW, client=client, press="search", find="wit", past_browser=True, **typed, **NEW_CUSTOMER)
    chosen = submit(found, client=client, press=f"choose={customer.pk}")
    page = chosen.content.decode()
    assert "Anna de Wit" in page
    assert "Oven extraction is loud" in page
    assert not Request.objects.exists()
    site = customer.sites.get()
    save(client, chosen, site_choice=site)
    made = Request.objects.get()
    assert (made.customer, made.site) == (customer, site)


def test_a_possible_duplicate_is_asked_about_first(cast, client_as, typed, customer):
    given = typed | NEW_CUSTOMER | {"phone": "+31 6 12345678"}
    client = client_as(cast.bram)
    answer = save(client, **given)
    assert answer.status_code == 422
    assert "Anna de Wit" in answer.content.decode()
    assert Customer.objects.count() == 1
    assert save(client, answer, is_new=True).status_code == 302
    assert Customer.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("postal_code", "0123 AB", "postal code that exists"),
        ("house_number", "achter", "house number"),
        ("phone", "bel maar", "telephone number"),
        ("email", "anna@", "valid email"),
        ("name", "", "Search for a customer"),
        ("description", "", "required"),
        ("preferred_until", "2026-01-01", "first day"),
        ("description", "x" * 2001, "2000"),
        ("name", "x" * 121, "120"),
    ],
)
def test_bad_input_stands_at_its_field_and_nothing_is_written(cast, client_as, typed, field, value, sentence):
    answer = save(client_as(cast.bram), **typed | NEW_CUSTOMER | {field: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert "Ginnekenweg" in page
    assert not Customer.objects.exists()


def test_photos_of_the_customer_stand_with_the_request(cast, client_as, typed):
    client = client_as(cast.bram)
    save(client, photos=[photo(), photo("two.jpg", "red")], **typed, **NEW_CUSTOMER)
    made = Request.objects.get()
    assert made.photos.count() == 2
    url = reverse("intake:request_photo", args=[made.pk, made.photos.first().pk])
    assert url in client.get(reverse("intake:request_detail", args=[made.pk])).content.decode()
    assert client.get(url)["Content-Type"] == "image/jpeg"
    assert client_as(cast.tim).get(url).status_code == 403


def test_the_same_form_twice_makes_one_request(cast, client_as, typed):
    client = client_as(cast.bram)
    page = client.get(NEW)
    first, second = (save(client, page, **typed, **NEW_CUSTOMER) for _time in (1, 2))
    assert first["Location"] == second["Location"]
    assert Request.objects.count() == 1


def test_the_counters_filter_the_list(cast, client_as, request_make):
    new, accepted = request_make(by=CustomerActor("Anna")), request_make()
    page = client_as(cast.bram).get("/requests/?queue=new").content.decode()
    assert new.number in page
    assert accepted.number not in page


def test_the_list_is_searched_and_exported(cast, client_as, request_make):
    request_make(description="=HYPERLINK(1)")
    client = client_as(cast.bram)
    assert "No request matches" in client.get("/requests/?q=nothinglikethis").content.decode()
    table = client.get("/requests/?q=sink+anna&export=csv").content.decode("utf-8-sig")
    assert "HYPERLINK" not in table  # not searched for
    table = client.get("/requests/?export=csv").content.decode("utf-8-sig")
    assert ";'=HYPERLINK(1)" in table
    assert client.get("/requests/?export=xlsx").content[:2] == b"PK"


def test_the_list_asks_the_same_however_long_and_the_detail_too(cast, client_as, request_make):
    client = client_as(cast.bram)
    first = request_make()
    few, of_one = statements(client, "/requests/"), statements(client, f"/requests/{first.pk}/")
    for _each in range(12):
        last = request_make()
    assert statements(client, "/requests/") == few
    assert statements(client, f"/requests/{last.pk}/") == of_one


def test_the_steps_of_the_office(cast, client_as, request_make):
    client = client_as(cast.bram)
    asked = request_make(by=CustomerActor("Anna"))
    page, accept, decline = (f"/requests/{asked.pk}/{step}" for step in ("", "accept/", "decline/"))
    assert client.get(accept).status_code == 302
    assert submit(page, client=client, form=accept).status_code == 302
    assert post_by_hand(client, accept).status_code == 409  # as from the page of a colleague
    assert submit(page, client=client, form=decline, past_browser=True).status_code == 422
    assert submit(page, client=client, form=decline, reason="Too far").status_code == 302
    asked.refresh_from_db()
    assert asked.status == "declined"


def test_close_and_cancel(cast, client_as, planned):
    client = client_as(cast.bram)
    assert post_by_hand(client, f"/requests/{planned.pk}/cancel/", {"reason": "Gone"}).status_code == 409
    assert post_by_hand(client, f"/requests/{planned.pk}/close/").status_code == 409
    planned.refresh_from_db()
    assert planned.status == "planned"


def test_use_this_one_joins_a_web_request_to_its_customer(cast, client_as, customer, leak, company):
    asked = actions.request_submit(
        name="A. de Wit", email="anna@example.com", type=leak, description="Leak", language="nl", **ADDRESS
    )
    client = client_as(cast.bram)
    url = reverse("intake:request_customer_use", args=[asked.pk, customer.pk])
    assert submit(f"/requests/{asked.pk}/", client=client, form=url).status_code == 302
    asked.refresh_from_db()
    assert asked.customer == customer


def test_a_change_is_saved_and_a_bad_one_is_not(cast, client_as, request_make, leak):
    asked = request_make()
    client, url = client_as(cast.bram), f"/requests/{asked.pk}/change/"
    page = client.get(url)
    assert page.status_code == 200
    assert submit(page, client=client, description="", past_browser=True).status_code == 422
    assert submit(page, client=client, description="Also the tap", urgency="urgent").status_code == 302
    asked.refresh_from_db()
    assert (asked.description, asked.urgency) == ("Also the tap", "urgent")


def test_customers_are_found_while_typing(cast, client_as, customer):
    client = client_as(cast.bram)

    def told(asked: str, **headers: str) -> str:
        return client.get(
            f"/customers/find/?{asked}",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        ).content.decode()

    for asked in ("find=anna", "postal_code=4811aa&house_number=12"):
        assert "Anna de Wit" in told(asked, hx_request="true")
        assert "Anna de Wit" in told(asked)  # opened as a page
    assert "Nobody found" in told("find=zzz", hx_request="true")
    assert "No customer is like it" in told("find=zzz")
    assert "Anna de Wit" in submit(NEW, client=client, press="search", find="wit").content.decode()


def test_a_note_with_a_mention_reaches_a_colleague(cast, client_as, request_make):
    asked = request_make()
    url = reverse("messaging:note_add", args=["intake.request", asked.pk])
    text = "@petra can you plan this?"
    submit(f"/requests/{asked.pk}/", client=client_as(cast.bram), form=url, text=text)
    assert Notice.objects.get(user=cast.petra).url == f"/requests/{asked.pk}/"
    assert "can you plan this?" in client_as(cast.petra).get(f"/requests/{asked.pk}/").content.decode()


@pytest.mark.parametrize(
    "path", ["/requests/", "/requests/new/", "/requests/{pk}/", "/requests/{pk}/change/", "/requests/{pk}/print/",
             "/requests/form/", "/requests/types/new/", "/requests/of-customer/{customer}/"],
)  # fmt: skip
def test_the_office_opens_every_page_and_a_technician_none(cast, client_as, planned, path):
    url = path.format(pk=planned.pk, customer=planned.customer_id)
    assert client_as(cast.bram).get(url).status_code == 200
    assert client_as(cast.tim).get(url).status_code == 403


@pytest.mark.parametrize("step", ["accept", "decline", "cancel", "close"])
def test_a_technician_takes_no_step_and_a_stranger_logs_in(cast, client_as, client, planned, step):
    url = f"/requests/{planned.pk}/{step}/"
    assert post_by_hand(client_as(cast.tim), url, {"reason": "x"}).status_code == 403
    assert post_by_hand(client, url).status_code == 302
    nowhere = f"/requests/999999/{step}/"
    assert post_by_hand(client_as(cast.bram), nowhere, {"reason": "x"}).status_code == 404


def test_an_admin_looks_but_does_not_handle(cast, client_as, request_make):
    asked = request_make()
    client = client_as(cast.ada)
    page = client.get(f"/requests/{asked.pk}/").content.decode()
    assert "Decline the request" not in page
    assert client.get("/requests/new/").status_code == 403


def test_a_photo_may_be_stored_for_its_page_but_not_opened_by_itself(cast, client_as, request_make):
    """After logging out, Back would show it."""
    client = client_as(cast.bram)
    made = request_make(photos=[photo_store(raw=photo().read(), name="a.jpg", by=cast.bram)])
    url = reverse("intake:request_photo", args=[made.pk, made.photos.get().pk])
    for dest, said in (("image", "max-age"), ("document", "no-store")):
        answer = client.get(url, headers={"Sec-Fetch-Dest": dest})
        assert said in answer["Cache-Control"]
        assert dest == "document" or "Sec-Fetch-Dest" in answer["Vary"]


@pytest.mark.parametrize(
    "name", ["intake:request_list", "quotes:quote_list", "workorders:work_order_list", "review:review_list"]
)
def test_the_choices_of_a_filter_are_in_the_language_of_the_page(cast, client_as, name):
    RequestTypeFactory(name="Air conditioning", name_nl="Airconditioning")
    User.objects.filter(pk=cast.petra.pk).update(language="nl")
    shown = client_as(cast.petra).get(reverse(name)).content.decode()
    assert "Airconditioning" in shown
    assert "Air conditioning" not in shown
