from datetime import timedelta
from decimal import Decimal

import pytest

from apps.core import clock
from apps.core.actors import SYSTEM
from apps.materials.actions import category_get, material_create
from apps.materials.models import Material
from apps.pricing.actions import material_price_set
from apps.pricing.lookup import material_price
from apps.pricing.models import MaterialPrice
from tests.pages import submit
from tests.statements import statements
from tests.tampering import submit_tampered

pytestmark = pytest.mark.django_db
GIVEN = {
    "code": "P9", "name": "Pipe 15 mm", "category_name": "Pipes", "unit": "MTR", "barcode": "",
    "visible_to_technician": True,
}  # fmt: skip


def test_the_list_shows_price_and_counts(cast, client_as, tap):
    material_create(by=SYSTEM, code="X", name="Unpriced", category=tap.category)
    page = client_as(cast.bram).get("/materials/")
    assert page.status_code == 200
    values = [str(one["value"]) for one in page.context["page"].counters]
    assert values == ["2", "1", "€35.50", "1", "Back office only"]
    assert b"35.50" in page.content


def test_a_later_price_does_not_count_yet(cast, client_as, tap, vat):
    material_price_set(
        by=SYSTEM, material=tap, cost=Decimal(1), price=Decimal(99), vat_code=vat, valid_from=clock.today() + timedelta(days=1)
    )  # fmt: skip
    row = client_as(cast.bram).get("/materials/").context["page"].rows[0]
    assert row.price == Decimal("35.5")


def test_the_list_filters_searches_and_sorts_by_price(cast, client_as, tap):
    client = client_as(cast.bram)
    material_create(by=SYSTEM, code="X", name="Unpriced", category=tap.category, visible_to_technician=False)

    def names(**query):
        return [one.name for one in client.get("/materials/", query).context["page"].rows]

    assert names(q="t1") == ["Tap"]
    assert names(q="taps") == ["Tap", "Unpriced"]  # by the category
    assert names(visible="no") == ["Unpriced"]
    assert names(price="none") == ["Unpriced"]
    assert names(sort="price") == ["Tap", "Unpriced"]
    assert names(category=str(tap.category_id)) == ["Tap", "Unpriced"]


def test_a_technician_cannot_open_it(cast, client_as, tap):
    for address in ("/materials/", f"/materials/{tap.pk}/", "/materials/import/", "/materials/create/"):
        assert client_as(cast.tim).get(address).status_code == 403


def test_cost_is_for_whoever_sees_margins(cast, client_as, tap):
    assert b"20.00" in client_as(cast.olga).get(f"/materials/{tap.pk}/").content
    assert b"20.00" not in client_as(cast.ada).get(f"/materials/{tap.pk}/").content


def test_an_unknown_material_is_not_found(cast, client_as, vat):
    assert client_as(cast.bram).get("/materials/999999/").status_code == 404


def test_making_one_with_a_price(cast, client_as, vat):
    price = {"cost": "1.10", "price": "2.25", "vat_code": vat.pk, "valid_from": "2026-01-01"}
    answer = submit("/materials/create/", client=client_as(cast.olga), **GIVEN | price)
    assert answer.status_code == 302
    made = Material.objects.get(code="P9")
    assert made.category.name == "Pipes"
    assert material_price(made).price == Decimal("2.25")


def test_making_one_without_a_price(cast, client_as, vat):
    assert submit("/materials/create/", client=client_as(cast.bram), **GIVEN).status_code == 302
    assert material_price(Material.objects.get(code="P9")) is None


@pytest.mark.parametrize(
    "given",
    [{"code": "T1"}, {"name": ""}, {"category_name": ""}, {"cost": "-1", "price": "3"}],
)
def test_a_bad_form_says_so_and_writes_nothing(cast, client_as, tap, vat, given):
    price = {"vat_code": vat.pk, "valid_from": "2026-01-01"}
    wrong = GIVEN | price | given
    answer = submit("/materials/create/", client=client_as(cast.olga), past_browser=True, **wrong)
    assert answer.status_code == 422
    assert Material.objects.count() == 1


def test_a_unit_that_is_not_offered_writes_nothing(cast, client_as, tap, vat):
    given = GIVEN | {"unit": "???", "visible_to_technician": "on"}
    answer = submit_tampered("/materials/create/", given, client=client_as(cast.olga))
    assert answer.status_code == 422
    assert Material.objects.count() == 1


def test_the_back_office_sets_no_prices(cast, client_as, tap):
    assert client_as(cast.bram).get(f"/materials/{tap.pk}/price/").status_code == 403


def test_a_new_price_leaves_the_old_one(cast, client_as, tap, vat):
    given = {
        "cost": "21",
        "price": "40",
        "vat_code": vat.pk,
        "valid_from": str(clock.today() + timedelta(days=3)),
    }
    assert submit(f"/materials/{tap.pk}/price/", client=client_as(cast.ada), **given).status_code == 302
    assert MaterialPrice.objects.filter(material=tap).count() == 2
    assert material_price(tap).price == Decimal("35.5")
    assert material_price(tap, on=clock.today() + timedelta(days=3)).price == Decimal(40)


def test_out_of_use_and_back(cast, client_as, tap):
    client = client_as(cast.bram)
    page = f"/materials/{tap.pk}/"
    submit(f"{page}deactivate/", client=client)
    assert not Material.objects.get(pk=tap.pk).active
    submit(page, client=client, form=f"{page}activate/")
    assert Material.objects.get(pk=tap.pk).active


def test_the_list_asks_the_same_however_long(cast, client_as, tap):
    client = client_as(cast.bram)
    few = statements(client, "/materials/")
    for number in range(15):
        material_create(
            by=SYSTEM, code=f"N{number}", name=f"Part {number}", category=category_get(name="Parts")
        )
    assert statements(client, "/materials/") == few
