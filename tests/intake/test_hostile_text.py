"""Hundreds of hostile texts in every field of requests: refused at the field, or stored and shown without doing harm."""

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from apps.core import clock
from apps.core.actors import Customer as CustomerActor
from apps.core.audit import audit_record
from apps.intake import actions
from apps.intake.forms.form_settings import FormSettingsForm, RequestTypeForm
from apps.intake.forms.public import SALT, PublicRequestForm
from apps.intake.forms.reports import NoAccessForm, ReportForm
from apps.intake.forms.requests import ReasonForm, RequestForm
from apps.intake.models import Request, RequestFormSettings, RequestType
from apps.messaging.actions import message_compose, note_add
from apps.messaging.forms import NoteForm
from apps.messaging.models import Message, Notice
from tests.hostile import (
    CONTROLS,
    FORMULAS,
    MARKUP,
    arrived,
    csv_harmless,
    form_takes,
    mail_harmless,
    odd_texts,
    packed,
    page_harmless,
    plain,
    posted_raw,
    xlsx_harmless,
)  # fmt: skip
from tests.intake.conftest import ADDRESS

pytestmark = pytest.mark.django_db


def fields_of(room: int) -> list[str]:
    """All the texts as they arrive, in as few fields of `room` characters as they need."""
    return [one.strip() for one in packed((arrived(t).replace("\x00", "") for t in odd_texts()), room)]


def public_data(leak):
    shown = int(clock.now().timestamp()) - 60
    return ADDRESS | {
        "type": leak.pk, "description": "Leak", "urgency": "normal", "name": "Karin", "email": "k@example.com",
        "phone": "0687654321", "language": "nl", "preferred_part": "any", "stamp": signing.dumps(shown, salt=SALT),
    }  # fmt: skip


def test_there_are_some_of_each_kind():
    assert len(odd_texts()) == len(set(odd_texts())) == 300
    assert {
        "<script>alert(1)</script>",
        "{{ 7|add:7 }}",
        "=1+1",
        "nul\x00byte",
        "lone \ud800",
        "x" * 10_000,
    } <= set(odd_texts())


@pytest.mark.slow
@pytest.mark.parametrize(
    "which", ["public", "office", "reason", "no access", "report", "settings", "type", "note"]
)
def test_every_text_field_refuses_or_takes_a_text_that_fits_its_column(cast, leak, which):
    office = ADDRESS | {
        "name": "Karin", "kind": "person", "language": "nl", "type": leak.pk, "description": "x", "urgency": "normal",
        "source": "phone", "preferred_part": "any", "is_new": "on",
    }  # fmt: skip
    choices = RequestFormSettings()
    settings = dict.fromkeys(("company_name", "phone", "window", "urgency", "photos"), "optional")
    words = ["intro_nl", "intro_en", "thanks_nl", "thanks_en"]
    make, given, fields = {
        "public": (lambda data: PublicRequestForm(data, choices=choices), public_data(leak),
            ["name", "company_name", "street", "city", "house_number", "postal_code", "phone", "email", "description"]),
        "office": (lambda data: RequestForm(data, user=cast.bram), office,
            ["name", "street", "city", "description", "contact_name", "contact_phone", "email"]),
        "reason": (ReasonForm, {}, ["reason"]),
        "no access": (NoAccessForm, {}, ["reason"]),
        "report": (ReportForm, {"urgency": "normal"}, ["note"]),
        "settings": (FormSettingsForm, settings | {"max_photos": 6, "public_types": [leak.pk]}, [*words, "embed_origins"]),
        "type": (RequestTypeForm, {"minutes": 60}, ["name", "name_nl"]),
        "note": (NoteForm, {}, ["text"]),
    }[which]  # fmt: skip
    taken = form_takes(make, given, fields)
    if set(fields) <= {"description", "reason", "note", "name", "name_nl", "text"}:
        assert taken > len(odd_texts()) * 0.8


@pytest.mark.slow
def test_descriptions_do_no_harm_on_page_paper_or_in_a_table(cast, client_as, request_make):
    packs = fields_of(2000)
    for text in packs:
        made = request_make()
        actions.request_change(request=made, by=cast.bram, description=text)
    bram = client_as(cast.bram)
    for made in Request.objects.all():
        plain(bram.get(f"/requests/{made.pk}/"), made.description)
        plain(bram.get(f"/requests/{made.pk}/print/"), made.description)
        plain(bram.get(f"/requests/{made.pk}/change/"), made.description)
    for text in FORMULAS:
        if arrived(text).strip():
            request_make(description=arrived(text))
    assert len(csv_harmless(bram.get("/requests/?export=csv").content)) == Request.objects.count() + 1
    assert len(xlsx_harmless(bram.get("/requests/?export=xlsx").content)) == Request.objects.count() + 1


@pytest.mark.slow
def test_reasons_do_no_harm_on_page_or_in_the_mail(cast, client_as, request_make, company, customer):
    for text in fields_of(1000):
        made = request_make(by=CustomerActor("Anna"))
        actions.request_decline(request=made, by=cast.bram, reason=text)
        mail_harmless(message_compose(Message.objects.get(about_id=made.pk, kind="request_declined")), text)
        audit_record(made, verb="request.decline", by=CustomerActor(text), reason=text)
    bram = client_as(cast.bram)
    made = Request.objects.last()
    for text in fields_of(1000):
        audit_record(made, verb="request.decline", by=CustomerActor(text), reason=text)
    plain(bram.get(f"/requests/{made.pk}/"), *fields_of(1000))


@pytest.mark.slow
def test_notes_and_the_notices_of_who_is_mentioned_do_no_harm(cast, client_as, request_make):
    asked = request_make()
    for text in fields_of(3900):
        note_add(
            about=asked, text=f"@PE {text}", by=cast.bram, url=f"/requests/{asked.pk}/", mentions=[cast.petra]
        )
    petra = client_as(cast.petra)
    plain(petra.get(f"/requests/{asked.pk}/"), *fields_of(3900))
    plain(petra.get(reverse("messaging:notice_list")))
    assert Notice.objects.filter(user=cast.petra).count() == len(fields_of(3900))
    answer = posted_raw(client_as(cast.bram), reverse("messaging:note_add", args=["intake.request", asked.pk]),
                        {"text": "@PE <script>alert(1)</script>\x07\ud800", "next": f"/requests/{asked.pk}/"})  # fmt: skip
    assert answer.status_code == 302
    plain(petra.get(f"/requests/{asked.pk}/"), "@PE <script>alert(1)</script>")


@pytest.mark.slow
def test_the_companys_own_words_do_no_harm_on_its_form(cast, client_as, leak, company):
    RequestType.objects.filter(pk=leak.pk).update(public=True)
    stranger, ada = Client(headers={"Accept-Language": "en"}), client_as(cast.ada)
    token = signing.dumps("R26-0001", salt="intake.sent")
    for text in fields_of(1000):
        RequestFormSettings.objects.update_or_create(
            pk=1,
            defaults={
                "intro_nl": text,
                "intro_en": text,
                "thanks_nl": text,
                "thanks_en": text,
                "enabled": True,
            },
        )
        plain(stranger.get("/request/?language=en"), text)
        plain(stranger.get(reverse("request:sent", args=[token])))
    plain(ada.get("/requests/form/"), text)


@pytest.mark.slow
def test_names_of_types_do_no_harm_where_they_are_chosen(cast, client_as, company):
    names = list(
        dict.fromkeys(one for t in odd_texts() if (one := arrived(t).replace("\x00", "").strip()[:80]))
    )
    RequestType.objects.bulk_create(RequestType(name=one, name_nl=one, public=True) for one in names)
    bram = client_as(cast.bram)
    for path in ("/requests/form/", "/requests/new/", "/quotes/new/", "/request/"):
        plain(bram.get(path), *names)
    plain(bram.get("/requests/"))


@pytest.mark.slow
def test_the_technicians_note_does_no_harm(cast, client_as, planned):
    bram, tim = client_as(cast.bram), client_as(cast.tim)
    for text in fields_of(3900):
        actions.report_save(request=planned, by=cast.tim, note=text)
        plain(bram.get(f"/requests/{planned.pk}/"), text)
        plain(bram.get(f"/requests/{planned.pk}/print/"), text)
        plain(tim.get(reverse("phone-intake:report", args=[planned.pk])), text)


@pytest.mark.slow
def test_every_name_that_a_stranger_types_reaches_them_in_a_proper_mail(cast, leak, company):
    """Name, street and city stand in the greeting, the text and the header."""
    for text in fields_of(110):
        line = " ".join(text.split())[:110]
        made = actions.request_submit(
            name=text,
            email="k@example.com",
            type=leak,
            description="x",
            language="en",
            **ADDRESS | {"street": line[:100]},
        )
        mail = message_compose(Message.objects.get(about_id=made.pk))
        mail_harmless(mail, line)


@pytest.mark.parametrize("text", [*CONTROLS, *MARKUP[:6]])
def test_a_hand_made_form_gets_an_answer_that_is_a_page(leak, company, text):
    """Whatever bytes arrive, the stranger gets the form back with what is wrong, or the words of thanks."""
    RequestType.objects.filter(pk=leak.pk).update(public=True)
    answer = posted_raw(
        Client(), "/request/", public_data(leak) | {"name": text, "description": text, "street": text}
    )
    assert answer.status_code == (422 if "\x00" in text else 302)
    page_harmless(answer.content.decode())


def test_what_looks_like_a_private_link_stays_as_it_was_typed(cast, leak, company):
    made = actions.request_submit(
        name="[[link:nope:00000000-0000-0000-0000-000000000000]]", email="k@example.com", type=leak, description="x",
        language="en", **ADDRESS,
    )  # fmt: skip
    body = message_compose(Message.objects.get(about_id=made.pk)).body
    assert "Dear [[link:nope:00000000-0000-0000-0000-000000000000]]," in body


def test_a_name_with_template_syntax_stays_a_name_in_the_mail(cast, leak, company):
    made = actions.request_submit(
        name="{{ 7|add:7 }} %(number)s",
        email="k@example.com",
        type=leak,
        description="x",
        language="en",
        **ADDRESS,
    )
    body = Message.objects.get(about_id=made.pk).body
    assert "Dear {{ 7|add:7 }} %(number)s," in body
