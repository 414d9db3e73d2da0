from decimal import Decimal

import pytest

from apps.core.actors import SYSTEM
from apps.materials.actions import category_get, material_create
from apps.materials.models import Material
from apps.pricing.actions import material_price_set, vat_code_save
from apps.pricing.models import VatCode


@pytest.fixture
def vat(db: None) -> VatCode:
    vat_code_save(by=SYSTEM, code=VatCode(code="9", name="9 %", rate=Decimal(9)))
    return vat_code_save(by=SYSTEM, code=VatCode(code="21", name="21 %", rate=Decimal(21), is_default=True))


@pytest.fixture
def tap(vat: VatCode) -> Material:
    """A tap that costs € 20 and sells at € 35,50."""
    tap = material_create(by=SYSTEM, code="T1", name="Tap", category=category_get(name="Taps"), unit="C62")
    material_price_set(by=SYSTEM, material=tap, cost=Decimal(20), price=Decimal("35.5"), vat_code=vat)
    return tap
