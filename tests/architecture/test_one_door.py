"""What has a life (a status, a fate) changes by one door, however the assignment is written."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.core.changes import LIFE, assign
from apps.workorders.models import WorkOrder

ROOT = Path(__file__).parents[2]
ANY = "any"
# Of each column that moves by rules: the one file that writes it.
DOORS = {
    "status": "apps/core/transitions.py",
    "state": "apps/field/actions/events.py",
    "fate": "apps/review/actions/fates.py",
}
BY_NAME = "apps/core/changes.py"  # refuses every column that has a door
# Writes that are of no record's life.
OTHERS = {
    ("apps/core/idempotency.py", "status"),  # the status of a kept answer
    ("apps/quotes/actions/drafts.py", ANY),  # every column of a quote's lines, which have none
    ("apps/core/merging.py", ANY),  # of a moved row the key of what it hangs on
}
SQL = re.compile(rf"\bUPDATE\s+\w+\s+(?:\w+\s+)?SET\b[^;]*?\b({'|'.join(DOORS)})\s*=", re.IGNORECASE)


def is_fixed(name: ast.expr) -> bool:
    """A name that is written out, or a constant's."""
    match name:
        case ast.Constant():
            return True
        case ast.Name(id=word) | ast.Attribute(attr=word):
            return word.isupper()
    return False


def columns(names: ast.expr) -> Iterator[str]:
    """The columns that a list or a mapping names; ANY when it is not written out."""
    match names:
        case ast.List(elts=found) | ast.Tuple(elts=found) | ast.Dict(keys=found):
            for one in found:
                yield one.value if isinstance(one, ast.Constant) else ANY
        case _:
            yield ANY


def written(text: str) -> Iterator[tuple[int, str]]:
    """(line, column) of every write; ANY where the text does not say which column."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value=name), _]):
                yield node.lineno, name
            case ast.Call(func=ast.Name(id="setattr"), args=[_, name, _]) if not is_fixed(name):
                yield node.lineno, ANY
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="__dict__"), attr="update"), args=[_]):
                yield node.lineno, ANY
            case ast.Call(func=ast.Attribute(attr="update"), keywords=given):
                yield from ((node.lineno, one.arg or ANY) for one in given)
            case ast.Call(func=ast.Attribute(attr="bulk_update"), args=[_, names, *_]):
                yield from ((node.lineno, name) for name in columns(names))
            case ast.Call(func=ast.Attribute(attr="bulk_update" | "update_or_create"), keywords=given):
                for one in given:
                    if one.arg in ("fields", "defaults", "create_defaults"):
                        yield from ((node.lineno, name) for name in columns(one.value))
            case ast.Constant(value=str(sql)):
                yield from ((node.lineno, found[1].lower()) for found in SQL.finditer(sql))


def test_each_column_with_a_life_is_written_by_one_door() -> None:
    doors = DOORS | {ANY: BY_NAME}
    found = [
        f"{name}:{line} writes {column}"
        for path in sorted((ROOT / "apps").rglob("*.py"))
        if "migrations" not in path.parts
        for line, column in written(path.read_text())
        if (name := str(path.relative_to(ROOT)))
        and column in doors
        and name != doors[column]
        and (name, column) not in OTHERS
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "one.status = 'sent'", "one.status, one.version = other.status, 2", "one.status: str = 'sent'",
        "[*rest, one.status] = values", "for one.status in values: pass", "with opened() as one.status: pass",
        "setattr(one, 'status', 'sent')", "rows.update(status='sent')", "rows.bulk_update(found, ['name', 'status'])",
        "rows.bulk_update(found, fields=('status',))", "rows.update_or_create(pk=1, defaults={'status': 'sent'})",
        "cursor.execute('UPDATE quotes_quote q SET version = 2, status = %s WHERE id = 1')",
    ],
)  # fmt: skip
def test_the_search_finds_a_status(text: str) -> None:
    assert "status" in {column for _line, column in written(text)}


@pytest.mark.parametrize(
    "text",
    [
        "setattr(one, name, value)", "rows.update(**fields)", "rows.bulk_update(found, names)",
        "rows.update_or_create(pk=1, defaults=fields)", "rows.update_or_create(pk=1, defaults={**fields})",
        "one.__dict__.update(fields)",
    ],
)  # fmt: skip
def test_the_search_finds_a_write_that_does_not_say_what(text: str) -> None:
    assert ANY in {column for _line, column in written(text)}


@pytest.mark.parametrize(
    "text",
    ["order.status == 'sent'", "setattr(file, KEPT, True)", "rows.update(name='a')", "Model(status='new')"],
)
def test_the_search_leaves_the_rest_alone(text: str) -> None:
    assert not {column for _line, column in written(text)} & {*DOORS, ANY}


def test_what_has_a_door_is_assigned_by_no_name() -> None:
    assert set(DOORS) == LIFE
    with pytest.raises(TypeError):
        assign(WorkOrder(), {"scope": "Boiler", "status": "closed"})
