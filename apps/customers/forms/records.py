"""A customer, its sites, contacts and equipment, and the choice of one."""

from collections.abc import Callable
from typing import Any, Self

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import countries, postal_codes
from apps.core.number_fields import CountField
from apps.core.numbers import pk_read
from apps.core.telephone_fields import TelephoneField, number_read
from apps.customers import actions, positions, rules
from apps.customers.models import MAIL_FIELDS, Contact, Customer, CustomerKind, Site

NEW = "new"


def cleaned_text(clean: Callable[..., str], *args: str, sentence: str) -> str:
    """What `clean` makes of its arguments; its ValueError becomes the field's error."""
    try:
        return clean(*args)
    except ValueError as error:
        raise forms.ValidationError(sentence) from error


class HouseNumberInput(forms.TextInput):
    """Which no browser insists on: a number that was typed behind the street is set apart."""

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class MailField(forms.EmailField):
    """An address as it is kept: in small letters."""

    def clean(self, value: Any) -> str:
        return rules.email_clean(super().clean(value))


class AddressMixin:
    """Checks of an address. Put it before the form's own base class."""

    cleaned_data: dict[str, Any]
    data: Any
    add_error: Callable[..., None]
    errors: Any

    def address_check(self) -> None:
        """Postal code and house number, once the country is known. An empty city is filled in from the code."""
        given = self.cleaned_data
        country = given.get("country") or "NL"
        if not given.get("house_number") and (apart := rules.number_apart(given.get("street") or "")):
            given["street"], given["house_number"] = apart
            self.errors.pop("house_number", None)
        checks = (
            (
                "postal_code",
                postal_codes.postal_code_clean,
                postal_codes.postal_code_sentence(country, given.get("postal_code") or ""),
            ),
            ("house_number", rules.house_number_clean, _("Enter a house number, such as 12, 12a or t/o 12.")),
        )
        for name, clean, sentence in checks:
            if given.get(name):
                try:
                    given[name] = clean(country, given[name])
                except ValueError:
                    self.add_error(name, sentence)
        if not given.get("city") and given.get("postal_code"):
            if found := positions.place(country, given["postal_code"]):
                given["city"] = found[0]
            elif "city" in self.fields and "city" not in self.errors:  # type: ignore[attr-defined]
                self.add_error("city", _("Enter the city; we do not know this postal code."))


class CustomerForm(AddressMixin, forms.ModelForm):
    """A customer; the city may be left to the postal code."""

    fields: dict[str, Any]

    city = forms.CharField(
        label=gettext_lazy("City"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Left empty, it follows from the postal code."),
    )

    payment_term_days = CountField(
        label=capfirst(gettext_lazy("payment term (days)")), most=365, required=False,
        help_text=gettext_lazy("Left empty, the company's own term counts."),
        error_messages={"most": gettext_lazy("A payment term is at most 365 days.")},
    )  # fmt: skip

    class Meta:
        model = Customer
        fields = [
            "kind", "name", "email", "phone", "language", "quote_email", "invoice_email", "planning_email",
            "street", "house_number", "postal_code", "city", "country",
            "vat_number", "kvk_number", "reverse_charge", "payment_term_days", "remarks",
        ]  # fmt: skip
        field_classes = dict.fromkeys(("email", *MAIL_FIELDS), MailField)
        widgets = {
            "kind": forms.RadioSelect,
            "house_number": HouseNumberInput,
            "remarks": forms.Textarea(attrs={"rows": 3, "maxlength": 4000}),
        }

    def clean_kvk_number(self) -> str:
        return cleaned_text(
            rules.kvk_number_clean,
            self.cleaned_data["kvk_number"],
            sentence=_("A Chamber of Commerce number has eight digits."),
        )

    def clean_remarks(self) -> str:
        return _limited(self.cleaned_data["remarks"], 4000)

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.address_check()
        given = self.cleaned_data
        if given.get("vat_number"):
            try:
                given["vat_number"] = rules.vat_number_clean(
                    given.get("country") or "NL", given["vat_number"]
                )
            except ValueError:
                self.add_error("vat_number", _("This VAT number is not valid. Check it with the customer."))
        if given.get("reverse_charge") and not given.get("vat_number") and "vat_number" not in self.errors:
            self.add_error("vat_number", _("Reverse charge needs the customer's VAT number."))
        return given

    def duplicates(self) -> Any:
        """Customers that may be this one, as far as the form was filled in."""
        return duplicates_of(self.data, exclude=self.instance.pk)


class SiteForm(AddressMixin, forms.ModelForm):
    city = forms.CharField(label=gettext_lazy("City"), max_length=80, required=False)

    class Meta:
        model = Site
        fields = ["name", "street", "house_number", "postal_code", "city", "country", "access_notes"]
        widgets = {
            "house_number": HouseNumberInput,
            "access_notes": forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
        }
        help_texts = {
            "name": gettext_lazy("Such as: holiday home, boiler room B."),
            "access_notes": gettext_lazy("Key, parking, whom to ask for. The technician reads this."),
        }

    def clean_access_notes(self) -> str:
        return _limited(self.cleaned_data["access_notes"], 2000)

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.address_check()
        return self.cleaned_data


class ContactForm(AddressMixin, forms.ModelForm):
    class Meta:
        model = Contact
        fields = ["name", "role", "email", "phone"]
        field_classes = {"email": MailField}

    def __init__(self, *args: Any, customer: Customer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer or (self.instance.customer if self.instance.customer_id else None)

    @property
    def telephone_country(self) -> str:
        return self.customer.country if self.customer else ""


class CustomerChoiceForm(AddressMixin, forms.Form):
    """For whom and where: a customer that is here already (`customer`), or a new one typed in place.

    Shown by `customers/_choose.html` and `customers/_choose_site.html`. A form that can do without a customer
    says so in `needs_customer`.
    """

    fields: dict[str, Any]

    customer = forms.ModelChoiceField(Customer.objects.none(), required=False, widget=forms.HiddenInput)
    site_choice = forms.ChoiceField(label=gettext_lazy("Address"), required=False, widget=forms.RadioSelect)
    contact_choice = forms.ChoiceField(label=gettext_lazy("Contact"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=CustomerKind.choices, required=False, initial=CustomerKind.PERSON
    )
    name = forms.CharField(label=gettext_lazy("Customer"), max_length=120, required=False)
    email = MailField(label=gettext_lazy("E-mail"), required=False)
    phone = TelephoneField(label=gettext_lazy("Telephone"), required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES, initial="nl", required=False
    )
    contact_name = forms.CharField(label=gettext_lazy("Name of the contact"), max_length=120, required=False)
    contact_phone = TelephoneField(label=gettext_lazy("Telephone of the contact"), required=False)
    postal_code = forms.CharField(label=gettext_lazy("Postal code"), max_length=12, required=False)
    house_number = forms.CharField(
        label=gettext_lazy("House number"), max_length=20, required=False, widget=HouseNumberInput
    )
    street = forms.CharField(label=gettext_lazy("Street"), max_length=120, required=False)
    city = forms.CharField(
        label=gettext_lazy("City"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Left empty, it follows from the postal code."),
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=countries.choices, required=False)
    is_new = forms.BooleanField(label=gettext_lazy("None of these: it is a new customer"), required=False)

    always_needed = True  # the browser may ask for the parts of a new customer before it sends the form

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = Customer.objects.for_user(user).active()
        self.known = self._known()
        self.found: list[Customer] = []
        if self.known is None:
            for name in ("name", "kind", "language", "street", "house_number", "postal_code", "country"):
                self.fields[name].required = self.always_needed
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
        given = pk_read((self.data if self.is_bound else self.initial).get("customer"))
        return None if given is None else self.fields["customer"].queryset.filter(pk=given).first()

    @property
    def needs_customer(self) -> bool:
        """Whether a customer must be chosen or typed, as far as the form was filled in."""
        return True

    @property
    def telephone_country(self) -> str:
        return self.known.country if self.known else str(self["country"].value() or "")

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.needs_customer:
            self._customer_check()
        return self.cleaned_data

    def _customer_check(self) -> None:
        given = self.cleaned_data
        if self.known is None and not given.get("name") and "name" not in self.errors:
            self.add_error("name", self.fields["name"].error_messages["required"])
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

    def customer_resolve(self, by: Any) -> tuple[Customer, Site, Contact | None]:
        """The customer, site and contact that were chosen or typed; new ones are made."""
        given = self.cleaned_data
        address = {name: given.get(name) or "" for name in actions.ADDRESS}
        address["country"] = address["country"] or "NL"
        customer = self.known
        if customer is None:
            customer = actions.customer_create(
                by=by,
                kind=given["kind"] or CustomerKind.PERSON,
                name=given["name"],
                email=given["email"],
                phone=given["phone"],
                language=given["language"] or "nl",
                **address,
            )
        if self.known is None or given["site_choice"] == NEW:
            site = actions.site_for(customer=customer, by=by, **address)
        else:
            site = customer.sites.get(pk=given["site_choice"])
        contact = None
        if given.get("contact_name") and (self.known is None or given["contact_choice"] == NEW):
            contact = actions.contact_create(
                by=by, customer=customer, name=given["contact_name"], phone=given["contact_phone"]
            )
        elif given.get("contact_choice") and given["contact_choice"] != NEW:
            contact = customer.contacts.get(pk=given["contact_choice"])
        return customer, site, contact

    @classmethod
    def restarted(cls, typed: Any, *, user: Any) -> Self:
        """The form afresh with what was typed, after a customer was chosen (`choose`) or searched for.

        What belonged to a new customer is dropped once one is chosen.
        """
        kept = {name: value for name, value in typed.items() if name in cls.base_fields}
        if "choose" in typed:
            kept["customer"] = str(typed["choose"])
            for name in ("is_new", "site_choice", "contact_choice", "name", "email", "phone"):
                kept.pop(name, None)
        return cls(user=user, initial=kept)


def customers_found(user: Any, text: str) -> tuple[str, list[Customer]]:
    """A search for a customer as it was understood, and up to eight that it finds; nothing for nothing."""
    text = text.replace("\x00", "").strip()[:100]
    if not text:
        return "", []
    return text, Customer.objects.for_user(user).active().found(text, "name", most=8)


def duplicates_of(given: Any, *, exclude: int | None = None) -> list[Customer]:
    """Up to five customers that may be the one whose parts are in `given`; half-typed parts find nothing."""
    country = given.get("country") or "NL"
    checks: dict[str, Callable[[str], str]] = {
        "name": lambda text: " ".join(text.split()) if len(text.strip()) > 2 else "",
        "email": rules.email_clean,
        "phone": lambda text: number_read(text, country),
        "postal_code": lambda text: postal_codes.postal_code_clean(country, text),
        "house_number": lambda text: rules.house_number_clean(country, text),
        "street": str.strip,
    }
    parts: dict[str, str] = {}
    for name, clean in checks.items():
        text = str(given.get(name) or "")[:254].replace("\x00", "")
        try:
            parts[name] = clean(text) if text.strip() else ""
        except ValueError:
            parts[name] = ""
    address = {name: parts.pop(name) for name in ("postal_code", "street", "house_number")}
    complete = address["house_number"] and address["postal_code" if country == "NL" else "street"]
    rows = Customer.objects.exclude(pk=exclude or 0)
    found = rows.possible_duplicates(**parts, address=address | {"country": country} if complete else None)
    return list(found.order_by("-active", "sort_name", "pk")[:5])


def _limited(text: str, most: int) -> str:
    if len(text) > most:
        raise forms.ValidationError(_("At most %(most)s characters.") % {"most": most})
    return text
