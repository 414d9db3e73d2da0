"""The helper that all form tests stand on: it sends what a browser would, and no more."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.inputs import PageError
from tests.pages import BrowserRefuses, Page

PAGE = """
<main>
<form id="one" method="post" action="/save/?x=1">
  <input type="hidden" name="key" value="k">
  <input name="name" value="Old" required maxlength="5">
  <input name="locked" value="L" readonly>
  <input name="off" value="no" disabled>
  <fieldset disabled><legend><input name="legend" value="yes"></legend><input name="inner" value="no"></fieldset>
  <input type="checkbox" name="ticked" checked><input type="checkbox" name="clear">
  <input type="checkbox" name="some" value="a" checked><input type="checkbox" name="some" value="b">
  <input type="radio" name="pick" value="1"><input type="radio" name="pick" value="2" checked>
  <select name="kind"><option value="">Choose</option><option value="x" selected>Ex</option><option value="y" disabled>Why</option></select>
  <textarea name="text">
two
lines</textarea>
  <template><input name="spare" value="no"></template>
  <button name="next" value="send">Send…</button><button formaction="/other/" formnovalidate aria-label="Elsewhere"></button>
</form>
<input name="outside" value="in" form="one">
</main>
<form method="post" action="/logout/"><button>Log out</button></form>
"""
SENT = [
    ("key", "k"), ("name", "Old"), ("locked", "L"), ("legend", "yes"), ("ticked", "on"), ("some", "a"), ("pick", "2"),
    ("kind", "x"), ("text", "two\r\nlines"), ("outside", "in"),
]  # fmt: skip


@pytest.fixture
def page() -> Page:
    return Page(PAGE, "/here/?q=1")


def test_what_stands_in_the_form_is_sent_and_nothing_else(page: Page) -> None:
    form, button = page.find(form="", press="Send", typed=[])
    assert form.pairs(button) == [*SENT, ("next", "send")]
    assert form.path(button) == "/save/?x=1"


def test_typed_values_take_the_place_of_what_stood_there(page: Page) -> None:
    form, button = page.find(form="", press="Elsewhere", typed=["name"])
    for name, value in {"name": "New", "some": ["b"], "clear": True, "pick": 1, "kind": ""}.items():
        form.type(name, value)
    changed = dict(form.pairs(button))
    assert changed | {"name": "New", "some": "b", "clear": "on", "pick": "1", "kind": ""} == changed
    assert form.path(button) == "/other/"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("absent", "x"), ("key", "x"), ("locked", "x"), ("off", "x"), ("inner", "x"), ("spare", "x"), ("kind", "y"),
        ("kind", "z"), ("pick", "3"), ("some", "c"),
    ],
)  # fmt: skip
def test_what_nobody_could_enter_is_an_error(page: Page, name: str, value: Any) -> None:
    with pytest.raises(PageError):
        page.forms[0].type(name, value)


@pytest.mark.parametrize("value", ["", "Too long"])
def test_what_the_browser_holds_back_is_an_error_unless_the_button_says_otherwise(
    page: Page, value: str
) -> None:
    form = page.forms[0]
    form.type("name", value)
    with pytest.raises(BrowserRefuses, match="name"):
        form.check(form.buttons[0])
    form.check(form.buttons[1])


@pytest.mark.parametrize(
    ("attributes", "good", "wrong"),
    [
        ('type="email"', "a@b.example", "a.b.example"),
        ('type="date" min="2026-01-01"', "2026-02-03", "2025-12-31"),
        ('type="time"', "08:30", "8.30"),
        ('type="number" step="0.5" min="0"', "2.5", "2,5"),
        ('type="number" step="0.5" min="0"', "7", "0.3"),
        ('pattern="[0-9]{4}"', "1234", "12345"),
    ],
)
def test_the_browser_looks_at_the_kind_of_field(attributes: str, good: str, wrong: str) -> None:
    form = Page(f'<form method="post"><input name="f" {attributes}><button>Go</button></form>', "/").forms[0]
    form.type("f", good)
    form.check(form.buttons[0])
    form.type("f", wrong)
    with pytest.raises(BrowserRefuses):
        form.check(form.buttons[0])


def test_a_form_is_meant_by_what_is_pressed_typed_or_named(page: Page) -> None:
    for given in (
        {"form": "#one", "press": "", "typed": []},
        {"form": "/save/?x=1", "press": "", "typed": []},
        {"form": "/other/", "press": "", "typed": []},
        {"form": "", "press": "next=send", "typed": []},
        {"form": "", "press": "", "typed": ["outside"]},
        {"form": "", "press": "", "typed": []},
    ):
        assert page.find(**given)[0] is page.forms[0]
    assert page.find(form="", press="Log out", typed=[])[0] is page.forms[1]
    for given in ({"press": "Nothing", "typed": []}, {"press": "", "typed": ["absent"]}):
        with pytest.raises(PageError):
            page.find(form="", **given)


def test_a_file_goes_only_with_a_form_that_sends_files(client) -> None:
    page = Page('<form method="post"><input type="file" name="photo"><button>Go</button></form>', "/")
    page.forms[0].type("photo", SimpleUploadedFile("a.png", b"x"))
    with pytest.raises(PageError, match="enctype"):
        page.forms[0].send(client, page.forms[0].buttons[0])
