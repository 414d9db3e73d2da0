from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from apps.core import clock
from apps.core.actors import SYSTEM
from apps.pricing.actions import material_price_set, technician_rate_set
from apps.pricing.lookup import default_vat_code, labour_price, material_price, policy
from apps.pricing.models import Rate, VatCode
from apps.technicians.models import Technician
from tests.builders import MaterialFactory
from tests.pages import submit
from tests.tampering import submit_tampered

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
    assert submit("/pricing/rates/set/", client=client, **rate(vat)).status_code == 302
    submit("/pricing/rates/set/", client=client, **rate(vat, price="70", valid_from=tomorrow))
    assert labour_price().price == 65
    assert labour_price(on=tomorrow).price == 70
    assert client.get("/pricing/rates/").status_code == 200


def test_a_second_rate_of_the_same_day_replaces_the_first(cast, client_as, vat):
    client = client_as(cast.ada)
    submit("/pricing/rates/set/", client=client, **rate(vat))
    submit("/pricing/rates/set/", client=client, **rate(vat, price="66"))
    assert Rate.objects.get().price == 66


@pytest.mark.parametrize("changes", [{"price": "-1"}, {"price": ""}, {"valid_from": "soon"}])
def test_a_bad_rate_stands_at_its_field(cast, client_as, vat, changes):
    given = rate(vat, **changes)
    answer = submit("/pricing/rates/set/", client=client_as(cast.ada), past_browser=True, **given)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(changes)


def test_a_kind_that_is_not_offered_stands_at_its_field(cast, client_as, vat):
    given = rate(vat, kind="moon")
    answer = submit_tampered("/pricing/rates/set/", given, client=client_as(cast.ada))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"kind"}


def test_a_new_default_vat_code_takes_over(cast, client_as, vat):
    given = {"code": "19", "name": "19 %", "category": "S", "rate": "19", "is_default": True, "active": True}
    assert submit("/pricing/vat/create/", client=client_as(cast.ada), **given).status_code == 302
    assert default_vat_code().code == "19"
    assert VatCode.objects.filter(is_default=True).count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category": "Z"}, "rate"),
        ({"rate": "0"}, "rate"),
        ({"rate": "101"}, "rate"),
        ({"is_default": False}, "is_default"),
        ({"active": False}, "active"),
        ({"code": "9"}, "code"),
    ],
)
def test_a_bad_vat_code_stands_at_its_field(cast, client_as, vat, changes, field):
    page = f"/pricing/vat/{vat.pk}/change/"
    answer = submit(page, client=client_as(cast.ada), past_browser=True, **changes)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert VatCode.objects.get(pk=vat.pk).rate == 21


def test_the_policy_is_kept(cast, client_as, vat):
    client = client_as(cast.ada)
    zero = submit("/pricing/policy/", client=client, round_minutes="0", past_browser=True)
    assert zero.status_code == 422
    given = {"round_minutes": "30", "charge_travel": False}
    assert submit("/pricing/policy/", client=client, **given).status_code == 302
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
    page, client = f"/pricing/technicians/{tim.pk}/set/", client_as(cast.olga)
    assert submit(page, client=client, cost="39", price="").status_code == 302
    assert submit(page, client=client, cost="-1", past_browser=True).status_code == 422


@pytest.mark.parametrize(
    ("moment", "price"),
    [
        (datetime(2026, 6, 9, 21, 59, tzinfo=UTC), 25),
        (datetime(2026, 6, 9, 22, 0, tzinfo=UTC), 30),  # midnight in Amsterdam, in summer
        (datetime(2025, 12, 31, 22, 59, tzinfo=UTC), 0),
        (datetime(2025, 12, 31, 23, 0, tzinfo=UTC), 25),  # and at new year
    ],
)
def test_a_price_begins_with_the_day_of_the_company_in_a_statement_too(vat, moment, price):
    tap = MaterialFactory()
    for day, asked in ((date(2026, 1, 1), 25), (date(2026, 6, 10), 30)):
        material_price_set(
            by=SYSTEM, material=tap, cost=Decimal(1), price=Decimal(asked), vat_code=vat, valid_from=day
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT wt_material_price(%s, %s)", [tap.pk, moment])
        assert cursor.fetchone() == (price,)
    found = material_price(tap, on=timezone.localdate(moment))
    assert (found.price if found else 0) == price
