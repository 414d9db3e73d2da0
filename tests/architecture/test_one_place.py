"""What is written in one place stays in one place."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What a copy looks like, the one place, and what to write instead.
FRAGMENTS = {
    "who did it": (r'\.pk if \w+\.actor_kind == "user"', "", "an actor's pk: None of whoever is no user"),
    "the company": (r"Company\.(_base_manager|objects)\b[^\n]*\bpk=1\)\.first\(\)", "", "Company.objects.row()"),
    "one spelling of JSON": (r"json\.dumps\([^\n]*sort_keys", "apps/core/canonical.py", "canonical()"),
    "a file that was made": (r'"Content-Disposition"', "apps/core/web.py", "core.web.made_file"),
}  # fmt: skip


@pytest.mark.parametrize("what", FRAGMENTS)
def test_what_has_one_place_is_written_there_only(what: str) -> None:
    pattern, place, instead = FRAGMENTS[what]
    found = [
        f"{name}: write {instead}"
        for path in sorted((ROOT / "apps").rglob("*.py"))
        if (name := str(path.relative_to(ROOT))) != place
        and "migrations" not in path.parts
        and re.search(pattern, path.read_text())
    ]
    assert found == []


def test_a_module_of_one_name_does_one_thing() -> None:
    """`chain` gives an app's links of the chain of a whole job; a private link is opened by `core.private_links`."""
    chains = sorted((ROOT / "apps").glob("*/chain.py"))
    assert [
        str(path)
        for path in chains
        if path.parent.name not in ("core", "acceptance") and "def tell(" not in path.read_text()
    ] == []
    tellers = [
        path
        for path in (ROOT / "apps").glob("*/*.py")
        if re.search(r"^def tell\(rows", path.read_text(), re.M)
    ]
    assert {path.name for path in tellers} == {"chain.py"}


def test_a_script_asks_a_form_for_its_attributes_not_for_what_a_field_may_stand_before() -> None:
    """A field named "method" is `form.method`: the payment form was guarded by none of what reads it that way."""
    shadowed = re.compile(r"\b(form|one|event\.target)\.(method|action|id)\b(?! =[^=])[^\n]*(post|form)")
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted((ROOT / "static/js").glob("*.js"))
        for line in path.read_text().splitlines()
        if shadowed.search(line)
    ]
    assert found == []
