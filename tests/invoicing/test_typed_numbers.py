"""Numbers on a draft invoice and at a payment, through the pages' own forms."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from apps.invoicing.models import Invoice, Payment
from tests.builders import RateFactory
from tests.pages import submit

D = Decimal


@pytest.fixture(params=["en", "nl"])
def office(request, bram, client_as) -> Any:
    bram.language = request.param
    bram.save()
    return client_as(bram)


def change(draft: Invoice) -> str:
    return reverse("invoicing:invoice_change", args=[draft.pk])


def add(client, draft, **typed: Any) -> Any:
    given = {"description": "Parkeren", "quantity": "1", "unit_price": "10"} | typed
    return submit(change(draft), client=client, form=reverse("invoicing:line_add", args=[draft.pk]), **given)


@pytest.mark.parametrize(
    ("typed", "price"),
    [("64,95", "64.95"), ("64.95", "64.95"), ("1.234,50", "1234.5"), ("0.085", "0.085"), ("−5,5", "-5.5")],
)
def test_a_free_line_is_read_alike_in_both_languages(office, draft, typed, price):
    assert add(office, draft, unit_price=typed, reason="Below zero it is a discount").status_code == 302
    line = draft.lines.get(description="Parkeren")
    assert line.unit_price == D(price)
    kept = submit(change(draft), client=office, form="change-form", reference="PO 7")
    assert kept.status_code == 302
    line.refresh_from_db()
    assert line.unit_price == D(price)


def test_what_has_two_readings_is_refused_as_typed(office, draft):
    answer = add(office, draft, unit_price="1.234")
    assert answer.status_code == 422
    assert 'value="1.234"' in answer.content.decode()
    assert not draft.lines.filter(description="Parkeren").exists()


@pytest.mark.parametrize(("typed", "amount"), [("64,95", "64.95"), ("64.95", "64.95"), ("1.00", "1")])
def test_a_payment_is_read_alike_in_both_languages(office, issued, typed, amount):
    page = reverse("invoicing:payment_record", args=[issued.pk])
    assert submit(page, client=office, amount=typed).status_code == 302
    assert Payment.objects.get().amount == D(amount)


def test_a_payment_that_lost_its_comma_is_more_than_is_open(office, issued):
    """€ 64,95 as 6495: nothing is booked that nobody paid."""
    page = reverse("invoicing:payment_record", args=[issued.pk])
    assert submit(page, client=office, amount="6495").status_code == 422
    assert not Payment.objects.exists()


def test_much_on_a_free_line_is_asked_about_once(bram, client_as, draft, world):
    client = client_as(bram)
    asked = add(client, draft, quantity="99999")
    assert asked.status_code == 422
    assert "99,999 is unusually much. Is that right?" in asked.content.decode()
    taken = submit(asked, client=client, press="Add line", sure_quantity=True)
    assert taken.status_code == 302
    assert draft.lines.get(description="Parkeren").quantity == D(99_999)

    RateFactory(price=D("64.95"), vat_code=world.vat["21"])
    asked = add(client, draft, description="Uren", unit="HUR", unit_price="649,50")
    assert "€649.50 is 10 times €64.95, the hourly rate. Is that right?" in asked.content.decode()
    assert submit(asked, client=client, press="Add line", sure_unit_price=True).status_code == 302


def test_a_price_that_becomes_ten_times_what_it_was_is_asked_about_once(bram, client_as, draft):
    client = client_as(bram)
    add(client, draft, unit_price="64.95")
    line = draft.lines.get(description="Parkeren")
    name = f"line-{line.pk}-unit_price"
    asked = submit(change(draft), client=client, form="change-form", **{name: "649.50"})
    assert asked.status_code == 422
    assert "the price until now. Is that right?" in asked.content.decode()
    tick = f"line-{line.pk}-sure_unit_price"
    assert submit(asked, client=client, form="change-form", **{tick: True}).status_code == 302
    line.refresh_from_db()
    assert line.unit_price == D("649.5")
