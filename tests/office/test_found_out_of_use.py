"""What is out of use is found as well, and the palette says that it is."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.customers.actions import customer_change
from tests.builders import CustomerFactory
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def test_a_customer_who_is_no_longer_active_is_found_and_marked(
    cast: Cast, client_as: Callable[[User], Client]
) -> None:
    customer = CustomerFactory(name="Zonneweide")
    client = client_as(cast.bram)
    assert "No longer active" not in client.get(reverse("office:search"), {"q": "zonne"}).content.decode()
    customer_change(customer=customer, by=cast.bram, active=False)
    page = client.get(reverse("office:search"), {"q": "zonne"}).content.decode()
    assert "Zonneweide" in page
    assert "No longer active" in page
