"""What was typed stands in the form again; what the page itself put there stays."""

import pytest

from apps.core.refill import Typed, file_fields, place_files, refill
from tests.pages import Page

PAGE = """<!doctype html><html><body><main>
<form method="post" action="/other/"><input name="text" value="other"></form>
<details class="fold"><summary>More</summary>
<form class="form" method="post" action="/save/?x=1" id="f" enctype="multipart/form-data">
<input type="hidden" name="version" value="7"><input type="hidden" name="signature" data-made>
<input name="text" value="old" required><input type="password" name="password">
<textarea name="note">old</textarea>
<select name="kind"><option value="a" selected>A</option><option value="b">B &amp; b</option></select>
<input type="checkbox" name="tick" checked><input type="radio" name="r" value="1"><input type="radio" name="r" value="2">
<input name="line" value=""><input name="line" value="">
<div><label><svg viewBox="0 0 16 16"><path d="M0"/></svg><input type="file" name="photos" accept="image/*" required></label></div>
<button name="go" value="1">Go</button></form></details>
<input name="outside" form="f"></main></body></html>"""


def put_back(values: dict[str, list[str]], page: str = PAGE, **more: str) -> Page:
    filled = refill(page, Typed("/page/", "/save/", values, **more))
    assert filled is not None
    return Page(filled, "/page/")


def sent(values: dict[str, list[str]]) -> dict[str, list[str]]:
    page = put_back(values)
    found: dict[str, list[str]] = {}
    for name, value in page.forms[1].pairs(None):
        found.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return found


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("text", ['a "quoted" <b> & ü']),
        ("note", ["\n  first\nsecond </textarea><script>"]),
        ("kind", ["b"]),
        ("r", ["2"]),
        ("tick", ["on"]),
        ("line", ["one", "two"]),
        ("outside", ["x"]),
        ("signature", ["data:image/png;base64,AAAA"]),
    ],
)
def test_what_was_typed_is_sent_again_as_it_was(name, values) -> None:
    assert sent({"text": ["new"]} | {name: values})[name] == values


def test_a_box_that_was_not_ticked_is_not(client) -> None:
    assert "tick" not in sent({"text": ["new"]})


def test_the_pages_own_hidden_fields_and_passwords_stay() -> None:
    found = sent({"text": ["new"], "version": ["6"], "password": ["secret"]})
    assert found["version"] == ["7"]
    assert found["password"] == [""]


def test_all_else_stays_to_the_letter() -> None:
    filled = refill(PAGE, Typed("/page/", "/save/", {"text": ["new"]}))
    assert filled is not None
    for kept in ('<svg viewBox="0 0 16 16"><path d="M0"/></svg>', "<summary>More</summary>", 'value="other"'):
        assert kept in filled
    assert '<details class="fold" open>' in filled  # it would hide what stands in it


def test_the_note_stands_above_it_and_another_above_a_mere_button() -> None:
    page = '<form method="post" action="/save/"><input type="hidden" name="v" value="1"><button name="go">Go</button></form>'
    assert "<p>n</p>" in (refill(PAGE, Typed("/page/", "/save/", {"text": ["new"]}, note="<p>n</p>")) or "")
    bare = refill(page, Typed("/page/", "/save/", {"v": ["1"], "go": [""]}, note="n", pressed="<p>p</p>"))
    assert bare is not None
    assert "<p>p</p>" in bare


@pytest.mark.parametrize("values", [{"gone": ["typed"]}, {"text": ["one", "two"]}])
def test_a_page_without_a_place_for_it_is_not_filled_in(values) -> None:
    assert refill(PAGE, Typed("/page/", "/save/", values)) is None


def test_among_equal_forms_it_is_the_one_with_the_same_hidden_fields() -> None:
    row = '<form method="post" action="/save/"><input type="hidden" name="id" value="{0}"><input name="q" value="{0}"></form>'
    page = put_back({"id": ["2"], "q": ["5"]}, row.format(1) + row.format(2))
    assert [dict(form.pairs(None))["q"] for form in page.forms] == ["1", "5"]


def test_kept_files_stand_beside_their_field_which_asks_no_more() -> None:
    assert set(file_fields(PAGE, "/page/", "/save/")) == {"photos"}
    filled = place_files(PAGE, Typed("/page/", "/save/", {}, {"photos": "<b>kept</b>", "x": "y"}))
    assert "</label><b>kept</b></div>" in filled
    assert 'accept="image/*">' in filled
