"""Walks the product as one person does: opens every page that a link leads to, fills in every form, presses every button."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve
from lxml.html import HtmlElement

from apps.core import clock
from tests.access.keys import keyless
from tests.access.plausible import ALL, MORE, NEEDED, fill
from tests.inputs import text_of
from tests.pages import BrowserRefuses, Page, PageForm

# Whose purpose is to end at the login.
LEAVES = re.compile("logout|sessions_end")
# A form that stands on many records alike is tried on so many of them, until one takes it.
TRIES = 4
# So many records in a row that show no button that was not met yet: the others are like them.
ENOUGH = 5
# As many buttons of a page as lead to the same place: more are rows of a list.
ALIKE = 8
SHELL = ("office:theme", "office:language", "account_logout", "office:search", "set_language")


@dataclass(frozen=True)
class Pressed:
    """A button of a form of a page, whichever record the page shows."""

    page: str
    target: str
    button: str

    def __str__(self) -> str:
        return f"{self.page}: {self.button!r} → {self.target}"


@dataclass
class Walk:
    """One person's walk. `faults` is what should not be; `refused` which buttons never took what was entered, and why;
    `keyless` what posts without the key that its address asks for."""

    client: Client
    inside: bool = True
    faults: list[str] = field(default_factory=list)
    saved: set[Pressed] = field(default_factory=set)
    refused: dict[Pressed, str] = field(default_factory=dict)
    keyless: dict[str, str] = field(default_factory=dict)
    tries: Counter[Pressed] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)

    def __call__(self, starts: Iterable[str]) -> "Walk":
        waiting, seen = deque((address, "") for address in starts), set()
        while waiting:
            address, source = waiting.popleft()
            where = place(address)
            if where is None or where in seen or self.known[where[0]] > ENOUGH:
                continue
            seen.add(where)
            page = self.open(address, source)
            if page is None:
                continue
            met = len(self.tries)
            found = list(links(page))
            for index, form in enumerate(page.forms):
                found += self.form(page, index, form)
            waiting.extend((one, address) for one in found)
            self.known[where[0]] = 0 if len(self.tries) > met else self.known[where[0]] + 1
        return self

    def open(self, address: str, source: str) -> Page | None:
        answer = self.client.get(address, follow=True)
        if answer.status_code != 200:
            self.faults.append(f"{source} leads to {address}, which answers {answer.status_code}")
            return None
        return self.page(answer) if is_html(answer) else None

    def page(self, answer: Any) -> Page:
        page = Page.fetched(answer, self.client)
        for said in keyless(page):
            self.keyless.setdefault(said, page.address)
        return page

    def form(self, page: Page, index: int, form: PageForm) -> Iterator[str]:
        """Press each of its buttons; the addresses of what was found by asking (a search)."""
        nothing = not form.buttons and not any(one.reachable for one in form.inputs)
        if form.element.get("hidden") is not None or nothing:
            return
        for number, button in enumerate(form.buttons or [None]):
            target = resolve_name(form.path(button))
            pressed = Pressed(
                resolve_name(page.address), target, text_of(button) if button is not None else ""
            )
            if target in SHELL:
                pressed = Pressed("", target, "")
            if pressed in self.saved or self.tries[pressed] >= TRIES:
                continue
            self.tries[pressed] += 1
            if sum(one.page == pressed.page and one.target == target for one in self.tries) > ALIKE:
                continue
            yield from self.press(page, pressed, index, number)

    def press(self, page: Page, pressed: Pressed, index: int, number: int) -> Iterator[str]:
        """Fill it in, more and less, until it is taken; a refusal that asks something gets its answer, once."""
        said = {}
        for how in (ALL, NEEDED, MORE):
            form = Page(page.html, page.address).forms[index]
            button = form.buttons[number] if form.buttons else None
            fill(form, how)
            try:
                form.check(button)
            except BrowserRefuses as refusal:
                self.faults.append(f"{page.address} {pressed}: {refusal}")
                return
            if form.method == "get":
                yield form.asked(button)
                self.saved.add(pressed)
                return
            said[how] = self.send(form, button, f"{page.address} {pressed}", how)
            if not said[how]:
                self.saved.add(pressed)
                self.refused.pop(pressed, None)
                return
        self.refused[pressed] = " | ".join(dict.fromkeys(said.values()))

    def send(self, form: PageForm, button: HtmlElement | None, where: str, how: str) -> str:
        """Post it, look at the answer, and undo it. What a refusal says; empty when it was taken."""
        cookies = deepcopy(self.client.cookies)
        with transaction.atomic(), clock.at(clock.now() + timedelta(minutes=1)):  # a person takes their time
            answer = form.send(self.client, button, follow=True)
            said = self.judge(answer, where)
            if not said and answer.status_code == 200 and not answer.redirect_chain and is_html(answer):
                self.further(answer)
            again = same_form(answer, form, button) if said else None
            if again is not None:
                fill(again[0], how)
                said = self.judge(again[0].send(self.client, again[1], follow=True), where)
            transaction.set_rollback(True)
        self.client.cookies = cookies
        return said

    def further(self, answer: Any) -> None:
        """The forms of a page that only comes as an answer to another form."""
        page = self.page(answer)
        for index, form in enumerate(page.forms):
            list(self.form(page, index, form))

    def judge(self, answer: Any, where: str) -> str:
        """Whether the answer is one that a person can do something with; what it says of what went wrong."""
        said = words(answer)
        code = answer.status_code
        if code in (403, 404, 405) or code >= 500:
            self.faults.append(f"{where} answers {code}: {said}")
        elif code >= 400 and not said:
            self.faults.append(f"{where} answers {code} without a word")
        elif "ManagementForm" in said:
            self.faults.append(f"{where} lacks the management form of its rows")
        elif (
            self.inside and not LEAVES.search(where) and "/account/login/" in str(answer.redirect_chain[-1:])
        ):
            self.faults.append(f"{where} ends at the login")
        return said or (str(code) if code >= 400 else "")


def same_form(
    answer: Any, form: PageForm, button: HtmlElement | None
) -> tuple[PageForm, HtmlElement | None] | None:
    """The form as the answer shows it again, and its button, which may say "all the same" now."""
    if answer.status_code not in (200, 422) or not is_html(answer):
        return None
    for one in Page.fetched(answer, answer.client).forms:
        for again in one.buttons or [None]:
            if one.method == "post" and one.path(again) == form.path(button):
                return one, again
    return None


def words(answer: Any) -> str:
    """What a person reads of what went wrong."""
    if not is_html(answer):
        return ""
    page = Page(answer.content.decode() or "<p></p>", "/")
    paths = [
        "//*[@data-message]",
        "//*[contains(@class, 'errors')]//li",
        "//*[contains(@class, 'errors')]/h2",
        "//*[@class='error']",
        "//*[@data-toast='error']",
    ]
    if answer.status_code >= 400:
        paths.append("//*[contains(@class, 'callout')]")
    found = [text_of(one) for path in paths for one in page.root.xpath(path)]
    return " · ".join(dict.fromkeys(one for one in found if one))


def is_html(answer: Any) -> bool:
    return not answer.streaming and answer.get("Content-Type", "").startswith("text/html")


def links(page: Page) -> Iterator[str]:
    for link in page.root.iter("a"):
        href = link.get("href") or ""
        shown = (
            link.get("hidden") is None
        )  # which a script may show, where the phone knows more than the server
        if href and shown and not href.startswith("#") and link.get("download") is None:
            address = urljoin(page.address, href)
            parts = urlsplit(address)
            if not parts.netloc and not parts.scheme:
                yield address.partition("#")[0]


def place(address: str) -> tuple[Any, ...] | None:
    """Pages that differ only in the value of a filter are one; of a list, which only shows other rows, all are."""
    parts = urlsplit(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return None
    names = tuple(sorted(name for name, _value in parse_qsl(parts.query)))
    if found.view_name.endswith("_list"):
        names = ()
    return (found.view_name, tuple(sorted(found.kwargs.items())), names)


def resolve_name(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return address
