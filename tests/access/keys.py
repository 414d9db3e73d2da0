"""What of a page posts without a key, though the address that it goes to asks for one."""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve
from lxml.html import HtmlElement

from apps.core.idempotency import FIELD
from apps.core.keyless import KEYLESS
from tests.pages import Page, PageForm


def keyless(page: Page) -> Iterator[str]:
    """Each form, by the button that sends it, and each element that htmx posts for."""
    for form in page.forms:
        if form.method != "post":
            continue
        for button in form.buttons or [None]:
            held = [name for name, _value in form.pairs(button)]
            yield from said(page, form.path(button), held)
    for element in page.root.xpath("//*[@hx-post]"):
        if element.tag != "form":
            yield from said(page, urljoin(page.address, element.get("hx-post")), sent_by_htmx(page, element))


def sent_by_htmx(page: Page, element: HtmlElement) -> list[str]:
    """The names of what htmx sends for an element: its own, those of its form, and of what it says to include."""
    around = element.get("form") or next(
        (one.get("id") or one for one in element.iterancestors("form")), None
    )
    sources = {around, *(one.strip().lstrip("#") for one in element.get("hx-include", "").split(","))}
    forms: list[PageForm] = [
        one for one in page.forms if one.element in sources or one.element.get("id") in sources - {None, ""}
    ]
    return [element.get("name"), *(name for one in forms for name, _value in one.pairs(None))]


def said(page: Page, address: str, held: list[str]) -> Iterator[str]:
    try:
        target = resolve(urlsplit(address).path).view_name
    except Resolver404:
        target = address
    if FIELD not in held and target not in KEYLESS:
        yield f"{resolve(urlsplit(page.address).path).view_name}: a form without a key goes to {target}"
