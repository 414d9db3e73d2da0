"""Forms of the company's own things."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class SavedViewForm(forms.Form):
    """A name for the filters that a list has now. The rest comes along from the list."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    list = forms.CharField(max_length=60, widget=forms.HiddenInput)
    path = forms.CharField(max_length=200, widget=forms.HiddenInput)
    query = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)

    def clean_path(self) -> str:
        """The list's address on this site; anything else would send the user elsewhere."""
        path = self.cleaned_data["path"]
        if not path.startswith("/") or path.startswith("//") or "\\" in path or "?" in path:
            raise forms.ValidationError(_("Open this page from the list."))
        return path
