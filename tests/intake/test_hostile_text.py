"""A thousand hostile strings in each text field: refused at the field, or stored and shown without doing harm."""

import csv
import io
import random

import pytest
from django.core import signing

from apps.core import clock
from apps.customers import actions as customer_actions
from apps.intake import actions
from apps.intake.forms.public import SALT, PublicRequestForm
from apps.intake.forms.reports import NoAccessForm, ReportForm
from apps.intake.forms.requests import ReasonForm, RequestForm
from apps.intake.models import Request, RequestFormSettings
from apps.messaging.models import Message
from tests.intake.conftest import ADDRESS

pytestmark = pytest.mark.django_db

SEEDS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "</textarea><b>", "<!--", "]]>",
    "{{ 7|add:7 }}", "{% now 'Y' %}", "{% include 'base.html' %}", "{#", "%(name)s", "%s%n", "${7*7}", "{0.__class__}",
    "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1", "=cmd|' /C calc'!A0", "'; DROP TABLE intake_request;--",
    "\u202eright to left", "\u2066isolate", "\u200bzero width", "a\u0301\u0301\u0301", "😀👩‍👩‍👧🏳️‍🌈", "مرحبا", "\ufeffbom", "\ud7ff",
    "nul\x00byte", "bell\x07", "[[link:quote:00000000-0000-0000-0000-000000000000]]", "javascript:alert(1)",
    "line\nbreak", "Subject: x\r\nBcc: y@example.com", "&lt;b&gt;", "&#60;b&#62;", "x" * 10_000, "😀" * 5_000,
]  # fmt: skip


def hostile(count: int = 1000) -> list[str]:
    rng = random.Random(20261121)
    found = list(SEEDS)
    while len(found) < count:
        found.append("".join(rng.choice(SEEDS)[: rng.randint(1, 60)] for _part in range(rng.randint(1, 3))))
    return found


def public_data(leak):
    shown = int(clock.now().timestamp()) - 60
    return ADDRESS | {
        "type": leak.pk, "description": "Leak", "urgency": "normal", "name": "Karin", "email": "k@example.com",
        "phone": "0687654321", "language": "nl", "preferred_part": "any", "stamp": signing.dumps(shown, salt=SALT),
    }  # fmt: skip


@pytest.mark.slow
def test_every_text_field_refuses_or_takes_a_text_that_fits_its_column(cast, leak):
    office = ADDRESS | {
        "name": "Karin", "kind": "person", "language": "nl", "type": leak.pk, "description": "x", "urgency": "normal",
        "source": "phone", "preferred_part": "any",
    }  # fmt: skip
    choices = RequestFormSettings()
    forms = [
        (lambda data: PublicRequestForm(data, choices=choices), public_data(leak),
         ["name", "company_name", "street", "city", "house_number", "postal_code", "phone", "email", "description"]),
        (lambda data: RequestForm(data, user=cast.bram), office, ["name", "street", "city", "description", "contact_name"]),
        (ReasonForm, {}, ["reason"]),
        (NoAccessForm, {}, ["reason"]),
        (ReportForm, {"urgency": "normal"}, ["note"]),
    ]  # fmt: skip
    for make, given, fields in forms:
        for name in fields:
            for text in hostile():
                form = make(given | {name: text})
                form.is_valid()
                taken = form.cleaned_data.get(name)
                if name in form.errors:
                    continue
                assert "\x00" not in taken
                assert len(taken) <= 4000


@pytest.mark.slow
def test_what_is_stored_does_no_harm_on_page_print_phone_or_export(cast, client_as, leak, customer):
    rng = random.Random(7)
    texts = [one for one in hostile() if "\x00" not in one and len(one) <= 2000 and one.strip()]
    kept = SEEDS[:24] + rng.sample(texts, 60)
    kept = [one for one in kept if "\x00" not in one and one.strip()]
    for number, text in enumerate(kept):
        made = customer_actions.customer_create(
            by=cast.bram,
            name=text[:120].strip() or "x",
            **ADDRESS | {"house_number": str(number + 1), "street": text[:120]},
        )
        site = customer_actions.site_create(
            by=cast.bram, customer=made, **ADDRESS | {"street": text[:120], "city": text[:80]}
        )
        actions.request_create(by=cast.bram, customer=made, site=site, type=leak, description=text[:2000])
    bram = client_as(cast.bram)
    pages = [bram.get(f"/requests/?page={page}").content.decode() for page in range(1, 5)]
    pages += [bram.get(f"/customers/?page={page}").content.decode() for page in range(1, 5)]
    for made in Request.objects.order_by("pk")[:24]:
        pages.append(bram.get(f"/requests/{made.pk}/").content.decode())
        pages.append(bram.get(f"/requests/{made.pk}/print/").content.decode())
        pages.append(bram.get(f"/requests/{made.pk}/change/").content.decode())
        pages.append(bram.get(f"/customers/{made.customer_id}/").content.decode())
    for page in pages:
        for harm in ("<script>alert", "<img src=x", "<svg onload", "</textarea><b>", "<!-- "):
            assert harm not in page
    assert any("&lt;script&gt;" in page for page in pages)  # it was there, as words
    assert any("{{ 7|add:7 }}" in page for page in pages)
    for path in ("/requests/?export=csv", "/customers/?export=csv"):
        rows = csv.reader(io.StringIO(bram.get(path).content.decode("utf-8-sig")), delimiter=";")
        for cell in (cell for row in rows for cell in row):
            assert cell.lstrip()[:1] not in ("=", "+", "@")
    assert bram.get("/requests/?export=xlsx").status_code == 200


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


def test_searching_for_anything_is_harmless(cast, client_as, customer):
    bram = client_as(cast.bram)
    for text in SEEDS[:-2]:
        assert bram.get("/requests/", {"q": text.replace("\x00", "")}).status_code == 200
        assert bram.get("/customers/find/", {"find": text, "name": text, "phone": text}).status_code == 200
        assert bram.get("/customers/duplicates/", {"name": text, "postal_code": text}).status_code == 200
