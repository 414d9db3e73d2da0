"""A company, a customer, prices, and quotes in every state."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.company.models import Company
from apps.core.actors import Customer as CustomerActor
from apps.core.tokens import token_for
from apps.customers.models import Contact, Customer, CustomerKind, Site
from apps.intake.models import Advice, Execution, IntakeReport, MaterialEstimate, Request, RequestType
from apps.materials.models import Category, Material, Unit
from apps.pricing.models import MaterialPrice, Rate, RateKind, TechnicianRate, VatCategory, VatCode
from apps.quotes import actions
from apps.quotes.models import LineKind, Quote, QuoteLink
from apps.technicians.models import Technician
from tests.conftest import Cast

LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def company(db: None) -> Company:
    return Company.objects.create(
        pk=1, name="De Waterwerkers B.V.", street="Havenstraat", house_number="12", postal_code="4811 AB",
        city="Breda", kvk_number="12345678", vat_number="NL123456789B01", iban="NL91ABNA0417164300",
        email="kantoor@waterwerkers.example", phone="076 555 01 01", quote_terms="Payment within 14 days.",
    )  # fmt: skip


@pytest.fixture
def vat(db: None) -> dict[str, VatCode]:
    return {
        "high": VatCode.objects.create(code="H", name="21 %", rate=21, is_default=True),
        "low": VatCode.objects.create(code="L", name="9 %", rate=9),
        "zero": VatCode.objects.create(code="Z", name="0 %", rate=0, category=VatCategory.ZERO),
    }


@pytest.fixture
def work_type(db: None) -> RequestType:
    return RequestType.objects.create(name="Boiler", name_nl="Ketel")


@pytest.fixture
def customer(db: None) -> Customer:
    one = Customer.objects.create(
        name="Mevr. A. de Wit", email="a.dewit@mail.example", street="Kerkstraat", house_number="3",
        postal_code="4811 CD", city="Breda", language="en",
    )  # fmt: skip
    Site.objects.create(
        customer=one, street="Kerkstraat", house_number="3", postal_code="4811 CD", city="Breda"
    )
    return one


@pytest.fixture
def business(db: None) -> Customer:
    one = Customer.objects.create(
        kind=CustomerKind.COMPANY, name="Bouwbedrijf Zuid B.V.", email="inkoop@zuid.example", street="Dijk",
        house_number="9", postal_code="4901 AA", city="Oosterhout", language="nl", vat_number="NL987654321B01",
        reverse_charge=True,
    )  # fmt: skip
    Site.objects.create(
        customer=one, street="Dijk", house_number="9", postal_code="4901 AA", city="Oosterhout"
    )
    return one


@pytest.fixture
def material(vat: dict[str, VatCode]) -> Material:
    category = Category.objects.create(name="Boilers")
    one = Material.objects.create(code="HR28", name="Boiler HR 28 kW", category=category, unit=Unit.PIECE)
    MaterialPrice.objects.create(
        material=one, cost=Decimal("910"), price=Decimal("1349.95"), vat_code=vat["high"], valid_from=LONG_AGO
    )
    return one


@pytest.fixture
def rates(vat: dict[str, VatCode], cast: Cast) -> None:
    Rate.objects.create(
        price=Decimal("72.50"), kind=RateKind.NORMAL, vat_code=vat["high"], valid_from=LONG_AGO
    )
    Rate.objects.create(
        price=Decimal("45"),
        kind=RateKind.CALL_OUT,
        unit=Unit.PIECE,
        vat_code=vat["high"],
        valid_from=LONG_AGO,
    )
    TechnicianRate.objects.create(
        technician=Technician.objects.get(user=cast.tim), cost=Decimal("38"), valid_from=LONG_AGO
    )


@pytest.fixture
def received(cast: Cast, customer: Customer, work_type: RequestType, material: Material) -> Request:
    """A request whose intake report has come in."""
    contact = Contact.objects.create(customer=customer, name="Anna de Wit", email="anna@mail.example")
    request = Request.objects.create(
        number="R26-0001", customer=customer, contact=contact, site=customer.sites.get(), type=work_type,
        description="The boiler is old and noisy.", status="received",
    )  # fmt: skip
    report = IntakeReport.objects.create(
        request=request, technician=Technician.objects.get(user=cast.tim), note="Flue must be moved.",
        hours=Decimal("6.5"), execution=Execution.TWO, advice=Advice.QUOTE, handed_in_at=request.created_at,
    )  # fmt: skip
    MaterialEstimate.objects.create(report=report, material=material, quantity=Decimal(1))
    return request


@pytest.fixture
def draft(
    cast: Cast, company: Company, customer: Customer, work_type: RequestType, vat: dict[str, VatCode]
) -> Quote:
    """Two fixed lines at 21 and 9 %, one option; nothing sent."""
    quote = actions.quote_create(by=cast.bram, customer=customer, type=work_type, title="New boiler")
    add = {"version": quote.current, "by": cast.bram, "kind": LineKind.TEXT}
    actions.line_add(**add, description="Boiler", quantity=Decimal(1), unit_price=Decimal("1000"), vat_code=vat["high"],
                     unit_cost=Decimal("600"))  # fmt: skip
    actions.line_add(
        **add, description="Insulation", quantity=Decimal(2), unit_price=Decimal("50"), vat_code=vat["low"]
    )
    actions.line_add(**add, description="Thermostat", quantity=Decimal(1), unit_price=Decimal("200"),
                     vat_code=vat["high"], optional=True)  # fmt: skip
    quote.current.refresh_from_db()
    return quote


@pytest.fixture
def sent(draft: Quote, cast: Cast) -> Quote:
    actions.quote_send(quote=draft, by=cast.bram)
    return draft


@pytest.fixture
def link(sent: Quote) -> QuoteLink:
    return sent.current.links.get()


@pytest.fixture
def token(link: QuoteLink) -> str:
    return token_for("quote", link.nonce)


@pytest.fixture
def she() -> CustomerActor:
    return CustomerActor("A. de Wit")


@pytest.fixture
def option(sent: Quote) -> int:
    """The id of the option, as the content names it."""
    return next(line["id"] for line in sent.current.content["lines"] if line["optional"])


@pytest.fixture
def mailed() -> Callable[[Quote], list[Any]]:
    """Do what the worker would do for this quote's links, and give the mails."""
    from apps.core.actors import SYSTEM
    from apps.messaging.models import Message
    from apps.quotes.actions.sending import OFFER

    def work(quote: Quote, what: str = OFFER) -> list[Any]:
        for link in QuoteLink.objects.filter(version__quote=quote).exclude(to_address=""):
            actions.quote_mail(link=link, what=what, by=SYSTEM)
        return list(Message.objects.about(quote).order_by("pk"))

    return work
