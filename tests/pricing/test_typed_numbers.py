"""Prices, rates and percentages, through the pages' own forms and through an imported file."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.core.actors import SYSTEM
from apps.pricing.actions import rate_set
from apps.pricing.lookup import labour_price, material_price
from apps.pricing.models import VatCode
from tests.pages import submit

pytestmark = pytest.mark.django_db
D = Decimal
HEAD = "Code;Cost price;Sales price\n"


@pytest.fixture(params=["en", "nl"])
def owner(request, cast, client_as) -> Any:
    cast.olga.language = request.param
    cast.olga.save()
    return client_as(cast.olga)


@pytest.mark.parametrize(
    ("typed", "price"), [("64,95", "64.95"), ("64.95", "64.95"), ("€ 35", "35"), ("35,1250", "35.125")]
)
def test_a_price_is_read_alike_in_both_languages_and_comes_back_unchanged(owner, tap, typed, price):
    page = reverse("materials:material_price_set", args=[tap.pk])
    for again in ({"price": typed}, {}):
        assert submit(page, client=owner, form=page, **again).status_code == 302
        assert material_price(tap).price == D(price)


def test_a_tenth_or_ten_times_the_price_until_now_is_asked_about(cast, client_as, tap):
    client, page = client_as(cast.olga), reverse("materials:material_price_set", args=[tap.pk])
    asked = submit(page, client=client, form=page, cost="200", price="3.55")
    assert asked.status_code == 422
    text = asked.content.decode()
    assert "€200.00 is 10 times €20.00, the cost price until now. Is that right?" in text
    assert "€3.55 is no more than a tenth of €35.50," in text
    assert material_price(tap).price == D("35.5")
    taken = submit(asked, client=client, form=page, sure_cost=True, sure_price=True)
    assert taken.status_code == 302
    assert (material_price(tap).cost, material_price(tap).price) == (D(200), D("3.55"))


def test_a_rate_of_ten_times_is_asked_about(cast, client_as, vat):
    rate_set(by=SYSTEM, kind="normal", price=D("64.95"), vat_code=vat, unit="HUR")
    client, page = client_as(cast.olga), f"{reverse('pricing:rate_set')}?kind=normal"
    asked = submit(page, client=client, price="649,50")
    assert asked.status_code == 422
    assert "€649.50 is 10 times €64.95, the rate until now. Is that right?" in asked.content.decode()
    assert submit(asked, client=client, sure_price=True).status_code == 302
    assert labour_price().price == D("649.5")

    page = reverse("pricing:technician_rate_set", args=[cast.tim.technician.pk])
    assert submit(page, client=client, cost="38,50").status_code == 422, (
        "held against the hourly rate of € 649,50"
    )


@pytest.mark.parametrize(("typed", "rate"), [("13,5", "13.5"), ("13.5 %", "13.5")])
def test_a_percentage_is_read_alike_in_both_languages(owner, vat, typed, rate):
    page = reverse("pricing:vat_code_create")
    answer = submit(page, client=owner, code="M", name="M", rate=typed)
    assert answer.status_code == 302
    assert VatCode.objects.get(code="M").rate == D(rate)


def test_no_vat_of_two_hundred_per_cent(cast, client_as, vat):
    client, page = client_as(cast.olga), reverse("pricing:vat_code_create")
    refused = submit(page, client=client, code="M", name="M", rate="210")
    assert "Type at most 100" in refused.content.decode()
    asked = submit(refused, client=client, rate="90")
    assert asked.status_code == 422
    assert submit(asked, client=client, sure_rate=True).status_code == 302


def imported(client, rows: str) -> Any:
    page = reverse("materials:catalogue_import")
    return submit(page, client=client, file=SimpleUploadedFile("list.csv", (HEAD + rows).encode()))


@pytest.mark.parametrize(
    ("typed", "price"), [("64,95", "64.95"), ("64.95", "64.95"), ('"1.234,50"', None), ("0,0850", "0.085")]
)
def test_a_file_is_read_as_a_form_is(owner, tap, typed, price):
    preview = imported(owner, f"T1;20,00;{typed}\n")
    confirm = reverse("materials:catalogue_import_confirm")
    doubtful = bool(preview.context["plan"].doubtful)
    submit(preview, client=owner, form=confirm, **({"sure": True} if doubtful else {}))
    assert material_price(tap).price == D(price or "1234.5")


def test_an_odd_price_in_a_file_is_left_out_unless_it_is_said_to_be_right(cast, client_as, tap):
    client, confirm = client_as(cast.olga), reverse("materials:catalogue_import_confirm")
    preview = imported(client, "T1;20,00;355\n")
    assert "Sales price: €355.00 is far from €35.50." in preview.content.decode()
    submit(preview, client=client, form=confirm)
    assert material_price(tap).price == D("35.5")
    preview = imported(client, "T1;20,00;355\n")
    submit(preview, client=client, form=confirm, sure=True)
    assert material_price(tap).price == D(355)


def test_the_rounding_is_whole_minutes(owner, vat):
    page = reverse("pricing:policy_set")
    assert submit(page, client=owner, form=page, round_minutes="7,5").status_code == 422
    assert submit(page, client=owner, form=page, round_minutes="61").status_code == 422
    assert submit(page, client=owner, form=page, round_minutes="10").status_code == 302
