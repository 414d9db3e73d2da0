"""Whoever opens an address that only does something is brought to the page with its button."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.post_only import page_above
from tests.access.test_access import address
from tests.world import World, routes, world_make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return world_make()


def test_no_address_of_ours_answers_that_the_method_is_wrong(world: World, client_as: Any) -> None:
    wrong = []
    for user in world.users.values():
        client: Client = client_as(user)
        for name, _route, pattern in routes():
            for pk in world.candidates[:2]:
                url = address(name, pattern, pk) if name else None
                if url is None or name == "account_logout":
                    break
                if client.get(url).status_code == 405:
                    wrong.append((name, url))
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("intake:request_accept", "intake:request_detail"),
        ("invoicing:invoice_issue", "invoicing:invoice_detail"),
        ("workorders:work_order_resume", "workorders:work_order_detail"),
        ("quotes:quote_revise", "quotes:quote_detail"),
    ],
)
def test_it_is_the_page_of_the_record(name: str, above: str) -> None:
    assert page_above(reverse(name, args=[7])) == reverse(above, args=[7])


def test_a_photo_is_no_page() -> None:
    assert page_above("/phone/intake/5/photos/3/remove/") == reverse("phone-intake:report", args=[5])
