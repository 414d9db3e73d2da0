"""The house rules that a program can check."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from apps.core.fields import MoneyField
from config.database_roles import MONEY_APPS

ROOT = Path(__file__).parents[2]
MAX_LINES = 400
# Still to be split; none grows, and each leaves the list with its surplus.
LONGER = {
    "apps/acceptance/chain.py": 447,
}


def sources() -> Iterator[Path]:
    for path in sorted((ROOT / "apps").rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def test_no_file_is_too_long_to_be_read() -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources()}
    over = {name: count for name, count in long.items() if count > MAX_LINES}
    assert over.keys() == LONGER.keys()
    assert [name for name, count in over.items() if count > LONGER[name]] == []


def test_nothing_is_imported_inside_a_function() -> None:
    """An import inside a function hides a circle. Migrations and AppConfig.ready are Django's own way."""
    found = []
    for path in sources():
        if path.name == "apps.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [one for one in ast.walk(node) if isinstance(one, ast.Import | ast.ImportFrom)]
                found += [f"{path.relative_to(ROOT)}:{one.lineno}" for one in inner]
    assert found == []


def test_views_are_imported_by_urls_only() -> None:
    """What several views show, of whatever app, stands in `pages`."""
    of_views = re.compile(r"^from apps\.\w+(\.views\b|[.\w]* import .*\bviews\b)", re.M)
    found = {
        str(path.relative_to(ROOT))
        for path in sources()
        if not path.stem.endswith("urls") and of_views.search(path.read_text())
    }
    assert found == set()


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX", "placeholder text", "lorem ipsum"])
def test_nothing_is_left_for_later(word: str) -> None:
    folders = ("apps", "config", "templates", "static", "docs", "script")
    found = [
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and path.suffix in (".py", ".html", ".css", ".js", ".md", ".txt", "")
        and word in path.read_text()
    ]
    assert found == []


def below_the_line() -> list[type[models.Model]]:
    found = []
    for config in apps.get_app_configs():
        if config.name.startswith("apps.") and config.label not in MONEY_APPS:
            found += list(config.get_models())
    return found


def test_amounts_live_only_above_the_price_line() -> None:
    words = re.compile(r"price|cost|amount|margin|total|_net$|^net$|^vat$|euro|rate$")
    found = [
        f"{model._meta.label}.{field.name}"
        for model in below_the_line()
        for field in model._meta.get_fields()
        if isinstance(field, MoneyField) or words.search(field.name)
    ]
    assert found == []


def test_no_reverse_accessor_leads_across_the_price_line() -> None:
    found = [
        f"{model._meta.label}.{relation.get_accessor_name()}"
        for model in below_the_line()
        for relation in model._meta.related_objects
        if relation.related_model._meta.app_label in MONEY_APPS
    ]
    assert found == []


def test_only_accounts_works_in_the_role_that_reads_what_lets_people_in() -> None:
    found = {
        path.relative_to(ROOT).parts[1]
        for path in sources()
        if re.search(r"as_role\(\s*ACCOUNT\b|\bACCOUNT\s*,", path.read_text())
    }
    assert found <= {"accounts", "core"}
