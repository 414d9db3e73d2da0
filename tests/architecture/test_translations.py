"""Everything that a person reads is there in Dutch."""

import ast
import gettext
import re
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[2]
KEYWORDS = [
    "_", "gettext", "gettext_lazy", "gettext_noop:1", "ngettext:1,2", "ngettext_lazy:1,2", "pgettext:1c,2",
    "pgettext_lazy:1c,2", "npgettext:1c,2,3",
]  # fmt: skip


def messages_of(folder: Path) -> set[str]:
    """Every message of the code and the templates, as xgettext finds it."""
    sources = [path for path in (ROOT / "apps").rglob("*.py") if "migrations" not in path.parts]
    for number, path in enumerate(sorted((ROOT / "templates").rglob("*"))):
        if path.suffix in (".html", ".txt"):
            copy = folder / f"t{number}.py"
            copy.write_text(templatize(path.read_text(), origin=str(path)))
            sources.append(copy)
    listing = folder / "files"
    listing.write_text("\n".join(map(str, sources)))
    command = [
        "xgettext",
        "--language=Python",
        "--from-code=UTF-8",
        "--no-wrap",
        "-o",
        "-",
        "-f",
        str(listing),
    ]
    found = subprocess.run(
        [*command, *(f"--keyword={word}" for word in KEYWORDS)], capture_output=True, check=True
    ).stdout.decode()
    return set(entries(found))


def entries(catalogue: str) -> Iterator[str]:
    """The msgids of a catalogue."""
    for block in re.split(r"\n\n+", catalogue):
        found = re.search(r'^msgid ((?:".*"\n?)+)', block, re.MULTILINE)
        if found:
            text = "".join(ast.literal_eval(line) for line in found[1].splitlines())
            if text:
                yield text


@pytest.fixture(scope="module")
def dutch() -> gettext.GNUTranslations:
    parts = sorted((ROOT / "locale" / "nl" / "parts").glob("*.po"))
    whole = subprocess.run(["msgcat", "--use-first", *parts], capture_output=True, check=True).stdout
    compiled = subprocess.run(
        ["msgfmt", "--check-format", "-o", "-", "-"], input=whole, capture_output=True, check=True
    ).stdout
    return gettext.GNUTranslations(BytesIO(compiled))  # type: ignore[arg-type]


def test_every_message_has_its_dutch(dutch: gettext.GNUTranslations, tmp_path: Path) -> None:
    known = {key[0] if isinstance(key, tuple) else key for key, value in dutch._catalog.items() if value}  # type: ignore[attr-defined]
    known |= {key.rpartition("\x04")[2] for key in known}
    missing = sorted(one for one in messages_of(tmp_path) if one not in known)
    assert missing == []


def test_the_extraction_finds_messages_in_code_and_templates(tmp_path: Path) -> None:
    """The control: an extraction that finds nothing would let everything pass."""
    found = messages_of(tmp_path)
    assert {"Give a reason.", "Dashboard"} <= found
    assert len(found) > 800


def test_no_translation_is_marked_as_doubtful() -> None:
    doubtful = [
        path.name
        for path in (ROOT / "locale" / "nl" / "parts").glob("*.po")
        if "#, fuzzy" in path.read_text()
    ]
    assert doubtful == []
