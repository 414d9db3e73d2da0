"""Where a site is, as somebody knows better than its postal code."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.degrees import distance_km, position_read, position_written
from apps.core.sure import AsksOnce
from apps.customers import positions
from apps.customers.models import Site

# A postal code with its villages is seldom wider.
FAR_KM = 15


class PositionField(forms.CharField):
    """A place as it is pasted from a map."""

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        try:
            return position_read(typed) if typed else None
        except ValueError as error:
            raise forms.ValidationError(_("This is no place: paste latitude and longitude.")) from error


class PositionForm(AsksOnce, forms.Form):
    """Where a site is. What is far from its postal code is asked about: latitude and longitude are easily swapped."""

    coordinates = PositionField(
        label=gettext_lazy("Latitude and longitude"),
        max_length=500,
        help_text=gettext_lazy(
            "As a map shows them, such as 52.15610, 5.38780; or paste the link to the place."
        ),
    )

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site = site
        self.initial["coordinates"] = site.position if site.placed_by_hand else ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        found, known = given.get("coordinates"), positions.place(self.site.country, self.site.postal_code)
        if found and known:
            far = round(distance_km(found, known[1:]))
            sentence = _("That is %(km)s km from where %(postal_code)s lies. Is that right?")
            if far > FAR_KM:
                words = {"km": far, "postal_code": self.site.postal_code}
                self.ask("coordinates", position_written(*found), sentence % words)
        return given
