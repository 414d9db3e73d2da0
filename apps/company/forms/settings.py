"""Forms of the company's settings."""

import re
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum import iban
from stdnum.eu import vat

from apps.company.models import CERTIFICATE_DAYS, Company, Holiday
from apps.core import clock, countries, postal_codes
from apps.core.models import Series
from apps.core.number_fields import CountField


class CompanyForm(forms.ModelForm):
    logo_file = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy(
            "PNG or JPEG; it stands on every document and mail. Empty keeps the one that is there."
        ),
    )
    website = forms.URLField(
        label=capfirst(gettext_lazy("website")), required=False, max_length=200, assume_scheme="https"
    )
    payment_term_days = CountField(
        label=capfirst(gettext_lazy("payment term (days)")),
        least=1,
        most=120,
        unit=gettext_lazy("days"),
        initial=14,
    )
    quote_valid_days = CountField(
        label=capfirst(gettext_lazy("quotes are valid for (days)")),
        least=1,
        most=365,
        unit=gettext_lazy("days"),
        initial=30,
    )
    country = forms.ChoiceField(
        label=capfirst(gettext_lazy("country")), choices=countries.near_choices, initial="NL"
    )
    tell_after_minutes = CountField(
        label=capfirst(gettext_lazy("customers hear of the plan after (minutes)")),
        most=240,
        unit=gettext_lazy("minutes"),
        initial=10,
        help_text=gettext_lazy(
            "So long nobody may have changed a visit before its customer gets one mail about it. The planner can tell"
            " sooner."
        ),
    )
    certificate_days = CountField(
        label=capfirst(gettext_lazy("renew certificates so many days before they expire")),
        most=365,
        unit=gettext_lazy("days"),
        initial=CERTIFICATE_DAYS,
        help_text=gettext_lazy("From then on a technician's certificate stands on the task list."),
    )
    logo_remove = forms.BooleanField(label=gettext_lazy("Remove the logo"), required=False)

    class Meta:
        model = Company
        fields = [
            "name", "street", "house_number", "postal_code", "city", "country", "email", "phone", "website",
            "kvk_number", "vat_number", "iban", "bic", "colour", "language",
            "payment_term_days", "quote_valid_days", "tell_after_minutes", "certificate_days",
            "prefix_behind", "quote_terms_nl", "quote_terms",
        ]  # fmt: skip
        widgets = {"colour": forms.TextInput(attrs={"type": "color"})}
        help_texts = {
            "language": gettext_lazy("Of documents, unless a customer has another one."),
            "prefix_behind": gettext_lazy(
                "Customers whose name begins with de, van, ’t and the like stand under the word behind it, as in a Dutch"
                " telephone book. Off, they stand under the prefix, as in a Belgian one."
            ),
            "colour": gettext_lazy("Of the letterhead and the customers' pages."),
            "quote_terms": gettext_lazy(
                "A quote takes the terms of its language, or the others where these are empty."
            ),
        }

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if typed := given.get("postal_code"):
            country = given.get("country") or "NL"
            try:
                given["postal_code"] = postal_codes.postal_code_clean(country, typed)
            except ValueError:
                self.add_error("postal_code", postal_codes.postal_code_sentence(country, typed))
        return given

    def clean_kvk_number(self) -> str:
        digits = re.sub(r"[\s.]", "", self.cleaned_data["kvk_number"])
        if digits and not re.fullmatch(r"\d{8}", digits, re.ASCII):
            raise forms.ValidationError(_("This is no Chamber of Commerce number: it has eight digits."))
        return digits

    def clean_vat_number(self) -> str:
        return self._checked("vat_number", vat, _("This VAT number is not valid."))

    def clean_iban(self) -> str:
        return self._checked("iban", iban, _("This IBAN is not valid."))

    def _checked(self, name: str, kind: Any, sentence: str) -> str:
        value = self.cleaned_data[name].strip()
        if value and not kind.is_valid(value):
            raise forms.ValidationError(sentence)
        return kind.compact(value) if value else ""


class PrefixForm(forms.ModelForm):
    """What the numbers of one series start with."""

    class Meta:
        model = Series
        fields = ["prefix"]

    def clean_prefix(self) -> str:
        return prefix_checked(self.cleaned_data["prefix"])


def prefix_checked(text: str) -> str:
    prefix = text.strip().upper()
    if not prefix.isascii() or not prefix.isalpha():
        raise forms.ValidationError(_("A prefix is one to six letters."))
    return prefix


class HolidayForm(forms.ModelForm):
    class Meta:
        model = Holiday
        fields = ["day", "name"]
        widgets = {"day": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}


class HolidayYearForm(forms.Form):
    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int, choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = clock.today().year
        self.fields["year"].choices = [(year, str(year)) for year in range(this, this + 4)]  # type: ignore[attr-defined]
