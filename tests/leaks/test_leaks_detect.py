"""Each stage leaks from the minute that it is past its limit, each sign shows its cause, and both let go when it is gone."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core import clock
from apps.core.actors import Customer
from apps.core.refusals import Forbidden, Refused
from apps.field.actions import visit_return
from apps.field.models import Deviation, ReturnedItem
from apps.invoicing.actions import fact_mark, invoice_draft, invoice_issue, payment_record
from apps.leaks.actions import leak_take_back, leak_write_off, leaks_detect
from apps.leaks.models import Leak
from apps.leaks.signs import signs
from apps.messaging.actions import MAX_TRIES, message_deliver, message_queue, message_sent
from apps.messaging.models import Message
from apps.pipeline.states import STAGES
from apps.pricing.actions import material_price_set
from apps.quotes.models import Quote
from apps.review import actions as review
from apps.review.actions import billables_catch_up
from apps.review.models import Billable
from apps.timesheets.actions import time_add, week_submit
from apps.timesheets.figures import sheet_of
from apps.workorders.models import WorkOrder
from tests.builders import LONG_AGO, BookingFactory, RequestFactory, intake_report, photo_stored
from tests.messaging.conftest import mailbox as mailbox

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


def at_risk(now: datetime = NOW) -> D:
    leaks_detect(now)
    return sum((leak.amount for leak in Leak.objects.at_risk()), D(0))


def test_a_job_that_nobody_reviewed(shop, cast):
    order = shop.done(minutes=120)
    (leak,) = leaks("unreviewed")
    assert (leak.subject_id, leak.amount) == (order.pk, D("120.00"))
    assert "Familie Peters" in leak.subject_label
    # a job that came in an hour ago is no leak
    assert leaks("unreviewed", now=order.visits.get().finished_at + timedelta(hours=1)) == []


def test_a_job_in_review_is_at_risk_for_what_its_billables_say(shop, cast):
    order = shop.done("fixed_price", quoted=[{"unit_price": 500}])
    assert [leak.amount for leak in leaks("unreviewed")] == [
        500
    ]  # what was agreed, and not its hours beside it
    with clock.at(NOW - timedelta(days=3)):
        review.review_open(work_order=order, by=cast.bram)
    (leak,) = leaks("in_review")
    assert leak.amount == at_risk() == 500


def test_a_reviewed_job_that_is_not_invoiced(shop, cast):
    order = approved(shop, cast)
    (leak,) = leaks("approved")
    assert (leak.subject_id, leak.amount) == (order.pk, D("120.00"))
    assert leaks("approved", now=NOW - timedelta(days=2)) == []


def test_evidence_that_came_after_the_review(shop, cast):
    order = approved(shop, cast)
    with clock.at(NOW - timedelta(days=2)):
        shop.late_part(order, shop.pipe, 2)
        billables_catch_up()
    (leak,) = leaks("unreviewed")
    assert (leak.subject_id, leak.amount) == (order.pk, 15)
    assert at_risk() == 120 + 15


def test_hours_above_the_sold_ones_until_they_are_offered(shop, cast):
    order = shop.done("sold_hours", 1, 180)
    (leak,) = leaks("hours_above_sold")
    assert leak.amount == 120
    found = review.review_open(work_order=order, by=cast.bram)
    assert found.status == "open"
    for billable in Billable.objects.filter(work_order=order).pending():
        review.billable_decide(billable=billable, fate="written_off", by=cast.bram, reason="goodwill")
    assert leaks("hours_above_sold") == []


def test_hours_above_the_sold_ones_are_seen_while_the_job_waits(shop):
    order = shop.order("sold_hours", 1)
    shop.phone(order).work(180).tell("hold", reason="A part is on order")
    order.refresh_from_db()
    assert order.status == "on_hold"
    (leak,) = leaks("hours_above_sold")
    assert leak.amount == 120


def test_work_that_was_entered_by_hand_is_seen_to_stand_on_no_job(shop, cast):
    week = {"technician": shop.tim, "monday": date(2027, 1, 11), "by": cast.tim}
    with clock.at(NOW):
        time_add(**week, weekday=0, kind="work", hours=D("1.5"), reason="Clock forgotten")
        time_add(**week, weekday=1, kind="leave", hours=D(8), reason="Day off")
        assert leaks("hours_on_no_job") == [], "the technician may still take it off"
        week_submit(**week, seen=sheet_of(shop.tim, week["monday"], NOW).seen)
    (sign,) = leaks("hours_on_no_job")
    assert (sign.amount, sign.sign) == (90, True)
    assert "Clock forgotten" in sign.subject_label


def test_extra_work_that_was_approved_is_at_risk_with_its_job(shop, cast):
    order = shop.done("fixed_price", quoted=[{"unit_price": 500}], extra=1)
    extra = order.visits.get().extra_work.get()
    offer = review.extra_work_offer(
        extra_work=extra, by=cast.bram, quantity=D(1), unit="HUR", unit_price=D(80), vat_code=shop.high
    )
    review.extra_work_answer(offer=offer, approved=True, by=Customer("P"))
    (leak,) = leaks("unreviewed")
    assert (leak.subject_id, leak.amount) == (order.pk, 580)


def test_an_accepted_quote_without_a_work_order(shop):
    """What no action does; but a row that was lost by hand must be seen."""
    order = shop.sold()
    quote = Quote.objects.get(work_order=order)
    assert [(one.subject_type, one.amount) for one in leaks("unplanned")] == [("workorders.workorder", 100)]
    WorkOrder.objects.filter(pk=order.pk).update(status="cancelled")
    assert [(one.subject_type, one.amount) for one in leaks("unplanned")] == [("quotes.quote", 100)]
    Quote.objects.filter(pk=quote.pk).update(work_order=None)
    (leak,) = leaks("unplanned")
    assert (leak.subject_type, leak.amount) == ("quotes.quote", 100)


def test_a_quote_that_expires_in_days(shop):
    shop.quote(texts={"valid_until": date(2027, 1, 23)})
    (leak,) = leaks("quote_expires")
    assert leak.amount == 100
    assert leaks("quote_expires", now=NOW + timedelta(days=9)) == []


@pytest.fixture
def intake_visit(shop, cast):
    """A request whose intake visit was planned on Tim, five days ago."""
    start = NOW - timedelta(days=5)
    with clock.at(start - timedelta(days=2)):
        asked = RequestFactory(by=cast.bram, customer=shop.customer, type=shop.type)
    BookingFactory(by=cast.petra, technician=shop.tim, request=asked, start=start, hours=1)
    asked.refresh_from_db()
    return asked


def test_an_intake_report_that_nobody_answered(shop, cast, intake_visit):
    with clock.at(NOW - timedelta(days=5)):
        intake_report(intake_visit, cast.tim, note="New pipe", hours=D(3), estimates=[(shop.pipe, 10)])
    (leak,) = leaks("quote_unsent")
    assert leak.amount == 3 * 60 + 75


def test_an_intake_visit_that_never_happened(intake_visit):
    (leak,) = leaks("intake_visit_never_happened")
    assert leak.subject_id == intake_visit.pk


def test_a_planned_visit_that_never_happened(shop):
    shop.phone(shop.order(sold=4))
    (leak,) = leaks("visit_past")
    assert leak.amount == 240


def test_no_access_without_a_new_appointment(shop, cast):
    order = shop.order()
    shop.phone(order).tell("no_access", reason="Nobody there", file=photo_stored())
    (leak,) = leaks("missed")
    assert leak.subject_id == order.pk
    shop.phone(order)
    assert leaks("missed") == []


def test_a_deviation_that_nobody_followed_up(shop):
    order = shop.done(deviation="Rotten floor board")
    (leak,) = leaks("deviation_open")
    assert leak.target_id == Deviation.objects.get(visit__work_order=order).pk


def test_a_clock_that_runs_on(shop):
    shop.phone(shop.order()).work(30)
    (leak,) = leaks("clock_running")
    assert leak.amount == 480


def test_what_the_phone_sent_and_the_office_must_decide(shop, cast):
    phone = shop.phone_of(shop.done())
    with clock.at(NOW - timedelta(hours=3)):
        for _number in range(2):
            assert phone.send("resume").state == "to_decide"
    (leak,) = leaks("phone_to_decide")
    assert leak.subject_label == "Tim · 2"


def test_a_material_without_a_price_and_one_sold_below_its_cost(shop, cast):
    assert [leak.subject_id for leak in leaks("material_unpriced")] == [shop.nameless.pk]
    material_price_set(
        by=cast.olga, material=shop.valve, cost=D(30), price=D(25), vat_code=shop.high, valid_from=LONG_AGO
    )
    order = shop.done(parts=[(shop.valve, 2)])
    review.review_open(work_order=order, by=cast.bram)
    (leak,) = leaks("sold_below_cost")
    assert leak.amount == 10


def test_a_mail_that_did_not_arrive(shop, mailbox):
    quote = shop.quote()
    message = message_queue(
        kind="quote", about=quote, to_address="x@example.nl", subject="Your quote", body="", language="nl"
    )
    mailbox.answer = "550 no such person"
    for _try in range(MAX_TRIES):
        message_deliver(message=message)
    assert len(leaks("mail_failed")) == 1


def test_a_mail_that_does_not_leave(shop):
    with clock.at(NOW - timedelta(minutes=9)):
        quote = shop.quote()
    (mail,) = Message.objects.about(quote)
    assert leaks("mail_stuck", now=mail.queued_at + timedelta(minutes=9)) == []
    (leak,) = leaks("mail_stuck", now=mail.queued_at + timedelta(minutes=10))
    assert leak.subject_id == mail.pk
    message_sent(message=mail)
    assert leaks("mail_stuck", now=mail.queued_at + timedelta(minutes=15)) == []


def test_an_invoice_is_in_one_stage_after_the_other_and_never_in_two(shop, cast):
    order = approved(shop, cast, minutes=60)
    with clock.at(NOW - timedelta(days=40)):
        invoice = invoice_issue(invoice=invoice_draft(work_orders=[order], by=cast.bram), by=cast.bram)
    (leak,) = leaks("unsent")
    assert (leak.amount, leak.receivable) == (invoice.net, invoice.payable)
    assert leaks("overdue") == [], "nobody asked the customer for it yet"
    assert [leak.amount for leak in leaks("unpaid_in_no_package")] == [invoice.net]
    with clock.at(NOW - timedelta(days=39)):
        fact_mark(invoice=invoice, kind="sent", by=cast.bram)
    assert leaks("unsent") == []
    assert [leak.amount for leak in leaks("overdue")] == [invoice.net]
    assert at_risk() == invoice.net
    with clock.at(NOW - timedelta(days=35)):
        payment_record(
            invoice=invoice, amount=D("30.25"), method="bank", paid_on=date(2026, 12, 16), by=cast.bram
        )
    assert [leak.amount for leak in leaks("overdue")] == [D(35)], (
        "60 less the part that was paid: 25 of it is net"
    )
    assert [leak.amount for leak in leaks("paid")] == [D(25)]
    assert at_risk() == invoice.net


class TestTheLifeOfALeak:
    def test_it_opens_once_and_follows_the_amount(self, shop):
        order = shop.done(minutes=120)
        (first,) = leaks("unreviewed")
        shop.late_time(order, 60)
        (again,) = leaks("unreviewed", now=NOW + timedelta(hours=1))
        assert (again.pk, again.amount, again.first_seen_at) == (first.pk, D(180), NOW)
        assert Leak.objects.filter(detector="unreviewed").count() == 1

    def test_it_closes_when_the_cause_is_gone_and_opens_when_it_is_back(self, shop, cast):
        order = shop.done()
        (leak,) = leaks("unreviewed")
        visit_return(visit=order.visits.get(), items=["Which tap?"], by=cast.bram, reason="Which tap?")
        assert leaks("unreviewed") == []
        leak.refresh_from_db()
        assert leak.status == "closed"
        phone = shop.phone_of(order)
        phone.done("returned_fixed", item=ReturnedItem.objects.get().pk)
        phone.done("finish")
        assert [one.pk for one in leaks("unreviewed")] == [leak.pk]

    def test_a_written_off_leak_stays_written_off(self, shop, cast):
        shop.done()
        (leak,) = leaks("unreviewed")
        with pytest.raises(Refused, match="Give a reason"):
            leak_write_off(leak=leak, by=cast.bram, reason=" ")
        with pytest.raises(Forbidden):
            leak_write_off(leak=leak, by=cast.tim, reason="no")
        leak_write_off(leak=leak, by=cast.bram, reason="a gift to the neighbours")
        assert leaks("unreviewed", now=NOW + timedelta(days=30)) == []
        leak_take_back(leak=leak, by=cast.bram, reason="not a gift after all")
        assert len(leaks("unreviewed")) == 1

    def test_what_was_written_off_is_open_again_once_it_is_more(self, shop, cast):
        order = shop.done()
        (leak,) = leaks("unreviewed")
        leak_write_off(leak=leak, by=cast.bram, reason="a gift to the neighbours")
        shop.late_part(order, shop.valve, 1)
        (again,) = leaks("unreviewed", now=NOW + timedelta(hours=1))
        assert (again.pk, again.amount) == (leak.pk, 145)

    def test_what_comes_after_its_cause_was_gone_is_another_loss(self, shop, cast):
        """The work was written off and reviewed all the same; what comes in later for less is seen."""
        order = shop.done()
        (leak,) = leaks("unreviewed")
        leak_write_off(leak=leak, by=cast.bram, reason="a gift to the neighbours")
        found = review.review_open(work_order=order, by=cast.bram)
        review.review_approve(review=found, by=cast.bram)
        assert leaks("unreviewed") == []
        shop.late_part(order, shop.valve, 1)
        (again,) = leaks("unreviewed", now=NOW + timedelta(days=7))
        assert (again.pk, again.amount) == (leak.pk, 25)

    def test_the_number_of_queries_does_not_grow_with_the_leaks(self, shop):
        def asked(hour):
            with CaptureQueriesContext(connection) as caught:
                leaks_detect(NOW + timedelta(hours=hour))
            return len(caught)

        shop.done()
        leaks_detect(NOW)
        few = asked(1)
        for _number in range(3):
            shop.done()
        leaks_detect(NOW + timedelta(hours=2))
        assert asked(3) == few


def test_every_stage_and_sign_says_what_it_is_and_what_to_do():
    for one in (*STAGES.values(), *signs().values()):
        assert one.label
        assert one.cause
        assert one.action
        assert one.name == one.name.lower()
