"""What people type as a number is read in one place: apps/core/numbers.py, by the fields of apps/core/number_fields.py."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.conf import settings

from apps.core.number_fields import NumberField

ROOT = Path(__file__).parents[2]
FIELDS = ROOT / "apps" / "core" / "number_fields.py"
# Of Django, by name: each reads numbers in its own way, or as the browser and the language happen to write them.
OTHERS = {"DecimalField", "FloatField", "IntegerField", "NumberInput"}
ASKS = {"isdigit", "isnumeric", "isdecimal"}
LOCALIZED = {"localize", "localized_fields", "is_localized"}


def trees(*, but: Path | None = None) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "apps").rglob("*.py")):
        if "migrations" not in path.parts and path != but:
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def other_fields(tree: ast.Module) -> Iterator[int]:
    """Where a form field of Django for numbers is named: `forms.X`, or X that was imported from django.forms."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in OTHERS and ast.unparse(node.value) == "forms":
            yield node.lineno
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.forms"):
            yield from (node.lineno for one in node.names if one.name in OTHERS)


def own_readers(tree: ast.Module) -> Iterator[int]:
    """Where text is asked whether it is a number, or made one as it came from a form or an address."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ASKS:
            yield node.lineno
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("int", "float", "Decimal")
            and re.search(r"\b(GET|POST|COOKIES)\b|self\.(data|query)\b", ast.unparse(node))
            and "read(" not in ast.unparse(node)  # by the one reader
        ):
            yield node.lineno


def localized(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        name = node.arg if isinstance(node, ast.keyword) else getattr(node, "attr", getattr(node, "id", ""))
        if name in LOCALIZED:
            yield getattr(node, "lineno", 0)


def test_no_other_number_field_is_used() -> None:
    found = [f"{name}:{line}" for name, tree in trees(but=FIELDS) for line in other_fields(tree)]
    assert found == []


def test_no_other_reader_is_used() -> None:
    assert [f"{name}:{line}" for name, tree in trees() for line in own_readers(tree)] == []


def test_no_field_is_read_as_its_language_writes_it() -> None:
    assert [f"{name}:{line}" for name, tree in trees() for line in localized(tree)] == []


@pytest.fixture(autouse=True)
def every_form() -> None:
    """A form is known once somebody imports it, and the addresses import them all."""
    import_module(settings.ROOT_URLCONF)


def forms_of(made: type) -> Iterator[type[forms.BaseForm]]:
    for one in made.__subclasses__():
        if one.__module__.startswith("apps."):
            yield one
        yield from forms_of(one)


def test_every_form_has_the_one_number_field() -> None:
    """Also the forms that Django makes of a model."""
    assert apps.ready
    found = {
        f"{form.__module__}.{form.__qualname__}.{name}: {type(field).__name__}"
        for form in forms_of(forms.BaseForm)
        for name, field in form.base_fields.items()
        if isinstance(field, forms.IntegerField)
    }
    assert found == set()


@pytest.mark.parametrize(
    ("suffix", "pattern"),
    [
        # {% number_input %} and the widget of the field are the only controls of a number.
        (
            "html",
            r'type="number"|<input[^>]*inputmode="(decimal|numeric)"|\{% (load l10n|localize)|\|unlocalize',
        ),
        ("js", r'parseFloat|valueAsNumber|"number"|toLocaleString|Intl\.NumberFormat'),
        ("css", r'type="number"'),
    ],
)
def test_no_page_has_another_control_or_reader(suffix: str, pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for folder in ("templates", "static")
        for path in sorted((ROOT / folder).rglob(f"*.{suffix}"))
        for match in re.finditer(pattern, path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    ("code", "finds"),
    [
        ("from django import forms\nforms.DecimalField()", other_fields),
        ("from django.forms import IntegerField", other_fields),
        ("int(request.GET['page'])", own_readers),
        ("float(self.data['hours'])", own_readers),
        ("text.isdigit()", own_readers),
        ("Field(localize=True)", localized),
        ("class Meta:\n    localized_fields = ()", localized),
    ],
)
def test_the_search_finds_what_it_is_for(code: str, finds: object) -> None:
    assert list(finds(ast.parse(code)))  # type: ignore[operator]


def test_a_number_that_a_new_record_has_by_itself_stands_in_its_form() -> None:
    """A declared field hides the default of the model from the form of a new record."""
    always_of_a_record = {
        "InvoiceForm.payment_term_days",
        "PolicyForm.round_minutes",
        "PolicyForm.loss_limit",
    }
    wrong = {}
    for form in forms_of(forms.ModelForm):
        for name, field in form.declared_fields.items():  # type: ignore[attr-defined]
            column = next((one for one in form._meta.model._meta.concrete_fields if one.name == name), None)  # type: ignore[attr-defined]
            if not isinstance(field, NumberField) or column is None or not column.has_default():
                continue
            if field.required and field.initial != column.get_default():
                wrong[f"{form.__name__}.{name}"] = (field.initial, column.get_default())
    assert wrong.keys() == always_of_a_record
