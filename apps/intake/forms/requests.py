"""The office's forms about a request."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.customers.forms import CustomerChoiceForm
from apps.intake import rules
from apps.intake.models import Request, RequestType, Source
from apps.technicians.models import Technician


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class WindowMixin:
    """The preferred window: a first and perhaps a last day."""

    cleaned_data: dict[str, Any]

    def window_check(self) -> None:
        given = self.cleaned_data
        if rules.window_fault(given.get("preferred_from"), given.get("preferred_until")):
            sentence = (
                _("The window ends before it starts.")
                if given.get("preferred_from")
                else _("Give the first day too.")
            )
            self.add_error("preferred_until", sentence)  # type: ignore[attr-defined]


class RequestFields(WindowMixin, forms.ModelForm):
    """What is asked for."""

    fields: dict[str, Any]

    class Meta:
        model = Request
        fields = [
            "type", "description", "urgency", "source", "technician",
            "preferred_from", "preferred_until", "preferred_part",
        ]  # fmt: skip
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
            "preferred_from": DateInput(),
            "preferred_until": DateInput(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = RequestType.objects.offered(self.instance.type_id)
        technicians = Technician.objects.offered(self.instance.technician_id)
        self.fields["technician"].queryset = technicians.select_related("user")
        self.fields["technician"].empty_label = _("Not chosen yet")
        self.fields["source"].initial = Source.PHONE

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.window_check()
        return self.cleaned_data

    def validate_constraints(self) -> None:
        """The window is checked above, at its field."""


class RequestForm(CustomerChoiceForm, RequestFields):
    """A request with its customer: one that is here already, or a new one typed in place."""

    @property
    def request_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in RequestFields.Meta.fields}


class RequestChangeForm(RequestFields):
    """Change what was written down. Site and contact stay with the customer."""

    fields: dict[str, Any]

    class Meta(RequestFields.Meta):
        fields = [*RequestFields.Meta.fields, "site", "contact"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        customer = self.instance.customer
        self.fields["site"].queryset = customer.sites.all()
        self.fields["contact"].queryset = customer.contacts.all()
        self.fields["contact"].empty_label = _("The customer")


class ReasonForm(forms.Form):
    """Why a request is declined, cancelled or missed."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
