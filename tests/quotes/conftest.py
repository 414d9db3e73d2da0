"""A company, a customer, prices, and quotes in every state."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from apps.company.models import Company
from apps.core import clock
from apps.core.actors import Customer as CustomerActor
from apps.core.tokens import token_for
from apps.customers.models import Customer
from apps.intake.models import Execution, Request, RequestType
from apps.materials.models import Material, Unit
from apps.pricing.models import RateKind, VatCategory, VatCode
from apps.quotes import actions
from apps.quotes.models import LineKind, Quote, QuoteLink
from tests.builders import (
    BookingFactory,
    BusinessFactory,
    CompanyFactory,
    ContactFactory,
    CustomerFactory,
    MaterialFactory,
    RateFactory,
    RequestFactory,
    RequestTypeFactory,
    TechnicianRateFactory,
    VatCodeFactory,
    intake_report,
)
from tests.conftest import Cast
from tests.kept import kept


@kept
def company(db: None) -> Company:
    return CompanyFactory(quote_terms="Payment within 14 days.")


@kept
def vat(db: None) -> dict[str, VatCode]:
    return {
        "high": VatCodeFactory(code="H", rate=21, is_default=True),
        "low": VatCodeFactory(code="L", rate=9),
        "zero": VatCodeFactory(code="Z", rate=0, category=VatCategory.ZERO),
    }


@kept
def work_type(db: None) -> RequestType:
    return RequestTypeFactory(name="Boiler", name_nl="Ketel")


@kept
def customer(db: None) -> Customer:
    return CustomerFactory(
        name="Mevr. A. de Wit", email="a.dewit@mail.example", street="Kerkstraat", house_number="3",
        postal_code="4811 CD", city="Breda",
    )  # fmt: skip


@kept
def business(db: None) -> Customer:
    return BusinessFactory(
        name="Bouwbedrijf Zuid B.V.", email="inkoop@zuid.example", street="Dijk", house_number="9",
        postal_code="4901 AA", city="Oosterhout", language="nl", reverse_charge=True,
    )  # fmt: skip


@kept
def material(vat: dict[str, VatCode]) -> Material:
    return MaterialFactory(
        code="HR28",
        name="Boiler HR 28 kW",
        category="Boilers",
        cost=910,
        price="1349.95",
        vat_code=vat["high"],
    )


@kept
def rates(vat: dict[str, VatCode], cast: Cast) -> None:
    RateFactory(price=Decimal("72.50"), vat_code=vat["high"])
    RateFactory(price=Decimal("45"), kind=RateKind.CALL_OUT, unit=Unit.PIECE, vat_code=vat["high"])
    TechnicianRateFactory(technician=cast.tim.technician, cost=Decimal("38"))


@kept
def received(cast: Cast, customer: Customer, work_type: RequestType, material: Material) -> Request:
    """A request whose intake report has come in."""
    request = RequestFactory(
        by=cast.bram, customer=customer, contact=ContactFactory(customer=customer), type=work_type,
        description="The boiler is old and noisy.",
    )  # fmt: skip
    start = clock.now().replace(minute=0, second=0, microsecond=0)
    BookingFactory(by=cast.petra, technician=cast.tim.technician, request=request, start=start, hours=1)
    request.refresh_from_db()
    return intake_report(
        request, cast.tim, note="Flue must be moved.", hours=Decimal("6.5"), execution=Execution.TWO,
        estimates=[(material, Decimal(1))],
    )  # fmt: skip


@kept
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


@kept
def sent(draft: Quote, cast: Cast) -> Quote:
    actions.quote_send(quote=draft, by=cast.bram)
    return draft


@kept
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
    """Do what the worker would do with this quote's mails, and give those that tell `what`."""
    from apps.messaging.actions import message_deliver
    from apps.messaging.models import Message
    from apps.quotes.actions.sending import OFFER

    def work(quote: Quote, what: str = OFFER) -> list[Any]:
        for message in Message.objects.about(quote).under_way():
            assert message_deliver(message=message)
        return list(Message.objects.about(quote).filter(kind=f"quote_{what}").order_by("pk"))

    return work
