"""What a user may fill in about messages, notes and pushes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.messaging.push_service import is_allowed, keys_fit
from apps.messaging.rules import LONGEST_ADDRESS


class NoteForm(forms.Form):
    text = forms.CharField(label=_("Note"), max_length=4000)


class ResendForm(forms.Form):
    to_address = forms.EmailField(label=_("To"))


class SettleForm(forms.Form):
    reason = forms.CharField(label=_("How they heard of it"), max_length=300)


class PushForm(forms.Form):
    """Where a browser is reached, as it says itself; and where it was before, when its maker moved it."""

    endpoint = forms.CharField(max_length=LONGEST_ADDRESS, widget=forms.HiddenInput)
    public_key = forms.CharField(max_length=100, widget=forms.HiddenInput)
    secret = forms.CharField(max_length=40, widget=forms.HiddenInput)
    was = forms.CharField(max_length=LONGEST_ADDRESS, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if not is_allowed(said.get("endpoint", "")):
            raise ValidationError(_("This browser gave no address to which messages can be sent."))
        if not keys_fit(said.get("public_key", ""), said.get("secret", "")):
            raise ValidationError(_("This browser gave no key with which messages can be sealed."))
        return said
