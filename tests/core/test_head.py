"""HEAD: what GET says, without the page."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "page", ["/request/", "/request/embed/", "/account/login/", "/account/password/forgotten/"]
)
def test_a_public_page_answers_head(page: str) -> None:
    got, asked = Client().get(page), Client().head(page)
    assert (asked.status_code, asked.content) == (got.status_code, b"")
    assert asked["Content-Type"] == got["Content-Type"]


def test_a_page_of_the_office_does_so_too(cast: Cast, client_as: Callable[..., Client]) -> None:
    assert client_as(cast.bram).head(reverse("planning:week")).status_code == 200


def test_what_only_does_something_still_does_nothing(cast: Cast, client_as: Callable[..., Client]) -> None:
    client = client_as(cast.bram)
    page = reverse("intake:request_accept", args=[7])
    assert client.head(page).status_code == client.get(page).status_code == 302
