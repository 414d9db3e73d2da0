"""Everything that changes prices, rates and VAT codes. A new price gets a new row: old ones stay."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.materials.models import Material
from apps.pricing.models import MaterialPrice, PricingPolicy, Rate, TechnicianRate, VatCode
from apps.technicians.models import Technician


def vat_code_save(*, by: Actor, code: VatCode) -> VatCode:
    """Keep a new or changed VAT code; the default one is the default alone."""
    with transaction.atomic():
        if code.is_default:
            VatCode.objects.filter(is_default=True).exclude(pk=code.pk).update(is_default=False)
        created = code.pk is None
        code.save()
        audit_record(code, verb="vatcode.create" if created else "vatcode.change", by=by)
    return code


def rate_set(
    *, by: Actor, kind: str, price: Decimal, vat_code: VatCode, unit: str, valid_from: date | None = None
) -> Rate:
    """What an hour (or a call-out) of this kind is asked at from a day on."""
    with transaction.atomic():
        rate, _created = Rate.objects.update_or_create(
            kind=kind,
            valid_from=valid_from or clock.today(),
            defaults={"price": price, "vat_code": vat_code, "unit": unit},
        )
        audit_record(rate, verb="rate.set", by=by)
    return rate


def material_price_set(
    *,
    by: Actor,
    material: Material,
    cost: Decimal,
    price: Decimal,
    vat_code: VatCode,
    valid_from: date | None = None,
) -> MaterialPrice:
    """What a material costs and is sold at from a day on."""
    with transaction.atomic():
        row, _created = MaterialPrice.objects.update_or_create(
            material=material,
            valid_from=valid_from or clock.today(),
            defaults={"cost": cost, "price": price, "vat_code": vat_code},
        )
        audit_record(material, verb="material.price", by=by)
    return row


def technician_rate_set(
    *,
    by: Actor,
    technician: Technician,
    cost: Decimal,
    price: Decimal | None = None,
    valid_from: date | None = None,
) -> TechnicianRate:
    """What an hour of a technician costs the company from a day on."""
    with transaction.atomic():
        row, _created = TechnicianRate.objects.update_or_create(
            technician=technician,
            valid_from=valid_from or clock.today(),
            defaults={"cost": cost, "price": price},
        )
        audit_record(technician, verb="technician.rate", by=by)
    return row


def policy_set(*, by: Actor, **fields: Any) -> PricingPolicy:
    """The rounding of charged time."""
    with transaction.atomic():
        policy, _created = PricingPolicy.objects.update_or_create(pk=1, defaults=fields)
        audit_record(policy, verb="pricingpolicy.change", by=by, data={"fields": sorted(fields)})
    return policy
