"""Recorded time is priced in pieces: no interval is priced by its start, and what was priced stays."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest

from apps.core import clock
from apps.field.models import TimeEntry
from apps.invoicing.models import LedgerRow
from apps.pipeline.checks import faults
from apps.pipeline.models import PipelineRow
from apps.pricing.actions import rate_hours_add
from apps.review.actions import (
    billable_decide,
    billables_catch_up,
    finding_add,
    proposals_accept,
    review_approve,
    review_open,
)
from apps.review.models import Billable
from tests.builders import RateFactory
from tests.review.test_review_open import rows

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Amsterdam")


def local(*parts):
    return datetime(*parts, tzinfo=ZONE)


def worked(shop, start, *minutes, basis="actuals", sold=0, quoted=(), finish=True):
    """A job of which the work began at `start` on the clock of the company."""
    order = shop.sold(*quoted, basis=basis, hours=sold) if quoted else shop.order(basis, sold)
    phone = shop.phone(order, start=start, hours=12)
    for stretch in minutes:
        phone.work(stretch).pause(10)
    if finish:
        phone.finish(signed="Mrs Peters")
    billables_catch_up()
    order.refresh_from_db()
    return order


def said(order):
    return [(row.quantity, row.unit_price) for row in rows(order) if row.time_entry_id]


@pytest.mark.parametrize(
    ("start", "minutes", "pieces"),
    [
        ((2026, 11, 16, 16), 240, [(2, 60), (2, 90)]),  # Monday, from the day into the evening
        ((2026, 11, 13, 22), 240, [(2, 90), (2, 110)]),  # Friday night, into the weekend
        ((2026, 10, 24, 23), 180, [(3, 110)]),  # 23:00–01:00 by the clock on the wall, and one hour twice
        ((2026, 11, 16, 9), 120, [(2, 60)]),
    ],
)
def test_time_is_split_where_its_price_changes(shop, start, minutes, pieces):
    order = worked(shop, local(*start), minutes)
    assert said(order) == pieces
    head, *more = rows(order)
    assert all(row.corrects == head and row.time_entry_id == head.time_entry_id for row in more)
    entry = TimeEntry.objects.get(kind="work")
    assert sum(row.recorded_quantity for row in rows(order)) == D(minutes) / 60
    assert head.starts_at == entry.started_at


def test_the_line_of_each_piece_says_its_kind_and_day(shop):
    order = worked(shop, local(2026, 11, 13, 17), 480)
    assert [row.description for row in rows(order)] == [
        "Labour 13 Nov, Tim",
        "Labour, evening 13 Nov, Tim",
        "Labour, weekend 14 Nov, Tim",
    ]


def test_a_price_that_begins_at_midnight_is_asked_from_midnight(shop):
    RateFactory(kind="evening", price=D(100), vat_code=shop.high, valid_from=date(2026, 11, 17))
    order = worked(shop, local(2026, 11, 16, 23), 120)
    assert said(order) == [(1, 90), (1, 100)]


def test_the_last_piece_takes_what_rounding_adds(shop):
    """123 minutes are charged as two hours and a quarter: of the day no more than was worked."""
    order = worked(shop, local(2026, 11, 16, 16), 123)
    assert [(row.quantity, row.recorded_quantity) for row in rows(order)] == [
        (D("2.000"), D("2.000")),
        (D("0.250"), D("0.050")),
    ]


def test_stretches_of_one_visit_are_rounded_up_once_over_all_their_pieces(shop):
    order = worked(shop, local(2026, 11, 16, 16), 127, 95)
    assert sum(row.quantity for row in rows(order)) == D("3.75")
    assert all(row.quantity >= 0 for row in rows(order))
    assert abs(sum(row.recorded_quantity for row in rows(order)) - D("3.7")) <= D("0.001")


def test_sold_hours_are_used_up_in_the_order_in_which_they_were_worked(shop):
    lines = [{"quantity": 3, "unit": "HUR", "unit_price": 60}]
    order = worked(shop, local(2026, 11, 16, 16), 240, basis="sold_hours", sold=3, quoted=lines)
    assert [(row.quantity, row.unit_price, row.fate) for row in rows(order) if row.time_entry_id] == [
        (2, 60, "included"),
        (1, 90, "included"),
        (1, 90, "pending"),
    ]


def test_other_hours_and_rates_touch_nothing_that_was_priced(shop, cast):
    """Also when the job is counted anew, because something else of it changed."""
    order = worked(shop, local(2026, 11, 16, 16), 240)
    before = list(Billable.objects.order_by("id").values("id", "unit_price", "quantity", "description"))
    RateFactory(kind="evening", price=D(20), vat_code=shop.high, valid_from=date(2026, 11, 1))
    hours = {"kind": "normal", "days": [1], "starts": 17 * 60, "ends": 23 * 60}
    rate_hours_add(by=cast.ada, **hours, valid_from=date(2026, 11, 1))
    shop.late_part(order, shop.pipe, 1)
    billables_catch_up()
    review_open(work_order=order, by=cast.bram)
    after = Billable.objects.filter(kind="time").order_by("id")
    assert list(after.values("id", "unit_price", "quantity", "description")) == before
    assert said(worked(shop, local(2026, 11, 23, 16), 240)) == [(4, 60)], "and hold for what comes"


def test_time_that_was_priced_whole_before_stays_whole(shop, cast):
    """As billables were made before time was split: one of the whole entry, at the price of its start."""
    order = worked(shop, local(2026, 11, 16, 16), 240)
    head, piece = rows(order)
    piece.delete()
    Billable.objects.filter(pk=head.pk).update(starts_at=None, recorded_quantity=4, quantity=4)
    shop.late_part(order, shop.pipe, 1)
    billables_catch_up()
    assert said(order) == [(4, 60)]


def test_time_that_became_longer_gets_the_piece_that_it_lacked(shop, cast):
    order = worked(shop, local(2026, 11, 16, 16), 90, finish=False)
    assert said(order) == [(D("1.5"), 60)]
    entry = TimeEntry.objects.get(kind="work")
    TimeEntry.objects.filter(pk=entry.pk).update(ended_at=entry.started_at + timedelta(hours=3))
    billables_catch_up()
    assert said(order) == [(2, 60), (1, 90)]
    TimeEntry.objects.filter(pk=entry.pk).update(ended_at=entry.started_at + timedelta(hours=1))
    billables_catch_up()
    assert said(order) == [(1, 60)]


def test_time_that_began_later_is_priced_anew(shop):
    order = worked(shop, local(2026, 11, 16, 16), 240, finish=False)
    entry = TimeEntry.objects.get(kind="work")
    TimeEntry.objects.filter(pk=entry.pk).update(started_at=entry.started_at + timedelta(hours=3))
    billables_catch_up()
    assert said(order) == [(1, 90)]
    assert Billable.objects.filter(work_order=order).count() == 1


def test_a_reviewer_corrects_the_entry_and_its_last_piece_gives_way(shop, cast):
    order = worked(shop, local(2026, 11, 16, 16), 240)
    review = review_open(work_order=order, by=cast.bram)
    entry = TimeEntry.objects.get(kind="work")
    finding_add(
        review=review,
        subject=entry,
        decision="corrected",
        by=cast.bram,
        reason="left at seven",
        quantity=D(3),
    )
    assert [(row.quantity, row.recorded_quantity) for row in rows(order)] == [(2, 2), (1, 2)]
    finding_add(
        review=review, subject=entry, decision="corrected", by=cast.bram, reason="at five", quantity=D(1)
    )
    assert [(row.quantity, row.recorded_quantity) for row in rows(order)] == [(1, 2), (0, 2)]
    ledger = LedgerRow.objects.get(work_order=order)
    assert (ledger.recorded, ledger.open, ledger.corrected) == (300, 60, 240)


def test_a_price_that_was_set_in_the_review_stays_with_its_piece(shop, cast):
    order = worked(shop, local(2026, 11, 16, 16), 240)
    review_open(work_order=order, by=cast.bram)
    _day, evening = rows(order)
    billable_decide(billable=evening, fate="billable", by=cast.bram, unit_price=D(80), reason="as promised")
    shop.late_part(order, shop.pipe, 1)
    review_open(work_order=order, by=cast.bram)
    assert said(order) == [(2, 60), (2, 80)]
    assert [row.list_price for row in rows(order)][:2] == [60, 90]


def test_time_that_comes_in_after_the_approval_waits_in_pieces(shop, cast):
    order = worked(shop, local(2026, 11, 16, 16), 60)
    review = review_open(work_order=order, by=cast.bram)
    proposals_accept(review=review, by=cast.bram)
    review_approve(review=review, by=cast.bram)
    shop.late_time(order, 120)
    billables_catch_up()
    late = [row for row in rows(order) if row.proposal == "late"]
    assert [(row.fate, row.unit_price) for row in late] == [("pending", 60), ("pending", 90)]
    assert sum(row.recorded_quantity for row in late) == 2


def test_the_ledger_and_the_pipeline_hold_what_the_pieces_ask(shop, cast):
    order = worked(shop, local(2026, 11, 16, 16), 240)
    ledger = LedgerRow.objects.get(work_order=order)
    assert (ledger.recorded, ledger.open, ledger.recorded_hours) == (300, 300, 4)
    assert sum(one.net for one in PipelineRow.objects.filter(record_id=order.pk)) == 300
    assert faults() == []


def test_opening_the_review_makes_the_same_pieces_at_once(shop, cast):
    order = shop.order()
    shop.phone(order, start=local(2026, 11, 16, 16)).work(240).finish(signed="Mrs Peters")
    with clock.at(local(2026, 11, 17, 9)):
        review_open(work_order=order, by=cast.bram)
    assert said(order) == [(2, 60), (2, 90)]
