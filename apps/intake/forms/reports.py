"""The technician's report of an intake visit."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from apps.core.number_fields import HoursField, NumberField
from apps.core.sure import AsksOnce
from apps.intake.models import Advice, Execution, IntakeReport, Urgency
from apps.materials.models import Material, Unit
from apps.materials.rules import much_of


class ReportForm(AsksOnce, forms.ModelForm):
    """The parts of a report. Nothing is required while it is a draft; handing in checks that."""

    fields: dict[str, Any]

    class Meta:
        model = IntakeReport
        fields = ["note", "hours", "execution", "urgency", "advice"]
        widgets = {"note": forms.Textarea(attrs={"rows": 4, "maxlength": 4000})}

    hours = HoursField(label=gettext_lazy("Estimated hours"), required=False, least=0, most=999)
    execution = forms.ChoiceField(
        label=gettext_lazy("Execution needed"),
        choices=Execution.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"), choices=Urgency.choices, widget=forms.RadioSelect
    )
    advice = forms.ChoiceField(
        label=gettext_lazy("Advice to the office"),
        choices=Advice.choices,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["note"].max_length = 4000

    def clean_note(self) -> str:
        note = self.cleaned_data["note"]
        if len(note) > 4000:
            raise forms.ValidationError(gettext_lazy("At most 4,000 characters."))
        return note.strip()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self.ask_above("hours", much_of(Unit.HOUR))
        return given


class EstimateForm(AsksOnce, forms.Form):
    """How much of a material the work will need."""

    quantity = NumberField(label=gettext_lazy("Quantity"), least=Decimal("0.001"), most=99_999)

    def __init__(self, *args: Any, material: Material, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.material = material

    def clean(self) -> dict[str, Any]:
        self.ask_above("quantity", much_of(self.material.unit))
        return self.cleaned_data


class NoAccessForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What happened?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
