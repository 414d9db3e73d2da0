"""A small company with reviewed work, ready to be invoiced: what the tests of invoicing and bookkeeping start from."""

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from apps.company.models import Company
from apps.customers.models import Customer, CustomerKind, Site
from apps.intake.models import RequestType
from apps.pricing.models import VatCode
from apps.review.models import Billable, BillableKind, Fate
from apps.workorders.models import WorkOrder

_serial = count(1)


@dataclass
class MoneyWorld:
    """Makes customers and jobs; each job comes with the billables that are asked for."""

    company: Company
    vat: dict[str, VatCode] = field(default_factory=dict)

    def customer(self, **fields: Any) -> Customer:
        defaults: dict[str, Any] = {
            "kind": CustomerKind.PERSON,
            "name": "Familie de Vries",
            "street": "Kanaalweg",
            "house_number": "14",
            "postal_code": "3526 KL",
            "city": "Utrecht",
            "email": "devries@klant.example",
            "language": "nl",
        }
        return Customer.objects.create(**(defaults | fields))

    def business(self, **fields: Any) -> Customer:
        defaults: dict[str, Any] = {
            "kind": CustomerKind.COMPANY,
            "name": "Bouwbedrijf Jansen B.V.",
            "vat_number": "NL001234567B01",
            "kvk_number": "30123456",
            "email": "crediteuren@jansen.example",
        }
        return self.customer(**(defaults | fields))

    def job(
        self,
        *prices: tuple[str, str, str],
        customer: Customer | None = None,
        status: str = "ready_for_invoicing",
    ) -> WorkOrder:
        """A job with a billable for each (quantity, unit price, VAT code)."""
        customer = customer or self.customer()
        site = Site.objects.create(
            customer=customer, street="Kanaalweg", house_number="14", postal_code="3526 KL", city="Utrecht"
        )
        kind, _made = RequestType.objects.get_or_create(name="Onderhoud")
        serial = next(_serial)
        order = WorkOrder.objects.create(
            number=f"WT-{serial}",
            customer=customer,
            site=site,
            type=kind,
            title=f"Cv-ketel {serial}",
            status=status,
        )
        for quantity, price, code in prices or (("2", "65.00", "21"),):
            self.billable(order, quantity, price, code)
        return order

    def billable(
        self,
        order: WorkOrder,
        quantity: str,
        price: str,
        code: str = "21",
        fate: str = Fate.BILLABLE,
        **more: Any,
    ) -> Billable:
        vat = self.vat[code]
        return Billable.objects.create(
            **{
                "work_order": order,
                "kind": BillableKind.AGREED,
                "description": f"Werk à {price}",
                "recorded_quantity": Decimal(quantity),
                "quantity": Decimal(quantity),
                "unit": "HUR",
                "unit_price": Decimal(price),
                "unit_cost": Decimal("30"),
                "vat_code": vat,
                "vat_category": vat.category,
                "vat_rate": vat.rate,
                "fate": fate,
            }
            | more
        )


def money_world() -> MoneyWorld:
    company, _made = Company.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Van der Meer Installatie B.V.",
            "street": "Havenstraat",
            "house_number": "12",
            "postal_code": "3511 AB",
            "city": "Utrecht",
            "kvk_number": "12345678",
            "vat_number": "NL123456789B01",
            "iban": "NL91ABNA0417164300",
            "bic": "ABNANL2A",
            "email": "info@vandermeer.example",
            "phone": "030 123 45 67",
        },
    )
    codes = {
        "21": ("S", "21"),
        "9": ("S", "9"),
        "0": ("Z", "0"),
        "E": ("E", "0"),
        "AE": ("AE", "0"),
    }
    vat = {
        name: VatCode.objects.update_or_create(
            code=f"T{name}", defaults={"name": name, "category": category, "rate": Decimal(rate)}
        )[0]
        for name, (category, rate) in codes.items()
    }
    return MoneyWorld(company, vat)
