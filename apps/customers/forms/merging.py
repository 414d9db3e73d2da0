"""Which of two customers' values count when they are merged."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.core.number_fields import IdField
from apps.core.telephone_fields import tel
from apps.customers.models import Customer
from apps.customers.rules import BOTH, GONE, KEPT, MERGED, merged_differs, merged_says

LABELS = {
    "name": gettext_lazy("Name"),
    "kind": gettext_lazy("Kind"),
    "email": gettext_lazy("E-mail"),
    "quote_email": gettext_lazy("E-mail for quotes"),
    "invoice_email": gettext_lazy("E-mail for invoices"),
    "planning_email": gettext_lazy("E-mail for appointments"),
    "phone": gettext_lazy("Telephone"),
    "language": gettext_lazy("Language"),
    "address": gettext_lazy("Address"),
    "vat": gettext_lazy("VAT number"),
    "kvk_number": gettext_lazy("Chamber of Commerce"),
    "payment_term_days": gettext_lazy("Payment term"),
    "remarks": gettext_lazy("Remarks"),
}


def _vat(one: Customer) -> str:
    return f"{one.vat_number}, {_('Reverse charge')}" if one.reverse_charge else one.vat_number


def _days(one: Customer) -> str:
    days = one.payment_term_days or 0
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


_TOLD: dict[str, Callable[[Customer], str]] = {
    "kind": Customer.get_kind_display,  # type: ignore[attr-defined]
    "language": Customer.get_language_display,  # type: ignore[attr-defined]
    "phone": lambda one: tel(one.phone),
    "address": lambda one: f"{one.street_line}, {one.city_line}, {one.get_country_display()}",
    "vat": _vat,
    "payment_term_days": _days,
}


def told(one: Customer, group: str) -> str:
    """What a customer says in one group of `rules.MERGED`, in words."""
    return str(_TOLD.get(group, lambda one: getattr(one, group))(one))


@dataclass(frozen=True)
class Row:
    """One choice: what both say, and which of the two is marked."""

    name: str
    label: Any
    kept: str
    gone: str
    chosen: str
    may_be_both: bool


class MergeForm(forms.Form):
    """One field for each group of which both say something else, and the versions that were shown."""

    fields: dict[str, Any]

    kept_version = IdField()
    gone_version = IdField()

    def __init__(self, *args: Any, kept: Customer, gone: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept, self.gone = kept, gone
        self.initial.update(kept_version=kept.version, gone_version=gone.version)
        self.groups = merged_differs(kept, gone)
        for group in self.groups:
            both = [(BOTH, BOTH)] if group == "remarks" else []
            self.fields[group] = forms.ChoiceField(
                label=LABELS[group], choices=[(KEPT, KEPT), (GONE, GONE), *both], initial=KEPT
            )

    @property
    def rows(self) -> list[Row]:
        return [
            Row(
                name=group,
                label=LABELS[group],
                kept=told(self.kept, group),
                gone=told(self.gone, group),
                chosen=str(self[group].value()),
                may_be_both=group == "remarks",
            )
            for group in self.groups
        ]

    @property
    def taken(self) -> Iterator[tuple[Any, str]]:
        """What the one that is kept lacks, and gets from the other."""
        for group in MERGED:
            if merged_says(self.gone, group) and not merged_says(self.kept, group):
                yield LABELS[group], told(self.gone, group)

    @property
    def choices(self) -> dict[str, str]:
        return {group: self.cleaned_data[group] for group in self.groups}

    @property
    def versions(self) -> tuple[int | None, int | None]:
        return self.cleaned_data["kept_version"], self.cleaned_data["gone_version"]
