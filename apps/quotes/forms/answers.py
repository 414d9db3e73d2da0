"""Sending a quote, and what the customer answers."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.number_fields import (
    AmountField,
    IdField,
)


class SendForm(forms.Form):
    """To whom a quote goes."""

    to_address = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Leave empty to mail nothing, and hand over the link or the PDF yourself."),
    )
    revision = IdField()


class ResendForm(forms.Form):
    to_address = forms.EmailField(label=_("E-mail address"))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class WithdrawForm(ReasonForm):
    tell = forms.BooleanField(
        label=_("Mail the customer that the quote is withdrawn"), required=False, initial=True
    )


class ReviseForm(forms.Form):
    reason = forms.CharField(
        label=_("What changes?"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class RecordForm(forms.Form):
    """The office records an acceptance that came by telephone or mail."""

    name = forms.CharField(label=_("Who accepted?"), max_length=120)
    options = forms.TypedMultipleChoiceField(
        label=_("Chosen options"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, content: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(line["id"], line["description"]) for line in content["lines"] if line["optional"]]
        self.fields["options"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["options"]


class AcceptForm(forms.Form):
    """The customer's yes."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    signature = forms.CharField(label=_("Signature"), required=False, max_length=500_000)
    total = AmountField(required=False, widget=forms.HiddenInput)


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you decline?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    name = forms.CharField(label=_("Your name"), max_length=120, required=False)
