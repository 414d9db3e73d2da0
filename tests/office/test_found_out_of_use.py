"""What is out of use is found as well, and the palette says that it is."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core import clock
from apps.customers.actions import customer_change, equipment_change, equipment_create
from tests.builders import CustomerFactory, SiteFactory
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


def test_a_device_is_found_by_its_serial_number_and_says_whose_it_is(
    cast: Cast, client_as: Callable[[User], Client]
) -> None:
    device = equipment_create(
        by=cast.bram,
        site=SiteFactory(customer=CustomerFactory()),
        kind="Boiler",
        make="Nefit",
        serial_number="7716-88213",
    )
    address = reverse("maintenance:equipment_detail", args=[device.pk])
    client = client_as(cast.bram)

    def found() -> str:
        return client.get(reverse("office:search"), {"q": "7716-88213"}).content.decode()

    assert address in found()
    assert str(device.site.customer) in found()
    assert "No longer there" not in found()
    equipment_change(equipment=device, by=cast.bram, gone_on=clock.today())
    assert address in found()
    assert "No longer there" in found()
