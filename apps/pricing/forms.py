"""Forms of prices, rates, VAT codes and the catalogue."""

from datetime import time
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.company.forms.week import TimeInput, weekday_name
from apps.core import clock
from apps.core.handover import OutOfUseMixin
from apps.core.number_fields import AmountField, CountField, UnitPriceField
from apps.core.sure import AsksOnce
from apps.materials.models import Material
from apps.pricing import rules
from apps.pricing.lookup import usual_price
from apps.pricing.models import (
    HOURLY,
    MaterialPrice,
    PricingPolicy,
    Rate,
    RateKind,
    TechnicianRate,
    VatCategory,
    VatCode,
)

HIGHEST_VAT = 27  # per cent; of Hungary, the most in the Union


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MaterialForm(forms.ModelForm):
    """`category_name` is typed: a new name makes a new category."""

    category_name = forms.CharField(
        label=gettext_lazy("Category"),
        max_length=80,
        help_text=gettext_lazy("Choose one, or type a new one."),
        widget=forms.TextInput(attrs={"list": "categories", "autocomplete": "off"}),
    )

    class Meta:
        model = Material
        fields = ["code", "name", "unit", "barcode", "visible_to_technician"]
        help_texts = {
            "visible_to_technician": gettext_lazy("Technicians see name, category and unit; never a price.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["category_name"].initial = self.instance.category.name

    def clean_category_name(self) -> str:
        return " ".join(self.cleaned_data["category_name"].split())


def _price(label: Any, **kwargs: Any) -> UnitPriceField:
    below = gettext_lazy("A price cannot be below zero.")
    return UnitPriceField(label=capfirst(label), least=0, error_messages={"least": below}, **kwargs)


class MaterialPriceForm(AsksOnce, forms.ModelForm):
    cost = _price(gettext_lazy("cost price"))
    price = _price(gettext_lazy("sales price"))

    class Meta:
        model = MaterialPrice
        fields = ["cost", "price", "vat_code", "valid_from"]
        widgets = {"valid_from": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _only_active_vat(self)
        self.fields["valid_from"].help_text = _(
            "Older prices stay; what was already quoted or billed keeps its own."
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        cost = given.get("cost")
        self.ask_far("cost", self.initial.get("cost"), _("the cost price until now"))
        self.ask_far("price", self.initial.get("price") or cost, _("the price until now or what it costs"))
        return given


class VatCodeForm(AsksOnce, OutOfUseMixin, forms.ModelForm):
    class Meta:
        model = VatCode
        fields = ["code", "name", "category", "rate", "is_default", "active"]

    def clean_code(self) -> str:
        return self.cleaned_data["code"].strip().upper()

    def clean_rate(self) -> Any:
        rate = self.cleaned_data["rate"]
        if (rate > 0) != (self.cleaned_data.get("category") == VatCategory.STANDARD):
            raise forms.ValidationError(
                _("The standard category has a rate above zero, the others have none.")
            )
        return rate

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("is_default") and given.get("active") is False:
            self.add_error("active", _("The default code must be in use."))
        if self.instance.pk and self.initial.get("is_default") and not given.get("is_default"):
            self.add_error("is_default", _("Make another code the default instead."))
        self.ask_above("rate", HIGHEST_VAT)
        return given

    def _get_validation_exclusions(self) -> set[str]:
        """The single default is no matter of this form: a new default takes it from the old one."""
        return super()._get_validation_exclusions() | {"is_default"}  # type: ignore[misc]


class RateForm(AsksOnce, forms.ModelForm):
    price = _price(gettext_lazy("price"))

    class Meta:
        model = Rate
        fields = ["kind", "price", "unit", "vat_code", "valid_from"]
        widgets = {"valid_from": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _only_active_vat(self)
        self.fields["valid_from"].help_text = _("A rate of the same kind and day is replaced.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self.ask_far("price", lambda: usual_price(rate_kind=given.get("kind", "")), _("the rate until now"))
        return given

    def _get_validation_exclusions(self) -> set[str]:
        """A second rate of a kind on the same day is no error: it replaces the first."""
        return super()._get_validation_exclusions() | {"valid_from"}  # type: ignore[misc]


def day_name(day: int) -> str:
    return _("Holidays") if day == rules.HOLIDAY else weekday_name(day)


class RateHoursForm(forms.Form):
    """Which kind of hour it is, on which days, from when until when: laid over what stands there."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[(kind.value, kind.label) for kind in HOURLY]
    )
    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    starts = forms.TimeField(label=gettext_lazy("From"), widget=TimeInput())
    ends = forms.TimeField(
        label=gettext_lazy("Till"), widget=TimeInput(),
        help_text=gettext_lazy("00:00 is midnight. Before the first time, it is on the day after."),
    )  # fmt: skip
    valid_from = forms.DateField(
        label=gettext_lazy("Valid from"), widget=DateInput(), initial=clock.today,
        help_text=gettext_lazy("What is worked before this day keeps its hours."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [(day, day_name(day)) for day in rules.DAYS]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        starts, ends = given.get("starts"), given.get("ends")
        if starts and starts == ends and starts != time(0):
            self.add_error("ends", _("These hours begin and end at the same time."))
        over_midnight = starts and ends and time(0) < ends <= starts
        if over_midnight and rules.HOLIDAY in given.get("days", []):
            self.add_error(
                "ends",
                _("Hours of a holiday end at midnight. Set those of the day after by its weekday."),
            )
        return given

    @property
    def hours(self) -> dict[str, Any]:
        """As the action takes them, in minutes."""
        given = self.cleaned_data
        starts, ends = (given[name].hour * 60 + given[name].minute for name in ("starts", "ends"))
        return {
            "kind": given["kind"],
            "days": given["days"],
            "starts": starts,
            "ends": ends,
            "valid_from": given["valid_from"],
        }


class TechnicianRateForm(AsksOnce, forms.ModelForm):
    cost = _price(gettext_lazy("cost per hour"))
    price = _price(
        gettext_lazy("sales rate per hour"), required=False,
        help_text=gettext_lazy("Only when it differs from the general hourly rate."),
    )  # fmt: skip

    class Meta:
        model = TechnicianRate
        fields = ["cost", "price", "valid_from"]
        widgets = {"valid_from": DateInput()}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        hour = usual_price(rate_kind=RateKind.NORMAL)
        self.ask_far("cost", self.initial.get("cost") or hour, _("the cost until now or the hourly rate"))
        self.ask_far("price", hour, _("the hourly rate"))
        return given


def shown_price(rows: Any, typed: forms.ModelForm) -> Any:
    """What the form for a price of some day shows: the price that would be replaced, or else that of today."""
    typed.is_valid()
    day = getattr(typed, "cleaned_data", {}).get("valid_from")
    return (day and rows.filter(valid_from=day).first()) or rows.on(clock.today()).first()


class PolicyForm(forms.ModelForm):
    round_minutes = CountField(
        label=capfirst(gettext_lazy("round charged time up to (minutes)")), least=1, most=60,
        unit=gettext_lazy("minutes"),
        help_text=gettext_lazy("Recorded minutes are kept as they are; only what is charged is rounded up."),
        error_messages=dict.fromkeys(("least", "most"), gettext_lazy("Choose from 1 to 60 minutes.")),
    )  # fmt: skip

    loss_limit = AmountField(
        label=capfirst(gettext_lazy("most that a reviewer gives up of one item")), least=0,
        help_text=gettext_lazy(
            "Correcting, including or pricing something for a greater loss needs the right to write off."
        ),
    )  # fmt: skip

    class Meta:
        model = PricingPolicy
        fields = ["round_minutes", "charge_travel", "loss_limit"]


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("CSV or XLSX, at most 2 MB and 5,000 rows.")
    )


def _only_active_vat(form: forms.ModelForm) -> None:
    """Codes in use, and the one that holds now: a new price must not change it in silence."""
    field = form.fields["vat_code"]
    now = form.initial.get("vat_code")
    field.queryset = VatCode.objects.offered(getattr(now, "pk", now))  # type: ignore[attr-defined]
    field.empty_label = None  # type: ignore[attr-defined]
    if not form.instance.pk:
        form.fields["valid_from"].initial = clock.today
