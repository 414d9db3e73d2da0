"""Where a technician lives: an address for the office, a place for routes, and nothing on a phone."""

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from apps.core.database import PUBLIC, TECHNICIAN, as_role
from apps.customers import positions
from apps.technicians.actions import technician_change
from apps.technicians.models import Home, Technician
from tests.pages import submit

pytestmark = pytest.mark.django_db
ADDRESS = {"street": "Haagweg", "house_number": "212", "postal_code": "4812 XE", "city": "Breda"}
BREDA = positions.place("NL", "4812 XE")


@pytest.fixture
def tim(cast: Any) -> Technician:
    return Technician.objects.get(user=cast.tim)


def home(tim: Technician) -> tuple[float | None, float | None]:
    tim.refresh_from_db()
    return tim.home_latitude, tim.home_longitude


def change(tim: Technician, client: Any, **typed: str) -> Any:
    return submit(f"/technicians/{tim.pk}/change/", client=client, press="Save", **typed)


def test_an_address_is_typed_and_gives_the_place_of_its_postal_code(
    tim: Technician, cast: Any, client_as: Any
) -> None:
    client = client_as(cast.bram)
    typed = {"street": "Haagweg 212", "postal_code": "4812xe"}
    assert change(tim, client, **typed).status_code == 302
    assert Home.objects.values(*ADDRESS).get() == ADDRESS
    assert home(tim) == BREDA[1:]
    page = client.get(f"/technicians/{tim.pk}/").content.decode()
    assert "Haagweg 212" in page
    assert "4812 XE Breda" in page


def test_half_an_address_is_none(tim: Technician, cast: Any, client_as: Any) -> None:
    answer = change(tim, client_as(cast.bram), street="Haagweg 212")
    assert answer.status_code == 422
    assert "postal_code" in answer.context["form"].errors


def test_a_place_that_was_noted_before_stays_until_there_is_an_address(
    tim: Technician, cast: Any, client_as: Any
) -> None:
    Technician.objects.filter(pk=tim.pk).update(home_latitude=52.1, home_longitude=5.3)
    client = client_as(cast.bram)
    assert change(tim, client, region="Amersfoort").status_code == 302
    assert home(tim) == (52.1, 5.3)
    change(tim, client, **ADDRESS)
    assert home(tim) == BREDA[1:]


def test_an_address_that_is_taken_away_takes_its_place_along(tim: Technician, cast: Any) -> None:
    technician_change(technician=tim, by=cast.bram, home=ADDRESS | {"country": "NL"})
    technician_change(technician=tim, by=cast.bram, home={})
    assert not Home.objects.exists()
    assert home(tim) == (None, None)


def test_another_address_makes_another_version(tim: Technician, cast: Any) -> None:
    before = tim.version
    technician_change(technician=tim, by=cast.bram, home=ADDRESS | {"country": "NL"})
    tim.refresh_from_db()
    assert tim.version > before


@pytest.mark.parametrize("role", [TECHNICIAN, PUBLIC])
def test_the_database_tells_no_phone_and_no_customer(tim: Technician, cast: Any, role: str) -> None:
    technician_change(technician=tim, by=cast.bram, home=ADDRESS | {"country": "NL"})
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), as_role(role):
        Home.objects.get()


def test_postgres_refuses_half_an_address_and_half_a_place(tim: Technician, cast: Any) -> None:
    with pytest.raises(IntegrityError, match="home_is_whole"), transaction.atomic():
        technician_change(technician=tim, by=cast.bram, home=ADDRESS | {"country": "NL", "street": ""})
    with pytest.raises(IntegrityError, match="technician_home_is_a_place"), transaction.atomic():
        Technician.objects.filter(pk=tim.pk).update(home_latitude=52.1)
