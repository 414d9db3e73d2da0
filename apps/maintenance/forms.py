"""What the office types about a contract and its visits."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import clock, formats
from apps.core.number_fields import AmountField, CountField, HoursField
from apps.core.numbers import pk_read
from apps.core.sure import AsksOnce
from apps.customers.models import Customer, Equipment, Site
from apps.intake.models import RequestType
from apps.maintenance import rules
from apps.maintenance.models import LONGEST, Contract
from apps.materials.models import Unit
from apps.materials.rules import much_of
from apps.pricing.models import VatCode
from apps.workorders.models import JobForm

DAY = {"type": "date"}


class DayInput(forms.DateInput):
    def __init__(self) -> None:
        super().__init__(attrs=DAY, format="%Y-%m-%d")


class ContractForm(AsksOnce, forms.ModelForm):
    """The contract of a customer that was chosen before: its sites, what is serviced there, and what a visit costs."""

    fields: dict[str, Any]

    sites = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Sites"), queryset=Site.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    equipment = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Equipment that is serviced"), queryset=Equipment.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("A visit services everything that is ticked at its site."),
    )  # fmt: skip
    interval_months = CountField(
        label=gettext_lazy("Every so many months"), least=1, most=LONGEST, initial=12,
        help_text=gettext_lazy("12 is once a year."),
    )  # fmt: skip
    season = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Season"), choices=[(str(number), capfirst(name)) for number, name in MONTHS.items()],
        coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The months in which a visit may be made. None ticked: the whole year."),
    )  # fmt: skip
    hours = HoursField(
        label=capfirst(gettext_lazy("expected hours")), initial=1,
        help_text=gettext_lazy("What the planning books for a visit."),
    )  # fmt: skip
    price = AmountField(
        label=gettext_lazy("Price per visit"), least=Decimal("0.01"),
        help_text=gettext_lazy("Without VAT. Visits that are made already keep theirs."),
    )  # fmt: skip
    vat_code = forms.ModelChoiceField(label=gettext_lazy("VAT"), queryset=VatCode.objects.none())

    class Meta:
        model = Contract
        fields = (
            "title", "type", "job_form", "interval_months", "season", "hours", "scope", "notes", "starts_on", "ends_on",
        )  # fmt: skip
        widgets = {
            "scope": forms.Textarea(attrs={"rows": 3}),
            "notes": forms.Textarea(attrs={"rows": 2}),
            "starts_on": DayInput,
            "ends_on": DayInput,
        }
        help_texts = {
            "title": gettext_lazy("As it stands on the work order and the invoice: Boiler maintenance."),
            "scope": gettext_lazy("What is to be done. The technician and the customer read this."),
            "notes": gettext_lazy("Only for the technician: keys, parking, the dog."),
            "starts_on": gettext_lazy("Visits are made from this day on."),
            "ends_on": gettext_lazy("Left empty, it goes on until somebody ends it."),
        }

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        kept = self.initial
        self.fields["sites"].queryset = Site.objects.filter(customer=customer)
        devices = Equipment.objects.offered(*kept.get("equipment", ())).select_related("site")
        self.fields["equipment"].queryset = devices.filter(site__customer=customer).order_by(
            "site__city", "site__street", "kind__by_name", "pk"
        )
        self.fields["equipment"].label_from_instance = lambda one: f"{one} – {one.site.street_line}"
        self.fields["type"].queryset = RequestType.objects.offered(kept.get("type"))
        self.fields["job_form"].queryset = JobForm.objects.offered(kept.get("job_form"))
        self.fields["job_form"].empty_label = _("The form for this type of work")
        self.fields["vat_code"].queryset = VatCode.objects.offered(kept.get("vat_code"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        sites = list(given.get("sites") or ())
        # What stands at a site that is not ticked means that site.
        elsewhere = {one.site_id: one.site for one in given.get("equipment") or ()}
        given["places"] = {
            site: [one for one in given.get("equipment") or () if one.site_id == site.pk]
            for site in [*sites, *(one for pk, one in elsewhere.items() if pk not in {s.pk for s in sites})]
        }
        if given["places"] and "sites" in self.errors and elsewhere:
            del self.errors["sites"]
        first, last = given.get("starts_on"), given.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("It ends before it starts."))
        if first and "starts_on" in self.changed_data and first < rules.months_after(clock.today(), -12):
            self.add_error("starts_on", _("Visits are made up to a year back. Enter a later day."))
        if given.get("hours") is not None and given["hours"] <= 0:
            self.add_error("hours", _("A visit takes some time."))
        self.ask_above("hours", much_of(Unit.HOUR))
        return given

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"customer", "rhythm_since"}  # type: ignore[misc]

    @property
    def said(self) -> dict[str, Any]:
        """What `contract_create` and `contract_change` take."""
        return {name: self.cleaned_data[name] for name in (*self.Meta.fields, "places", "price", "vat_code")}


class OffPlanMixin(forms.Form):
    """Asked only of what a technician is to come for."""

    def __init__(self, *args: Any, planned: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not planned:
            del self.fields["off_plan"]


class ChangeContractForm(ContractForm):
    """With what becomes of what is planned, where a site goes."""

    off_plan = forms.BooleanField(
        label=gettext_lazy("Take what is planned and no longer asked for off the plan"), required=False
    )


class RunForm(forms.Form):
    """Which month of maintenance is spread, and where."""

    fields: dict[str, Any]

    month = forms.ChoiceField(label=gettext_lazy("Month"))
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)

    def __init__(self, *args: Any, regions: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = rules.month_of(clock.today())
        months = [rules.months_after(first, number) for number in range(12)]
        self.fields["month"].choices = [(f"{one:%Y-%m}", capfirst(formats.month(one))) for one in months]
        self.fields["region"].choices = [("", _("Everywhere")), *regions]

    @property
    def first(self) -> date:
        """The first day of the month that was chosen; of the next one where nothing was."""
        if self.is_bound and self.is_valid():
            year, month = self.cleaned_data["month"].split("-")
            return date(int(year), int(month), 1)
        return rules.months_after(rules.month_of(clock.today()), 1)

    @property
    def where(self) -> str:
        return self.cleaned_data.get("region", "") if self.is_bound and self.is_valid() else ""


class TakeField(forms.MultipleChoiceField):
    """The lines of a run that were ticked: visit, technician and moment, as `spread.Proposal.value` says them."""

    def valid_value(self, value: str) -> bool:
        return self.read(value) is not None

    @staticmethod
    def read(value: str) -> tuple[int, int, datetime] | None:
        visit, _dot, rest = value.partition(".")
        technician, _dot, at = rest.partition(".")
        first, second = pk_read(visit), pk_read(technician)
        try:
            moment = datetime.strptime(at, "%Y%m%dT%H%M%z")
        except ValueError:
            return None
        return None if first is None or second is None else (first, second, moment)


class TakeForm(forms.Form):
    take = TakeField(label=gettext_lazy("Visits"), error_messages={"required": gettext_lazy("Tick a visit.")})

    @property
    def lines(self) -> list[tuple[int, int, datetime]]:
        return [line for one in self.cleaned_data["take"] if (line := TakeField.read(one))]


class SkipForm(OffPlanMixin):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    off_plan = forms.BooleanField(label=gettext_lazy("Take the visit off the plan"))


class MoveForm(OffPlanMixin):
    window_from = forms.DateField(label=gettext_lazy("From"), widget=DayInput)
    window_until = forms.DateField(label=gettext_lazy("Until"), widget=DayInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    off_plan = forms.BooleanField(label=gettext_lazy("Take the visit off the plan"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, last = given.get("window_from"), given.get("window_until")
        if first and last and last < first:
            self.add_error("window_until", _("The window ends before it starts."))
        if last and last < clock.today():
            self.add_error("window_until", _("This day is past."))
        return given


KEEP, CANCEL = "keep", "cancel"


class EndForm(forms.Form):
    ends_on = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    planned = forms.ChoiceField(
        label=gettext_lazy("What is planned after that day"),
        choices=[(KEEP, gettext_lazy("It is still done")), (CANCEL, gettext_lazy("It goes off the plan"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, contract: Contract, planned: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contract = contract
        if not planned:
            del self.fields["planned"]

    def clean_ends_on(self) -> Any:
        day = self.cleaned_data["ends_on"]
        if day < self.contract.starts_on and day < clock.today():
            raise forms.ValidationError(_("It ends before it starts."))
        return day

    @property
    def off_plan(self) -> bool | None:
        said = self.cleaned_data.get("planned")
        return None if said is None else said == CANCEL
