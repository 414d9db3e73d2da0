"""The stylesheet: small, complete, and free of what the Content-Security-Policy or the reader would refuse."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage

from apps.core.staticfiles import IMPORT, SHEETS, join

STATIC = Path(settings.BASE_DIR) / "static"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
FILES = sorted(STATIC.glob("css/**/*.css"))
OF_PAGES = [sheet for sheet in SHEETS if not sheet.startswith("css/")]  # loaded beside that of the office


PLANNING = ("planning/week.css", "planning/day.css", "planning/routes.css")


def served(sheet: str) -> str:
    storage = FileSystemStorage(STATIC)
    names = [str(path.relative_to(STATIC)) for path in [*FILES, *(STATIC / name for name in OF_PAGES)]]
    return join({name: (storage, name) for name in names}, sheet)


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet not in OF_PAGES])
def test_the_whole_look_of_a_page_is_under_40_kb(sheet: str) -> None:
    """As it is served, before it is compressed. Some pages load a sheet of their own beside that of the office."""
    size = len(served(sheet).encode())
    if sheet == "css/app.css":
        size += max(len(served(name).encode()) for name in OF_PAGES if name not in PLANNING)
    assert size < 40 * 1024


@pytest.mark.parametrize("own", PLANNING)
def test_those_of_the_planning_are_the_only_ones_above_it(own: str) -> None:
    """Each of them loads what both share, and a sheet of its own."""
    sheets = ("css/app.css", "planning/grid.css", own)
    assert sum(len(served(sheet).encode()) for sheet in sheets) < 43 * 1024


@pytest.mark.parametrize("sheet", SHEETS)
def test_joining_leaves_no_import_and_no_comment(sheet: str) -> None:
    assert "@import" not in served(sheet)
    assert "/*" not in served(sheet)


def test_every_file_is_in_a_sheet() -> None:
    assert {str(path.relative_to(STATIC)) for path in STATIC.glob("**/*.css") if path not in FILES} == set(
        OF_PAGES
    )
    imported = {found["name"] for sheet in SHEETS for found in IMPORT.finditer((STATIC / sheet).read_text())}
    present = {str(path.relative_to(STATIC / "css")) for path in FILES if f"css/{path.name}" not in SHEETS}
    assert imported == present


def test_every_token_that_is_used_exists() -> None:
    text = "".join(path.read_text() for path in [*FILES, *(STATIC / name for name in OF_PAGES)])
    assert set(re.findall(r"var\((--[\w-]+)", text)) <= set(re.findall(r"(--[\w-]+):", text))


def test_colours_come_from_tokens() -> None:
    """Outside tokens.css only white, black and their veils (shadows, the paper of a signature) are written out."""
    allowed = {"#fff", "#000", "#0000"}
    for path in FILES:
        if path.name in ("tokens.css", "print.css"):
            continue
        plain = re.sub(r"light-dark\([^)]*\)", "", path.read_text())
        written = {
            one
            for one in re.findall(r"#[0-9a-fA-F]{3,8}\b", plain)
            if not re.match(r"#(ffffff|06181a)..$", one)
        }
        assert written <= allowed, path.name


def test_templates_hold_nothing_that_the_policy_refuses() -> None:
    # Documents become PDFs and mails are read elsewhere: the policy of the pages does not reach them.
    pages = [path for path in TEMPLATES.rglob("*.html") if not {"documents", "mail"} & set(path.parts)]
    for path in pages:
        text = path.read_text()
        assert not re.search(r"\sstyle=", text), path
        assert not re.search(r"\son[a-z]+=\"", text), path
        assert not re.search(r"<style\b", text), path
        assert not re.search(r"<script(?![^>]*\b(src=|type=\"application/json\"))", text), path


def test_every_icon_that_a_template_names_exists() -> None:
    known = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons/sprite.svg").read_text()))
    for path in TEMPLATES.rglob("*.html"):
        used = set(re.findall(r'\bicon\("([\w-]+)"', path.read_text()))
        assert used <= known, (path, used - known)
