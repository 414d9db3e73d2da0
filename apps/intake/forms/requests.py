"""The office's forms about a request."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.customers import actions as customer_actions
from apps.customers import rules as customer_rules
from apps.customers.forms import AddressMixin, duplicates_of
from apps.customers.models import Contact, Customer, CustomerKind, Site
from apps.intake import rules
from apps.intake.models import Request, RequestType, Source
from apps.technicians.models import Technician

NEW = "new"


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
        self.fields["type"].queryset = RequestType.objects.active()
        self.fields["technician"].queryset = Technician.objects.active().select_related("user")
        self.fields["technician"].empty_label = _("Not chosen yet")
        self.fields["source"].initial = Source.PHONE

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.window_check()
        return self.cleaned_data

    def validate_constraints(self) -> None:
        """The window is checked above, at its field."""


class RequestForm(AddressMixin, RequestFields):
    """A request with its customer: one that is here already (`customer`), or a new one typed in place."""

    fields: dict[str, Any]

    customer = forms.ModelChoiceField(Customer.objects.none(), required=False, widget=forms.HiddenInput)
    site_choice = forms.ChoiceField(label=gettext_lazy("Address"), required=False, widget=forms.RadioSelect)
    contact_choice = forms.ChoiceField(label=gettext_lazy("Contact"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=CustomerKind.choices, required=False, initial=CustomerKind.PERSON
    )
    name = forms.CharField(label=gettext_lazy("Customer"), max_length=120, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=30, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=[("nl", gettext_lazy("Dutch")), ("en", gettext_lazy("English"))],
        required=False,
    )  # fmt: skip
    contact_name = forms.CharField(label=gettext_lazy("Name of the contact"), max_length=120, required=False)
    contact_phone = forms.CharField(
        label=gettext_lazy("Telephone of the contact"), max_length=30, required=False
    )
    postal_code = forms.CharField(label=gettext_lazy("Postal code"), max_length=12, required=False)
    house_number = forms.CharField(label=gettext_lazy("House number"), max_length=20, required=False)
    street = forms.CharField(label=gettext_lazy("Street"), max_length=120, required=False)
    city = forms.CharField(
        label=gettext_lazy("City"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Left empty, it follows from the postal code."),
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), choices=Site._meta.get_field("country").choices or (), required=False
    )
    is_new = forms.BooleanField(label=gettext_lazy("None of these: it is a new customer"), required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = Customer.objects.for_user(user).active()
        self.known = self._known()
        self.found: list[Customer] = []
        if self.known is None:
            for name in ("name", "kind", "language", "street", "house_number", "postal_code", "country"):
                self.fields[name].required = True
            sentence = _("Search for a customer, or type the name of a new one.")
            self.fields["name"].error_messages["required"] = sentence
            self.initial.setdefault("country", "NL")
            return
        sites = [(str(site.pk), str(site)) for site in self.known.sites.all()]
        self.fields["site_choice"].choices = [*sites, (NEW, _("Another address"))]
        self.fields["site_choice"].initial = sites[0][0] if sites else NEW
        contacts = [(str(one.pk), one.name) for one in self.known.contacts.all()]
        self.fields["contact_choice"].choices = [
            ("", _("The customer")), *contacts, (NEW, _("Another contact"))
        ]  # fmt: skip

    def _known(self) -> Customer | None:
        """The customer that was chosen, whatever the state of the rest of the form."""
        given = str((self.data if self.is_bound else self.initial).get("customer") or "")
        if not given.isdigit() or len(given) > 17:
            return None
        return self.fields["customer"].queryset.filter(pk=given).first()

    @property
    def asks_address(self) -> bool:
        """Whether an address is typed: for a new customer, or another address of a known one."""
        return (
            self.known is None or (self.data.get("site_choice") or self.fields["site_choice"].initial) == NEW
        )

    def clean_contact_phone(self) -> str:
        text = self.cleaned_data["contact_phone"]
        try:
            return customer_rules.phone_clean(text)
        except ValueError as error:
            raise forms.ValidationError(_("Enter a telephone number, such as 06-12345678.")) from error

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if self.known is None or given.get("site_choice") == NEW:
            for name in ("street", "house_number", "postal_code"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("Fill this in."))
            self.address_check()
        elif not given.get("site_choice") and "site_choice" not in self.errors:
            self.add_error("site_choice", _("Choose where the work is."))
        if given.get("contact_choice") == NEW and not given.get("contact_name"):
            self.add_error("contact_name", _("Fill this in."))
        if self.known is None and not given.get("is_new"):
            self.found = duplicates_of(self.data)
            if self.found and not self.errors:
                self.add_error(
                    None, _("This customer may be here already. Choose one, or say that it is a new one.")
                )
        return given

    # -- what the view hands to the actions ------------------------------------

    def customer_resolve(self, by: Any) -> tuple[Customer, Site, Contact | None]:
        """The customer, site and contact that were chosen or typed; new ones are made."""
        given = self.cleaned_data
        address = {name: given.get(name) or "" for name in customer_actions.ADDRESS}
        address["country"] = address["country"] or "NL"
        customer = self.known
        if customer is None:
            customer = customer_actions.customer_create(
                by=by,
                kind=given["kind"] or CustomerKind.PERSON,
                name=given["name"],
                email=given["email"],
                phone=given["phone"],
                language=given["language"] or "nl",
                **address,
            )
        if self.known is None or given["site_choice"] == NEW:
            site = customer_actions.site_for(customer=customer, by=by, **address)
        else:
            site = customer.sites.get(pk=given["site_choice"])
        contact = None
        if given.get("contact_name") and (self.known is None or given["contact_choice"] == NEW):
            contact = customer_actions.contact_create(
                by=by, customer=customer, name=given["contact_name"], phone=given["contact_phone"]
            )
        elif given.get("contact_choice") and given["contact_choice"] != NEW:
            contact = customer.contacts.get(pk=given["contact_choice"])
        return customer, site, contact

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
        self.fields["type"].queryset |= RequestType.objects.filter(pk=self.instance.type_id)
        self.fields["technician"].queryset |= Technician.objects.select_related("user").filter(
            pk=self.instance.technician_id
        )


class ReasonForm(forms.Form):
    """Why a request is declined, cancelled or missed."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
