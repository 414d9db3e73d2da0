"""A document that is put with a record."""

from django import forms
from django.utils.translation import gettext_lazy


class AttachedForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Document"))
    for_technician = forms.BooleanField(
        label=gettext_lazy("The technician sees it on the phone"), required=False
    )
