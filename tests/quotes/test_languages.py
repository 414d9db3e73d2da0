"""A quote speaks one language: its standard texts are those of its own, whoever chose the language and when."""

import pytest

from apps.company.models import Company
from apps.quotes import actions
from tests.pages import submit

DUTCH, ENGLISH = "Betaling binnen 14 dagen.", "Payment within 14 days."


@pytest.fixture
def terms(company) -> None:
    Company.objects.update(quote_terms=ENGLISH, quote_terms_nl=DUTCH)


def quoted(cast, customer, work_type, language, **more):
    customer.language = language
    customer.save(update_fields=["language"])
    return actions.quote_create(by=cast.bram, customer=customer, type=work_type, **more).current


@pytest.mark.parametrize(("language", "said"), [("nl", DUTCH), ("en", ENGLISH)])
def test_a_quote_has_the_terms_of_its_customers_language(cast, terms, customer, work_type, language, said):
    assert quoted(cast, customer, work_type, language).terms == said


@pytest.mark.parametrize("language", ["nl", "en"])
def test_terms_in_one_language_stand_on_every_quote_rather_than_none(
    cast, terms, customer, work_type, language
):
    Company.objects.update(quote_terms="")
    assert quoted(cast, customer, work_type, language).terms == DUTCH


def test_the_standard_texts_of_a_draft_follow_its_language(cast, terms, customer, work_type):
    version = quoted(cast, customer, work_type, "nl")
    actions.version_change(version=version, by=cast.bram, revision=version.revision, texts={
        "language": "en", "introduction": version.introduction, "terms": version.terms,
    })  # fmt: skip
    version.refresh_from_db()
    assert version.terms == ENGLISH
    assert version.introduction.startswith("Thank you for your request.")


def test_what_somebody_wrote_himself_stays_in_whatever_language(cast, terms, customer, work_type):
    version = quoted(cast, customer, work_type, "nl")
    actions.version_change(
        version=version, by=cast.bram, texts={"terms": "Alleen op maandag.", "language": "en"}
    )
    version.refresh_from_db()
    assert version.terms == "Alleen op maandag."


def test_the_same_button_pressed_twice_is_no_conflict_when_a_text_was_translated(
    cast, terms, customer, work_type
):
    version = quoted(cast, customer, work_type, "nl")
    typed = {"language": "en", "terms": version.terms}
    for _twice in range(2):
        actions.version_change(version=version, by=cast.bram, revision=version.revision, texts=typed)
    version.refresh_from_db()
    assert version.terms == ENGLISH


def test_a_copy_for_a_customer_of_another_language_speaks_his(cast, terms, customer, work_type):
    first = quoted(cast, customer, work_type, "nl")
    copy = quoted(cast, customer, work_type, "en", copy_of=first.quote)
    assert copy.terms == ENGLISH
    assert copy.introduction.startswith("Thank you for your request.")


def test_the_words_of_a_template_are_its_own(cast, terms, customer, work_type):
    template = actions.template_create(
        by=cast.bram, fields={"name": "Boiler", "title": "Boiler", "terms": "As in the template."}
    )
    assert quoted(cast, customer, work_type, "nl", template=template).terms == "As in the template."


def test_the_standard_texts_of_a_template_speak_the_quotes_language(cast, terms, customer, work_type):
    first = quoted(cast, customer, work_type, "nl")
    template = actions.template_from_quote(quote=first.quote, by=cast.bram, name="Boiler")
    assert template.language == "nl"
    version = quoted(cast, customer, work_type, "en", template=template)
    assert version.terms == ENGLISH
    assert version.introduction.startswith("Thank you for your request.")


@pytest.mark.parametrize(("language", "told"), [("nl", False), ("en", True)])
def test_it_is_said_when_a_quote_begins_with_words_of_another_language(
    cast, customer, work_type, client_as, language, told
):
    customer.language = language
    customer.save(update_fields=["language"])
    template = actions.template_create(
        by=cast.bram, fields={"name": "Ketel", "title": "Ketel", "type": work_type, "language": "nl"}
    )
    office = client_as(cast.bram)
    page = office.get(f"/quotes/new/?customer={customer.pk}")
    made = submit(page, client=office, template=template.pk, follow=True)
    text = made.content.decode()
    assert ("goes out in English" in text) is told
