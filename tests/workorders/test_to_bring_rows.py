"""What to bring: as many rows as somebody needs, one at a time."""

import pytest

from tests.builders import Shop
from tests.conftest import Cast
from tests.kept import kept
from tests.pages import submit

pytestmark = pytest.mark.django_db


@kept
def shop(cast: Cast) -> Shop:
    return Shop(cast)


def rows_on(page) -> int:
    return page.content.decode().count('-what"')


def brought(order) -> list[str]:
    return [one.description for one in order.to_bring.order_by("pk")]


def test_a_button_gives_the_next_row_and_keeps_what_was_typed(shop, cast, client_as) -> None:
    order, bram = shop.order(), client_as(cast.bram)
    address = f"/work-orders/{order.pk}/change/"
    page, names = bram.get(address), ["Ladder", "Drill", "Sealant", "Rope", "Lamp"]
    for number, name in enumerate(names):
        typed = {f"bring-{number}-what": name, f"bring-{number}-quantity": "1"}
        if number + 1 < len(names):
            page = submit(page, client=bram, press="Add a row", **typed)
            assert page.status_code == 200, "nothing is judged yet"
            assert brought(order) == []
    assert submit(page, client=bram, press="Save", **typed).status_code == 302
    assert brought(order) == names
    assert submit(address, client=bram, press="Save", **{"bring-1-DELETE": True}).status_code == 302
    assert brought(order) == ["Ladder", "Sealant", "Rope", "Lamp"]


def test_an_error_elsewhere_is_not_told_to_whoever_asks_for_a_row(shop, cast, client_as) -> None:
    bram = client_as(cast.bram)
    address = f"/work-orders/new/?customer={shop.customer.pk}"
    grown = submit(
        address, client=bram, press="Add a row", title="", past_browser=True, **{"bring-0-what": "Ladder"}
    )
    assert grown.status_code == 200
    assert "error" not in grown.context["form"].as_p()
    assert grown.context["rows"].total_form_count() == 2
    made = submit(grown, client=bram, press="Make the work order", title="Leak", type=shop.type.pk)
    assert made.status_code == 302


def test_no_form_of_the_office_offers_a_fixed_number_of_rows() -> None:
    from apps.core.more_rows import GrowingRows
    from apps.workorders.forms import FieldFormSet, ToBringFormSet

    for kind in (FieldFormSet, ToBringFormSet):
        assert issubclass(kind, GrowingRows)
        assert kind.extra == 1
