"""Opening a review: one billable per piece of evidence, priced once, with the fate that the agreement proposes."""

import threading
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from apps.core import clock
from apps.core.refusals import Forbidden, Refused
from apps.customers.actions import customer_change
from apps.pricing.models import MaterialPrice, Rate
from apps.review.actions import review_open
from apps.review.evidence import Evidence
from apps.review.models import Billable, Review
from tests.builders import RateFactory
from tests.builders.shop import MORNING

pytestmark = pytest.mark.django_db


def rows(order, **where):
    return list(Billable.objects.filter(work_order=order, **where).order_by("id"))


def test_every_stretch_part_and_extra_gets_one_billable(shop, cast):
    order = shop.order()
    shop.phone(order).travel(30).work(127).pause(20).work(95).use(shop.pipe, 4).extra().finish()
    review_open(work_order=order, by=cast.bram)
    assert sorted(row.kind for row in rows(order)) == ["extra_work", "material", "time", "time", "time"]
    order.refresh_from_db()
    assert order.status == "in_review"


def test_hours_are_rounded_up_once_and_the_recorded_time_stays_beside_it(shop, cast):
    order = shop.order()
    shop.phone(order).work(127).pause(20).work(95).finish()
    review_open(work_order=order, by=cast.bram)
    assert [(row.quantity, row.recorded_quantity) for row in rows(order)] == [
        (D("2.250"), D("2.117")),
        (D("1.500"), D("1.583")),
    ]


@pytest.mark.parametrize(("language", "said"), [("nl", "Arbeid 16 nov, Tim"), ("en", "Labour 16 Nov, Tim")])
def test_a_line_of_time_is_written_as_the_customer_reads_it(shop, cast, language, said):
    """Whoever reviews, in whatever language: it becomes a line of the customer's invoice."""
    customer_change(customer=shop.customer, by=cast.bram, language=language)
    order = shop.done(minutes=60)
    with clock.at(MORNING + timedelta(days=1)), translation.override("en" if language == "nl" else "nl"):
        review_open(work_order=order, by=cast.bram)
    assert rows(order)[0].description == said


def test_price_cost_and_their_source_are_copied(shop, cast):
    order = shop.done(minutes=60, parts=[(shop.pipe, 4)])
    review_open(work_order=order, by=cast.bram)
    Rate.objects.update(price=1)
    MaterialPrice.objects.update(price=1)
    time, pipe = rows(order)
    assert (time.unit_price, time.unit_cost, time.price_source) == (60, 35, "rate:normal:2020-01-01")
    assert (pipe.unit_price, pipe.unit_cost, pipe.net) == (D("7.5"), 3, D("30.00"))


def test_a_price_that_changes_tomorrow_is_not_used_for_today(shop, cast):
    order = shop.done(minutes=60)
    day = order.visits.get().time_entries.get().started_at.date()
    RateFactory(price=D(99), vat_code=shop.high, valid_from=day + timedelta(days=1))
    review_open(work_order=order, by=cast.bram)
    assert rows(order)[0].unit_price == 60


def test_actuals_are_billable_and_what_has_no_price_is_pending(shop, cast):
    order = shop.done(parts=[(shop.nameless, 1)])
    review_open(work_order=order, by=cast.bram)
    assert [(row.fate, row.proposal) for row in rows(order)] == [
        ("billable", "as_recorded"),
        ("pending", "unpriced"),
    ]


def test_fixed_price_charges_the_agreement_and_includes_the_work(shop, cast):
    lines = [{"unit_price": 500}, {"optional": True}, {"optional": True, "unit_price": 80}]
    order = shop.done("fixed_price", quoted=lines, chosen=(2,))
    review_open(work_order=order, by=cast.bram)
    assert [(row.kind, row.fate, row.net) for row in rows(order)] == [
        ("agreed", "billable", D(500)),
        ("agreed", "billable", D(80)),
        ("time", "included", D(120)),
    ]


def test_the_hour_that_straddles_the_sold_hours_is_two_billables_of_one_entry(shop, cast):
    order = shop.done("sold_hours", 2, 180, quoted=[{"quantity": 2, "unit": "HUR", "unit_price": 60}])
    review_open(work_order=order, by=cast.bram)
    _agreed, within, above = rows(order)
    assert (within.quantity, within.fate, within.corrects) == (2, "included", None)
    assert (above.quantity, above.fate, above.corrects) == (1, "pending", within)
    assert above.time_entry_id == within.time_entry_id


def test_reverse_charge_takes_the_vat_off(shop, cast):
    customer_change(customer=shop.customer, by=cast.bram, vat_number="NL810433941B01", reverse_charge=True)
    order = shop.done()
    review_open(work_order=order, by=cast.bram)
    assert [(row.vat_category, row.vat_rate) for row in rows(order)] == [("AE", 0)]


def test_a_second_opening_changes_nothing(shop, cast):
    order = shop.done(parts=[(shop.pipe, 4)])
    first = review_open(work_order=order, by=cast.bram)
    before = [row.pk for row in rows(order)]
    assert review_open(work_order=order, by=cast.petra).pk == first.pk
    assert [row.pk for row in rows(order)] == before


def test_evidence_that_came_late_gets_its_billable_at_the_next_opening(shop, cast):
    order = shop.done()
    review_open(work_order=order, by=cast.bram)
    shop.late_part(order, shop.valve, 1)
    review_open(work_order=order, by=cast.bram)
    assert [row.kind for row in rows(order)] == ["time", "material"]


def test_a_job_in_progress_cannot_be_reviewed(shop, cast):
    order = shop.order()
    shop.phone(order).work(30)
    with pytest.raises(Refused, match="“Review” is no longer possible"):
        review_open(work_order=order, by=cast.bram)
    assert not Review.objects.exists()


def test_a_technician_may_not_review(shop, cast):
    order = shop.done()
    with pytest.raises(Forbidden):
        review_open(work_order=order, by=cast.tim)


def test_it_asks_the_same_for_one_part_as_for_many(shop, cast):
    asked = []
    for parts in (1, 8):
        order = shop.done(
            "sold_hours", 1, 600, parts=[(shop.pipe, 1)] * parts, quoted=[{"quantity": 1, "unit": "HUR"}]
        )
        with CaptureQueriesContext(connection) as caught:
            review_open(work_order=order, by=cast.bram)
        asked.append(len(caught))
    assert asked[0] == asked[1]


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_who_open_at_once_make_one_review(shop, cast):
    order = shop.done(parts=[(shop.pipe, 4)])
    start, errors = threading.Barrier(6), []

    def open_it() -> None:
        try:
            start.wait()
            with clock.at(clock.now()):
                review_open(work_order=order, by=cast.bram)
        except Exception as error:  # the assertion below names it
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Review.objects.count() == 1
    assert Billable.objects.count() == 2
    assert connection.vendor == "postgresql"


@pytest.mark.parametrize(
    ("minutes", "difference", "tone"),
    [(485, D("0.08"), "same"), (540, D("1.000"), "up"), (420, D("-1.000"), "down")],
)
def test_work_is_held_against_the_plan_and_less_than_a_rounding_step_is_no_difference(
    shop, minutes, difference, tone
):
    order = shop.order()
    shop.phone(order, hours=8).work(minutes).finish()
    evidence = Evidence(order, None)
    assert (evidence.against_plan, evidence.against_plan_tone) == (difference, tone)


def test_nothing_planned_is_nothing_to_compare(shop):
    assert Evidence(shop.order(), None).against_plan is None
