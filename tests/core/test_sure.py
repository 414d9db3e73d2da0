"""A value that is far from the usual is asked about once, and the answer holds for that value only."""

from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.utils import translation

from apps.core.number_fields import CountField, NumberField, UnitPriceField
from apps.core.sure import AsksOnce


class LineForm(AsksOnce, forms.Form):
    price = UnitPriceField(label="Price")
    quantity = NumberField(label="Quantity", required=False)
    people = CountField(label="People", required=False)
    looked_up = 0

    def usual(self) -> Decimal:
        self.looked_up += 1
        return Decimal("64.95")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self.ask_far("price", self.usual, "the catalogue's price")
        self.ask_far("quantity", Decimal(5), "what was to bring", down=False)
        self.ask_above("quantity", 1000)
        self.ask_above("people", 9)
        return given


def form(initial: dict[str, Any] | None = None, **data: str) -> LineForm:
    return LineForm({"price": "64,95"} | data, initial=initial)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("649,50", "€649.50 is 10 times €64.95, the catalogue's price. Is that right?"),
        ("6495", "€6,495.00 is 100 times €64.95, the catalogue's price. Is that right?"),
        ("6,495", "“6,495” can be €6,495.00 or €6.495. Type 6495.00 or 6.4950."),
        ("6,49", "€6.49 is no more than a tenth of €64.95, the catalogue's price. Is that right?"),
        ("640", None),
        ("6,50", None),
        ("0", None),
    ],
)
def test_a_price_is_held_against_the_usual(typed: str, sentence: str | None) -> None:
    assert form(price=typed).errors.get("price", [None]) == [sentence]


def test_the_tick_takes_exactly_the_value_that_was_asked_about() -> None:
    asked = form(price="649,50")
    assert not asked.is_valid()
    doubt = asked.doubts["price"]
    assert (doubt.name, doubt.value, doubt.label, doubt.ticked) == (
        "sure_price", "649.5", "Yes, €649.50 is right", False,
    )  # fmt: skip
    sure = {doubt.name: doubt.value}
    assert form(price="649.50", **sure).is_valid(), "the same value in another spelling"
    again = form(price="749,50", **sure)
    assert not again.is_valid()
    assert not again.doubts["price"].ticked


def test_a_tick_stays_while_something_else_is_wrong() -> None:
    wrong = form(price="649,50", quantity="many", sure_price="649.5")
    assert list(wrong.errors) == ["quantity"]
    assert wrong.doubts["price"].ticked


def test_what_was_taken_before_is_not_asked_about_again_nor_looked_up() -> None:
    kept = form({"price": Decimal("649.50")}, price="649,50")
    assert kept.is_valid()
    assert kept.looked_up == 0


def test_less_than_was_to_bring_is_no_slip_of_the_finger() -> None:
    assert form(quantity="0,1").is_valid()
    assert not form(quantity="50").is_valid()


def test_one_tick_answers_all_that_is_odd_about_a_value() -> None:
    assert not form(quantity="5000").is_valid()
    assert form(quantity="5000", sure_quantity="5000").is_valid()


def test_whole_numbers_are_asked_about_too() -> None:
    assert form(people="12").errors["people"] == ["12 is unusually much. Is that right?"]
    assert form(people="12", sure_people="12").is_valid()


def test_the_tick_stands_at_its_field_and_a_button_where_one_tap_must_do() -> None:
    asked = form(price="649,50")
    asked.is_valid()

    def shown(text: str, of: LineForm) -> str:
        return engines["jinja2"].env.from_string(text).render(form=of)

    with translation.override("nl"):
        page = shown("{{ field(form.price) }}", asked)
        assert '<input type="checkbox" name="sure_price" value="649.5">' in page
        assert 'value="649,50"' in page
        button = shown("{{ field(form.price, press=true) }}", asked)
        assert '<button class="btn" name="sure_price" value="649.5">' in button
        assert "checkbox" not in button
    ticked = form(price="649,50", sure_price="649.5", quantity="many")
    ticked.is_valid()
    assert 'value="649.5" checked' in shown("{{ field(form.price) }}", ticked)
    assert '<input type="hidden" name="sure_price"' in shown("{{ field(form.price, press=true) }}", ticked)


def test_a_line_among_others_has_a_tick_of_its_own() -> None:
    line = LineForm({"line-7-price": "649,50"}, prefix="line-7")
    line.is_valid()
    assert line.doubts["price"].name == "line-7-sure_price"
