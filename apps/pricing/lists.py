"""The catalogue with its prices, for the office."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import clock
from apps.core.formats import money, price
from apps.core.lists import Column, Count, Filter, ListPage
from apps.core.together import Figure, mean_of, number_of
from apps.core.ui.atoms import tag
from apps.core.ui.cells import lead, made
from apps.materials.models import Category, Material
from apps.pricing.importing import COLUMNS
from apps.pricing.models import MaterialPrice
from apps.pricing.querysets import with_price
from apps.pricing.rules import price_plain

YES_NO = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]


def _code(row: Any) -> str:
    return row.code if row.active else " · ".join((row.code, _("not in use")))


def _price(row: Any) -> str:
    return tag(_("No price"), "a") if row.price is None else price(row.price)


def _visible(row: Any) -> str:
    return tag(_("Visible"), "g", "eye") if row.visible_to_technician else tag(_("Office only"), "n", "lock")


CODE = Column("code", COLUMNS["code"], lambda row: row.code, ("code",))
NAME = Column(
    "name",
    COLUMNS["name"],
    lambda row: row.name,
    ("name__by_name",),
    cell=lead("materials:material_detail", under=_code, css=""),
)
CATEGORY = Column(
    "category",
    COLUMNS["category"],
    lambda row: row.category.name,
    ("category__name__by_name", "name__by_name"),
    css="opt",
)
UNIT = Column(
    "unit", COLUMNS["unit"], lambda row: row.get_unit_display(), ("unit", "name__by_name"), css="opt-2"
)
BARCODE = Column("barcode", COLUMNS["barcode"], lambda row: row.barcode)
COST = Column("cost", COLUMNS["cost"], lambda row: price_plain(row.cost), ("cost",), numeric=True)
PRICE = Column(
    "price", COLUMNS["price"], lambda row: price_plain(row.price), ("price",), numeric=True, cell=made(_price)
)
VAT = Column("vat", COLUMNS["vat"], lambda row: row.vat_code or "")
VISIBLE = Column(
    "visible",
    COLUMNS["visible"],
    lambda row: row.visible_to_technician,
    ("-visible_to_technician", "name__by_name"),
    css="opt",
    cell=made(_visible),
)
ACTIVE = Column("active", COLUMNS["active"], lambda row: row.active, ("-active", "name__by_name"))


class CatalogueList(ListPage):
    name = "materials"
    default_order = ("name__by_name", "pk")
    search_hint = gettext_lazy("Name, code or barcode")
    columns = (NAME, CATEGORY, UNIT, PRICE, VISIBLE)
    # With these an export holds everything that an import reads.
    export_columns = (CODE, BARCODE, COST, VAT, ACTIVE)
    filters = (
        Filter(
            "category",
            gettext_lazy("Category"),
            lambda: Category.objects.values_list("pk", "name"),
            lambda rows, value: rows.filter(category=value),
        ),
        Filter(
            "visible",
            gettext_lazy("Visible to technician"),
            YES_NO,
            lambda rows, value: rows.filter(visible_to_technician=value == "yes"),
        ),
        Filter(
            "active", gettext_lazy("In use"), YES_NO, lambda rows, value: rows.filter(active=value == "yes")
        ),
        Filter(
            "price",
            gettext_lazy("Price"),
            [("none", gettext_lazy("Without a price"))],
            lambda rows, value: rows.filter(price__isnull=True),
        ),
    )
    counts = (
        Count(gettext_lazy("Materials"), lambda rows: rows.filter(active=True), {"active": "yes"}),
        Count(
            gettext_lazy("Without a sales price"),
            lambda rows: rows.filter(active=True, price__isnull=True),
            {"price": "none", "active": "yes"},
            "a",
        ),
    )

    def figures(self) -> dict[str, Figure]:
        active = self.everything.filter(active=True)
        own = {"categories": number_of(Category.objects.all()), "average": mean_of(active, "price")}
        return super().figures() | own

    @cached_property
    def counters(self) -> list[dict[str, Any]]:
        materials, unpriced = super().counters
        average = self.figure("average")
        return [
            materials,
            {
                "label": _("Categories"),
                "value": self.figure("categories"),
                "url": "",
                "current": False,
                "tone": "",
            },
            {
                "label": _("Average sales price"),
                "value": money(average) if average is not None else "–",
                "url": "",
                "current": False,
                "tone": "",
            },
            unpriced,
            {"label": _("Prices"), "value": _("Back office only"), "url": "", "current": False, "tone": ""},
        ]


def material_rows(user: Any) -> QuerySet:
    """The catalogue, each material with the price of today as far as the user may know it."""
    prices = MaterialPrice.objects.for_user(user)
    return with_price(Material.objects.for_user(user), prices, clock.today()).select_related("category")
