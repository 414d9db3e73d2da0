"""What a page says of itself: its addresses, its title, who reads it, and the parts that it takes in."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from jinja2 import pass_context
from jinja2.runtime import Context, Undefined

from apps.core import web

# No script of a page is evaluated, no style is written, and no page is kept in the browser's storage. A form that is
# refused (422) shows why.
HTMX = {
    "includeIndicatorStyles": False,
    "allowEval": False,
    "allowScriptTags": False,
    "historyCacheSize": 0,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "422", "swap": True},
        {"code": "4..", "swap": False, "error": True},
        {"code": "5..", "swap": False, "error": True},
    ],
}
OF_THE_OFFICE = {
    "refreshOnHistoryMiss": True,
    "scrollIntoViewOnBoost": False,
    "defaultFocusScroll": False,
    "timeout": 20_000,
}


@pass_context
def part(context: Context, name: str, /, **values: Any) -> SafeString:
    """A template of templates/components/, with these values beside what the page knows."""
    template = context.environment.get_template(f"components/{name}.html")
    return SafeString(template.render({**context.get_all(), **values}))


@cache
def htmx_config(public: bool = False) -> str:
    return json.dumps(HTMX if public else HTMX | OF_THE_OFFICE)


def url(name: str, *args: Any) -> str:
    return reverse(name, args=args)


@pass_context
def may(context: Context, ability: str) -> bool:
    """Whether the reader has an ability of the matrix, for what a page offers; the view checks it again."""
    user = context.get("user")
    return bool(user and user.is_authenticated and user.may(ability))


@pass_context
def open_to(context: Context, address: str) -> str:
    """The address, when its page is for the reader; empty when not."""
    return address if address and web.may_open(context.get("user"), address) else ""


@pass_context
def for_reader(context: Context, address: str) -> str:
    """The address, unless it is of a page that the reader may not open; somebody without a login may try."""
    user = context.get("user")
    return address if user is None or not user.is_authenticated or web.may_open(user, address) else ""


def said_first(*blocks: Callable[[], str] | Undefined) -> SafeString:
    """The text of the first of these blocks that says something; it also stands elsewhere: the title in <h1>."""
    for block in blocks:
        if not isinstance(block, Undefined) and (text := strip_tags(block()).strip()):
            return SafeString(" ".join(text.split()))
    return SafeString("")


def undo_address(tags: str) -> str:
    """Where a message says that what it tells can be taken back: its extra tag `undo:/address/`."""
    return next((tag[5:] for tag in (tags or "").split() if tag.startswith("undo:/")), "")


@pass_context
def theme(context: Context) -> str:
    """What the reader chose: light, dark, or nothing (as the system)."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request else ""
    return chosen if chosen in ("light", "dark") else ""


@pass_context
def here(context: Context, **changes: Any) -> str:
    """This address with some parameters changed; None removes one. A change of filter returns to the first page."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    if "after" not in changes and "page" not in changes:
        changes = {"after": None, "before": None, "page": None} | changes
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        elif isinstance(value, (list, tuple)):
            query.setlist(name, [str(one) for one in value])
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


def query(**parameters: Any) -> str:
    """?a=1&b=2, for a link to a list in a certain state."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"?{urlencode(given, doseq=True)}"
