"""The prices that a VAT code is charged with."""

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.holdings import Kind, Line, register
from apps.pricing.models import MaterialPrice, Rate


@register
class RatesWithVat(Kind):
    name = "pricing.rates"
    subject = "pricing.vatcode"
    holder = "vat_code"
    label = _("Rates that hold now, or later")
    stays = _("They keep this code until a new rate is set.")
    order = 20

    def rows(self) -> QuerySet:
        newer = Rate.objects.on(clock.today()).filter(
            kind=OuterRef("kind"), valid_from__gt=OuterRef("valid_from")
        )
        return Rate.objects.exclude(Exists(newer)).order_by("kind", "valid_from")

    def line(self, row: Rate) -> Line:
        return Line(str(row.get_kind_display()), url=reverse("pricing:rate_list"))


@register
class PricesWithVat(Kind):
    name = "pricing.materials"
    subject = "pricing.vatcode"
    holder = "vat_code"
    label = _("Materials with a price that holds now, or later")
    stays = _("They keep this code until a new price is set.")
    order = 21

    def rows(self) -> QuerySet:
        newer = MaterialPrice.objects.on(clock.today()).filter(
            material=OuterRef("material"), valid_from__gt=OuterRef("valid_from")
        )
        rows = MaterialPrice.objects.filter(material__active=True).exclude(Exists(newer))
        return rows.select_related("material").order_by("material__name__by_name")

    def line(self, row: MaterialPrice) -> Line:
        url = reverse("materials:material_detail", args=[row.material_id])
        return Line(row.material.name, row.material.code, url)
