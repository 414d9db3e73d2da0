"""Whatever changes what exists goes through `core.editing`: an older form never overwrites a newer change."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.world import routes

ROOT = Path(__file__).parents[2]

# The last word of a name says what a POST does. These change what is there already.
CHANGES = {"change", "set", "save", "publish", "settings", "abilities", "edit", "move", "update", "rename"}
# These make something, take a step that `move` or the action checks by itself, or say something.
OTHER = {
    "accept", "activate", "add", "again", "all", "answer", "apart", "apply", "approve", "aside", "ask", "back", "cancel", "close", "confirm", "copy",
    "correct", "create", "credit", "deactivate", "decide", "decline", "detect", "dismiss", "draft", "enough", "grant", "hold", "import", "issue",
    "language", "leave", "list", "make", "mark", "merge", "miss", "off", "offer", "open", "over", "place", "quote", "record", "remove", "renew", "reopen",
    "order", "resend", "resume", "return", "reverse", "revise", "revoke", "run", "send", "settle", "share", "show", "skip", "step", "submit", "tell", "theme", "totals", "unplace", "undo", "unshare",
    "up", "use", "withdraw",
    # of one's own login, under the names that allauth looks for: asked for by mail, or ended
    "email", "end", "key", "password",
}  # fmt: skip

# Deliberately not: each for its own reason.
EXCEPTIONS = {
    "planning:week_view_set": "one's own setting: the last press counts",
    "planning:row_move": "changes places with its neighbour, wherever both stand by now",
    "company:series_next_set": "a number only goes forward, and the database knows from where",
    "quotes:quote_save": "the builder saves itself after each change; it shows both versions in place (quotes.conflicts)",
    "quotes:line_move": "a button of the builder, which saves the whole draft first",
    "planning:assignment_move": "a booking has its own version, and says who moved it where",
    "phone-intake:report_save": "one technician's own draft of one visit",
    "phone-intake:estimate_set": "one technician's own list; a number in it is set, not edited",
}


def accepts_post(view: Any) -> bool:
    """Whether some `require_…` around the view lets a POST through; a view without one takes everything."""
    methods: set[str] = set()
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            value = cell.cell_contents
            if isinstance(value, (list, tuple)) and value and all(isinstance(one, str) for one in value):
                methods |= set(value) & {"GET", "POST", "HEAD"}
        view = getattr(view, "__wrapped__", None)
    return "POST" in methods


def posts() -> list[tuple[str, Any]]:
    return [
        (name, pattern.callback)
        for name, _route, pattern in routes()
        if pattern.callback.__module__.startswith("apps.") and accepts_post(pattern.callback)
    ]


def test_each_address_that_changes_what_exists_is_marked() -> None:
    wrong = [
        name
        for name, view in posts()
        if name.rpartition("_")[2].rpartition(":")[2] in CHANGES
        and not getattr(view, "edits", False)
        and name not in EXCEPTIONS
    ]
    assert wrong == [], "use core.editing, or say here why not"


def test_each_address_says_by_its_name_what_it_does() -> None:
    """A new word is decided on here. What the phone records is an event of its own, whatever it is called."""
    words = {
        name.rpartition("_")[2].rpartition(":")[2] for name, _view in posts() if not name.startswith("phone:")
    }
    assert words - CHANGES - OTHER == set()


def test_no_exception_is_idle() -> None:
    known = {name for name, view in posts() if not getattr(view, "edits", False)}
    assert set(EXCEPTIONS) - known == set()


def functions() -> Iterator[tuple[str, ast.FunctionDef, str]]:
    for path in sorted((ROOT / "apps").rglob("*.py")):
        if "views" in path.parts or path.name == "views.py":
            text = path.read_text()
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef):
                    where = f"{path.relative_to(ROOT)}:{node.name}"
                    yield where, node, ast.get_source_segment(text, node) or ""


def test_each_form_of_a_record_is_made_beside_its_edit() -> None:
    """A form with `instance=` holds what exists: whoever makes one also says what the page shows of it."""
    wrong = []
    for where, node, source in functions():
        words = [word.arg for one in ast.walk(node) if isinstance(one, ast.Call) for word in one.keywords]
        if (
            "views/phone.py" not in where
            and "instance" in words
            and not re.search(r"\b(Edit|_edit)\(", source)
        ):
            wrong.append(where)
    assert wrong == []
