"""No app names what stands above it: not by an import (import-linter), and not by the way back of a foreign key."""

import re
import tomllib
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).parents[2]
# The plan of a job stands on the pages of the job itself: its list, its detail, and who shares it.
KNOWN = {("apps/workorders/querysets.py", "assignments"), ("apps/workorders/views/orders.py", "shares")}


def layers() -> dict[str, int]:
    """How high each app stands."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    names = next(one["layers"] for one in contracts if one["name"].startswith("Apps know"))
    return {
        name.strip().removeprefix("apps."): -height
        for height, line in enumerate(names)
        for name in line.split("|")
    }


def ways_back() -> set[tuple[str, str]]:
    """(name, app) of every relation by which a record could ask for those of a higher app."""
    height = layers()
    return {
        (name, above)
        for model in apps.get_models()
        if (below := model._meta.app_label) in height
        for relation in model._meta.related_objects
        if height.get(above := relation.related_model._meta.app_label, -99) > height[below]
        for name in {relation.get_accessor_name(), relation.field.related_query_name()}
        if name and not name.endswith("+")
    }


def named(text: str, name: str) -> bool:
    asks = "rel|all|filter|exclude|exists|count|values|values_list|order_by|select_related|prefetch_related"
    return bool(re.search(rf"\b{name}__\w+\s*=|[\"'-]{name}__|\.{name}\.({asks})\b", text))


def test_no_app_asks_for_what_stands_above_it() -> None:
    height = layers()
    found = {
        (str(path.relative_to(ROOT)), name)
        for name, above in ways_back()
        for app, level in height.items()
        if level < height[above]
        for path in (ROOT / "apps" / app).rglob("*.py")
        if "migrations" not in path.parts and named(path.read_text(), name)
    }
    assert found == KNOWN


def test_the_search_finds_what_it_looks_for() -> None:
    assert ("package_lines", "bookkeeping") in ways_back()
    for text in (
        "rows.filter(package_lines__isnull=True)",
        'rows.order_by("-package_lines__pk")',
        "Invoice.package_lines.rel.related_model",
        "invoice.package_lines.filter(payment=None)",
    ):
        assert named(text, "package_lines")
