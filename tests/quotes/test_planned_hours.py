"""The hours that a quote sells are the hours that are planned, whatever its price is called."""

from decimal import Decimal

import pytest

from apps.core.refusals import Refused
from apps.planning.queue import Job
from apps.planning.rules.suggest import visit_length
from tests.builders import Shop
from tests.conftest import Cast
from tests.kept import kept
from tests.pages import submit

pytestmark = pytest.mark.django_db


@kept
def shop(cast: Cast) -> Shop:
    return Shop(cast)


LABOUR = {"kind": "labour", "unit": "HUR", "unit_price": 60}


@pytest.mark.parametrize(
    ("lines", "sold", "chosen", "hours"),
    [
        ([LABOUR | {"quantity": 6}], 0, (), 6),  # a fixed price sells no hours, and takes some
        ([LABOUR | {"quantity": 6}, LABOUR | {"quantity": 2, "rate_kind": "evening"}], 0, (), 8),
        ([LABOUR | {"quantity": 1, "unit": "DAY"}], 0, (), 8),
        ([LABOUR | {"quantity": 3}, LABOUR | {"quantity": 2, "optional": True}], 0, (), 3),
        ([LABOUR | {"quantity": 3}, LABOUR | {"quantity": 2, "optional": True}], 3, (1,), 5),
        ([LABOUR | {"quantity": 1, "rate_kind": "travel"}], 0, (), 0),
        ([LABOUR | {"quantity": 3}], 4, (), 4),  # whoever says more knows why
        ([{"unit_price": 500}], 4, (), 4),
    ],
)
def test_the_hours_that_were_sold_are_what_is_planned(shop, lines, sold, chosen, hours) -> None:
    order = shop.sold(*lines, basis="fixed_price", hours=sold, chosen=chosen)
    assert (order.sold_hours, order.expected_hours) == (sold, hours)
    assert Job(order).length == visit_length(hours)


def test_a_quote_of_sold_hours_says_how_many(shop, cast) -> None:
    texts = {"billing_basis": "sold_hours", "sold_hours": Decimal(0)}
    with pytest.raises(Refused, match="the lines hold 6 hours of labour"):
        shop.quote(LABOUR | {"quantity": 6}, texts=texts)


def test_the_office_may_expect_other_hours_of_what_was_accepted(shop, cast, client_as) -> None:
    order = shop.sold(LABOUR | {"quantity": 6}, basis="fixed_price")
    bram, address = client_as(cast.bram), f"/work-orders/{order.pk}/change/"
    assert submit(address, client=bram, press="Save", expected_hours="7,5").status_code == 302
    order.refresh_from_db()
    assert (order.expected_hours, order.sold_hours) == (Decimal("7.5"), 0)
    assert "Expected hours" in bram.get(f"/work-orders/{order.pk}/").content.decode()
