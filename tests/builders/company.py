"""The company, what it charges, and what it sells."""

from datetime import date
from decimal import Decimal
from typing import Any

import factory

from apps.company.actions import company_set
from apps.company.models import Company
from apps.core.actors import SYSTEM, Actor
from apps.intake.actions.form_settings import request_type_create
from apps.intake.models import RequestType
from apps.materials.actions import category_get, material_create
from apps.materials.models import Material
from apps.pricing.actions import material_price_set, policy_set, rate_set, technician_rate_set, vat_code_save
from apps.pricing.models import PricingPolicy, Rate, TechnicianRate, VatCode
from tests.builders.base import ActionFactory

LONG_AGO = date(2020, 1, 1)


class CompanyFactory(ActionFactory):
    class Meta:
        model = Company

    _action = staticmethod(company_set)

    name = "De Waterwerkers B.V."
    street = "Havenstraat"
    house_number = "12"
    postal_code = "4811 AB"
    city = "Breda"
    kvk_number = "12345678"
    vat_number = "NL812345678B01"
    iban = "NL91ABNA0417164300"
    email = "kantoor@waterwerkers.example"
    phone = "076 555 01 01"


def _vat_code_make(*, by: Actor, **fields: Any) -> VatCode:
    return vat_code_save(by=by, code=VatCode(**fields))


class VatCodeFactory(ActionFactory):
    class Meta:
        model = VatCode

    _action = staticmethod(_vat_code_make)

    code = "H"
    rate = 21
    name = factory.LazyAttribute(lambda made: f"{made.rate} %")


class RateFactory(ActionFactory):
    class Meta:
        model = Rate

    _action = staticmethod(rate_set)

    kind = "normal"
    price = Decimal("60")
    unit = "HUR"
    valid_from = LONG_AGO


class TechnicianRateFactory(ActionFactory):
    class Meta:
        model = TechnicianRate

    _action = staticmethod(technician_rate_set)

    cost = Decimal("35")
    valid_from = LONG_AGO


class PolicyFactory(ActionFactory):
    class Meta:
        model = PricingPolicy

    _action = staticmethod(policy_set)

    round_minutes = 15


def _material_make(
    *, by: Actor, category: str, price: Any, cost: Any, vat_code: VatCode | None, **fields: Any
) -> Material:
    made = material_create(by=by, category=category_get(name=category), **fields)
    if price is not None and vat_code is not None:
        material_price_set(
            by=SYSTEM,
            material=made,
            cost=Decimal(cost),
            price=Decimal(price),
            vat_code=vat_code,
            valid_from=LONG_AGO,
        )
    return made


class MaterialFactory(ActionFactory):
    """A part of the catalogue; with a price when `price`, `cost` and `vat_code` are given."""

    class Meta:
        model = Material

    _action = staticmethod(_material_make)

    code = factory.Sequence(lambda number: f"M{number}")
    name = factory.Sequence(lambda number: f"Part {number}")
    category = "Parts"
    unit = "C62"
    price = None
    cost = 0
    vat_code = None


class RequestTypeFactory(ActionFactory):
    class Meta:
        model = RequestType

    _action = staticmethod(request_type_create)

    name = factory.Sequence(lambda number: f"Leak {number}")
    name_nl = factory.LazyAttribute(lambda made: made.name.replace("Leak", "Lekkage"))
