"""The technician's report of an intake visit."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from apps.core.number_fields import HoursField, NumberField
from apps.intake.models import Advice, Execution, IntakeReport, Urgency


class ReportForm(forms.ModelForm):
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


class EstimateForm(forms.Form):
    """How much of a material the work will need."""

    quantity = NumberField(label=gettext_lazy("Quantity"), least=Decimal("0.001"), most=99_999)


class NoAccessForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What happened?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
