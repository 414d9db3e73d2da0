"""Templates of quotes."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.number_fields import (
    CountField,
    IdField,
    NumberField,
    PercentageField,
    UnitPriceField,
)
from apps.materials.models import Unit
from apps.pricing.models import RateKind, VatCode
from apps.quotes.forms.sums import LONG, AsksAboutHours, AsksAboutLine
from apps.quotes.models import LineKind, QuoteTemplate


class TemplateNameForm(forms.Form):
    name = forms.CharField(label=_("Name of the template"), max_length=80)
    keep_prices = forms.BooleanField(
        label=_("Keep these prices"),
        required=False,
        help_text=_("Otherwise lines from the rates and the catalogue take the price of the day."),
    )


class TemplateForm(AsksAboutHours, forms.ModelForm):
    class Meta:
        model = QuoteTemplate
        fields = (
            "name", "type", "language", "active", "title", "introduction", "scope", "terms", "billing_basis", "sold_hours",
            "deposit_percentage",
        )  # fmt: skip
        widgets = {
            name: forms.Textarea(attrs={"rows": 3, "maxlength": LONG})
            for name in ("introduction", "scope", "terms")
        }


class TemplateLineForm(AsksAboutLine, forms.Form):
    """A line of a template; an empty price takes the price of the day."""

    material = IdField(required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=LineKind)
    rate_kind = forms.ChoiceField(label=_("Rate"), choices=[("", "–"), *RateKind.choices], required=False)
    section = forms.CharField(label=_("Section"), max_length=80, required=False)
    description = forms.CharField(label=_("Description"), max_length=300)
    quantity = NumberField(label=_("Quantity"))
    unit = forms.ChoiceField(label=_("Unit"), choices=Unit)
    unit_price = UnitPriceField(label=_("Unit price"), least=0, required=False)
    discount = PercentageField(label=_("Discount (%)"), required=False)
    vat_code = forms.ModelChoiceField(VatCode.objects.all(), label=_("VAT"), empty_label=None)
    optional = forms.BooleanField(label=_("Optional"), required=False)

    def clean(self) -> dict[str, Any]:
        self.line_ask()
        return self.cleaned_data

    def has_changed(self) -> bool:
        """An empty row is one in which nothing is typed: a browser sends its choices all the same."""
        if self.initial:
            return super().has_changed()
        return any(
            self[name].data for name in ("material", "section", "description", "quantity", "unit_price")
        )

    def fields_given(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given["material_id"] = given.pop("material")
        given["discount"] = given["discount"] or Decimal(0)
        return {name: value for name, value in given.items() if name not in ("DELETE", "ORDER")}


class BaseTemplateLines(forms.BaseFormSet):
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        place = None if index is None or index >= self.initial_form_count() else index + 1
        form.fields["ORDER"] = CountField(
            label=pgettext_lazy("position", "Order"), initial=place, required=False
        )


TemplateLines = forms.formset_factory(
    TemplateLineForm, formset=BaseTemplateLines, extra=1, can_delete=True, can_order=True
)
