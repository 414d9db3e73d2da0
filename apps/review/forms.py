"""What a reviewer and a customer fill in."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.core import clock, formats
from apps.core.number_fields import HoursField, NumberField, UnitPriceField
from apps.core.sure import DAY, AsksOnce
from apps.field.models import TimeKind, Visit
from apps.materials.models import Unit
from apps.materials.rules import much_of
from apps.pricing.lookup import usual_price
from apps.pricing.models import RateKind, VatCode
from apps.review import rules
from apps.review.excess import Excess
from apps.review.models import Billable, Decision, ExtraWorkOffer, Fate

ABOVE_ZERO: dict[str, Any] = {
    "least": Decimal("0.0001"),
    "error_messages": {"least": _("Must be above zero.")},
}


def _hour() -> Decimal | None:
    return usual_price(rate_kind=RateKind.NORMAL)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000)


class FindingForm(AsksOnce, forms.Form):
    """One item: accepted, corrected to another quantity, or to go back."""

    decision = forms.ChoiceField(label=_("Decision"), choices=Decision.choices)
    part = forms.CharField(label=_("Part"), required=False, max_length=20)
    quantity = NumberField(label=_("should be"), required=False, least=0)
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, recorded: Decimal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.recorded = recorded

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        decision = cleaned.get("decision")
        if decision in (Decision.CORRECTED, Decision.RETURNED) and not (cleaned.get("reason") or "").strip():
            self.add_error("reason", _("Give a reason."))
        if (
            decision == Decision.CORRECTED
            and cleaned.get("quantity") is None
            and "quantity" not in self.errors
        ):
            self.add_error("quantity", _("Say which quantity it should be."))
        self.ask_far("quantity", self.recorded, gettext("what was recorded"), down=False)
        return cleaned


class FateForm(AsksOnce, forms.Form):
    fate = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=[(one.value, one.label) for one in Fate if one != Fate.PENDING],
    )
    unit_price = UnitPriceField(label=_("Unit price"), required=False, least=0)
    vat_code = forms.ModelChoiceField(label=_("VAT"), queryset=VatCode.objects.none(), required=False)
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed for a write-off, a changed price, or including what no agreement covers."),
    )  # fmt: skip

    def __init__(self, *args: Any, billable: Billable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.billable = billable
        if billable.is_priced_here:
            codes: Any = self.fields["vat_code"]
            codes.queryset = VatCode.objects.offered(billable.vat_code_id)
        else:
            del self.fields["vat_code"]

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        self.ask_far("unit_price", self.billable.unit_price, gettext("the price until now"))
        if cleaned.get("fate") == Fate.WRITTEN_OFF and not (cleaned.get("reason") or "").strip():
            self.add_error("reason", _("Give a reason for writing this off."))
        covered = cleaned.get("fate") != Fate.INCLUDED or self.billable.proposal in rules.COVERED
        if not covered and not (cleaned.get("reason") or "").strip():
            self.add_error("reason", _("No agreement covers this. Give a reason for including it."))
        return cleaned


class CorrectionForm(AsksOnce, forms.Form):
    """After approval: what the quantity and the price should have been."""

    quantity = NumberField(label=_("Quantity"), least=0)
    unit_price = UnitPriceField(label=_("Unit price"), least=0)
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, billable: Billable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.billable = billable

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        self.ask_far("quantity", self.billable.quantity, gettext("the quantity until now"), down=False)
        self.ask_far("unit_price", self.billable.unit_price, gettext("the price until now"))
        return cleaned


class ExcessForm(AsksOnce, forms.Form):
    """What the hours above the sold ones are offered at: a price for each kind of hour among them."""

    vat_code = forms.ModelChoiceField(
        label=_("VAT"), queryset=VatCode.objects.filter(active=True), empty_label=None
    )

    def __init__(self, *args: Any, parts: Sequence[Excess], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        for part in parts:
            self.fields[part.name] = UnitPriceField(label=part.label, **ABOVE_ZERO)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        for part in self.parts:
            self.ask_far(part.name, part.price or None, gettext("the hourly rate"))
        return cleaned

    @property
    def prices(self) -> dict[str, Decimal]:
        return {part.name: self.cleaned_data[part.name] for part in self.parts}


class OfferForm(AsksOnce, forms.ModelForm):
    """Extra work with its price, as the customer will read it."""

    class Meta:
        model = ExtraWorkOffer
        fields = ["description", "quantity", "unit", "unit_price", "vat_code"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    quantity = NumberField(label=_("Quantity"), **(ABOVE_ZERO | {"least": Decimal("0.001")}))
    unit_price = UnitPriceField(label=_("Unit price"), **ABOVE_ZERO)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["vat_code"].queryset = VatCode.objects.filter(active=True)  # type: ignore[attr-defined]
        self.fields["vat_code"].empty_label = None  # type: ignore[attr-defined]
        self.fields["unit"].choices = Unit.choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("unit") == Unit.HOUR:
            self.ask_far("unit_price", _hour, gettext("the hourly rate"))
            self.ask_far(
                "quantity", self.initial.get("quantity"), gettext("the hours that were recorded"), down=False
            )
        self.ask_above("quantity", much_of(cleaned.get("unit")))
        return cleaned


class TheirAnswerForm(forms.Form):
    """The customer's answer, told to the office."""

    answer = forms.ChoiceField(
        label=_("The customer says"), choices=[("approve", _("Yes, go ahead")), ("decline", _("No"))]
    )
    name = forms.CharField(label=_("Who said so"), max_length=120)
    reason = forms.CharField(
        label=_("How and when"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example: by telephone, this morning."),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """The customer's own answer, on the page of the private link."""

    answer = forms.ChoiceField(label=_("Answer"), choices=[("approve", "approve"), ("decline", "decline")])
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    reason = forms.CharField(
        label=_("Remark"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class TimeAddForm(AsksOnce, forms.Form):
    """A stretch of one of the job's visits that no clock recorded."""

    fields: dict[str, Any]

    visit = forms.ModelChoiceField(label=_("Visit"), queryset=Visit.objects.none(), empty_label=None)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(one.value, one.label) for one in (TimeKind.WORK, TimeKind.TRAVEL)]
    )
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    start = forms.TimeField(
        label=pgettext_lazy("time", "Start"),
        widget=forms.TimeInput(attrs={"type": "time", "step": 60}, format="%H:%M"),
    )
    hours = HoursField(label=_("Duration"), least=Decimal("0.01"), most=24)
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The technician reads it."),
    )  # fmt: skip

    def __init__(self, *args: Any, visits: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["visit"].queryset = visits
        self.fields["visit"].label_from_instance = _visit_label
        self.fields["visit"].choices = list(self.fields["visit"].choices)  # asked once

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self.ask_above("hours", DAY, gettext("%(value)s hours is much for one visit. Is that right?"))
        if {"day", "start", "hours"} <= given.keys():
            begins = timezone.make_aware(datetime.combine(given["day"], given["start"]))
            there = timezone.localtime(begins.astimezone(UTC))
            if there.time() != given["start"]:
                self.add_error("start", gettext("The clock went forward then: this time was not there."))
            elif self.ends > clock.now():
                self.add_error("hours", gettext("This is still to come: only what was done is noted."))
        return given

    @property
    def begins(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.cleaned_data["day"], self.cleaned_data["start"]))

    @property
    def ends(self) -> datetime:
        """The duration is real time, so it is added in UTC."""
        return self.begins.astimezone(UTC) + timedelta(hours=float(self.cleaned_data["hours"]))


def _visit_label(visit: Visit) -> str:
    booked = visit.assignment
    when = f"{formats.day(booked.starts_at)} {formats.period(booked.starts_at, booked.ends_at)}"
    return f"{visit.technician.user.name}, {when}"
