"""Puts what somebody typed back into the form of a page; all else stays to the letter.

    filled = refill(html, Typed(page="/customers/3/", action="/customers/3/change/", values={"name": ["Bakker"]}))

Hidden fields keep what the page gives them (its token and key are the new ones), unless they hold something that a
person made (`data-made`: a signature) or say what that person saw (`data-seen`: the version that they typed over; with
the newer one an older form would overwrite what nobody has seen). Passwords are never filled in.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin

Attributes = dict[str, str | None]
BUTTONS = {"submit", "button", "image", "reset"}
TICKED = {"checkbox", "radio"}
KEPT_HIDDEN = {"data-made", "data-seen"}


@dataclass(frozen=True)
class Typed:
    """What was sent to `action` from the page at `page`. `files` holds per field what stands for its kept files.

    `note` stands above what is put back; `pressed` above a form in which nothing can be typed.
    """

    page: str
    action: str
    values: Mapping[str, list[str]]
    files: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    pressed: str = ""


@dataclass
class Element:
    """A tag and where it stands in the text."""

    tag: str
    attributes: Attributes
    start: int
    end: int
    close: int = 0
    inside: list["Element"] = field(default_factory=list)

    def get(self, name: str) -> str:
        return self.attributes.get(name) or ""

    @property
    def kind(self) -> str:
        return self.get("type").lower() or "text" if self.tag == "input" else self.tag

    def ancestor(self, tag: str) -> "Element | None":
        return next((one for one in reversed(self.inside) if one.tag == tag), None)


class Reader(HTMLParser):
    """Finds the forms of a page and what belongs to each."""

    WANTED = {"form", "input", "textarea", "select", "option", "button", "label", "details"}

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[Element] = []
        self._open: list[Element] = []
        self._lines = [0, *(match.end() for match in re.finditer("\n", html))]
        self.feed(html)
        self.close()

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.WANTED:
            return
        start = self._offset()
        end = start + len(self.get_starttag_text() or "")
        element = Element(tag, dict(attrs), start, end, end, list(self._open))
        self.found.append(element)
        if tag != "input":
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        for element in reversed(self._open):
            if element.tag == tag:
                element.close = self._offset()
                self._open.remove(element)
                return

    def controls(self, form: Element) -> Iterator[Element]:
        """What a browser would send with this form, also from outside by its `form` attribute."""
        for one in self.found:
            if one.tag not in ("input", "textarea", "select", "button") or not one.get("name"):
                continue
            if (
                one.get("form") == form.get("id")
                if "form" in one.attributes
                else one.ancestor("form") is form
            ):
                yield one


def refill(html: str, typed: Typed) -> str | None:
    """`html` with what was typed in its form; None when the page has no place for all of it."""
    reader = Reader(html)
    for form in _fitting(reader, typed):
        if _anything_typed(reader, form, typed):
            return _edited(html, _edits(reader, form, typed))
        return _edited(html, [(form.end, form.end, typed.pressed)])
    return None


def _anything_typed(reader: Reader, form: Element, typed: Typed) -> bool:
    """Whether the form holds more than a button and what the page itself put there."""
    return bool(typed.files) or any(
        any(typed.values.get(one.get("name"), []))
        for one in reader.controls(form)
        if one.tag != "button" and one.kind not in BUTTONS
        if one.kind != "hidden" or "data-made" in one.attributes
    )


def place_files(html: str, typed: Typed) -> str:
    """`html` as it is, with the kept files beside their fields."""
    reader = Reader(html)
    edits: list[tuple[int, int, str]] = []
    placed: set[str] = set()
    for form in _of_action(reader, typed):
        for control in reader.controls(form):
            name = control.get("name")
            if control.kind == "file" and name in typed.files and name not in placed:
                edits += _file_edits(control, typed.files[name])
                placed.add(name)
    return _edited(html, edits)


def file_fields(html: str, page: str, action: str) -> dict[str, Element]:
    """The fields for files of the forms of `html` that go to `action`."""
    reader = Reader(html)
    found: dict[str, Element] = {}
    for form in _of_action(reader, Typed(page, action, {})):
        for control in reader.controls(form):
            if control.kind == "file":
                found.setdefault(control.get("name"), control)
    return found


def _of_action(reader: Reader, typed: Typed) -> Iterator[Element]:
    for form in reader.found:
        if form.tag == "form" and form.get("method").lower() == "post":
            goes_to = {urljoin(typed.page, form.get("action") or typed.page)}
            goes_to |= {
                urljoin(typed.page, one.get("formaction"))
                for one in reader.controls(form)
                if one.get("formaction")
            }
            if typed.action.partition("?")[0] in {one.partition("?")[0] for one in goes_to}:
                yield form


def _fitting(reader: Reader, typed: Typed) -> Iterator[Element]:
    """The forms with a place for everything; first those whose hidden fields say the same."""
    fit: list[tuple[int, Element]] = []
    for form in _of_action(reader, typed):
        controls = list(reader.controls(form))
        places: dict[str, int] = {}
        for one in controls:
            places[one.get("name")] = places.get(one.get("name"), 0) + 1
        if any(name not in places for name, values in typed.values.items() if any(values)):
            continue
        if any(len(values) > places[name] for name, values in typed.values.items() if name in places
               and not _holds_many(controls, name)):  # fmt: skip
            continue
        hidden = [one for one in controls if one.kind == "hidden" and one.get("name") in typed.values]
        differing = sum(one.get("value") not in typed.values[one.get("name")] for one in hidden)
        fit.append((differing, form))
    yield from (form for _differing, form in sorted(fit, key=lambda one: one[0]))


def _holds_many(controls: list[Element], name: str) -> bool:
    return any(one.get("name") == name and one.kind in ("select", "file") for one in controls)


def _edits(reader: Reader, form: Element, typed: Typed) -> list[tuple[int, int, str]]:
    edits: list[tuple[int, int, str]] = [
        (form.start, form.end, _tag(form.tag, form.attributes | {"data-unsaved": ""}) + typed.note)
    ]
    # What is folded away would hide what was put back.
    edits += [
        (one.start, one.end, _tag(one.tag, one.attributes | {"open": ""}))
        for one in form.inside
        if one.tag == "details"
    ]
    used: dict[str, int] = {}
    for control in reader.controls(form):
        name, kind = control.get("name"), control.kind
        values = typed.values.get(name, [])
        if kind in BUTTONS or kind == "password" or control.tag == "button":
            continue
        if kind == "file":
            edits += _file_edits(control, typed.files[name]) if name in typed.files else []
        elif kind == "hidden":
            if values and KEPT_HIDDEN & control.attributes.keys():
                edits.append(_with(control, value=values[0]))
        elif kind in TICKED:
            edits.append(_with(control, checked=(control.attributes.get("value") or "on") in values))
        elif control.tag == "select":
            edits += [
                _with(option, selected=option.get("value") in values)
                for option in reader.found
                if option.tag == "option" and control in option.inside
            ]
        elif name in typed.values:
            at = used.get(name, 0)
            used[name] = at + 1
            value = values[at] if at < len(values) else ""
            if control.tag == "textarea":
                edits.append((control.end, control.close, f"\n{escape(value)}"))
            else:
                edits.append(_with(control, value=value))
    return edits


def _with(element: Element, **changes: str | bool) -> tuple[int, int, str]:
    attributes = dict(element.attributes)
    for name, value in changes.items():
        if value is False:
            attributes.pop(name, None)
        else:
            attributes[name] = None if value is True else str(value)
    return element.start, element.end, _tag(element.tag, attributes)


def _file_edits(control: Element, shown: str) -> list[tuple[int, int, str]]:
    """Beside the field and not within its label; a browser need not ask for a file that is here."""
    label = control.ancestor("label")
    after = html_end(label) if label else control.end
    attributes = {name: value for name, value in control.attributes.items() if name != "required"}
    return [(control.start, control.end, _tag(control.tag, attributes)), (after, after, shown)]


def html_end(element: Element) -> int:
    """Where the element's end tag ends."""
    return element.close + len(f"</{element.tag}>")


def _tag(tag: str, attributes: Attributes) -> str:
    said = "".join(
        f" {name}" if value is None or (value == "" and name != "value") else f' {name}="{escape(value)}"'
        for name, value in attributes.items()
    )
    return f"<{tag}{said}>"


def _edited(html: str, edits: list[tuple[int, int, str]]) -> str:
    parts, at = [], 0
    for start, end, text in sorted(edits, key=lambda one: (one[0], one[1])):
        parts += [html[at:start], text]
        at = end
    return "".join([*parts, html[at:]])
