"""A VAT code that goes out of use stays where it holds."""

from decimal import Decimal
from typing import Any

from django.urls import reverse

from apps.core.actors import SYSTEM
from apps.pricing.actions import material_price_set, rate_set, vat_code_save
from apps.pricing.models import Rate, VatCode
from tests.pages import submit


def test_a_new_rate_or_price_does_not_change_the_vat_in_silence(cast: Any, client_as: Any, tap: Any) -> None:
    low = VatCode.objects.get(code="9")
    vat_code_save(by=SYSTEM, code=VatCode(code="1", name="1 %", rate=Decimal(1)))
    rate_set(by=SYSTEM, kind="normal", price=Decimal(60), vat_code=low, unit="HUR")
    tap_price = {"cost": Decimal(20), "price": Decimal(36), "vat_code": low}
    material_price_set(by=SYSTEM, material=tap, **tap_price)
    VatCode.objects.filter(pk=low.pk).update(active=False)
    web = client_as(cast.olga)
    submit(reverse("pricing:rate_set") + "?kind=normal", client=web, price="65", press="Set the rate")
    assert Rate.objects.on(Rate.objects.latest("pk").valid_from).first().vat_code == low
    page = web.get(reverse("materials:material_price_set", args=[tap.pk])).content.decode()
    assert f'<option value="{low.pk}" selected>' in page
