"""A form of a page with values put in that the page offers to nobody."""

from typing import Any

from django.test import Client

from tests.inputs import entered
from tests.pages import Page, post_by_hand


def submit_tampered(
    page: Any, made_up: dict[str, Any], *, client: Client, form: str = "", press: str = ""
) -> Any:
    """Send what the form of `page` holds, but for the `made_up` values: an option that is not offered, a hidden field.

    For tests of what the server says to such a value; what a person can enter goes through `submit`.
    """
    shown = page if isinstance(page, Page) else Page.fetched(page, client)
    chosen, button = shown.find(form=form, press=press, typed=[])
    data: dict[str, list[Any]] = {}
    for name, value in chosen.pairs(button):
        data.setdefault(name, []).append(value)
    for name, value in made_up.items():
        data[name] = [entered(one) for one in (value if isinstance(value, list) else [value])]
    return post_by_hand(client, chosen.path(button), data)
