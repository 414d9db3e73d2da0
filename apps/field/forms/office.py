"""What the office types about what phones report."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from apps.core.number_fields import CountField
from apps.documents.photos import SIDE
from apps.field.events import EVENTS
from apps.field.models import FieldEvent, PhoneSettings
from apps.field.sides import LABELS


class TakeForm(forms.Form):
    """What the office puts right before it takes what a phone reported: nothing, if it only came too late."""

    def __init__(self, *args: Any, event: FieldEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in EVENTS[event.kind].correctable if event.kind in EVENTS else ():
            long = name in ("text", "description", "reason", "left_over")
            self.fields[name] = forms.CharField(
                label=LABELS[name],
                initial=event.payload.get(name, ""),
                required=False,
                max_length=10_000 if long else 200,
                widget=forms.Textarea(attrs={"rows": 3}) if long else forms.TextInput(),
            )


class SetAsideForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it changes nothing"), widget=forms.Textarea(attrs={"rows": 3}), max_length=200
    )


class FollowUpForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What was done about it"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )


class GiveUpForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it will never be sent"),
        help_text=gettext_lazy("For example: the phone fell in the water."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )


class PhoneSettingsForm(forms.ModelForm):
    holds_hours = CountField(
        label=gettext_lazy("A phone may hold something for"),
        help_text=gettext_lazy("After that it stands among the leaks: somebody calls the technician."),
        initial=4,
        least=1,
        most=240,
    )
    photo_side = CountField(
        label=gettext_lazy("Long side of a photo that is sent"),
        help_text=gettext_lazy("A phone makes a larger photo smaller before it sends it."),
        initial=SIDE,
        least=1024,
        most=SIDE,
    )

    class Meta:
        model = PhoneSettings
        fields = ("holds_hours", "photo_side")
