"""A telephone number has one column, one field, one widget, and one way onto a page: apps/core/telephone_fields.py."""

import re
from importlib import import_module
from pathlib import Path

from django import forms
from django.apps import apps
from django.conf import settings

from apps.core.telephone_fields import TelephoneColumn, TelephoneField, TelephoneInput
from tests.architecture.test_numbers import forms_of

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"(^|_)(phone|telephone|mobile|fax)$")
# Whether a form asks for one, and the device of a technician.
NO_NUMBER = {"RequestFormSettings.phone", "FormSettingsForm.phone", "PhoneHolding.phone"}
# In a template: a link of its own, or a number as it is kept.
OWN_LINK = re.compile(r"""["']tel:""")
BARE = re.compile(r"\{\{[^}]*\.phone(?![\w|)])[^}|]*\}\}|phone=\w+\.phone(?![\w|])")


def test_every_column_is_of_the_one_kind() -> None:
    found = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if NAMED.search(field.name) and not isinstance(field, TelephoneColumn)
    }
    assert found - NO_NUMBER == set()


def test_every_form_has_the_one_field_and_its_widget() -> None:
    import_module(settings.ROOT_URLCONF)
    found = {
        f"{form.__name__}.{name}"
        for form in forms_of(forms.BaseForm)
        for name, field in form.base_fields.items()  # type: ignore[attr-defined]
        if NAMED.search(name)
        and not (isinstance(field, TelephoneField) and isinstance(field.widget, TelephoneInput))
    }
    assert found - NO_NUMBER == set()


def test_every_page_shows_and_dials_it_the_one_way() -> None:
    found = []
    for path in sorted((ROOT / "templates").rglob("*.*")):
        text = path.read_text()
        if path.name == "components.html":  # the showcase of parts has no records
            continue
        found += [f"{path.name}: {one[0]}" for one in OWN_LINK.finditer(text)]
        found += [
            f"{path.name}: {one[0]}"
            for one in BARE.finditer(text)
            if not re.search(r"\|tel\b|tel_link|tel_address|field\(form", one[0])
        ]
    assert found == []
