"""Every address that holds a secret is opened by the one door, or says the same of itself."""

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests.pages import post_by_hand


def tokened(patterns=None, space: str = "") -> list[str]:
    """The names of all addresses with a token in them."""
    found = []
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLPattern):
            if "token" in one.pattern.converters:
                found.append(f"{space}{one.name}")
        else:
            found += tokened(one.url_patterns, f"{space}{one.namespace}:" if one.namespace else space)
    return found


def test_the_walk_finds_them() -> None:
    assert {
        "quote:show",
        "pay:invoice_pay",
        "extra-work:show",
        "join:invitation_accept",
        "appointment:show",
    } <= set(tokened())
    assert len(tokened()) >= 16


@pytest.mark.django_db
@pytest.mark.parametrize("name", tokened())
def test_a_link_that_opens_nothing_says_so_and_is_kept_by_nobody(name: str) -> None:
    client, path = Client(), reverse(name, kwargs={"token": "x" * 43})
    answer = client.get(path)
    if answer.status_code == 302:  # it is posted only: back to the link's own page
        answer = post_by_hand(client, path, {})
    assert answer.status_code in (404, 410)
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["Referrer-Policy"] in ("no-referrer", "same-origin")
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert b"x" * 43 not in answer.content
