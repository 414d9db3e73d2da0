"""What a user may fill in about messages and notes."""

from django import forms
from django.utils.translation import gettext_lazy as _


class NoteForm(forms.Form):
    text = forms.CharField(label=_("Note"), max_length=4000)


class ResendForm(forms.Form):
    to_address = forms.EmailField(label=_("To"))


class SettleForm(forms.Form):
    reason = forms.CharField(label=_("How they heard of it"), max_length=300)
