"""The form that customers fill in on the company's website."""

from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import clock, countries
from apps.core.telephone_fields import TelephoneField, TelephoneInput
from apps.customers.forms import AddressMixin, HouseNumberInput, MailField
from apps.intake import rules
from apps.intake.forms.requests import DateInput, WindowMixin
from apps.intake.models import DayPart, FieldUse, RequestFormSettings, RequestType, Urgency

SALT = "intake.public-form"
MIN_SECONDS = 3


def stamp() -> str:
    """When the form was shown, in a way that cannot be made up."""
    return signing.dumps(int(clock.now().timestamp()), salt=SALT)


class PublicRequestForm(WindowMixin, AddressMixin, forms.Form):
    """Only what is needed to call back; the company chooses the rest in its settings."""

    fields: dict[str, Any]

    type = forms.ModelChoiceField(
        RequestType.objects.none(),
        label=gettext_lazy("What is it about?"),
        empty_label=gettext_lazy("Choose…"),
    )
    description = forms.CharField(
        label=gettext_lazy("What is the matter?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000}),
        help_text=gettext_lazy("In a few words: what happens, since when, make and type of the appliance."),
    )
    urgency = forms.ChoiceField(
        label=gettext_lazy("How urgent is it?"),
        widget=forms.RadioSelect,
        initial=Urgency.NORMAL,
        choices=[
            (Urgency.NORMAL, gettext_lazy("It can wait for an appointment")),
            (Urgency.HIGH, gettext_lazy("This week, please")),
            (Urgency.URGENT, gettext_lazy("Now: there is damage, or nothing works")),
        ],
    )
    company_name = forms.CharField(
        label=gettext_lazy("Company name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = MailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("We confirm your request to this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = TelephoneField(
        label=gettext_lazy("Telephone"), widget=TelephoneInput(attrs={"autocomplete": "tel"})
    )
    postal_code = forms.CharField(
        label=gettext_lazy("Postal code"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    house_number = forms.CharField(label=gettext_lazy("House number"), max_length=20, widget=HouseNumberInput)
    street = forms.CharField(
        label=gettext_lazy("Street"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    city = forms.CharField(
        label=gettext_lazy("City"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=countries.choices)
    preferred_from = forms.DateField(label=gettext_lazy("From"), widget=DateInput())
    preferred_until = forms.DateField(label=gettext_lazy("Until"), widget=DateInput())
    preferred_part = forms.ChoiceField(
        label=gettext_lazy("Part of the day"), choices=DayPart.choices, required=False, initial=DayPart.ANY
    )
    language = forms.ChoiceField(choices=settings.LANGUAGES, widget=forms.HiddenInput)
    stamp = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    # A field that people do not see; programs that fill in everything do.
    website = forms.CharField(
        label=gettext_lazy("Leave this field empty"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, choices: RequestFormSettings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices
        self.fields["type"].queryset = RequestType.objects.public()
        self._use("company_name", choices.company_name)
        self._use("phone", choices.phone)
        self._use("urgency", choices.urgency)
        self._use("preferred_from", choices.window)
        self._use("preferred_until", choices.window)
        self._use("preferred_part", choices.window)
        if "preferred_until" in self.fields:
            self.fields["preferred_until"].required = self.fields["preferred_part"].required = False
            self.fields["preferred_from"].widget.attrs["min"] = clock.today().isoformat()

    def _use(self, name: str, use: str) -> None:
        if use == FieldUse.OFF:
            del self.fields[name]
        else:
            self.fields[name].required = use == FieldUse.REQUIRED

    def _plain(self, name: str) -> str:
        text = " ".join(self.cleaned_data[name].split())
        if rules.holds_web_address(text):
            raise forms.ValidationError(_("A web address does not belong here."))
        return text

    def clean_name(self) -> str:
        return self._plain("name")

    def clean_company_name(self) -> str:
        return self._plain("company_name")

    def clean_street(self) -> str:
        return self._plain("street")

    def clean_city(self) -> str:
        return self._plain("city")

    def clean_preferred_from(self) -> Any:
        day = self.cleaned_data["preferred_from"]
        if day and day < clock.today():
            raise forms.ValidationError(_("This day has passed."))
        return day

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave this field empty; it is there to stop programs."))
        return ""

    def clean_stamp(self) -> str:
        """A person needs longer than a moment. Whoever is that quick may press the button once more."""
        try:
            shown = signing.loads(self.cleaned_data["stamp"], salt=SALT)
        except signing.BadSignature as error:
            raise forms.ValidationError(_("Please press the button once more.")) from error
        if clock.now().timestamp() - shown < MIN_SECONDS:
            raise forms.ValidationError(
                _("That was very quick. Look it over and press the button once more.")
            )
        return ""

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.address_check()
        self.window_check()
        return self.cleaned_data

    @property
    def submission(self) -> dict[str, Any]:
        """What the action wants."""
        given = dict(self.cleaned_data)
        for name in ("stamp", "website"):
            given.pop(name, None)
        given["preferred_part"] = given.get("preferred_part") or DayPart.ANY
        given["urgency"] = given.get("urgency") or Urgency.NORMAL
        return {name: value for name, value in given.items() if value not in (None, "")}
