"""Each amount stands in one stage, and moves on with what is done: from the request to the books."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from apps.acceptance.judging import concerns_judge
from apps.core import clock
from apps.field.events import EVENTS
from apps.field.models import EventState
from apps.intake.states import RequestStatus
from apps.invoicing import actions as invoicing
from apps.invoicing.states import InvoiceStatus
from apps.pipeline import figures
from apps.pipeline.states import BY_TIME, STAGES, STANDS, next_step
from apps.quotes.states import QuoteStatus
from apps.review import actions as review
from apps.review.models import Billable, Review, StaleJob
from apps.workorders import actions as workorders
from apps.workorders.states import WorkOrderStatus
from tests.builders import photo_stored

NOW = datetime(2027, 1, 20, 12, 0, tzinfo=UTC)


def standing(now: datetime = NOW) -> dict[str, D]:
    """The stages that hold something, with their euros."""
    return {
        name: row["total"] for name, row in figures.standing(now).sums().items() if row["count"]
    }  # fmt: skip


@pytest.mark.django_db
class TestAJobAndItsMoney:
    def test_a_quote_goes_from_draft_to_planned_at_what_was_agreed(self, shop, cast):
        quote = shop.quote({"unit_price": 300}, {"unit_price": 200})
        assert standing() == {"quote_unanswered": 500}
        order = shop.sold({"unit_price": 400})
        assert standing() == {"quote_unanswered": 500, "unplanned": 400}
        start = NOW + timedelta(days=1)
        shop.phone(order, start=start)
        assert standing() == {"quote_unanswered": 500, "planned": 400}
        assert standing(start + timedelta(days=1)) == {"quote_unanswered": 500, "visit_past": 400}
        review.billables_catch_up()
        assert standing() == {"quote_unanswered": 500, "planned": 400}, "priced per line it is the same money"
        assert quote.status == "sent"

    def test_promised_hours_become_recorded_ones_and_are_never_both(self, shop, cast):
        order = shop.order(sold=4)
        assert standing() == {"unplanned": 240}
        phone = shop.phone(order)
        phone.work(60)
        phone.tell("stop")
        assert standing() == {"in_progress": 240}, "one hour recorded, three promised"
        review.billables_catch_up()
        assert standing() == {"in_progress": 240}

    def test_work_is_worth_something_from_the_minute_that_it_is_recorded(self, shop, cast):
        order = shop.order()
        phone = shop.phone(order).work(60)
        phone.use(shop.valve, 2)
        phone.tell("stop")
        assert StaleJob.objects.filter(work_order=order).exists()
        before = standing()
        assert before == {"in_progress": 60 + 50}
        assert review.billables_catch_up() == 1
        assert standing() == before
        assert Billable.objects.filter(work_order=order).count() == 2

    def test_a_fixed_price_is_worth_what_was_agreed_whatever_is_recorded(self, shop, cast):
        shop.done("fixed_price", quoted=[{"unit_price": 500}], minutes=240)
        review.billables_catch_up()
        assert standing() == {"unreviewed": 500}

    def test_from_the_review_to_the_books(self, shop, cast):
        order = shop.done(minutes=60)
        found = review.review_open(work_order=order, by=cast.bram)
        assert standing() == {"in_review": 60}
        with clock.at(NOW):
            review.review_approve(review=found, by=cast.bram)
            assert standing() == {"approved": 60}
            invoice = invoicing.invoice_draft(work_orders=[order], by=cast.bram)
            assert standing() == {"drafted": 60}
            invoicing.line_add(
                invoice=invoice, by=cast.bram, description="Parking", quantity=D(1), unit="C62", unit_price=D(40),
                vat_code=shop.high,
            )  # fmt: skip
            assert standing() == {"drafted": 100}, "a line that somebody typed is money too"
            invoice = invoicing.invoice_issue(invoice=invoice, by=cast.bram)
            assert standing() == {"unsent": 100}
            invoicing.fact_mark(invoice=invoice, kind="sent", by=cast.bram)
            assert standing() == {"sent": 100}
        later = NOW + timedelta(days=40)
        assert standing(later) == {"overdue": 100}
        with clock.at(later):
            invoicing.payment_record(
                invoice=invoice, amount=D("60.50"), method="bank", paid_on=date(2027, 3, 1), by=cast.bram
            )
            assert standing(later) == {"overdue": 50, "paid": 50}
            invoicing.payment_record(
                invoice=invoice, amount=D("60.50"), method="bank", paid_on=date(2027, 3, 1), by=cast.bram
            )
            assert standing(later) == {"paid": 100}
            invoicing.fact_mark(invoice=invoice, kind="booked", by=cast.bram)
        assert standing(later) == {}

    def test_what_comes_in_after_the_invoice_waits_for_a_review(self, shop, cast):
        order = shop.done(minutes=60)
        with clock.at(NOW):
            review.review_approve(review=review.review_open(work_order=order, by=cast.bram), by=cast.bram)
            invoice = invoicing.invoice_draft(work_orders=[order], by=cast.bram)
            invoicing.invoice_issue(invoice=invoice, by=cast.bram)
            shop.late_part(order, shop.valve, 1)
            assert standing() == {"unsent": 60, "unreviewed": 25}
            review.billables_catch_up()
            assert standing() == {"unsent": 60, "unreviewed": 25}
            order.refresh_from_db()
            assert order.status == "invoiced"
            found = Review.objects.get(work_order=order)
            review.review_reopen(review=found, by=cast.bram, reason="a valve came in")
            late = Billable.objects.filter(work_order=order).undecided().get()
            assert (late.fate, late.proposal) == ("billable", "as_recorded")
            found.refresh_from_db()
            concerns_judge(review=found, by=cast.bram, reason="the customer knows of the valve")
            review.review_approve(review=found, by=cast.bram)
            assert standing() == {"unsent": 60, "approved": 25}
            second = invoicing.invoice_draft(work_orders=[order], by=cast.bram)
            assert [line.billable_id for line in second.lines.all()] == [late.pk]

    def test_a_credited_and_paid_invoice_is_owed_back_and_its_work_open_again(self, shop, cast):
        order = shop.done(minutes=60)
        with clock.at(NOW):
            review.review_approve(review=review.review_open(work_order=order, by=cast.bram), by=cast.bram)
            invoice = invoicing.invoice_draft(work_orders=[order], by=cast.bram)
            invoice = invoicing.invoice_issue(invoice=invoice, by=cast.bram)
            invoicing.payment_record(
                invoice=invoice, amount=invoice.payable, method="bank", paid_on=clock.today(), by=cast.bram
            )
            invoicing.invoice_credit(invoice=invoice, by=cast.bram, reason="wrong customer")
            rows = figures.standing(NOW)
        assert {(row.stage, row.amount, row.gross) for row in rows} == {
            ("approved", D(60), D(0)), ("owed", D(0), -invoice.payable)
        }  # fmt: skip

    def test_what_a_technician_takes_back_stays_recorded_and_asks_for_nothing(self, shop, cast):
        order = shop.order()
        phone = shop.phone(order).work(60)
        phone.use(shop.valve, 2)
        review.billables_catch_up()
        phone.done("material_remove", usage=phone.visit.materials.get().pk)
        phone.tell("stop")
        review.billables_catch_up()
        row = figures.ledger()
        assert (row["recorded"], row["corrected"], row["open"]) == (60 + 50, 50, 60)
        assert standing() == {"in_progress": 60}

    def test_no_access_and_hold_keep_the_money_in_sight(self, shop, cast):
        missed = shop.order(sold=1)
        shop.phone(missed).tell("no_access", reason="Nobody there", file=photo_stored())
        held = shop.order(sold=2)
        workorders.work_order_hold(work_order=held, by=cast.bram, reason="a part is ordered")
        assert standing() == {"missed": 60, "on_hold": 120}


FOLDER = Path(settings.BASE_DIR) / "apps/pipeline/sql"
SQL = FOLDER / "rows.sql"
DOCS = Path(settings.BASE_DIR) / "docs/algorithms/pipeline.md"
STATUSES = {
    "request": RequestStatus, "quote": QuoteStatus, "work order": WorkOrderStatus, "invoice": InvoiceStatus
}  # fmt: skip


def test_no_status_is_without_a_place():
    assert set(STANDS) == {(record, one) for record, statuses in STATUSES.items() for one in statuses.values}
    words = {str(one) for one in STANDS.values()} - set(STAGES)
    assert all(" " in one for one in words), "what is no stage is a sentence"


def test_every_status_of_a_job_has_its_stage_and_the_statement_says_the_same():
    case = re.search(r"CASE j\.status(.*?)ELSE '(\w+)' END", SQL.read_text(), re.S)
    assert case is not None
    said = dict(re.findall(r"WHEN '(\w+)' THEN '(\w+)'", case[1]))
    by_sql = {status: said.get(status, case[2]) for status in WorkOrderStatus.values}
    assert by_sql == {status: stage for (record, status), stage in STANDS.items() if record == "work order"}


def test_the_statement_names_no_stage_or_status_that_does_not_exist():
    text = re.sub(
        r"--.*", "", SQL.read_text() + (FOLDER / "invoices.sql").read_text().split("CREATE OR REPLACE")[0]
    )
    known = {one for statuses in STATUSES.values() for one in statuses.values} | set(STAGES)
    known |= {"approved", "pending", "billable", "assigned", "travelling", "pause", "work", "booked"}
    known |= {"credit_note", "invoice", "unpaid", "credit", "travel", "normal"}
    known |= {*EVENTS, EventState.TO_DECIDE, "material", "quantity", "hours", "job"}
    assert set(re.findall(r"'([a-z_]+)'", text)) <= known


def test_time_alone_moves_only_what_the_statement_says():
    for place, later in BY_TIME.items():
        assert {place, later} <= set(STAGES)
        assert f"'{place}'" in SQL.read_text()


def test_the_table_in_the_docs_is_the_one_in_the_code():
    with translation.override("en"):
        rows = [
            f"| {record} | {STATUSES[record](status).label} | {_words(record, stands)} |"
            for (record, status), stands in STANDS.items()
        ]
    text = DOCS.read_text()
    assert [row for row in rows if row not in text] == []


TYPES = {"request": "intake.request", "quote": "quotes.quote"}


def _words(record: str, stands: str) -> str:
    stage = STAGES.get(str(stands))
    if stage is None:
        return f"{stands} | | "
    limit = "" if stage.limit is None else f"{stage.limit.total_seconds() / 86400:g}"
    step = next_step(stage, TYPES.get(record, ""))
    return f"**{stage.label}** | {limit} | {step.label}"
