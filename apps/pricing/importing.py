"""What an uploaded catalogue would change: worked out for the preview, and again when it is confirmed."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import clock
from apps.core.formats import money
from apps.core.number_fields import UnitPriceField
from apps.core.numbers import is_far_from
from apps.core.refusals import Refused
from apps.materials.models import Category, Material, Unit
from apps.pricing.models import MaterialPrice, VatCode
from apps.pricing.querysets import with_price

# The columns of the file, as the export writes them too.
COLUMNS: dict[str, str | Promise] = {
    "code": gettext_lazy("Code"),
    "name": gettext_lazy("Material"),
    "category": gettext_lazy("Category"),
    "unit": gettext_lazy("Unit"),
    "barcode": gettext_lazy("Barcode"),
    "cost": gettext_lazy("Cost price"),
    "price": gettext_lazy("Sales price"),
    "vat": gettext_lazy("VAT"),
    "visible": gettext_lazy("Visible to technician"),
    "active": gettext_lazy("In use"),
}
YES = {"yes", "ja", "true", "waar", "1", "x", "y", "j"}
NO = {"no", "nee", "false", "onwaar", "0", "n", "-"}
LIMITS = {"code": 40, "name": 120, "category": 80, "barcode": 20}
AMOUNT = UnitPriceField(least=0, digits=11)

Row = dict[str, str]


@dataclass
class RowPlan:
    """One row of the file: what it would do, or why it cannot."""

    line: int
    code: str
    name: str
    kind: str = "same"  # new, change, same, error
    errors: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)  # a price that is far from the one until now
    changes: list[dict[str, Any]] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    price: dict[str, Any] | None = None
    material: Material | None = None


@dataclass
class Plan:
    rows: list[RowPlan]

    def of_kind(self, kind: str) -> list[RowPlan]:
        return [row for row in self.rows if row.kind == kind]

    @property
    def counts(self) -> dict[str, int]:
        return {kind: len(self.of_kind(kind)) for kind in ("new", "change", "same", "error")}

    @property
    def doubtful(self) -> list[RowPlan]:
        return [row for row in self.rows if row.doubts and row.kind != "error"]

    def to_write(self, *, sure: bool) -> list[RowPlan]:
        """The rows to bring in; those in doubt only when somebody says that they are right."""
        return [row for row in (*self.of_kind("new"), *self.of_kind("change")) if sure or not row.doubts]

    @property
    def digest(self) -> str:
        """The same for the same outcome: what was confirmed is what was seen."""
        seen = [
            [row.line, row.kind, row.errors, [[one["old"], one["new"]] for one in row.changes]]
            for row in self.rows
        ]
        return hashlib.sha256(json.dumps(seen, default=str).encode()).hexdigest()


def rows_named(table: list[list[str]]) -> list[Row]:
    """The rows by column name; headings are read in every language of the product. Raises Refused without a code."""
    known: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known |= {str(label).lower(): name for name, label in COLUMNS.items()}
    known |= {name: name for name in COLUMNS}
    heading = [known.get(cell.lower(), "") for cell in table[0]]
    if "code" not in heading:
        raise Refused(_("The first row must hold the headings, with at least a column “Code”."))
    twice = {name for name in heading if name and heading.count(name) > 1}
    if twice:
        raise Refused(_("A heading stands there twice: %(name)s.") % {"name": COLUMNS[twice.pop()]})
    return [
        {"line": str(line)} | {name: cell for name, cell in zip(heading, row, strict=False) if name and cell}
        for line, row in enumerate(table[1:], 2)
    ]


def plan_make(rows: Iterable[Row], *, may_price: bool) -> Plan:
    """Compare the rows with the catalogue as it is now. A cell that is empty leaves things as they are."""
    rows = list(rows)
    codes = {row.get("code", "") for row in rows}
    present = with_price(
        Material.objects.filter(code__in=codes).select_related("category"),
        MaterialPrice.objects.all(),
        clock.today(),
    )
    materials = {one.code: one for one in present}
    vat_codes = {one.code.upper(): one for one in VatCode.objects.filter(active=True)}
    vat_default = next((one for one in vat_codes.values() if one.is_default), None)
    planner = _Planner(materials, vat_codes, vat_default, units(), may_price)
    return Plan([planner.row(row) for row in rows])


def units() -> dict[str, str]:
    """Each way to write a unit: its code, and its name in every language."""
    found = {code.lower(): code for code in Unit.values}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {str(label).lower(): code for code, label in Unit.choices}
    return found


class _Planner:
    def __init__(
        self,
        materials: dict[str, Material],
        vat_codes: dict[str, VatCode],
        vat_default: VatCode | None,
        unit_names: dict[str, str],
        may_price: bool,
    ) -> None:
        self.materials, self.vat_codes, self.vat_default = materials, vat_codes, vat_default
        self.units, self.may_price = unit_names, may_price
        self.seen: set[str] = set()
        self.category_names = {name.lower(): name for name in Category.objects.values_list("name", flat=True)}

    def row(self, row: Row) -> RowPlan:
        code = row.get("code", "")
        plan = RowPlan(int(row["line"]), code, row.get("name", ""), material=self.materials.get(code))
        if not code:
            plan.errors.append(_("There is no code."))
        elif code in self.seen:
            plan.errors.append(_("This code stands in the file before."))
        self.seen.add(code)
        for name, limit in LIMITS.items():
            if len(row.get(name, "")) > limit:
                label = str(COLUMNS[name])
                plan.errors.append(
                    _("%(column)s is longer than %(n)s characters.") % {"column": label, "n": limit}
                )
        for name in ("code", "name", "category", "barcode"):
            if row.get(name, "")[:1] == "=":
                plan.errors.append(_("%(column)s is a formula.") % {"column": str(COLUMNS[name])})
        wanted = self._wanted(row, plan)
        self._compare(wanted, plan)
        self._price(row, plan)
        if plan.errors:
            plan.kind, plan.changes = "error", []
        elif plan.material is None:
            plan.kind = "new"
        elif plan.changes:
            plan.kind = "change"
        plan.name = plan.name or (plan.material.name if plan.material else "")
        return plan

    def _wanted(self, row: Row, plan: RowPlan) -> dict[str, Any]:
        wanted: dict[str, Any] = {name: row[name] for name in ("name", "barcode") if name in row}
        if "category" in row:
            wanted["category"] = self.category_names.setdefault(row["category"].lower(), row["category"])
        if "unit" in row:
            unit = self.units.get(row["unit"].lower())
            if unit is None:
                plan.errors.append(_("The unit “%(unit)s” is not known.") % {"unit": row["unit"][:20]})
            wanted["unit"] = unit
        for name, attribute in (("visible", "visible_to_technician"), ("active", "active")):
            word = row.get(name, "").lower()
            if word and word not in YES | NO:
                label = str(COLUMNS[name])
                plan.errors.append(_("%(column)s must be yes or no.") % {"column": label})
            elif word:
                wanted[attribute] = word in YES
        if plan.material is None:
            for name in ("name", "category"):
                if name not in wanted:
                    label = str(COLUMNS[name])
                    plan.errors.append(_("A new material needs: %(column)s.") % {"column": label})
        return wanted

    def _compare(self, wanted: dict[str, Any], plan: RowPlan) -> None:
        material = plan.material
        for name, value in wanted.items():
            old = (
                None
                if material is None
                else material.category.name
                if name == "category"
                else getattr(material, name)
            )
            if value != old:
                plan.fields[name] = value
                label = COLUMNS.get({"visible_to_technician": "visible"}.get(name, name), name)
                plan.changes.append({"label": label, "old": _shown(name, old), "new": _shown(name, value)})

    def _price(self, row: Row, plan: RowPlan) -> None:
        given: dict[str, Any] = {}
        known = len(plan.errors)
        for name in ("cost", "price"):
            if name in row:
                amount = self._amount(row[name], str(COLUMNS[name]), plan)
                if amount is not None:
                    given[name] = amount
        if "vat" in row:
            given["vat"] = self.vat_codes.get(row["vat"].upper())
            if given["vat"] is None:
                plan.errors.append(
                    _("The VAT code “%(code)s” is not known or not in use.") % {"code": row["vat"][:12]}
                )
        if len(plan.errors) > known:
            return
        old: Any = plan.material
        new = {
            "cost": given.get("cost", getattr(old, "cost", None)),
            "price": given.get("price", getattr(old, "price", None)),
        }
        has_price = new["cost"] is not None or new["price"] is not None
        old_vat = getattr(old, "vat_code", None)
        vat = given.get("vat") or self.vat_codes.get(old_vat or "") or self.vat_default
        was = {"cost": getattr(old, "cost", None), "price": getattr(old, "price", None)}
        vat_changes = has_price and "vat" in given and vat is not None and vat.code != old_vat
        if new == was and not vat_changes:
            return
        if new["cost"] is None or new["price"] is None:
            plan.errors.append(_("A price needs both the cost price and the sales price."))
        elif not self.may_price:
            plan.errors.append(_("You may not change prices."))
        elif vat is None:
            plan.errors.append(_("There is no VAT code to use."))
        plan.price = {**new, "vat_code": vat}
        for name, usual in (("cost", was["cost"]), ("price", was["price"] or new["cost"])):
            if new[name] != was[name]:
                if new[name] is not None and is_far_from(new[name], usual):
                    plan.doubts.append(
                        _("%(column)s: %(value)s is far from %(usual)s.")
                        % {
                            "column": COLUMNS[name],
                            "value": _shown(name, new[name]),
                            "usual": _shown(name, usual),
                        }
                    )
                plan.changes.append(
                    {"label": COLUMNS[name], "old": _shown(name, was[name]), "new": _shown(name, new[name])}
                )
        if vat is not None and vat.code != old_vat:
            plan.changes.append({"label": COLUMNS["vat"], "old": old_vat or "", "new": vat.code})

    @staticmethod
    def _amount(text: str, label: str, plan: RowPlan) -> Decimal | None:
        try:
            return AMOUNT.clean(text)
        except ValidationError as fault:
            plan.errors += [f"{label}: {sentence}" for sentence in fault.messages]
            return None


def _shown(name: str, value: Any) -> Any:
    if value is None:
        return ""
    words: dict[str, Callable[[Any], Any]] = {
        "unit": lambda code: Unit(code).label,
        "cost": lambda amount: money(amount, 2 if amount == amount.quantize(Decimal("0.01")) else 4),
        "price": lambda amount: money(amount, 2 if amount == amount.quantize(Decimal("0.01")) else 4),
        "visible_to_technician": lambda yes: _("yes") if yes else _("no"),
        "active": lambda yes: _("yes") if yes else _("no"),
    }
    return words.get(name, lambda same: same)(value)
