"""Where a site is: by its postal code, or better by hand, in the ways in which maps write a place."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.core.degrees import distance_km, position_read
from apps.customers import actions, positions
from apps.customers.models import Customer, Site
from tests.builders import CustomerFactory
from tests.pages import submit

HERE = (51.60123, 4.75321)
AMERSFOORT = (52.1561, 5.3878)


@pytest.mark.parametrize(
    "typed",
    [
        "52.1561, 5.3878", "52.1561 5.3878", "52.1561;5.3878", "52,1561; 5,3878", "52,1561 5,3878", "52,1561, 5,3878",
        "(52.1561, 5.3878)", " 52.1561,\n5.3878 ", "N 52.1561 E 5.3878", "52.1561° N, 5.3878° E", "52.1561N 5.3878O",
        "52°09'21.96\"N 5°23'16.08\"E", "52° 9′ 21.96″ N, 5° 23′ 16.08″ E", "geo:52.1561,5.3878",
        "https://www.google.com/maps/place/X/@52.1,5.3,17z/data=!3m1!4b1!4m6!3m5!1s0x47!8m2!3d52.1561!4d5.3878!16s",
        "https://www.google.com/maps/@52.1561,5.3878,17z", "https://maps.google.com/?q=52.1561%2C5.3878",
        "https://www.openstreetmap.org/?mlat=52.1561&mlon=5.3878#map=17/52.1/5.3",
        "https://www.openstreetmap.org/#map=17/52.1561/5.3878", "https://maps.apple.com/?ll=52.1561,5.3878&q=Here",
    ],
)  # fmt: skip
def test_a_place_is_read_as_maps_write_it(typed: str) -> None:
    assert position_read(typed) == pytest.approx(AMERSFOORT)


def test_the_south_and_the_west_are_below_zero() -> None:
    assert position_read("33°51'S 151°12'W") == pytest.approx((-33.85, -151.2))
    assert position_read("-33.86, -151.2") == (-33.86, -151.2)


@pytest.mark.parametrize(
    "typed",
    [
        "52.1561",
        "Dorpsstraat 3",
        "91, 5",
        "52.1, 190",
        "5.38E 52.15N",
        "1 2 3",
        "²,3",
        "12/11/2026",
        "https://x.nl/a,b",
    ],
)
def test_what_is_no_place_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        position_read(typed)


@pytest.fixture
def site(cast: Any) -> Site:
    customer: Customer = CustomerFactory(postal_code="4811 AB", city="Breda")
    return customer.sites.get()


def by_code(site: Site) -> tuple[float, float]:
    found = positions.place("NL", site.postal_code)
    assert found
    return found[1:]


@pytest.mark.django_db
class TestTheSite:
    def place(self, site: Site, client: Any, typed: str, **more: str) -> Any:
        page = f"/customers/sites/{site.pk}/place/"
        return submit(page, client=client, press="Save", coordinates=typed, **more)

    def test_a_planner_says_better_and_takes_it_back(self, site: Site, cast: Any, client_as: Any) -> None:
        client = client_as(cast.petra)
        page = f"/customers/{site.customer_id}/"
        assert "Place by the postal code" in client.get(page).content.decode()
        assert self.place(site, client, "51.60123, 4.75321").status_code == 302
        site.refresh_from_db()
        assert (site.latitude, site.longitude) == HERE
        assert "Place by hand: 51.60123, 4.75321" in client.get(page).content.decode()
        submit(page, client=client, press="Back to the postal code")
        site.refresh_from_db()
        assert (site.latitude, site.longitude, site.placed_by_hand) == (*by_code(site), False)

    def test_the_phone_goes_to_the_place_by_hand_and_otherwise_to_the_address(
        self, site: Site, cast: Any
    ) -> None:
        assert "4811%20AB" in site.route_url
        placed = actions.site_place(site=site, by=cast.petra, position=HERE)
        assert placed.route_url.endswith("51.60123%2C4.75321")

    def test_another_postal_code_takes_it_back(self, site: Site, cast: Any) -> None:
        actions.site_place(site=site, by=cast.petra, position=HERE)
        kept = actions.site_change(site=site, by=cast.petra, street="Haven")
        assert kept.placed_by_hand
        moved = actions.site_change(site=site, by=cast.petra, postal_code="5011 AA")
        assert (moved.placed_by_hand, moved.latitude, moved.longitude) == (False, *by_code(moved))

    def test_what_is_swapped_or_far_is_asked_about_once(self, site: Site, cast: Any, client_as: Any) -> None:
        client = client_as(cast.petra)
        answer = self.place(site, client, "4.75321, 51.60123")
        assert answer.status_code == 422
        assert "km from where 4811 AB lies" in answer.content.decode()
        site.refresh_from_db()
        assert not site.placed_by_hand

    def test_nonsense_stands_at_its_field(self, site: Site, cast: Any, client_as: Any) -> None:
        answer = self.place(site, client_as(cast.petra), "behind the church")
        assert list(answer.context["form"].errors) == ["coordinates"]

    def test_postgres_refuses_a_place_that_is_none(self, site: Site) -> None:
        for wrong in ({"latitude": None}, {"latitude": 91.0}, {"latitude": None, "longitude": None}):
            with pytest.raises(IntegrityError, match="site_is_at_a_place"), transaction.atomic():
                Site.objects.filter(pk=site.pk).update(placed_by_hand=True, **wrong)


def test_a_degree_north_is_a_hundred_and_eleven_kilometres() -> None:
    assert distance_km((52.0, 5.0), (53.0, 5.0)) == pytest.approx(111.2, abs=0.1)
