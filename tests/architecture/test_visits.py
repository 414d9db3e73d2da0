"""A page that goes on by itself may cut off an address that is typed at that moment: tests type it by `tests.browser.go`."""

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]
ONE_DOOR = TESTS / "browser.py"


def test_every_address_is_typed_by_the_one_who_types_it_again() -> None:
    found = [
        f"{file.relative_to(TESTS)}:{node.lineno} {node.attr}"
        for file in sorted(TESTS.rglob("*.py"))
        if file != ONE_DOOR
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"goto", "reload"} and _of_a_page(node)
    ]
    assert found == []


def _of_a_page(node: ast.Attribute) -> bool:
    """Not `importlib.reload` and the like."""
    return not (isinstance(node.value, ast.Name) and node.value.id in {"importlib", "translation"})
