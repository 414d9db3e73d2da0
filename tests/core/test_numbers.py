"""What a person types is one number, or is refused with the reason; what is stored is shown so that it comes back."""

from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from apps.core import formats
from apps.core.number_fields import (
    AmountField,
    CountField,
    HoursField,
    IdField,
    NumberField,
    PercentageField,
    UnitPriceField,
)
from apps.core.numbers import (
    EURO,
    HOURS,
    PERCENT,
    Shape,
    Unreadable,
    event_read,
    is_far_from,
    pk_read,
    read,
    typed,
)

LANGUAGES = ("en", "nl")
TWO, THREE, FOUR = Shape(2, words=EURO), Shape(3), Shape(4, words=EURO)
D = Decimal


@pytest.mark.parametrize(
    ("text", "shape", "value"),
    [
        # comma and point, in every language
        ("64,95", TWO, "64.95"),
        ("64.95", TWO, "64.95"),
        ("2,5", TWO, "2.5"),
        ("0.085", THREE, "0.085"),
        ("0,085", FOUR, "0.085"),
        (".5", TWO, "0.5"),
        (",5", TWO, "0.5"),
        ("5.", TWO, "5"),
        ("007", TWO, "7"),
        # groups of three
        ("1.234,50", TWO, "1234.5"),
        ("1,234.50", TWO, "1234.5"),
        ("1 234,50", TWO, "1234.5"),
        ("1\u00a0234,50", TWO, "1234.5"),
        ("1\u2009234.50", TWO, "1234.5"),
        ("1\u202f234", THREE, "1234"),
        ("1'234.50", TWO, "1234.5"),
        ("1’234’567,8", TWO, "1234567.8"),
        ("1.234.567", THREE, "1234567"),
        ("1,234,567", THREE, "1234567"),
        ("1 234.567", THREE, "1234.567"),
        ("1.234,567", THREE, "1234.567"),
        # three decimals do not fit: it can only be thousands
        ("1.234", TWO, "1234"),
        ("1,234", TWO, "1234"),
        ("1.500", TWO, "1500"),
        ("1.000", Shape(0), "1000"),
        # thousands do not fit: it can only be decimals
        ("52.156", Shape(6, D(-90), D(90)), "52.156"),
        ("12,500", Shape(2, D(0), D(100), PERCENT), "12.5"),
        # idle zeros
        ("0,850", TWO, "0.85"),
        ("12.5000", TWO, "12.5"),
        ("1.2340", THREE, "1.234"),
        ("2,0", Shape(0), "2"),
        # words and signs
        ("€ 12,50", TWO, "12.5"),
        ("12,50 EUR", TWO, "12.5"),
        ("€ 12,-", TWO, "12"),
        ("€ 1.234,--", TWO, "1234"),
        ("-5", TWO, "-5"),
        ("\u22125", TWO, "-5"),
        ("€ -5", TWO, "-5"),
        ("-€5", TWO, "-5"),
        ("+5", TWO, "5"),
        ("-0", TWO, "0"),
        ("21 %", Shape(2, words=PERCENT), "21"),
        ("2,5 uur", Shape(2, words=HOURS), "2.5"),
        ("2.5h", Shape(2, words=HOURS), "2.5"),
    ],
)
def test_is_read(text: str, shape: Shape, value: str) -> None:
    found = read(text, shape)
    assert found == D(value)
    assert found.as_tuple().exponent == -shape.places
    assert str(found)[:2] != "-0" or found


@pytest.mark.parametrize(
    ("text", "shape", "why", "readings"),
    [
        ("1.234", THREE, "two", ("1234", "1.234")),
        ("1,234", FOUR, "two", ("1234", "1.234")),
        ("-12.500", THREE, "two", ("-12500", "-12.5")),
        ("0.085", TWO, "decimals", ("0.085",)),
        ("12.345,678", TWO, "decimals", ("12345.678",)),
        ("2,5", Shape(0), "decimals", ("2.5",)),
        ("101", Shape(2, D(0), D(100)), "most", ("101",)),
        ("1.234", Shape(2, D(0), D(100)), "most", ("1234",)),
        ("-1", Shape(2, D(0), D(100)), "least", ("-1",)),
    ],
)
def test_is_refused_with_how_it_was_read(
    text: str, shape: Shape, why: str, readings: tuple[str, ...]
) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text, shape)
    assert (refused.value.why, refused.value.readings) == (why, tuple(map(D, readings)))


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-", ".", ",", "€", "abc", "12a", "1e3", "1E3", "nan", "NaN", "Infinity", "inf", "0x10", "1_000",
        "²", "12²", "½", "٣", "１２", "12 34", "1.23.4", "1,23,4", "12.34.567", "1234.567.890", "0.085,5", "00.085,5",
        "085.000,1", "1.234,567.8", "1 234.567,8", "--5", "- -5", "5-", "(5)", "5%", "5 h", "1/2", "1:30", "=1+1", "9" * 29,
        "1" * 500, "1.0.0", "'5", "5 5", "\x005",
    ],
)  # fmt: skip
def test_is_no_number(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text, Shape(3))
    assert refused.value.why == "number"


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for shape in (TWO, THREE, Shape(0)):
        try:
            found = read(text, shape)
        except Unreadable:
            continue
        assert found.is_finite()
        assert found.as_tuple().exponent == -shape.places


@given(st.text(alphabet="0123456789.,' -€", max_size=14))
def test_what_is_read_is_one_of_two_readings(text: str) -> None:
    """The control, made in another way: the marks that are groups taken out, the other one as the point."""
    try:
        found = read(text, FOUR)
    except Unreadable:
        return
    digits = text.replace(" ", "").replace("'", "").replace("€", "").rstrip("-").lstrip("+")
    made = {digits.replace(".", "").replace(",", "."), digits.replace(",", "")}
    assert found in {D(one) for one in made if one.count(".") < 2 and one not in ("", ".")}


@pytest.mark.parametrize("mark", [",", "."])
@pytest.mark.parametrize("places", range(7))
@given(data=st.data())
def test_what_is_stored_comes_back_unchanged(mark: str, places: int, data: st.DataObject) -> None:
    value = data.draw(st.decimals(-(10**9), 10**9, places=places))
    pad = data.draw(st.sampled_from([0, 2])) if places >= 2 else 0
    assert read(typed(value, mark, pad), Shape(places)) == value


def form_of(field: forms.Field, typed: Any = None, initial: Any = None) -> forms.Form:
    made = type("OneForm", (forms.Form,), {"one": field})
    return made(None if typed is None else {"one": typed}, initial={"one": initial})


FIELDS = [
    (AmountField(), st.decimals(-(10**9), 10**9, places=2)),
    (UnitPriceField(least=0), st.decimals(0, 99_999_999, places=4)),
    (PercentageField(), st.decimals(0, 100, places=2)),
    (HoursField(), st.decimals(0, 99_999, places=2)),
    (NumberField(), st.decimals(-999_999, 999_999, places=3)),
    (CountField(), st.integers(0, 32_767)),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("field", "values"), FIELDS, ids=lambda one: type(one).__name__)
@given(data=st.data())
def test_a_form_posted_back_untouched_changes_nothing(
    language: str, field: forms.Field, values: st.SearchStrategy, data: st.DataObject
) -> None:
    stored = data.draw(values)
    with translation.override(language):
        shown = form_of(field, initial=stored)["one"].value()
        posted = form_of(field, shown, stored)
        assert posted.is_valid(), posted.errors
        assert posted.cleaned_data["one"] == stored
        assert posted.changed_data == []


@pytest.mark.parametrize(
    ("language", "stored", "shown"),
    [
        ("en", "1234.5", "1234.50"),
        ("nl", "1234.5", "1234,50"),
        ("nl", "0.0085", "0,0085"),
        ("en", "1.234", "1.2340"),
    ],
)
def test_a_stored_price_is_shown_as_one_would_type_it(language: str, stored: str, shown: str) -> None:
    with translation.override(language):
        html = str(form_of(UnitPriceField(), initial=D(stored))["one"])
    assert f'value="{shown}"' in html
    assert 'type="text"' in html
    assert 'inputmode="decimal"' in html
    assert 'class="num"' in html


def test_what_was_typed_is_shown_again_as_it_was_typed() -> None:
    with translation.override("nl"):
        form = form_of(UnitPriceField(), "1.234")
        assert not form.is_valid()
        assert 'value="1.234"' in str(form["one"])


@pytest.mark.parametrize(
    ("language", "field", "text", "sentence"),
    [
        ("en", UnitPriceField(), "1.234", "“1.234” can be €1,234.00 or €1.234. Type 1234.00 or 1.2340."),
        ("nl", UnitPriceField(), "1.234", "‘1.234’ kan € 1.234,00 of € 1,234 zijn. Typ 1234,00 of 1,2340."),
        ("nl", NumberField(), "1,234", "‘1,234’ kan 1.234 of 1,234 zijn. Typ 1234 of 1,2340."),
        ("en", AmountField(), "many", "Type a number, such as 12.50."),
        ("nl", NumberField(), "²", "Typ een getal, zoals 12,5."),
        ("nl", CountField(), "2,5", "Typ een heel getal, zoals 12."),
        ("nl", AmountField(), "0,085", "Hier passen hoogstens 2 decimalen."),
        ("nl", PercentageField(), "210", "Typ hoogstens 100 %; dit is 210 %."),
        ("en", CountField(least=1), "0", "Type at least 1; this is 0."),
        ("en", CountField(most=9, error_messages={"most": "No more than %(most)s, not %(value)s."}), "12",
         "No more than 9, not 12."),
    ],
)  # fmt: skip
def test_a_refusal_says_what_to_type(language: str, field: forms.Field, text: str, sentence: str) -> None:
    with translation.override(language):
        assert [one.replace("\u00a0", " ") for one in form_of(field, text).errors["one"]] == [sentence]


def test_two_readings_are_named_so_that_they_differ() -> None:
    """1.234 or 1,234: a reader must see which is the thousand."""
    with translation.override("nl"):
        assert formats.typed(D("1.234")) == "1,2340"


def test_nothing_typed_is_nothing() -> None:
    assert form_of(AmountField(required=False), "  ").is_valid()
    assert form_of(AmountField(), "").errors["one"] == ["This field is required."]


def test_ids_are_ascii_digits() -> None:
    assert [pk_read(one) for one in ("12", 12, "0", "", None, "²", "٣", "-1", "1.0", " 1", "1\n", "9" * 19)] == [
        12, 12, 0, None, None, None, None, None, None, None, None, None,
    ]  # fmt: skip
    assert form_of(IdField(), "²").errors["one"]
    assert form_of(IdField(), "7").is_valid()


@pytest.mark.parametrize(
    ("text", "value"),
    [("2.500", "2.5"), ("1.234", "1.234"), ("-3", "-3"), ("2,5", "2.5"), ("1.234,5", "1234.5")],
)
def test_an_event_holds_a_number_as_the_program_wrote_it(text: str, value: str) -> None:
    assert event_read(text, Shape(3)) == D(value)


@pytest.mark.parametrize("text", ["", "1e3", "NaN", "²", "1,234", "0.12345", "11"])
def test_an_event_with_anything_else_is_undecided(text: str) -> None:
    with pytest.raises(Unreadable):
        event_read(text, Shape(3, D(0), D("9.999")) if text != "1,234" else Shape(3))


def test_far_from_the_usual() -> None:
    assert is_far_from(D("649.50"), D("64.95"))
    assert is_far_from(D("6.495"), D("64.95"))
    assert not is_far_from(D("600"), D("64.95"))
    assert not is_far_from(D(0), D("64.95"))
    assert not is_far_from(D(5), D(0))
    assert not is_far_from(D(5), None)
