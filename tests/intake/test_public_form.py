import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from apps.company.models import Company
from apps.core import clock
from apps.core.actors import SYSTEM
from apps.core.database import PUBLIC, as_role
from apps.core.idempotency import FIELD
from apps.customers.models import Contact, Customer, Site
from apps.documents.models import StoredFile
from apps.intake.actions.form_settings import form_settings_change
from apps.intake.models import Request, RequestFormSettings, RequestPhoto
from apps.messaging.models import Message
from tests.intake.conftest import photo, shown
from tests.pages import post_by_hand, submit

pytestmark = pytest.mark.django_db


def test_a_request_from_the_web_is_new_and_confirmed_in_the_customers_language(client, typed):
    photos = [photo(), photo("two.jpg", "red")]
    answer = submit(shown(client), client=client, photos=photos, **typed)
    made = Request.objects.get()
    assert answer.status_code == 302
    assert (made.status, made.source, made.urgency) == ("new", "web", "urgent")
    assert (made.customer.name, made.customer.email, made.customer.phone) == (
        "Karin Smit",
        "karin@example.com",
        "+31687654321",
    )
    assert made.photos.count() == 2
    mail = Message.objects.get()
    assert (mail.to_address, mail.language) == ("karin@example.com", "nl")
    assert made.number in mail.subject
    assert "ceiling" not in mail.body  # carries nothing that a stranger typed but the name
    page = client.get(answer["Location"]).content.decode()
    assert made.number in page


def test_a_company_gets_its_contact(client, typed):
    submit(shown(client), client=client, company_name="Bakkerij Van Dongen", **typed)
    made = Request.objects.get()
    assert (made.customer.name, made.customer.kind, made.contact.name) == (
        "Bakkerij Van Dongen",
        "company",
        "Karin Smit",
    )


@pytest.mark.parametrize("model", [Customer, Contact, Site, Request, RequestPhoto])
def test_the_public_role_reads_no_record(db, model):
    """The control: the same question as the office is answered."""
    assert list(model.objects.all()) == []
    with pytest.raises(DatabaseError), transaction.atomic(), as_role(PUBLIC):
        list(model.objects.all())


def test_the_form_works_as_the_public_whoever_asks(client_as, cast, typed):
    """A technician's role could not add a customer, an office's could read them all."""
    tim = client_as(cast.tim)
    assert submit(shown(tim), client=tim, **typed).status_code == 302
    assert Request.objects.get().created_by is None


def test_it_says_nothing_about_customers_that_are_known(client, typed, customer):
    known = typed | {"email": customer.email, "phone": customer.phone}
    answer = submit(shown(client), client=client, **known)
    assert answer.status_code == 302
    assert Request.objects.get().customer != customer


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "required"),
        ("name", "Buy at https://spam.example", "web address"),
        ("company_name", "www.spam.example", "web address"),
        ("email", "karin", "valid email"),
        ("phone", "bel mij", "telephone number"),
        ("phone", "", "required"),
        ("postal_code", "0000 AA", "postal code that exists"),
        ("house_number", "x", "house number"),
        ("description", "", "required"),
        ("type", "", "required"),
        ("preferred_from", "2020-01-01", "passed"),
        ("description", "x" * 2001, "2000"),
        ("website", "http://spam.example", "Leave this field empty"),
    ],
)
def test_bad_input_stands_at_its_field_and_nothing_is_lost(client, typed, field, value, sentence):
    answer = submit(shown(client, "en"), client=client, **typed | {field: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert "Ginnekenweg" in page
    assert not Request.objects.exists()
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"), [("type", "99999", "valid choice"), ("stamp", "made up", "once more")]
)
def test_what_no_form_holds_is_refused_in_the_same_way(client, typed, field, value, sentence):
    answer = post_by_hand(client, "/request/", typed | {"language": "en", field: value})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Request.objects.exists()


def test_a_program_is_too_quick_and_a_person_presses_once_more(client, typed):
    quick = submit(shown(client, "en", at=clock.now()), client=client, **typed)
    assert "very quick" in quick.content.decode()
    with clock.at(clock.now() + timedelta(seconds=5)):
        assert submit(quick, client=client).status_code == 302


def test_photos_of_a_refused_form_stay_for_the_next_try(client, typed):
    answer = submit(shown(client), client=client, photos=photo(), **typed | {"email": "wrong"})
    assert answer.status_code == 422
    token = re.search(r'name="photos-kept" value="([^"]+)"', answer.content.decode())[1]
    assert client.get(f"/kept/{token}/")["Content-Type"] == "image/jpeg"
    assert not StoredFile.objects.exists()
    submit(answer, client=client, email=typed["email"])
    assert RequestPhoto.objects.get().file == StoredFile.objects.get()
    assert client.get(f"/kept/{token}/").status_code == 404


def test_a_file_that_is_no_photo_is_refused_by_name(client, typed):
    bad = photo("virus.jpg")
    bad.file.seek(0)
    bad.file.write(b"MZ this is a program")
    bad.file.truncate()
    bad.file.seek(0)
    answer = submit(shown(client), client=client, photos=bad, **typed)
    assert answer.status_code == 422
    assert "virus.jpg" in answer.content.decode()


def test_the_same_form_twice_makes_one_request(client, typed):
    page = shown(client)
    first, second = (submit(page, client=client, **typed) for _time in (1, 2))
    assert first["Location"] == second["Location"]
    assert Request.objects.count() == 1


def test_a_refused_form_may_be_sent_again_with_the_same_key(client, typed):
    """What a browser does after Back."""
    page = shown(client)
    assert submit(page, client=client, **typed | {"email": "wrong"}).status_code == 422
    assert submit(page, client=client, **typed).status_code == 302


def test_the_company_chooses_the_fields(client, typed):
    off = dict.fromkeys(("phone", "photos", "window", "urgency", "company_name"), "off")
    form_settings_change(by=SYSTEM, **off)
    page = shown(client)
    for name in ("phone", "photos", "preferred_from", "urgency", "company_name"):
        assert f'name="{name}"' not in page.content.decode()
    for name in ("phone", "urgency", "preferred_part"):
        del typed[name]
    assert submit(page, client=client, **typed).status_code == 302
    assert Request.objects.get().customer.phone == ""


def test_a_required_photo_is_asked_for(client, typed):
    form_settings_change(by=SYSTEM, photos="required")
    refused = submit(shown(client, "en"), client=client, **typed)
    assert "at least one photo" in refused.content.decode()
    assert submit(refused, client=client, photos=photo()).status_code == 302


def test_a_type_that_is_not_public_cannot_be_chosen(client, typed, leak):
    page = shown(client)
    leak.public = False
    leak.save()
    assert submit(page, client=client, **typed).status_code == 422


def test_a_closed_form_takes_nothing(client, typed):
    page = shown(client)
    form_settings_change(by=SYSTEM, enabled=False)
    assert "076 123 4567" in client.get("/request/").content.decode()
    assert submit(page, client=client, **typed).status_code == 503
    assert not Request.objects.exists()


def test_no_website_may_frame_a_page_but_the_embedded_form_by_those_that_are_named(client, company, leak):
    page = client.get("/request/embed/")
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    Company.objects.update(embed_origins="https://www.vandam.example\nhttps://vandam.example")
    page = client.get("/request/embed/")
    assert (
        "frame-ancestors https://www.vandam.example https://vandam.example" in page["Content-Security-Policy"]
    )
    assert "X-Frame-Options" not in page
    own = client.get("/request/")
    assert "frame-ancestors 'none'" in own["Content-Security-Policy"]
    assert own["X-Frame-Options"] == "DENY"


def test_the_embedded_form_stays_in_its_frame(client, typed):
    Company.objects.update(embed_origins="https://www.vandam.example")
    answer = submit(shown(client, path="/request/embed/"), client=client, **typed)
    assert answer["Location"].startswith("/request/embed/sent/")
    assert (
        "frame-ancestors https://www.vandam.example"
        in client.get(answer["Location"])["Content-Security-Policy"]
    )


def test_the_form_speaks_the_language_that_is_asked_for(client, company, leak):
    assert "Lekkage" in client.get("/request/?language=nl").content.decode()
    assert "Leak" in client.get("/request/?language=en").content.decode()
    assert client.get("/request/?language=xx").status_code == 200


def test_it_sets_no_cookie(client, typed):
    assert not client.get("/request/").cookies
    assert not submit(shown(client, path="/request/embed/"), client=client, **typed).cookies


def test_settings_are_the_companys_own(cast, client_as, company, leak):
    client, url = client_as(cast.bram), "/requests/form/"
    given = {
        "enabled": True, "company_name": "off", "phone": "optional", "window": "off", "urgency": "off",
        "photos": "required", "max_photos": 3, "public_types": [leak.pk], "embed_origins": "https://WWW.vandam.example/",
    }  # fmt: skip
    assert submit(url, client=client, **given).status_code == 302
    assert Company.objects.get().embed_origins == "https://www.vandam.example"
    assert RequestFormSettings.objects.get().photos == "required"
    for wrong in ({"embed_origins": "javascript:alert(1)"}, {"embed_origins": "https://a.example; script-src *"},
                  {"public_types": []}, {"max_photos": 99}):  # fmt: skip
        assert submit(url, client=client, past_browser=True, **given | wrong).status_code == 422
    assert client_as(cast.tim).get(url).status_code == 403


def test_a_new_request_type(cast, client_as, db):
    client = client_as(cast.bram)
    given = {"name": "Roof", "name_nl": "Dak", "minutes": 45, "public": True, "active": True}
    url = "/requests/types/new/"
    assert submit(url, client=client, past_browser=True, **given | {"minutes": 5}).status_code == 422
    assert submit(url, client=client, **given).status_code == 302
    assert connection.in_atomic_block
    assert "Roof" in client.get("/requests/form/").content.decode()


def test_a_form_in_a_frame_is_answered_in_the_frame_also_about_its_key(client, typed, company):
    company.embed_origins = "https://www.vandam.example"
    company.save()
    page, key = shown(client, path="/request/embed/"), {FIELD: "of another life"}
    answer = submit(page, client=client, by_script=key, **typed)
    assert answer.status_code == 409
    assert "https://www.vandam.example" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert submit(answer, client=client, press="Send it now")["Location"].startswith("/request/embed/sent/")
