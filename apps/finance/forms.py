"""Which figures to show."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.customers.models import Customer
from apps.intake.models import RequestType
from apps.technicians.models import Technician


class PeriodForm(forms.Form):
    months = forms.TypedChoiceField(
        label=_("Period"),
        required=False,
        coerce=int,
        empty_value=12,  # type: ignore[arg-type]
        choices=[(1, _("This month")), (3, _("3 months")), (6, _("6 months")), (12, _("12 months")), (24, _("24 months"))],
    )  # fmt: skip
    technician = forms.ModelChoiceField(
        label=_("Technician"),
        required=False,
        queryset=Technician.objects.select_related("user"),
        empty_label=_("All technicians"),
    )
    type = forms.ModelChoiceField(
        label=_("Type of work"),
        required=False,
        queryset=RequestType.objects.all(),
        empty_label=_("All types"),
    )
    # Not a select: a company has too many customers. It is set by the links of the page.
    customer = forms.ModelChoiceField(
        required=False, queryset=Customer.objects.all(), widget=forms.HiddenInput()
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name in ("months", "technician", "type"):
            self.fields[name].widget.attrs["class"] = "chip"
