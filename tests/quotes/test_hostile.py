"""Hostile text: stored and shown harmlessly on page, PDF, mail and export, or refused at the field."""

import io
import random
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from apps.core.lists import harmless
from apps.core.tokens import token_for
from apps.quotes import actions
from apps.quotes.documents import quote_pdf
from apps.quotes.forms import AcceptForm, DeclineForm, LineForm, VersionForm
from apps.quotes.models import Quote
from tests.quotes.test_pages import posted, url

SEEDS = [
    "<script>alert(1)</script>", "</textarea><img src=x onerror=alert(1)>", "\"><svg/onload=alert(1)>", "{{ 7|add:7 }}",
    "{% include 'x' %}", "{{ settings.SECRET_KEY }}", "${7*7}", "=HYPERLINK(\"http://x\")", "+1+1", "-2+3", "@SUM(A1)",
    "\t=1+1", "%(number)s %s %d", "{0} {name}", "[[link:quote:00000000-0000-0000-0000-000000000000]]", "'; DROP TABLE x; --",
    "\u202eright to left\u202c", "مرحبا بالعالم", "👩‍🔧🚰💧", "Z̷a̷l̷g̷o̷", "\ufeffbom", "a\u200bb", "&amp;&lt;", "javascript:alert(1)",
    "url(file:///etc/passwd)", "<link rel=attachment href=file:///etc/passwd>", "\r\nBcc: x@example.com", "\\u003cb\\u003e",
]  # fmt: skip
FIELDS = ("title", "introduction", "scope", "terms", "notes")


def thousand() -> list[str]:
    """A thousand combinations of the worst, always the same."""
    chance = random.Random(20260101)
    return SEEDS + [" ".join(chance.sample(SEEDS, chance.randint(2, 4))) for _ in range(1000 - len(SEEDS))]


@pytest.fixture
def bram(cast, client_as) -> Client:
    return client_as(cast.bram)


@pytest.mark.slow
def test_a_thousand_strings_are_escaped_on_each_page_and_in_the_mail(cast, draft, bram, mailed) -> None:
    """All of them at once, in long and short fields: no markup gets through and no template is run."""
    strings = thousand()
    long = "\n".join(strings)
    chunk = len(long) // 4 + 1
    parts = [long[at : at + chunk][:9900] for at in range(0, len(long), chunk)]
    texts = dict(zip(FIELDS[1:], parts, strict=False)) | {"title": strings[3]}
    actions.version_change(version=draft.current, by=cast.bram, texts=texts)
    for one in SEEDS:
        clean = LineForm.base_fields["description"].clean(one) if "\x00" not in one else ""
        actions.line_add(
            version=draft.current,
            by=cast.bram,
            description=clean,
            section=one[:80].strip(),
            unit_price=1,
            vat_code=draft.current.lines.first().vat_code,
        )
    pages = [
        bram.get(url("quote_edit", draft.pk)),
        bram.get(url("quote_detail", draft.pk)),
        bram.get(url("quote_send", draft.pk)),
    ]
    link = actions.quote_send(quote=draft, by=cast.bram)
    draft.refresh_from_db()
    pages += [Client().get(f"/quote/{token_for('quote', link.nonce)}/"), bram.get(url("quote_list"))]
    for page in pages:
        assert page.status_code == 200
        html = page.content.decode()
        for markup in ("<script>alert", "<img src=x", "<svg/onload", "<link rel=attachment"):
            assert markup not in html
        assert "{{ 7|add:7 }}" in html or "14" not in html.split("<main")[0]
    pdf = PdfReader(io.BytesIO(quote_pdf(draft.current)))
    assert not pdf.attachments
    assert "root:" not in "".join(page.extract_text() for page in pdf.pages)
    (mail,) = mailed(draft)
    assert "\n" not in mail.subject
    assert draft.current.content["title"] == strings[3]


@pytest.mark.parametrize("name", FIELDS)
def test_each_text_field_stores_or_refuses_a_thousand_strings(draft, name: str) -> None:
    for one in thousand():
        form = VersionForm({"title": "T", "language": "en", "billing_basis": "actuals", "sold_hours": "0", "deposit_percentage": "0",
                            "valid_until": "2030-01-01"} | {name: one}, instance=draft.current)  # fmt: skip
        if form.is_valid():
            assert "\x00" not in form.cleaned_data[name]
        else:
            assert set(form.errors) == {name}


@pytest.mark.parametrize(("form", "name"), [(AcceptForm, "name"), (DeclineForm, "reason")])
def test_the_customers_fields_take_or_refuse_each_string(form: Any, name: str) -> None:
    for one in [*thousand(), "x" * 10_000, "nul\x00byte"]:
        bound = form({name: one, "total": "1", "reason": one if name == "reason" else "x"})
        if not bound.is_valid():
            assert set(bound.errors) == {name}


def test_too_long_or_broken_text_is_refused_at_its_field_and_kept(draft, bram) -> None:
    for name, value in (("scope", "x" * 10_001), ("title", "x" * 121), ("scope", "nul\x00byte")):
        answer = bram.post(url("quote_save", draft.pk), posted(draft, **{name: value}))
        assert answer.status_code == 422
        assert value.replace("\x00", "")[:100] in answer.content.decode().replace("\x00", "")


def test_ten_thousand_characters_fit(draft, bram, cast) -> None:
    assert bram.post(url("quote_save", draft.pk), posted(draft, scope="water " * 1666)).status_code == 302
    actions.quote_send(quote=draft, by=cast.bram)
    assert quote_pdf(Quote.objects.get(pk=draft.pk).current).startswith(b"%PDF")


def test_no_title_becomes_a_formula(cast, bram, company, customer, work_type) -> None:
    for one in ("=1+1", "+1", "-1", "@x", "\t=1"):
        actions.quote_create(by=cast.bram, customer=customer, type=work_type, title=one)
        assert str(harmless(one))[0] == "'"
    csv = bram.get(url("quote_list"), {"export": "csv"}).content.decode("utf-8-sig")
    for row in csv.splitlines()[1:]:
        for cell in row.split(";"):
            assert cell.strip('"')[:1] not in ("=", "+", "@", "\t")


def test_the_customers_name_and_reason_are_shown_harmlessly(sent, link, bram, client) -> None:
    nasty = "<script>alert(1)</script>{{ 7|add:7 }}"
    client.post(f"/quote/{token_for('quote', link.nonce)}/decline/", {"reason": nasty, "name": nasty})
    html = bram.get(url("quote_detail", sent.pk)).content.decode()
    assert "<script>alert" not in html
    assert "{{ 7|add:7 }}" in html
