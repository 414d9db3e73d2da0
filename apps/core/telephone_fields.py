"""The one field and the one widget of a telephone number, and how pages show and dial it.

No other module does: tests/architecture/test_telephone.py. What can be typed: docs/algorithms/telephone.md.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.core import telephone
from apps.core.database import home_country
from apps.core.refusals import Refused


class TelephoneInput(forms.TextInput):
    """With the keys of a telephone, and no guess of the browser: the office types the numbers of others."""

    input_type = "tel"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off"} | (attrs or {}))


class TelephoneField(forms.CharField):
    """A number as people write it, of the country that the form says (`telephone_country`, or its field `country`), or of ours.

    What stands in it already is never refused.
    """

    widget = TelephoneInput

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"max_length": telephone.LONGEST})
        self.kept, self.country = "", lambda: ""

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        return {}  # a browser cuts what is pasted and says nothing

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        bound = super().get_bound_field(form, field_name)
        self.kept, self.country = str(bound.initial or ""), country_of(form)
        return bound

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if text in self.empty_values or text in (self.kept, self.prepare_value(self.kept)):
            return self.kept if text else ""
        try:
            return number_read(text, self.country())
        except telephone.Unreadable as fault:
            raise forms.ValidationError(sentence(fault), code=fault.why) from fault

    def prepare_value(self, value: Any) -> Any:
        """What was typed is shown as it was typed; what is stored, as it is written here."""
        return tel(value) if isinstance(value, str) and value else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return not self.disabled and (initial or "") != self.to_python(data)
        except forms.ValidationError:
            return True


class TelephoneColumn(models.CharField):
    """A number as `core.telephone` keeps it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 100)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> forms.Field | None:  # type: ignore[override]
        return models.Field.formfield(self, **({"form_class": TelephoneField} | kwargs))


def country_of(form: Any) -> Callable[[], str]:
    """Where the number of a form is, as far as the form says: asked when the number is read."""

    def country() -> str:
        if hasattr(form, "telephone_country"):
            return form.telephone_country
        return str(form["country"].value() or "") if "country" in form.fields else ""

    return country


def number_read(text: str, country: str = "") -> str:
    """What is kept of a number that stands in `text`, of the country or else of ours. Raises telephone.Unreadable."""
    home = home_country()
    return telephone.read(text, country or home, home)


def phone_cleaned(fields: dict[str, Any], *, country: str = "", before: Any = None) -> dict[str, Any]:
    """`fields` of an action with their `phone` as it is kept; what stands so in the record `before` is left alone.

    Raises Refused for what is no number.
    """
    if "phone" not in fields or fields["phone"] == getattr(before, "phone", None):
        return fields
    try:
        return fields | {"phone": number_read(fields["phone"], country)}
    except telephone.Unreadable as fault:
        raise Refused(sentence(fault)) from fault


def tel(kept: str | None) -> str:
    """The number as it is written here; a filter of pages, documents and mails too."""
    return telephone.shown(kept, home_country()) if kept else ""


def sentence(fault: telephone.Unreadable) -> str:
    if fault.why == "none":
        return _("Enter a telephone number, such as 06 12345678 or +32 2 123 45 67.")
    return _(
        "There is no such number. Look at its digits; one from abroad begins with + and the number of its country."
    )


def tel_address(kept: str | None) -> str:
    """What a link dials."""
    return f"tel:{telephone.dialled(kept)}" if kept else ""


def tel_link(kept: str | None, css: str = "link") -> SafeString:
    """The number, to be called by a press; as text where it cannot be dialled."""
    if not kept or not telephone.dialled(kept):
        return format_html("{}", tel(kept))
    return format_html('<a class="{}" href="{}">{}</a>', css, tel_address(kept), tel(kept))
