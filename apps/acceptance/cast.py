"""Who takes part in a run of the chain: made for it, and gone with it."""

import io
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any
from uuid import uuid4

from PIL import Image, ImageDraw

from apps.accounts.actions import user_create
from apps.accounts.models import User
from apps.accounts.roles import ADMIN, OFFICE, OWNER, TECHNICIAN
from apps.company.actions import company_set
from apps.company.models import Company
from apps.core.actors import SYSTEM, Actor
from apps.customers.actions import customer_create, site_create
from apps.customers.models import Customer, CustomerKind, Site
from apps.documents.actions import file_store
from apps.documents.models import StoredFile
from apps.documents.photos import photo_store
from apps.intake.models import RequestType
from apps.materials.actions import category_get, material_create
from apps.materials.models import Material
from apps.pricing.actions import material_price_set, rate_set, technician_rate_set, vat_code_save
from apps.pricing.models import Rate, RateKind, VatCode
from apps.technicians.actions import technician_create
from apps.technicians.models import Technician


@dataclass
class Cast:
    office: User
    technician: Technician
    other: Technician
    customer: Customer
    site: Site
    type: RequestType
    boiler: Material
    vat: VatCode


def cast_make() -> Cast:
    """An office user, two technicians, a customer and a part; company, VAT and rate only where there are none."""
    tag = uuid4().hex[:8]
    if not Company.objects.exists():
        company_set(
            by=SYSTEM, name="Watertight", street="Kade", house_number="1", postal_code="4811 AA", city="Breda",
            email="info@watertight.example", vat_number="NL812345678B01", kvk_number="68750110",
            iban="NL91ABNA0417164300",
        )  # fmt: skip
    vat = VatCode.objects.filter(rate=21, category="S").first() or vat_code_save(
        by=SYSTEM, code=VatCode(code=tag[:6], name="21 %", rate=Decimal(21), is_default=True)
    )
    for kind in (RateKind.NORMAL, RateKind.TRAVEL):
        if not Rate.objects.filter(kind=kind).exists():
            rate_set(by=SYSTEM, kind=kind, price=Decimal("62.50"), vat_code=vat, unit="HUR")
    boiler = material_create(
        by=SYSTEM, code=f"TEST-{tag}", name="HR-combiketel 28 kW", category=category_get(name="Verwarming")
    )
    material_price_set(
        by=SYSTEM, material=boiler, cost=Decimal("1120.00"), price=Decimal("1433.60"), vat_code=vat
    )
    customer = customer_create(
        by=SYSTEM, kind=CustomerKind.PERSON, name="H. Vermeer", email=f"vermeer-{tag}@klant.example",
        phone="06 12345678", street="Parkstraat", house_number="12", postal_code="4811 AB", city="Breda",
        language="nl",
    )  # fmt: skip
    site = site_create(
        by=SYSTEM,
        customer=customer,
        street="Parkstraat",
        house_number="12",
        postal_code="4811 AB",
        city="Breda",
    )
    type_, _created = RequestType.objects.get_or_create(
        name=f"Boiler {tag}", defaults={"name_nl": f"Cv-ketel {tag}", "minutes": 60}
    )
    return Cast(
        office=_user("kantoor", tag, OFFICE, OWNER, ADMIN),
        technician=_technician("monteur", tag),
        other=_technician("collega", tag),
        customer=customer,
        site=site,
        type=type_,
        boiler=boiler,
        vat=vat,
    )


def picture(by: Actor) -> StoredFile:
    """A photo such as a phone sends."""
    image = Image.effect_noise((640, 480), 60).convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG")
    return photo_store(raw=out.getvalue(), name="foto.jpg", by=by)


def signature(by: Actor) -> StoredFile:
    """A signature such as the pad makes."""
    image = Image.new("L", (600, 200), 255)
    ImageDraw.Draw(image).line([(40, 150), (160, 40), (240, 160), (420, 60), (560, 120)], fill=0, width=5)
    out = io.BytesIO()
    image.save(out, "PNG")
    return file_store(content=out.getvalue(), name=f"{uuid4().hex}.png", content_type="image/png", by=by)


def _user(name: str, tag: str, *roles: str) -> User:
    return user_create(
        by=SYSTEM, email=f"{name}-{tag}@watertight.example", name=name.capitalize(), user_roles=roles
    )


def _technician(name: str, tag: str) -> Any:
    technician = technician_create(
        by=SYSTEM,
        user=_user(name, tag, TECHNICIAN),
        patterns=[(weekday, time(0), time(23, 59)) for weekday in range(1, 8)],
    )
    technician_rate_set(by=SYSTEM, technician=technician, cost=Decimal("34.50"))
    return technician
