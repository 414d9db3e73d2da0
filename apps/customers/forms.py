"""What the office types about customers."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.customers import positions, rules
from apps.customers.models import Contact, Customer, Equipment, Site


def cleaned_text(clean: Callable[..., str], *args: str, sentence: str) -> str:
    """What `clean` makes of its arguments; its ValueError becomes the field's error."""
    try:
        return clean(*args)
    except ValueError as error:
        raise forms.ValidationError(sentence) from error


class AddressMixin:
    """Checks of an address. Put it before the form's own base class."""

    cleaned_data: dict[str, Any]
    data: Any
    add_error: Callable[..., None]

    def clean_email(self) -> str:
        return rules.email_clean(self.cleaned_data.get("email") or "")

    def clean_phone(self) -> str:
        return cleaned_text(
            rules.phone_clean,
            self.cleaned_data.get("phone") or "",
            sentence=_("Enter a telephone number, such as 06-12345678 or +32 2 123 45 67."),
        )

    def address_check(self) -> None:
        """Postal code and house number, once the country is known. An empty city is filled in from the code."""
        given = self.cleaned_data
        country = given.get("country") or "NL"
        checks = (
            ("postal_code", rules.postal_code_clean, _("Enter a postal code that exists, such as 4811 AA.")),
            ("house_number", rules.house_number_clean, _("Enter a house number, such as 12 or 12a.")),
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

    class Meta:
        model = Customer
        fields = [
            "kind", "name", "email", "phone", "language",
            "street", "house_number", "postal_code", "city", "country",
            "vat_number", "kvk_number", "reverse_charge", "payment_term_days", "remarks",
        ]  # fmt: skip
        widgets = {"kind": forms.RadioSelect, "remarks": forms.Textarea(attrs={"rows": 3, "maxlength": 4000})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payment_term_days"].max_value = 365
        self.fields["payment_term_days"].widget.attrs["max"] = 365
        self.fields["payment_term_days"].help_text = _("Left empty, the company's own term counts.")

    def clean_kvk_number(self) -> str:
        return cleaned_text(
            rules.kvk_number_clean,
            self.cleaned_data["kvk_number"],
            sentence=_("A Chamber of Commerce number has eight digits."),
        )

    def clean_remarks(self) -> str:
        return _limited(self.cleaned_data["remarks"], 4000)

    def clean_payment_term_days(self) -> int | None:
        days = self.cleaned_data["payment_term_days"]
        if days is not None and days > 365:
            raise forms.ValidationError(_("A payment term is at most 365 days."))
        return days

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
        widgets = {"access_notes": forms.Textarea(attrs={"rows": 3, "maxlength": 2000})}
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


class EquipmentForm(forms.ModelForm):
    class Meta:
        model = Equipment
        fields = ["kind", "make", "model", "serial_number", "installed_on"]
        widgets = {"installed_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {"kind": gettext_lazy("Such as: boiler, heat pump, air handling unit.")}


def duplicates_of(given: Any, *, exclude: int | None = None) -> list[Customer]:
    """Up to five customers that may be the one whose parts are in `given`; half-typed parts find nothing."""
    country = given.get("country") or "NL"
    checks: dict[str, Callable[[str], str]] = {
        "name": lambda text: " ".join(text.split()) if len(text.strip()) > 2 else "",
        "email": rules.email_clean,
        "phone": rules.phone_clean,
        "postal_code": lambda text: rules.postal_code_clean(country, text),
        "house_number": lambda text: rules.house_number_clean(country, text),
    }
    parts: dict[str, str] = {}
    for name, clean in checks.items():
        text = str(given.get(name) or "")[:254].replace("\x00", "")
        try:
            parts[name] = clean(text) if text.strip() else ""
        except ValueError:
            parts[name] = ""
    return list(Customer.objects.active().exclude(pk=exclude or 0).possible_duplicates(**parts)[:5])


def _limited(text: str, most: int) -> str:
    if len(text) > most:
        raise forms.ValidationError(_("At most %(most)s characters.") % {"most": most})
    return text
