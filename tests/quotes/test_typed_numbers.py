"""Numbers in the quote builder, through its own form: read alike in every language, and asked about when they are odd."""

from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from apps.quotes import actions
from apps.quotes.models import LineKind, QuoteLine, QuoteTemplate
from tests.pages import submit

pytestmark = pytest.mark.django_db
D = Decimal
CLOSE = "next=detail"


@pytest.fixture(params=["en", "nl"])
def office(request, cast, client_as) -> Any:
    cast.bram.language = request.param
    cast.bram.save()
    return client_as(cast.bram)


@pytest.fixture
def boiler(draft, material, cast) -> QuoteLine:
    """A line of the catalogue, at € 1.349,95."""
    return actions.line_add(version=draft.current, by=cast.bram, kind=LineKind.MATERIAL, material=material)


def save(client, line, **typed: Any) -> Any:
    page = reverse("quotes:quote_edit", args=[line.version.quote_id])
    named = {f"line-{line.pk}-{name}": value for name, value in typed.items()}
    return submit(page, client=client, form="draft", press=CLOSE, **named)


@pytest.mark.parametrize(
    ("typed", "price"),
    [("64,95", "64.95"), ("64.95", "64.95"), ("1.234,50", "1234.5"), ("1,234.50", "1234.5"), ("0.085", "0.085"),
     ("€ 12,-", "12")],
)  # fmt: skip
def test_a_price_is_read_alike_in_both_languages(office, draft, typed, price):
    line = draft.current.lines.get(description="Boiler")
    QuoteLine.objects.filter(pk=line.pk).update(unit_price=D(price) + 1)
    asked = save(office, line, unit_price=typed)
    assert asked.status_code == 302
    line.refresh_from_db()
    assert line.unit_price == D(price)


@pytest.mark.parametrize("typed", ["1.234", "1,234"])
def test_what_has_two_readings_is_refused_at_its_line_as_typed(office, draft, typed):
    line = draft.current.lines.get(description="Boiler")
    answer = save(office, line, unit_price=typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'value="{typed}"' in page
    assert f"“{typed}” can be €1,234.00 or €1.234." in page or f"‘{typed}’ kan €\u00a01.234,00 of" in page


def test_a_draft_saved_untouched_stays_what_it_is_to_the_last_decimal(office, draft):
    QuoteLine.objects.filter(version=draft.current).update(
        quantity=D("1.234"), unit_price=D("1.2345"), discount=D("2.5"), unit_cost=D("38.4375")
    )
    line = draft.current.lines.first()
    before = list(QuoteLine.objects.order_by("pk").values())
    assert save(office, line).status_code == 302
    assert list(QuoteLine.objects.order_by("pk").values()) == before


def test_ten_times_the_catalogue_is_asked_about_once(cast, client_as, boiler):
    client = client_as(cast.bram)
    asked = save(client, boiler, unit_price="13499,50")
    assert asked.status_code == 422
    said = unescape(asked.content.decode())
    assert "€13,499.50 is 10 times €1,349.95, the catalogue's price. Is that right?" in said
    tick = f"line-{boiler.pk}-sure_unit_price"
    again = submit(
        asked,
        client=client,
        form="draft",
        press="Save",
        **{tick: True, f"line-{boiler.pk}-unit_price": "23499,50"},
    )
    assert again.status_code == 422, "the tick was for another value"
    taken = submit(again, client=client, form="draft", press=CLOSE, **{tick: True})
    assert taken.status_code == 302
    boiler.refresh_from_db()
    assert boiler.unit_price == D("23499.5")
    assert save(client, boiler, description="Boiler, big").status_code == 302, (
        "what was taken is not asked again"
    )


@pytest.mark.parametrize(("name", "typed"), [("quantity", "99.999,0"), ("discount", "75")])
def test_much_is_asked_about_once(cast, client_as, draft, name, typed):
    client = client_as(cast.bram)
    line = draft.current.lines.get(description="Boiler")
    asked = save(client, line, **{name: typed})
    assert asked.status_code == 422
    assert "is unusually much. Is that right?" in asked.content.decode()
    tick = {f"line-{line.pk}-sure_{name}": True}
    assert submit(asked, client=client, form="draft", press=CLOSE, **tick).status_code == 302
    line.refresh_from_db()
    assert getattr(line, name) in (D(99_999), D(75))


def test_much_is_asked_about_where_saving_goes_by_itself(cast, client_as, draft):
    """The tick comes in its place beside the line, and is gone when it was answered."""
    client = client_as(cast.bram)
    line = draft.current.lines.get(description="Boiler")
    page = client.get(reverse("quotes:quote_edit", args=[draft.pk]))
    typed = {f"line-{line.pk}-quantity": "99999", "sold_hours": "400"}
    client.defaults["HTTP_HX_REQUEST"] = "true"
    asked = submit(page, client=client, form="draft", **typed)
    assert asked.status_code == 422
    part = asked.content.decode()
    assert f'name="line-{line.pk}-sure_quantity" value="99999"' in part
    assert 'name="sure_sold_hours" value="400"' in part


def test_the_hours_sold_and_a_template_are_asked_about_too(cast, client_as, draft):
    client = client_as(cast.bram)
    page = reverse("quotes:quote_edit", args=[draft.pk])
    asked = submit(page, client=client, form="draft", press=CLOSE, sold_hours="250")
    assert asked.status_code == 422
    assert submit(asked, client=client, form="draft", press=CLOSE, sure_sold_hours=True).status_code == 302

    actions.template_from_quote(quote=draft, by=cast.bram, name="Boiler", keep_prices=True)
    address = reverse("quotes:template_change", args=[QuoteTemplate.objects.get().pk])
    asked = submit(
        address, client=client, press="Save", **{"lines-0-quantity": "99999", "lines-0-ORDER": "2"}
    )
    assert asked.status_code == 422
    taken = submit(asked, client=client, press="Save", **{"lines-0-sure_quantity": True})
    assert taken.status_code == 302
    lines = QuoteTemplate.objects.get().lines.order_by("position")
    assert [line.quantity for line in lines][:2] in ([D(2), D(99_999)], [D(99_999), D(2)])
