"""Forms of a fetched page, filled in and sent as a browser would: no field that the page lacks.

    page = client.get(reverse("customers:customer_create"))
    answer = submit(page, client=client, name="Bakker", press="Save")

What a person could not do is an error here: typing in a field that is not there, choosing an option that is not
offered, pressing a button while the browser still asks for something.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

import lxml.html
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import HttpResponseBase
from django.test import Client
from lxml.html import HtmlElement

from apps.core import idempotency
from tests.inputs import Input, PageError, choose, disabled, text_of

HOST = "http://testserver"
BUTTONS = {"submit", "image", "reset", "button"}


class BrowserRefuses(PageError):
    """The browser would not send the form: it still asks for something."""


def submit(
    page: Any,
    *,
    client: Client,
    form: str = "",
    press: str = "",
    by_script: Mapping[str, Any] | None = None,
    past_browser: bool = False,
    follow: bool = False,
    **typed: Any,
) -> Any:
    """Fill in a form of `page` (an answer, or an address to fetch), press its button, give the answer.

    `form`: its id, name, action or the action of its button; not needed where what is typed or pressed is in one
    form only. `press`: the text, name, value or `name=value` of the button; the first one when left out. `typed`: per
    field what a person enters; True and False for a box to tick, a list where several go, a file for an upload.
    `by_script`: what a script of the page puts in its hidden fields. `past_browser`: send also what the browser
    would hold back (another browser may not), to see what the server says.
    """
    shown = page if isinstance(page, Page) else Page.fetched(page, client)
    chosen, button = shown.find(form=form, press=press, typed=[*typed, *(by_script or {})])
    for name, value in typed.items():
        chosen.type(name, value)
    for name, value in (by_script or {}).items():
        chosen.script(name, value)
    if not past_browser:
        chosen.check(button)
    return chosen.send(client, button, follow=follow)


def post_by_hand(
    client: Client, address: str, data: Any = None, *, key: str | None = None, **extra: Any
) -> Any:
    """Post what no page of ours offers, as a stranger's program would.

    Only for tests of what the server says to one who goes around the pages: without the right, on something that
    is not theirs, with made-up fields. Everything that a person does goes through `submit`.

    It holds a good key, as what is tested is the rule behind that: a new one, or `key`; none with `key=""`.
    """
    data = {} if data is None else data
    if isinstance(data, dict) and idempotency.FIELD not in data:
        key = key_given(client) if key is None else key
        data = data | ({idempotency.FIELD: key} if key else {})
    return client.post(address, data, **extra)


def key_given(client: Client) -> str:
    """A new key for whoever is logged in, as a form of any page would hold it."""
    known = settings.SESSION_COOKIE_NAME in client.cookies  # asking for a session makes one
    user = client.session.get(SESSION_KEY) if known else None
    return idempotency.key_new(f"u{user}" if user else idempotency.NOBODY)


class Page:
    """The forms of an answer, and the address that they are on."""

    def __init__(self, html: str, address: str) -> None:
        self.html, self.address = html, address
        self.root = lxml.html.document_fromstring(html)
        for inert in self.root.xpath("//template"):
            inert.drop_tree()
        # Each element of a form, the id of the form that it names, and the form around it.
        self.controls = [
            (one, one.get("form"), next(one.iterancestors("form"), None))
            for one in self.root.iter("input", "select", "textarea", "button")
        ]
        self.forms = [PageForm(element, self) for element in self.root.iter("form")]

    @classmethod
    def fetched(cls, page: Any, client: Client) -> "Page":
        answer = client.get(page) if isinstance(page, str) else page
        if not isinstance(answer, HttpResponseBase) or answer.status_code in (301, 302, 303, 204):
            raise PageError(f"not a page: {answer!r}")
        asked = answer.request
        address = asked["PATH_INFO"] + (f"?{asked['QUERY_STRING']}" if asked.get("QUERY_STRING") else "")
        return cls(answer.content.decode(), address)

    def find(self, *, form: str, press: str, typed: Iterable[str]) -> tuple["PageForm", HtmlElement | None]:
        """The one form that is meant, and the button that sends it."""
        found = []
        for one in self.forms:
            buttons = [button for button in one.buttons if not press or pressed(button, press)]
            if form and not one.called(form):
                buttons = [button for button in buttons if one.path(button) == urljoin(self.address, form)]
                if not buttons:
                    continue
            if (press and not buttons) or any(not one.of_name(name) for name in typed):
                continue
            found.append((one, buttons[0] if buttons else None))
        if len(found) > 1 and not form:  # the theme and the logout stand on every page
            found = [(one, button) for one, button in found if one.method == "post"]
            inner = [(one, button) for one, button in found if not one.of_shell]
            found = inner or found
        if len({(one.path(button), one.element.get("id")) for one, button in found}) != 1:
            wanted = {"form": form, "press": press, "typed": list(typed)}
            raise PageError(f"{len(found)} forms fit {wanted} on {self.address}: {self.forms}")
        return found[0]


class PageForm:
    """One form as a browser holds it: what stands in it now, and what would be sent."""

    def __init__(self, element: HtmlElement, page: Page) -> None:
        self.element = element
        self.page = page
        self.method = "post" if element.get("hx-post") else element.get("method", "get").lower()

    def __repr__(self) -> str:
        names = list(dict.fromkeys(one.name for one in self.inputs if one.reachable))
        return f"<form {self.method} {self.path()} {names} {[text_of(one) for one in self.buttons]}>"

    @cached_property
    def _elements(self) -> list[HtmlElement]:
        """What belongs to the form, in the order of the page; also from outside by its `form` attribute."""
        own = self.element.get("id")
        return [
            one
            for one, owner, around in self.page.controls
            if ((owner == own) if owner is not None else (around is self.element))
        ]

    @cached_property
    def inputs(self) -> list[Input]:
        return [Input(one) for one in self._elements if not is_button(one) and one.get("name")]

    @cached_property
    def buttons(self) -> list[HtmlElement]:
        """Those that send it."""
        return [
            one
            for one in self._elements
            if is_button(one) and one.get("type", "submit") in ("submit", "image") and not disabled(one)
        ]

    @property
    def of_shell(self) -> bool:
        """Outside the page's own content: the menu of the user, the search."""
        return (
            next(self.element.iterancestors("main"), None) is None
            and self.page.root.find(".//main") is not None
        )

    def called(self, name: str) -> bool:
        return name.lstrip("#") == self.element.get("id") or name in (
            self.element.get("name"),
            self.element.get("action"),
            self.path(),
        )

    def path(self, button: HtmlElement | None = None) -> str:
        """Where it goes when `button` sends it."""
        given = button.get("hx-post") or button.get("formaction") if button is not None else None
        return urljoin(self.page.address, given or self.element.get("action") or self.page.address)

    def of_name(self, name: str) -> list["Input"]:
        return [one for one in self.inputs if one.name == name]

    def type(self, name: str, value: Any) -> None:
        """Enter `value` as a person would."""
        found = [one for one in self.of_name(name) if one.reachable]
        if not found:
            there = "is hidden or locked" if self.of_name(name) else "is not there"
            raise PageError(f"nobody can fill in {name!r}, it {there}: {self}")
        self._enter(found, name, value)

    def script(self, name: str, value: Any) -> None:
        """Put `value` in a hidden field, as the page's script does."""
        self._enter(self.of_name(name), name, value)

    def _enter(self, found: list["Input"], name: str, value: Any) -> None:
        if found[0].kind in ("checkbox", "radio"):
            choose(found, value)
        elif len(found) == 1:
            found[0].enter(value)
        elif isinstance(value, (list, tuple)) and len(value) == len(found):
            for one, part in zip(found, value, strict=True):
                one.enter(part)
        else:
            raise PageError(f"{len(found)} fields are called {name!r}, give a list of as many values")

    def check(self, button: HtmlElement | None) -> None:
        """What a browser asks for before it sends anything."""
        if button is None and not self._sent_by_enter and not self.element.get("hx-trigger"):
            raise BrowserRefuses(f"no button sends {self}")
        novalidate = self.element.get("novalidate") is not None
        if novalidate or (button is not None and button.get("formnovalidate") is not None):
            return
        complaints = {
            one.name: said for one in self.inputs if (said := one.complaint(self.of_name(one.name)))
        }
        if complaints:
            raise BrowserRefuses(f"the browser holds {self.path(button)} back: {complaints}")

    @property
    def _sent_by_enter(self) -> bool:
        """Without a button Enter sends a form that has one field to type in."""
        typed = [
            one for one in self.inputs if one.reachable and one.kind not in ("checkbox", "radio", "select")
        ]
        return len(typed) == 1

    def pairs(self, button: HtmlElement | None) -> list[tuple[str, Any]]:
        """What is sent, in the order of the page."""
        found = [(one.name, value) for one in self.inputs for value in one.sent()]
        if button is not None and button.get("name"):
            found.append((button.get("name"), button.get("value", "")))
        return found

    def asked(self, button: HtmlElement | None) -> str:
        """The address that a form which only asks leads to."""
        return urlunsplit(("", "", urlsplit(self.path(button)).path, urlencode(self.pairs(button)), ""))

    def send(self, client: Client, button: HtmlElement | None, *, follow: bool = False) -> Any:
        """Send it as the browser would, by htmx where that has taken the button or the form over."""
        path, pairs = self.path(button), self.pairs(button)
        headers = {"Referer": HOST + self.page.address} | self._htmx(button)
        if self.method == "get":
            return client.get(self.asked(button), headers=headers, follow=follow)
        encoding = self.element.get("enctype") or "application/x-www-form-urlencoded"
        if encoding == "multipart/form-data":
            data: dict[str, list[Any]] = {}
            for name, value in pairs:
                data.setdefault(name, []).append(value)
            return client.post(path, data, headers=headers, follow=follow)
        if any(isinstance(value, File) for _name, value in pairs):
            raise PageError(f"without enctype=multipart/form-data the browser sends no file: {self}")
        return client.post(path, urlencode(pairs), content_type=encoding, headers=headers, follow=follow)

    def _htmx(self, button: HtmlElement | None) -> dict[str, str]:
        """The headers of htmx, when it is htmx that sends."""
        by = None
        if button is not None and button.get("hx-post"):
            by = button
        elif self.element.get("hx-post") and (
            button is None or "submit" in self.element.get("hx-trigger", "submit")
        ):
            by = self.element
        if by is None:
            return {}
        headers = {"HX-Request": "true", "HX-Current-URL": HOST + self.page.address}
        target = by.get("hx-target", "")
        known = {"HX-Trigger": by.get("id"), "HX-Trigger-Name": by.get("name")}
        known["HX-Target"] = target[1:] if target.startswith("#") else None
        return headers | {name: value for name, value in known.items() if value}


def is_button(element: HtmlElement) -> bool:
    return element.tag == "button" or element.get("type") in BUTTONS


def pressed(button: HtmlElement, wanted: str) -> bool:
    """Whether `wanted` names the button."""
    name, value = button.get("name"), button.get("value", "")
    spoken = (text_of(button), button.get("aria-label"), button.get("id"))
    return wanted in spoken or wanted == text_of(button).rstrip("…") or wanted in (name, f"{name}={value}")


def upload(name: str, content: bytes, kind: str = "application/octet-stream") -> SimpleUploadedFile:
    """A file that a person chose."""
    return SimpleUploadedFile(name, content, content_type=kind)


def flat(html: str) -> str:
    """HTML without the white space beside its tags: as a browser's reader meets it, however the template is laid out."""
    return re.sub(r"\s*(<[^>]*>)\s*", lambda tag: " ".join(tag[1].split()).replace(" >", ">"), html)
