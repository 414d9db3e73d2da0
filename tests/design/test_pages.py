"""The living pages of the design language, and the pages for when something is not possible."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from apps.office.components import LINES
from tests.conftest import Cast

ADDRESSES = ["/components/", "/components/list/", "/components/list/W26-1190/", "/components/phone/"]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_specimen_page_opens_for_the_office(
    address: str, language: str, cast: Cast, client_as: Callable[..., Client]
) -> None:
    cast.bram.language = language
    cast.bram.save()
    response = client_as(cast.bram).get(address)
    assert response.status_code == 200
    assert f'lang="{language}"' in response.text


def test_a_technician_does_not_open_the_components(cast: Cast, client_as: Callable[..., Client]) -> None:
    response = client_as(cast.tim).get("/components/")
    assert response.status_code == 403
    assert "data-message" in response.text


def test_the_components_page_names_every_part(cast: Cast, client_as: Callable[..., Client]) -> None:
    text = client_as(cast.bram).get("/components/").text
    assert {name for name, line in LINES.items() if line not in unescape(text)} == set()


def test_the_title_stands_in_the_head_and_in_the_page_once_each(
    cast: Cast, client_as: Callable[..., Client]
) -> None:
    text = client_as(cast.bram).get("/components/list/").text
    assert "<title>Work orders · Watertight</title>" in text
    assert re.findall(r"<h1>(.*?)</h1>", text) == ["Work orders"]


def test_a_detail_is_its_own_address_and_stands_in_its_list(
    cast: Cast, client_as: Callable[..., Client]
) -> None:
    text = client_as(cast.bram).get("/components/list/W26-1190/").text
    assert 'aria-selected="true"' in text
    assert "VvE Parkzicht" in text[text.index('id="detail"') :]


def test_an_unknown_address_gets_the_products_own_page(cast: Cast, client_as: Callable[..., Client]) -> None:
    response = client_as(cast.bram).get("/no-such-page/")
    assert response.status_code == 404
    assert "data-message" in response.text
    assert "css/app-public.css" in response.text


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_fault_pages_need_no_context(name: str) -> None:
    """Django renders some of them when nothing else works any more."""
    with translation.override("en"):
        text = render_to_string(f"{name}.html")
    assert re.search(r"<h1>\w.+</h1>", text)
    assert "data-message" in text


def test_a_refusal_shows_its_sentence_harmlessly() -> None:
    text = render_to_string("refused.html", {"sentence": "<b>No</b>", "back": "/x/"})
    assert "&lt;b&gt;No&lt;/b&gt;" in text
    assert 'href="/x/"' in text


def shown(source: str, **context: Any) -> str:
    return engines["jinja2"].env.from_string(source).render(context)


def test_here_keeps_the_state_and_returns_to_the_first_page() -> None:
    request = RequestFactory().get("/work-orders/?q=van+dongen&page=4&status=planned")
    text = shown("{{ here(status=none, sort='number') }}", request=request)
    assert text == "?q=van+dongen&amp;sort=number"


def test_a_sort_header_turns_round() -> None:
    request = RequestFactory().get("/?sort=number")
    text = shown('{{ sort_header("number", "Number") }}', request=request)
    assert 'aria-sort="ascending"' in text
    assert 'href="?sort=-number"' in text


def test_tags_show_hostile_words_harmlessly() -> None:
    parts = (
        "{{ tag(word, 'r') }}{{ person(word) }}{% call callout('info', title=word) %}{{ word }}{% endcall %}"
    )
    text = shown(parts, word="<script>alert(1)</script>")
    assert "<script" not in text
