"""What is taken out of use says first what uses it; what uses it goes on."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from apps.core.actors import SYSTEM
from apps.core.holdings import StillHeld, holdings_of
from apps.customers.actions import customer_deactivate
from apps.customers.models import Customer
from apps.intake.models import RequestType
from apps.materials.models import Material
from apps.pricing.actions import rate_set, vat_code_save
from apps.pricing.models import VatCode
from apps.quotes.actions import line_add, quote_create
from apps.quotes.models import Quote
from apps.workorders.models import JobForm
from tests.builders import JobFormFactory, MaterialFactory
from tests.pages import submit
from tests.planning.conftest import World


@pytest.fixture
def vat(db: None) -> VatCode:
    vat_code_save(by=SYSTEM, code=VatCode(code="21", name="21 %", rate=Decimal(21), is_default=True))
    return vat_code_save(by=SYSTEM, code=VatCode(code="9", name="9 %", rate=Decimal(9)))


@pytest.fixture
def pump(db: None) -> Material:
    return MaterialFactory(name="Pump")


@pytest.fixture
def form(db: None) -> JobForm:
    return JobFormFactory(name="Boiler")


@pytest.fixture
def used(world: World, vat: VatCode, pump: Material, form: JobForm) -> World:
    """A request, a quote and a job, with everything that they use."""
    world.request()
    brought = {"material": pump, "description": "Pump", "quantity": 1, "unit": "C62"}
    world.order(job_form=form, to_bring=[brought])
    quote = quote_create(by=world.cast.bram, customer=world.customer, site=world.site, type=world.type)
    line_add(
        version=quote.current, by=world.cast.bram, description="Pump", unit_price=Decimal(90), vat_code=vat,
        material=pump,
    )  # fmt: skip
    rate_set(by=SYSTEM, kind="normal", price=Decimal(60), vat_code=vat, unit="HUR")
    return world


def kinds(subject: Any) -> set[str]:
    return {one.kind.name for one in holdings_of(subject)}


def test_each_knows_what_uses_it(used: World, vat: VatCode, pump: Material, form: JobForm) -> None:
    assert kinds(used.customer) == {"intake.customer", "quotes.customer", "workorders.customer"}
    assert kinds(used.type) == {"intake.type", "quotes.type", "workorders.type"}
    assert kinds(pump) == {"quotes.material", "workorders.material"}
    assert kinds(form) == {"workorders.form"}
    assert kinds(vat) == {"pricing.rates", "quotes.vat"}


@pytest.mark.parametrize("what", ["customer", "material"])
def test_a_page_lists_it_and_asks_for_a_reason(used: World, web: Any, pump: Material, what: str) -> None:
    subject = used.customer if what == "customer" else pump
    address = reverse(f"{what}s:{what}_deactivate", args=[subject.pk])
    page = web.get(address)
    for one in holdings_of(subject):
        assert f'href="{one.lines()[0].url}"' in page.content.decode()
        assert str(one.kind.stays) in page.content.decode()
    press = "No longer active" if what == "customer" else "Take out of use"
    assert submit(page, client=web, press=press, reason="moved").status_code == 422
    assert submit(page, client=web, press=press, leave=True, past_browser=True).status_code == 422
    subject.refresh_from_db()
    assert subject.active
    assert submit(page, client=web, press=press, leave=True, reason="moved").status_code == 302
    subject.refresh_from_db()
    assert not subject.active


def test_what_nothing_uses_goes_with_one_press(used: World, web: Any, db: None) -> None:
    spare = MaterialFactory(name="Spare")
    address = reverse("materials:material_deactivate", args=[spare.pk])
    assert submit(address, client=web, press="Take out of use").status_code == 302
    assert not Material.objects.get(pk=spare.pk).active


def test_no_action_does_so_by_the_way(used: World) -> None:
    with pytest.raises(StillHeld):
        customer_deactivate(customer=used.customer, by=used.cast.bram, reason="moved")
    assert Customer.objects.get(pk=used.customer.pk).active


@pytest.mark.parametrize("what", ["type", "form", "vat"])
def test_a_form_asks_before_its_box_is_unticked(
    used: World, client_as: Any, form: JobForm, vat: VatCode, what: str
) -> None:
    web = client_as(used.cast.olga)
    subject, name = {
        "type": (used.type, "intake:request_type_change"),
        "form": (form, "workorders:job_form_change"),
        "vat": (vat, "pricing:vat_code_change"),
    }[what]
    address = reverse(name, args=[subject.pk])
    page = web.get(address).content.decode()
    assert str(holdings_of(subject)[0].kind.stays) in page
    asked = submit(address, client=web, press="Save", active=False)
    assert asked.status_code == 422
    assert "It is still used" in asked.content.decode()
    subject.refresh_from_db()
    assert subject.active
    assert submit(asked, client=web, press="Save", out_of_use=True).status_code == 302
    subject.refresh_from_db()
    assert not subject.active
    assert "It is still used" not in web.get(address).content.decode()


def test_what_uses_it_goes_on(used: World, web: Any, vat: VatCode, pump: Material, form: JobForm) -> None:
    for row in (used.customer, used.type, pump, form, vat):
        type(row).objects.filter(pk=row.pk).update(active=False)
    quote = Quote.objects.get()
    page = web.get(reverse("quotes:quote_edit", args=[quote.pk]))
    assert page.status_code == 200
    assert f'<option value="{vat.pk}" selected' in page.content.decode()
    asked = used.request()
    start = reverse("quotes:quote_create") + f"?request={asked.pk}"
    assert submit(start, client=web, press="Make the draft").status_code == 302
    order = reverse("workorders:work_order_create") + f"?request={used.request().pk}"
    page = web.get(order)
    assert f'<option value="{used.type.pk}" selected' in page.content.decode()
    assert RequestType.objects.active().count() == 0
