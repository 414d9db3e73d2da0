"""A small company with reviewed work, ready to be invoiced: what the tests of invoicing and bookkeeping start from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from apps.accounts.actions import user_create
from apps.accounts.roles import TECHNICIAN
from apps.company.models import Company
from apps.core import clock
from apps.core.actors import SYSTEM
from apps.customers.models import Customer
from apps.intake.models import RequestType
from apps.pricing.models import VatCode
from apps.review.actions import review_approve, review_open
from apps.review.models import Review
from apps.technicians.actions import technician_create
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder
from tests.builders import (
    BookingFactory,
    BusinessFactory,
    CompanyFactory,
    CustomerFactory,
    Phone,
    QuoteFactory,
    RateFactory,
    RequestTypeFactory,
    VatCodeFactory,
    quote_accepted,
)

Line = tuple[str, str, str] | Mapping[str, Any]
_serial = count(1)


@dataclass
class MoneyWorld:
    """Makes customers and jobs: sold at a fixed price, done in an hour that the price includes, reviewed."""

    company: Company
    type: RequestType
    technician: Technician
    vat: dict[str, VatCode] = field(default_factory=dict)
    hours: int = 0

    def customer(self, **fields: Any) -> Customer:
        return CustomerFactory(
            **{"name": "Familie de Vries", "email": "devries@klant.example", "language": "nl"} | fields
        )

    def business(self, **fields: Any) -> Customer:
        return BusinessFactory(**{"language": "nl"} | fields)

    def job(self, *lines: Line, customer: Customer | None = None, approved: bool = True) -> WorkOrder:
        """A job of which each line was sold: (quantity, unit price, VAT code), or its fields by name."""
        serial = next(_serial)
        quote = QuoteFactory(
            customer=customer or self.customer(),
            type=self.type,
            title=f"Cv-ketel {serial}",
            texts={"billing_basis": "fixed_price"},
            lines=[self._line(line) for line in lines or (("2", "65.00", "21"),)],
        )
        order = quote_accepted(quote)
        self.do(order, approve=approved)
        return order

    def do(self, order: WorkOrder, *, approve: bool = True) -> None:
        """An hour of work on this job, handed in, and reviewed."""
        self.hours += 2  # each job has an hour of its own, of the clock: within it no price changes, so it is one amount
        start = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=self.hours)
        booking = BookingFactory(technician=self.technician, work_order=order, start=start, hours=1)
        Phone(self.technician.user, booking).work(60).finish(signed="J. de Vries")
        review_open(work_order=order, by=SYSTEM)
        if approve:
            self.approve(order)
        order.refresh_from_db()

    def approve(self, order: WorkOrder) -> None:
        review_approve(review=Review.objects.get(work_order=order), by=SYSTEM)
        order.refresh_from_db()

    def _line(self, line: Line) -> dict[str, Any]:
        if isinstance(line, Mapping):
            return {"vat_code": self.vat["21"]} | dict(line)
        quantity, price, code = line
        return {
            "description": f"Werk à {price}", "quantity": quantity, "unit_price": price, "unit": "HUR",
            "unit_cost": Decimal(30), "vat_code": self.vat[code],
        }  # fmt: skip


def money_world() -> MoneyWorld:
    company = CompanyFactory(
        name="Van der Meer Installatie B.V.", street="Havenstraat", house_number="12", postal_code="3511 AB",
        city="Utrecht", bic="ABNANL2A", email="info@vandermeer.example", phone="030 123 45 67",
    )  # fmt: skip
    codes = {"21": ("S", 21), "9": ("S", 9), "0": ("Z", 0), "E": ("E", 0), "AE": ("AE", 0)}
    vat = {
        name: VatCodeFactory(
            code=f"T{name}", name=name, category=category, rate=rate, is_default=name == "21"
        )
        for name, (category, rate) in codes.items()
    }
    RateFactory(price=Decimal(25), vat_code=vat["21"])
    user = user_create(by=SYSTEM, email="monteur@vandermeer.example", name="Mo Teur", user_roles=[TECHNICIAN])
    return MoneyWorld(
        company, RequestTypeFactory(name="Onderhoud"), technician_create(by=SYSTEM, user=user), vat
    )
