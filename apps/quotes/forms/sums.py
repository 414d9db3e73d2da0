"""What the forms of a line and of its sums ask about once."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.core.sure import AsksOnce
from apps.materials.models import Unit
from apps.materials.rules import much_of
from apps.pricing.lookup import usual_price

LONG = 10_000


MUCH_DISCOUNT = 50  # per cent


class AsksAboutLine(AsksOnce):
    """Ask about a price that is far from that of the catalogue or the rates, and about much of anything."""

    def line_ask(self) -> None:
        given = self.cleaned_data
        material, rate_kind = given.get("material"), given.get("rate_kind") or ""
        what = _("the catalogue's price") if material else _("the rate")
        self.ask_far("unit_price", lambda: usual_price(material=material, rate_kind=rate_kind), str(what))
        self.ask_above("quantity", much_of(given.get("unit")))
        self.ask_above("discount", MUCH_DISCOUNT)


class AsksAboutHours(AsksOnce):
    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean()  # type: ignore[misc]
        self.ask_above("sold_hours", much_of(Unit.HOUR))
        return given
