"""A device at a site, and its documents."""

from datetime import date

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import clock
from apps.core.number_fields import CountField
from apps.customers.models import LONGEST_SERVICE, Equipment


class EquipmentForm(forms.ModelForm):
    service_months = CountField(
        label=gettext_lazy("Service every so many months"), least=1, most=LONGEST_SERVICE, required=False,
        help_text=gettext_lazy("What you advise. A maintenance contract goes before it."),
    )  # fmt: skip

    class Meta:
        model = Equipment
        fields = [
            "kind", "make", "model", "serial_number", "installed_on", "warranty_until", "service_months", "remarks",
            "gone_on",
        ]  # fmt: skip
        widgets = {
            **{name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
               for name in ("installed_on", "warranty_until", "gone_on")},
            "remarks": forms.Textarea(attrs={"rows": 3}),
        }  # fmt: skip
        help_texts = {
            "kind": gettext_lazy("Such as: boiler, heat pump, air handling unit."),
            "remarks": gettext_lazy("The technician reads this on the phone."),
            "gone_on": gettext_lazy("Filled in, it can no longer be chosen for new work."),
        }

    def clean_gone_on(self) -> date | None:
        gone: date | None = self.cleaned_data["gone_on"]
        if gone and gone > clock.today():
            raise forms.ValidationError(_("This day has yet to come."))
        return gone
