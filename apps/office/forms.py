"""Forms of the first-run guide: the least that a new company says, saved by the actions of each app."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from apps.company.forms.settings import CompanyForm
from apps.core.number_fields import UnitPriceField
from apps.intake.actions import request_types_usual
from apps.intake.models import RequestType
from apps.materials.models import Unit
from apps.pricing.models import RateKind, VatCategory, VatCode

# The rates of VAT of each country that a company can be in, the usual one first.
VAT_RATES = {
    "NL": ("21", "9"),
    "BE": ("21", "12", "6"),
    "DE": ("19", "7"),
    "LU": ("17", "14", "8", "3"),
}


class CompanyStartForm(CompanyForm):
    """What an invoice must say of the company. Logo, colour and terms can follow later."""

    class Meta(CompanyForm.Meta):
        fields = [
            "name", "street", "house_number", "postal_code", "city", "country", "email", "phone",
            "kvk_number", "vat_number", "iban", "payment_term_days", "language",
        ]  # fmt: skip
        help_texts = CompanyForm.Meta.help_texts | {
            "kvk_number": gettext_lazy("Stands on every invoice."),
            "vat_number": gettext_lazy("Stands on every invoice: without it none can be issued."),
            "iban": gettext_lazy("Where customers pay to: without it no invoice can be issued."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields.keys() - set(self.Meta.fields):
            del self.fields[name]  # declared above, and none of what a company begins with


def vat_codes_usual(country: str, language: str) -> list[VatCode]:
    """The codes that a company in the country needs, named in its language."""
    with translation.override(language):
        found = [
            VatCode(code=rate, name=f"{rate} %", rate=Decimal(rate))
            for rate in VAT_RATES.get(country, VAT_RATES["NL"])
        ]
        found += [
            VatCode(code="0", name="0 %", rate=Decimal(0), category=VatCategory.ZERO),
            VatCode(
                code="V", name=_("VAT reverse-charged"), rate=Decimal(0), category=VatCategory.REVERSE_CHARGE
            ),
            VatCode(code="E", name=_("Exempt from VAT"), rate=Decimal(0), category=VatCategory.EXEMPT),
        ]
    return found


class VatStartForm(forms.Form):
    """Which of the usual codes the company has, and which of them holds unless another is chosen."""

    codes = forms.MultipleChoiceField(
        label=gettext_lazy("Codes that you use"), widget=forms.CheckboxSelectMultiple
    )
    default = forms.ChoiceField(label=gettext_lazy("Used unless another is chosen"))

    def __init__(self, data: Any = None, *, country: str, language: str) -> None:
        self.usual = vat_codes_usual(country, language)
        names = [(one.code, one.name) for one in self.usual]
        initial = {
            "codes": [one.code for one in self.usual if one.code != "E"],
            "default": self.usual[0].code,
        }
        super().__init__(data, initial=initial)
        self.fields["codes"].choices = self.fields["default"].choices = names  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("codes") and given.get("default") and given["default"] not in given["codes"]:
            self.add_error("default", _("Choose one of the codes that you use."))
        return given

    @property
    def chosen(self) -> list[VatCode]:
        """The codes to make, the default one marked."""
        found = [one for one in self.usual if one.code in self.cleaned_data["codes"]]
        for one in found:
            one.is_default = one.code == self.cleaned_data["default"]
        return found


class RatesStartForm(forms.Form):
    """What is asked for an hour of each kind; what stays empty is not charged apart."""

    normal = UnitPriceField(label=RateKind.NORMAL.label, least=0)
    evening = UnitPriceField(label=RateKind.EVENING.label, least=0, required=False)
    weekend = UnitPriceField(label=RateKind.WEEKEND.label, least=0, required=False)
    travel = UnitPriceField(label=RateKind.TRAVEL.label, least=0, required=False)
    call_out = UnitPriceField(label=RateKind.CALL_OUT.label, least=0, required=False)

    @property
    def rates(self) -> list[tuple[str, Decimal, str]]:
        """(kind, price, unit) of each that was given."""
        return [
            (kind, price, Unit.PIECE if kind == RateKind.CALL_OUT else Unit.HOUR)
            for kind, price in self.cleaned_data.items()
            if price is not None
        ]


class WorkStartForm(forms.Form):
    """What the company does: of the usual kinds, and in its own words."""

    types = forms.MultipleChoiceField(
        label=gettext_lazy("What you are asked for"), widget=forms.CheckboxSelectMultiple, required=False
    )
    own = forms.CharField(
        label=gettext_lazy("Other kinds of work"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One on each line, such as: Gutters."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = set(RequestType.objects.values_list("name", flat=True))
        word = "name_nl" if (get_language() or "").startswith("nl") else "name"
        self.fields["types"].choices = [  # type: ignore[attr-defined]
            (one["name"], one[word]) for one in request_types_usual() if one["name"] not in known
        ]

    def clean_own(self) -> list[str]:
        names = [" ".join(line.split()) for line in self.cleaned_data["own"].splitlines() if line.strip()]
        if any(len(name) > 80 for name in names):
            raise forms.ValidationError(_("A name has at most 80 characters."))
        return list(dict.fromkeys(names))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given["types"] and not given["own"]:
            self.add_error("types", _("Choose at least one, or name your own below."))
        return given
