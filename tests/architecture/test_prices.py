"""A price is looked up in `pricing` and nowhere else: which row holds on which day is decided in one place."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APPS = ROOT / "apps"
DATED = {"MaterialPrice", "Rate", "TechnicianRate"}
TABLES = re.compile(r"pricing_(rate|materialprice|technicianrate)\b")
# Who shows the rates that were set, or asks whether there are any; none of them picks one.
SHOW_THEM = {"apps/office/guide.py", "apps/office/views/guide.py", "apps/acceptance/cast.py"}
# The chain tries whether a technician can read a table of money; the pipeline hangs its trigger on the table of prices.
NAME_THEM = {"apps/acceptance/chain.py", "apps/pipeline/sql/standing.sql"}


def dated_in(text: str) -> set[str]:
    """The dated prices that a module takes from the models of `pricing`."""
    return {
        name.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.module == "apps.pricing.models"
        for name in node.names
    } & DATED


def elsewhere(suffix: str) -> list[tuple[str, str]]:
    files = [path for path in sorted(APPS.rglob(f"*{suffix}")) if "migrations" not in path.parts]
    return [
        (str(path.relative_to(ROOT)), path.read_text())
        for path in files
        if path.parts[len(APPS.parts)] != "pricing"
    ]


def test_nobody_else_reads_dated_prices() -> None:
    assert {name for name, text in elsewhere(".py") if dated_in(text)} == SHOW_THEM


def test_no_statement_elsewhere_reads_the_tables_of_prices() -> None:
    found = {name for suffix in (".py", ".sql") for name, text in elsewhere(suffix) if TABLES.search(text)}
    assert found == NAME_THEM


def test_time_is_rounded_up_in_one_place() -> None:
    found = {
        str(path.relative_to(ROOT)) for path in APPS.rglob("*.py") if "ROUND_CEILING" in path.read_text()
    }
    assert found == {"apps/pricing/rules.py"}


@pytest.mark.parametrize(
    "text", ["from apps.pricing.models import Rate", "from apps.pricing.models import VatCode, MaterialPrice"]
)
def test_the_search_finds_what_it_looks_for(text: str) -> None:
    assert dated_in(text)
    assert TABLES.search("SELECT price FROM pricing_materialprice p")
