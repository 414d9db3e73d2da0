"""Actuals with an accepted quote: the quantity was estimated, the price was agreed."""

from datetime import date, datetime
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest

from apps.company.actions import holiday_add
from apps.core.actors import Customer
from apps.invoicing.models import LedgerRow
from apps.pipeline.checks import faults
from apps.pipeline.models import PipelineRow
from apps.review import actions
from apps.review.models import Billable, Concern
from tests.review.test_review_open import rows

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Amsterdam")


def hours(quantity, price, kind="normal", **fields):
    return {
        "kind": "labour",
        "rate_kind": kind,
        "unit": "HUR",
        "quantity": quantity,
        "unit_price": price,
    } | fields


def part(material, quantity, price, **fields):
    return {"kind": "material", "material": material, "quantity": quantity, "unit_price": price} | fields


def priced(order, source):
    """Quantity, price and discount of what was recorded."""
    found = [row for row in rows(order) if getattr(row, f"{source}_id")]
    return [(row.quantity, row.unit_price, row.discount) for row in found]


def standing(order):
    return sum((one.net for one in PipelineRow.objects.filter(record_id=order.pk)), D(0))


def test_what_was_recorded_is_billed_at_the_price_that_the_customer_signed(shop, cast):
    quoted = [hours(2, 55), part(shop.valve, 2, 20, discount=10)]
    order = shop.done("actuals", 0, 120, quoted=quoted, parts=[(shop.valve, 2)])
    review = actions.review_open(work_order=order, by=cast.bram)
    assert priced(order, "time_entry") == [(2, 55, 0)]
    assert priced(order, "material_usage") == [(2, 20, 10)]
    assert not Concern.objects.filter(work_order=order, kind="price").exists(), "it is the agreed price"
    actions.review_approve(review=review, by=cast.bram)
    assert standing(order) == 110 + 36
    ledger = LedgerRow.objects.get(work_order=order)
    assert ledger.recorded == 2 * (110 + 36), "what was recorded, and what was estimated, at one price"
    assert (ledger.open, ledger.included) == (146, 146)


def test_beyond_the_estimate_the_agreed_price_still_holds(shop, cast):
    quoted = [hours(1, 55), part(shop.pipe, 3, 8)]
    order = shop.done("actuals", 0, 180, quoted=quoted, parts=[(shop.pipe, 2), (shop.pipe, 4)])
    actions.review_open(work_order=order, by=cast.bram)
    assert priced(order, "time_entry") == [(3, 55, 0)]
    assert priced(order, "material_usage") == [(2, 8, 0), (4, 8, 0)]


def test_lines_that_price_one_thing_differently_are_used_up_in_the_order_of_the_quote(shop, cast):
    quoted = [hours(1, 50), part(shop.valve, 2, 20), hours(1, 70, discount=10), part(shop.valve, 1, 30)]
    order = shop.done("actuals", 0, 240, quoted=quoted, parts=[(shop.valve, 1), (shop.valve, 4)])
    actions.review_open(work_order=order, by=cast.bram)
    assert priced(order, "time_entry") == [(1, 50, 0), (3, 70, 10)]
    assert priced(order, "material_usage") == [(1, 20, 0), (1, 20, 0), (3, 30, 0)]
    before = [(row.pk, row.net, row.recorded_net) for row in rows(order)]
    actions.review_open(work_order=order, by=cast.bram)
    assert [(row.pk, row.net, row.recorded_net) for row in rows(order)] == before, (
        "counted anew it is the same"
    )


def test_an_hour_of_a_kind_that_was_not_quoted_is_asked_at_the_price_of_the_list(shop, cast):
    order = shop.sold(hours(4, 55), hours(1, 40, "travel"), basis="actuals")
    phone = shop.phone(order, start=datetime(2026, 11, 16, 16, tzinfo=ZONE), hours=8)
    phone.travel(30).work(180).finish(signed="Mrs Peters")  # from half past four; at six the evening begins
    actions.billables_catch_up()
    assert priced(order, "time_entry") == [(D("0.5"), 40, 0), (D("1.5"), 55, 0), (D("1.5"), 90, 0)]


def test_a_kind_without_a_rate_of_its_own_is_asked_as_the_one_that_stands_for_it(shop, cast):
    holiday_add(by=cast.bram, day=date(2026, 12, 25), name="Christmas")
    order = shop.sold(hours(4, 80, "weekend"), basis="actuals")
    phone = shop.phone(order, start=datetime(2026, 12, 25, 9, tzinfo=ZONE), hours=8)
    phone.work(60).finish(signed="Mrs Peters")
    actions.billables_catch_up()
    assert priced(order, "time_entry") == [(1, 80, 0)], "a holiday is asked at the rate of the weekend"


def test_an_option_prices_only_when_it_was_chosen(shop, cast):
    quoted = [hours(1, 55), part(shop.valve, 1, 20, optional=True)]
    order = shop.done("actuals", 0, 60, quoted=quoted, parts=[(shop.valve, 1)])
    actions.review_open(work_order=order, by=cast.bram)
    assert priced(order, "material_usage") == [(1, 25, 0)]


@pytest.mark.parametrize("basis", ["sold_hours", "fixed_price"])
def test_other_bases_and_extra_work_keep_the_price_of_the_list(shop, cast, basis):
    quoted = [hours(1, 55), part(shop.valve, 1, 20)]
    order = shop.done(basis, 1, 120, quoted=quoted, parts=[(shop.valve, 3)], extra=1)
    actions.review_open(work_order=order, by=cast.bram)
    assert {row.unit_price for row in rows(order) if row.time_entry_id} == {60}
    assert {row.unit_price for row in rows(order) if row.material_usage_id} == {25}
    assert {row.unit_price for row in rows(order) if row.extra_work_id} == {60}


def test_a_job_without_a_quote_is_priced_by_the_list(shop, cast):
    order = shop.done("actuals", 0, 60, parts=[(shop.valve, 1)])
    actions.review_open(work_order=order, by=cast.bram)
    assert priced(order, "time_entry") == [(1, 60, 0)]
    assert priced(order, "material_usage") == [(1, 25, 0)]


def test_vat_is_that_of_the_line_that_was_signed(shop, cast):
    order = shop.done("actuals", 0, 60, quoted=[hours(1, 55, vat_code=shop.low)])
    actions.review_open(work_order=order, by=cast.bram)
    (row,) = Billable.objects.filter(work_order=order, kind="time")
    assert (row.vat_code, row.vat_rate) == (shop.low, 9)


def test_from_the_first_minute_it_is_worth_its_agreed_price(shop, cast):
    quoted = [hours(1, 50), hours(1, 70), part(shop.valve, 1, 20, discount=50), part(shop.valve, 1, 30)]
    order = shop.sold(*quoted, basis="actuals")
    actions.billables_catch_up()
    phone = shop.phone(order).work(90)
    phone.use(shop.valve, 2)
    phone.use(shop.valve, 1)
    phone.tell("stop")
    still_estimated = 50 + 70 + 10 + 30
    assert standing(order) == still_estimated + (50 + 35) + (10 + 30 + 30)
    actions.billables_catch_up()
    recorded = sum(row.net for row in rows(order) if not row.quote_line_id)
    assert recorded == (50 + 35) + (10 + 30 + 30)
    assert faults() == []


def test_a_price_that_somebody_changed_in_the_review_stays(shop, cast):
    order = shop.done("actuals", 0, 60, quoted=[hours(1, 55)])
    actions.review_open(work_order=order, by=cast.bram)
    (row,) = Billable.objects.filter(work_order=order, kind="time")
    actions.billable_decide(
        billable=row, fate="billable", by=cast.bram, unit_price=D(58), reason="By telephone"
    )
    actions.review_open(work_order=order, by=cast.bram)
    row.refresh_from_db()
    assert (row.unit_price, row.list_price) == (58, 55)
    assert Concern.objects.filter(work_order=order, kind="price").exists()


def test_the_review_says_that_it_is_priced_as_agreed_and_what_the_list_asks(shop, cast, client_as):
    quoted = [hours(1, 55), part(shop.valve, 1, 20, discount=10)]
    order = shop.done("actuals", 0, 60, quoted=quoted, parts=[(shop.valve, 1), (shop.pipe, 1)])
    actions.review_open(work_order=order, by=cast.bram)
    page = " ".join(client_as(cast.bram).get(f"/review/{order.pk}/").content.decode().split())
    assert "As agreed: €55.00. The list asks €60.00." in page
    assert "As agreed: €20.00 − 10 %. The list asks €25.00." in page
    assert page.count("As agreed:") == 2


def test_an_approved_offer_asks_what_was_offered_whatever_the_quote_says(shop, cast):
    order = shop.done("actuals", 0, 120, quoted=[hours(1, 55)], extra=1)
    actions.review_open(work_order=order, by=cast.bram)
    offer = actions.extra_work_offer(
        extra_work=order.visits.get().extra_work.get(), by=cast.bram, quantity=D(1), unit="HUR", unit_price=D(75),
        vat_code=shop.high,
    )  # fmt: skip
    actions.extra_work_answer(offer=offer, approved=True, by=Customer("P"))
    asked = sum(row.net for row in rows(order) if row.fate == "billable")
    assert asked == 55 + 75
