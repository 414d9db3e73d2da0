from datetime import timedelta
from decimal import Decimal

import pytest

from apps.core import clock
from apps.core.actors import SYSTEM
from apps.pricing.actions import technician_rate_set
from apps.pricing.lookup import default_vat_code, labour_price, policy
from apps.pricing.models import Rate, VatCode
from apps.technicians.models import Technician
from tests.seen import post_seen

pytestmark = pytest.mark.django_db


def rate(vat, **changes):
    return {
        "kind": "normal",
        "price": "65",
        "unit": "HUR",
        "vat_code": vat.pk,
        "valid_from": str(clock.today()),
    } | changes


def test_a_rate_holds_from_its_day(cast, client_as, vat):
    client = client_as(cast.ada)
    tomorrow = clock.today() + timedelta(days=1)
    assert post_seen(client, "/pricing/rates/set/", rate(vat)).status_code == 302
    post_seen(client, "/pricing/rates/set/", rate(vat, price="70", valid_from=str(tomorrow)))
    assert labour_price().price == 65
    assert labour_price(on=tomorrow).price == 70
    assert client.get("/pricing/rates/").status_code == 200


def test_a_second_rate_of_the_same_day_replaces_the_first(cast, client_as, vat):
    client = client_as(cast.ada)
    post_seen(client, "/pricing/rates/set/", rate(vat))
    post_seen(client, "/pricing/rates/set/", rate(vat, price="66"))
    assert Rate.objects.get().price == 66


@pytest.mark.parametrize(
    "changes", [{"price": "-1"}, {"price": ""}, {"kind": "moon"}, {"valid_from": "soon"}]
)
def test_a_bad_rate_stands_at_its_field(cast, client_as, vat, changes):
    answer = post_seen(client_as(cast.ada), "/pricing/rates/set/", rate(vat, **changes))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(changes)


def test_a_new_default_vat_code_takes_over(cast, client_as, vat):
    given = {"code": "19", "name": "19 %", "category": "S", "rate": "19", "is_default": "on", "active": "on"}
    assert client_as(cast.ada).post("/pricing/vat/create/", given).status_code == 302
    assert default_vat_code().code == "19"
    assert VatCode.objects.filter(is_default=True).count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category": "Z"}, "rate"),
        ({"rate": "0"}, "rate"),
        ({"rate": "101"}, "rate"),
        ({"is_default": ""}, "is_default"),
        ({"active": ""}, "active"),
        ({"code": "9"}, "code"),
    ],
)
def test_a_bad_vat_code_stands_at_its_field(cast, client_as, vat, changes, field):
    given = {
        "code": "21",
        "name": "21 %",
        "category": "S",
        "rate": "21",
        "is_default": "on",
        "active": "on",
    } | changes
    answer = post_seen(client_as(cast.ada), f"/pricing/vat/{vat.pk}/change/", given)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert VatCode.objects.get(pk=vat.pk).rate == 21


def test_the_policy_is_kept(cast, client_as, vat):
    client = client_as(cast.ada)
    assert post_seen(client, "/pricing/policy/", {"round_minutes": "0"}).status_code == 422
    assert post_seen(client, "/pricing/policy/", {"round_minutes": "30"}).status_code == 302
    assert (policy().round_minutes, policy().charge_travel) == (30, False)


@pytest.mark.parametrize(
    "address", ["/pricing/rates/", "/pricing/vat/", "/pricing/rates/set/", "/pricing/policy/"]
)
def test_a_technician_sees_no_rate(cast, client_as, vat, address):
    assert client_as(cast.tim).get(address).status_code == 403


def test_what_a_technician_costs_is_for_whoever_sees_margins(cast, client_as, vat):
    tim = Technician.objects.get(user=cast.tim)
    technician_rate_set(by=SYSTEM, technician=tim, cost=Decimal("41.25"))
    address = f"/pricing/technicians/{tim.pk}/"
    assert b"41.25" in client_as(cast.bram).get(address, headers={"HX-Request": "true"}).content
    assert client_as(cast.ada).get(address).status_code == 403
    assert client_as(cast.tim).get(address).status_code == 403


def test_a_technicians_rate_is_set(cast, client_as, vat):
    tim = Technician.objects.get(user=cast.tim)
    given = {"cost": "39", "price": "", "valid_from": str(clock.today())}
    assert post_seen(client_as(cast.olga), f"/pricing/technicians/{tim.pk}/set/", given).status_code == 302
    assert (
        post_seen(
            client_as(cast.olga), f"/pricing/technicians/{tim.pk}/set/", given | {"cost": "-1"}
        ).status_code
        == 422
    )
