"""Each detector finds its cause from the minute that it is late, and lets go when the cause is gone."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from psycopg.types.range import TimestamptzRange

from apps.core import clock
from apps.core.actors import Customer
from apps.core.refusals import Forbidden, Refused
from apps.field.models import FieldEvent
from apps.intake.models import IntakeReport, Request
from apps.invoicing.actions import invoice_draft, invoice_issue
from apps.leaks.actions import leak_take_back, leak_write_off, leaks_detect
from apps.leaks.detectors import detectors
from apps.leaks.models import Leak
from apps.messaging.models import Message
from apps.planning.models import Assignment
from apps.pricing.models import MaterialPrice
from apps.quotes.models import Quote
from apps.review import actions as review
from apps.review.models import Billable
from apps.workorders.models import WorkOrder

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 1, 20, 12, 0, tzinfo=UTC)


def leaks(name: str, now: datetime = NOW) -> list[Leak]:
    leaks_detect(now)
    return list(Leak.objects.open().filter(detector=name))


def approved(shop, cast, **job):
    order = shop.done(**job)
    found = review.review_open(work_order=order, by=cast.bram)
    with clock.at(NOW - timedelta(days=3)):
        review.review_approve(review=found, by=cast.bram)
    return order


def test_a_job_that_nobody_reviewed(shop, cast):
    order = shop.done(minutes=120)
    (leak,) = leaks("not_reviewed")
    assert (leak.subject_id, leak.amount) == (order.pk, D("120.00"))
    assert "Familie Peters" in leak.subject_label
    # a job that came in an hour ago is no leak
    assert leaks("not_reviewed", now=order.visits.get().finished_at + timedelta(hours=1)) == []


def test_a_job_in_review_is_at_risk_for_what_its_billables_say(shop, cast):
    order = shop.done("fixed_price")
    shop.quote(order, {"unit_price": 500})
    review.review_open(work_order=order, by=cast.bram)
    (leak,) = leaks("not_reviewed")
    assert leak.amount == 500


def test_a_reviewed_job_that_is_not_invoiced(shop, cast):
    order = approved(shop, cast)
    (leak,) = leaks("not_invoiced")
    assert (leak.subject_id, leak.amount) == (order.pk, D("120.00"))
    assert leaks("not_invoiced", now=NOW - timedelta(days=2)) == []


def test_evidence_that_came_after_the_review(shop, cast):
    order = approved(shop, cast)
    shop.material(order.visits.get(), shop.pipe, 2)
    (leak,) = leaks("evidence_without_billable")
    assert leak.amount == 15


def test_hours_above_the_sold_ones_until_they_are_offered(shop, cast):
    order = shop.done("sold_hours", sold=1, minutes=180)
    (leak,) = leaks("hours_above_sold")
    assert leak.amount == 120
    found = review.review_open(work_order=order, by=cast.bram)
    assert found.status == "open"
    for billable in Billable.objects.filter(work_order=order).pending():
        review.billable_decide(billable=billable, fate="written_off", by=cast.bram, reason="goodwill")
    assert leaks("hours_above_sold") == []


def test_approved_extra_work_that_stands_on_no_invoice(shop, cast):
    order = shop.done("fixed_price")
    extra = shop.extra(order.visits.get())
    with clock.at(NOW - timedelta(days=10)):
        offer = review.extra_work_offer(
            extra_work=extra, by=cast.bram, quantity=D(1), unit="HUR", unit_price=D(80), vat_code=shop.high
        )
        review.extra_work_answer(offer=offer, approved=True, by=Customer("P"))
    (leak,) = leaks("extra_work_not_invoiced")
    assert (leak.subject_id, leak.target_id, leak.amount) == (extra.pk, order.pk, 80)


def test_an_accepted_quote_without_a_work_order(shop):
    quote = shop.quote(shop.done())
    assert leaks("quote_without_order") == []
    Quote.objects.filter(pk=quote.pk).update(work_order=None)
    (leak,) = leaks("quote_without_order")
    assert leak.amount == 100


def test_a_quote_that_expires_in_days(shop):
    quote = shop.quote(shop.done(), until=date(2027, 1, 23))
    Quote.objects.filter(pk=quote.pk).update(status="sent")
    (leak,) = leaks("quote_expires")
    assert leak.amount == 100
    assert leaks("quote_expires", now=NOW + timedelta(days=9)) == []


def request_of(shop, **fields):
    return Request.objects.create(
        **{
            "number": shop.number("R"), "customer": shop.customer, "site": shop.site, "type": shop.type,
            "description": "Leak", "created_at": NOW - timedelta(days=9),
        } | fields
    )  # fmt: skip


def test_an_intake_report_that_nobody_answered(shop):
    asked = request_of(shop, status="received")
    report = IntakeReport.objects.create(
        request=asked, technician=shop.tim, note="New pipe", hours=3, execution="one", advice="quote",
        handed_in_at=NOW - timedelta(days=5),
    )  # fmt: skip
    report.materials.create(material=shop.pipe, quantity=10)
    (leak,) = leaks("intake_without_follow_up")
    assert leak.amount == 3 * 60 + 75


def test_an_intake_visit_that_never_happened(shop):
    asked = request_of(shop, status="planned")
    start = NOW - timedelta(days=2)
    Assignment.objects.create(
        technician=shop.tim, request=asked, period=TimestamptzRange(start, start + timedelta(hours=1))
    )
    assert len(leaks("intake_visit_never_happened")) == 1


def test_a_planned_visit_that_never_happened(shop):
    order = shop.order(sold=4, status="planned")
    visit = shop.visit(order)
    type(visit).objects.filter(pk=visit.pk).update(status="assigned", finished_at=None)
    (leak,) = leaks("visit_never_happened")
    assert leak.amount == 240


def test_no_access_without_a_new_appointment(shop, cast):
    order = shop.order(status="missed")
    (leak,) = leaks("no_new_appointment")
    assert leak.subject_id == order.pk
    WorkOrder.objects.filter(pk=order.pk).update(status="planned")
    assert leaks("no_new_appointment") == []


def test_a_deviation_that_nobody_followed_up(shop):
    order = shop.done()
    shop.deviation(order.visits.get())
    later = clock.now() + timedelta(days=2)
    (leak,) = leaks("deviation_open", now=later)
    assert leak.target_id == order.pk


def test_a_clock_that_runs_on(shop):
    order = shop.order(status="in_progress")
    visit = shop.visit(order)
    entry = shop.time(visit, 30)
    entry.ended_at = None
    entry.save()
    (leak,) = leaks("clock_running")
    assert leak.amount == 480


def test_what_the_phone_sent_and_the_office_must_decide(shop, cast):
    for _number in range(2):
        FieldEvent.objects.create(
            id=uuid.uuid4(), user=cast.tim, kind="start", occurred_at=NOW, received_at=NOW - timedelta(hours=3),
            state="to_decide",
        )  # fmt: skip
    (leak,) = leaks("phone_to_decide")
    assert leak.subject_label == "Tim · 2"


def test_a_material_without_a_price_and_one_sold_below_its_cost(shop, cast):
    assert [leak.subject_id for leak in leaks("material_unpriced")] == [shop.nameless.pk]
    MaterialPrice.objects.filter(material=shop.valve).update(cost=30)
    order = shop.done()
    shop.material(order.visits.get(), shop.valve, 2)
    review.review_open(work_order=order, by=cast.bram)
    (leak,) = leaks("sold_below_cost")
    assert leak.amount == 10


def test_a_mail_that_did_not_arrive(shop):
    Message.objects.create(
        kind="quote", to_address="x@example.nl", subject="Your quote", body="", language="nl",
        about_type="quotes.quote", about_id=1, status="failed",
    )  # fmt: skip
    assert len(leaks("mail_failed")) == 1


def test_an_invoice_follows_from_not_sent_to_overdue_to_not_in_a_package(shop, cast):
    order = approved(shop, cast, minutes=60)
    with clock.at(NOW - timedelta(days=40)):
        invoice = invoice_issue(invoice=invoice_draft(work_orders=[order], by=cast.bram), by=cast.bram)
    assert [leak.amount for leak in leaks("not_sent")] == [invoice.payable]
    assert [leak.amount for leak in leaks("overdue")] == [invoice.payable]
    assert [leak.amount for leak in leaks("not_in_package")] == [invoice.net]
    assert leaks("not_in_package", now=NOW - timedelta(days=20)) == []
    assert leaks("not_invoiced") == []


class TestTheLifeOfALeak:
    def test_it_opens_once_and_follows_the_amount(self, shop):
        order = shop.done(minutes=120)
        (first,) = leaks("not_reviewed")
        shop.time(order.visits.get(), 60)
        (again,) = leaks("not_reviewed", now=NOW + timedelta(hours=1))
        assert (again.pk, again.amount, again.first_seen_at) == (first.pk, D(180), NOW)
        assert Leak.objects.filter(detector="not_reviewed").count() == 1

    def test_it_closes_when_the_cause_is_gone_and_opens_when_it_is_back(self, shop):
        order = shop.done()
        (leak,) = leaks("not_reviewed")
        WorkOrder.objects.filter(pk=order.pk).update(status="returned")
        assert leaks("not_reviewed") == []
        leak.refresh_from_db()
        assert leak.status == "closed"
        WorkOrder.objects.filter(pk=order.pk).update(status="ready_for_review")
        assert [one.pk for one in leaks("not_reviewed")] == [leak.pk]

    def test_a_written_off_leak_stays_written_off(self, shop, cast):
        shop.done()
        (leak,) = leaks("not_reviewed")
        with pytest.raises(Refused):
            leak_write_off(leak=leak, by=cast.bram, reason=" ")
        with pytest.raises(Forbidden):
            leak_write_off(leak=leak, by=cast.tim, reason="no")
        leak_write_off(leak=leak, by=cast.bram, reason="a gift to the neighbours")
        assert leaks("not_reviewed", now=NOW + timedelta(days=30)) == []
        leak_take_back(leak=leak, by=cast.bram, reason="not a gift after all")
        assert len(leaks("not_reviewed")) == 1

    def test_the_number_of_queries_does_not_grow_with_the_leaks(self, shop, django_assert_max_num_queries):
        for _number in range(3):
            shop.done()
        leaks_detect(NOW)
        with django_assert_max_num_queries(6 + 4 * len(detectors())):
            leaks_detect(NOW + timedelta(hours=1))


def test_every_detector_says_what_it_is_and_what_to_do():
    for detector in detectors().values():
        assert detector.label
        assert detector.cause
        assert detector.action
        assert detector.name == detector.name.lower()
