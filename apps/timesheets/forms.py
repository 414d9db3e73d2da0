"""Time by hand, and a reason."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core import formats
from apps.core.number_fields import HoursField
from apps.timesheets import rules
from apps.timesheets.states import HandKind


class HandTimeForm(forms.Form):
    weekday = forms.TypedChoiceField(label=_("Day"), coerce=int)
    kind = forms.ChoiceField(label=_("Kind"), choices=HandKind.choices)
    hours = HoursField(label=_("Hours"), least="0.01", most=24)
    reason = forms.CharField(
        label=_("What for"),
        help_text=_("For example: a day off, a training, or a job for which the clock was forgotten."),
        max_length=200,
    )

    def __init__(self, *args: Any, monday: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = rules.week_of(monday)
        field: Any = self.fields["weekday"]
        field.choices = [(number, formats.day(day)) for number, day in enumerate(days)]
        if today in days:
            self.initial["weekday"] = days.index(today)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
