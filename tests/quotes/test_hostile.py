"""Hundreds of hostile texts in every field of quotes: shown harmlessly on page, PDF, mail and export, or refused at the field."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.actors import Customer as CustomerActor
from apps.core.audit import audit_record
from apps.core.tokens import token_for
from apps.materials.models import Unit
from apps.messaging.actions import message_compose
from apps.quotes import actions
from apps.quotes.actions.sending import ACCEPTED
from apps.quotes.documents import quote_pdf
from apps.quotes.forms import (
    AcceptForm,
    CreateForm,
    DeclineForm,
    LineForm,
    ReasonForm,
    RecordForm,
    ReviseForm,
    TemplateForm,
    TemplateLineForm,
    TemplateNameForm,
    VersionForm,
)  # fmt: skip
from apps.quotes.models import Acceptance, Quote, QuoteTemplate, TemplateLine
from tests.hostile import (
    CONTROLS,
    FORMULAS,
    MARKUP,
    SEEDS,
    arrived,
    csv_harmless,
    form_takes,
    mail_harmless,
    odd_texts,
    packed,
    pdf_harmless,
    plain,
    posted_raw,
    xlsx_harmless,
)  # fmt: skip
from tests.pages import submit
from tests.quotes.test_pages import url

pytestmark = pytest.mark.slow
TEXTS = ("introduction", "scope", "terms", "notes")


def fields_of(room: int, texts: Any = None) -> list[str]:
    """All the texts as they arrive, in as few fields of `room` characters as they need."""
    return [
        one.strip() for one in packed((arrived(t).replace("\x00", "") for t in texts or odd_texts()), room)
    ]


@pytest.fixture
def bram(cast, client_as) -> Client:
    return client_as(cast.bram)


@pytest.mark.parametrize(
    "which",
    [
        "version",
        "new",
        "line",
        "template",
        "template line",
        "name",
        "accept",
        "decline",
        "reason",
        "revise",
        "record",
    ],
)
def test_each_field_takes_or_refuses_each_text(cast, draft, vat, customer, work_type, which: str) -> None:
    high, version = vat["high"], draft.current
    line = {"kind": "text", "quantity": "1", "unit": Unit.PIECE, "unit_price": "1", "vat_code": high.pk}
    terms = {"title": "T", "language": "en", "billing_basis": "actuals", "sold_hours": "0", "deposit_percentage": "0",
             "valid_until": "2030-01-01", "name": "N"}  # fmt: skip
    make: Any
    make, given, fields = {
        "version": (lambda data: VersionForm(data, instance=version), terms, ["title", *TEXTS]),
        "new": (lambda data: CreateForm(data, user=cast.bram), {"type": work_type.pk, "is_new": "on"},
            ["title", "name", "contact_name", "street", "house_number", "city", "postal_code", "phone", "email"]),
        "line": (lambda data: _Prefixed(LineForm("1", {high.pk: high}, margin=False, data=_prefixed(data))), line,
            ["description", "section"]),
        "template": (TemplateForm, terms, ["name", "title", "introduction", "scope", "terms"]),
        "template line": (TemplateLineForm, line, ["description", "section"]),
        "name": (TemplateNameForm, {}, ["name"]),
        "accept": (AcceptForm, {"total": "1"}, ["name"]),
        "decline": (DeclineForm, {}, ["reason", "name"]),
        "reason": (ReasonForm, {}, ["reason"]),
        "revise": (ReviseForm, {}, ["reason"]),
        "record": (lambda data: RecordForm({"lines": []}, data), {}, ["name"]),
    }[which]  # fmt: skip
    taken = form_takes(make, given, fields)
    if which != "new":
        assert taken > len(odd_texts()) * 0.8


def _prefixed(data: dict[str, Any]) -> dict[str, Any]:
    return {f"line-1-{name}": value for name, value in data.items()}


class _Prefixed:
    """A line's form, as `form_takes` reads a form."""

    def __init__(self, form: LineForm) -> None:
        self.is_valid, self.fields = form.is_valid, form.fields
        self._form = form

    def __getattr__(self, name: str) -> Any:
        return getattr(self._form, name)


def test_a_whole_quote_is_harmless_wherever_it_is_read(cast, company, draft, bram, vat, mailed) -> None:
    """Texts and lines on the office's pages, the customer's page, in the PDF and the mail."""
    long = fields_of(9_900)
    assert len(long) <= 2 * len(TEXTS)
    high = vat["high"]
    for text in fields_of(290):
        actions.line_add(version=draft.current, by=cast.bram, description=text, section=text[:80].strip(), unit_price=1,
                         vat_code=high)  # fmt: skip
    for at in range(0, len(long), len(TEXTS)):
        part = dict(zip(TEXTS, long[at : at + len(TEXTS)], strict=False))
        actions.version_change(
            version=draft.current, by=cast.bram, texts=part | {"title": "=1+1 <script>alert(1)</script>"}
        )
        for name in ("quote_edit", "quote_detail", "quote_send"):
            plain(
                bram.get(url(name, draft.pk)),
                *([part["notes"]] if name != "quote_send" and "notes" in part else []),
            )
    link = actions.quote_send(quote=draft, by=cast.bram)
    draft.refresh_from_db()
    version = draft.current
    read = [
        version.introduction,
        version.scope,
        version.terms,
        *version.lines.values_list("description", flat=True),
    ]
    plain(Client().get(f"/quote/{token_for('quote', link.nonce)}/"), *read)
    plain(bram.get(url("quote_detail", draft.pk)), *version.lines.values_list("description", flat=True))
    pdf_harmless(quote_pdf(version), version.title)
    (mail,) = mailed(draft)
    composed = message_compose(mail)
    composed.to = ["a@example.com"]
    mail_harmless(composed, version.title)
    assert composed.subject.count("\n") == 0


def test_every_title_is_harmless_in_the_list_and_its_exports(
    cast, bram, company, customer, work_type, draft
) -> None:
    for text in dict.fromkeys(
        one for t in SEEDS + FORMULAS if (one := arrived(t).replace("\x00", "").strip()[:120])
    ):
        quote = Quote.objects.get(pk=draft.pk)
        quote.pk, quote.number = None, f"Q-{Quote.objects.count()}"
        version = quote.current
        version.pk, version.title, quote.current = None, text, None
        quote.save()
        version.quote = quote
        version.save()
        Quote.objects.filter(pk=quote.pk).update(current=version)
    for page in range(1, Quote.objects.count() // 25 + 2):
        plain(bram.get(f"/quotes/?page={page}"))
    assert len(csv_harmless(bram.get("/quotes/?export=csv").content)) == Quote.objects.count() + 1
    assert len(xlsx_harmless(bram.get("/quotes/?export=xlsx").content)) == Quote.objects.count() + 1


def test_templates_are_harmless_where_they_are_made_and_chosen(bram, company, vat, work_type, rates) -> None:
    names = list(
        dict.fromkeys(one for t in odd_texts() if (one := arrived(t).replace("\x00", "").strip()[:80]))
    )
    QuoteTemplate.objects.bulk_create(QuoteTemplate(name=one, title=one) for one in names)
    one = QuoteTemplate.objects.first()
    long = fields_of(9_900)
    one.introduction, one.scope, one.terms = long[0], long[1], long[-1]
    one.save()
    lines = fields_of(290)
    TemplateLine.objects.bulk_create(
        TemplateLine(
            template=one, position=n, description=text, section=text[:80], quantity=1, vat_code=vat["high"]
        )
        for n, text in enumerate(lines[:60])
    )
    plain(bram.get(url("template_list")), *names)
    plain(bram.get(url("quote_create")), *names)
    plain(bram.get(url("template_change", one.pk)), one.introduction, one.scope, one.terms, *lines[:60])


def test_reasons_and_names_of_who_answers_are_harmless_in_the_history(sent, link, bram, cast) -> None:
    reasons = fields_of(1000)
    actions.quote_decline(version=sent.current, by=CustomerActor(fields_of(110)[0]), reason=reasons[0])
    for text in reasons[1:]:
        audit_record(sent, verb="quote.decline", by=CustomerActor("Anna"), reason=text)
    names = fields_of(110)
    for name in names:
        audit_record(sent, verb="quote.accept", by=CustomerActor(name))
    plain(bram.get(url("quote_detail", sent.pk)), *reasons, *names)
    plain(bram.get(reverse("messaging:notice_list")))


def test_the_signers_name_is_harmless_on_page_pdf_and_in_the_mail(cast, draft, bram, mailed) -> None:
    for at, name in enumerate(fields_of(110, [one for one in SEEDS if len(one) < 100])):
        quote = actions.quote_create(by=cast.bram, copy_of=draft)
        link = actions.quote_send(quote=quote, by=cast.bram)
        actions.quote_accept(version=quote.current, name=name, by=CustomerActor(name))
        acceptance = Acceptance.objects.get(version=quote.current)
        plain(bram.get(url("quote_detail", quote.pk)), name)
        plain(Client().get(f"/quote/{token_for('quote', link.nonce)}/"))
        composed = message_compose(mailed(quote, ACCEPTED)[-1])
        composed.to = ["a@example.com"]
        mail_harmless(composed, name)
        if at % 6 == 0:
            pdf_harmless(quote_pdf(quote.current, acceptance), name)


@pytest.mark.parametrize("text", [*CONTROLS, *MARKUP[:6]])
def test_a_hand_made_answer_gets_a_page(sent, link, token, text: str) -> None:
    answer = posted_raw(Client(), f"/quote/{token}/decline/", {"reason": text, "name": text})
    assert answer.status_code == (422 if "\x00" in text else 302)
    plain(Client().get(f"/quote/{token}/"))


def test_too_long_or_broken_text_is_refused_at_its_field_and_kept(draft, bram) -> None:
    for name, value in (("scope", "x" * 10_001), ("title", "x" * 121), ("scope", "nul\x00byte")):
        answer = submit(
            url("quote_edit", draft.pk), client=bram, form="draft", past_browser=True, **{name: value}
        )
        assert answer.status_code == 422
        assert value.replace("\x00", "")[:100] in answer.content.decode().replace("\x00", "")


def test_ten_thousand_characters_fit(draft, bram, cast) -> None:
    edit = url("quote_edit", draft.pk)
    assert submit(edit, client=bram, form="draft", scope="water " * 1666).status_code == 302
    actions.quote_send(quote=draft, by=cast.bram)
    assert quote_pdf(Quote.objects.get(pk=draft.pk).current).startswith(b"%PDF")
