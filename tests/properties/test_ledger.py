"""recorded = invoiced + included + written off + corrected + open: for every job and in total, whatever is done in whatever order."""

import contextlib
from decimal import Decimal as D

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.acceptance.judging import concerns_judge
from apps.core.refusals import Refused
from apps.finance.actions import sums_catch_up
from apps.finance.checks import faults as finance_faults
from apps.invoicing.actions import invoice_credit, invoice_draft, invoice_issue
from apps.invoicing.models import Invoice, InvoiceLine, LedgerRow
from apps.pipeline import figures
from apps.pipeline.checks import faults
from apps.pipeline.models import PipelineRow
from apps.review import actions as review
from apps.review.models import Billable, Review, StaleJob
from tests.review.conftest import shop

__all__ = ["shop"]
pytestmark = pytest.mark.django_db

BASES = ("actuals", "fixed_price", "sold_hours")
VERBS = ("open", "late_time", "late_part", "decide", "correct_item", "accept", "approve", "draft", "issue",
         "credit", "reopen", "correct_later", "offer")  # fmt: skip
steps = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 5)), min_size=4, max_size=14)


def ledger(order):
    return LedgerRow.objects.filter(work_order=order).first()


def holds(order) -> None:
    """The view against a count of our own, row by row."""
    row = ledger(order)
    if row is None:
        assert not Billable.objects.filter(work_order=order).exists()
        return
    assert row.recorded == row.invoiced + row.included + row.written_off + row.corrected + row.open
    hours = row.invoiced_hours + row.included_hours + row.written_off_hours + row.open_hours
    assert abs(row.recorded_hours - hours) <= D("0.005")
    sums = {"invoiced": D(0), "included": D(0), "written_off": D(0), "open": D(0)}
    for one in Billable.objects.filter(work_order=order):
        on_invoice = InvoiceLine.objects.filter(
            billable=one, live=True, invoice__number__isnull=False, invoice__kind="invoice"
        ).exists()
        place = "invoiced" if on_invoice else one.fate if one.fate in ("included", "written_off") else "open"
        sums[place] += one.net
        claimed = InvoiceLine.objects.filter(billable=one, live=True).exists()
        assert one.claimed == claimed, "the database knows what stands on an invoice"
    assert sums == {name: getattr(row, name) for name in sums}


def stands(order) -> None:
    """What the ledger calls open, and what is invoiced, stands in the pipeline: each euro once."""
    row = ledger(order)
    rows = PipelineRow.objects.filter(record_type="workorders.workorder", record_id=order.pk)
    held = sum((one.net for one in rows), D(0))
    drafted = InvoiceLine.objects.filter(work_order=order, invoice__status="draft")
    drafts = sum((one.net for one in drafted), D(0))
    assert held + drafts == (row.open if row else 0)
    invoices = Invoice.objects.filter(
        lines__work_order=order, kind="invoice", number__isnull=False
    ).distinct()
    live = InvoiceLine.objects.filter(invoice__in=invoices, live=True)
    billed = PipelineRow.objects.filter(record_type="invoicing.invoice", record_id__in=invoices)
    assert sum((one.net for one in billed), D(0)) == sum((one.net for one in live), D(0))
    assert faults() == []


def take(step: str, pick: int, order, shop, cast) -> None:
    """One step; the product may refuse it, and then nothing has changed."""
    order.refresh_from_db()
    visit = order.visits.get()
    rows = list(Billable.objects.filter(work_order=order).order_by("id"))
    one = rows[pick % len(rows)] if rows else None
    found = Review.objects.filter(work_order=order).first()
    invoices = list(Invoice.objects.filter(lines__work_order=order, kind="invoice").distinct().order_by("id"))
    if step == "open":
        review.review_open(work_order=order, by=cast.bram)
    elif step == "late_time":
        shop.late_time(order, 20 + pick)
    elif step == "late_part":
        shop.late_part(order, (shop.pipe, shop.valve, shop.nameless)[pick % 3], pick + 1)
    elif step == "draft":
        invoice_draft(work_orders=[order], by=cast.bram)
    elif step == "issue" and invoices:
        invoice_issue(invoice=invoices[-1], by=cast.bram)
    elif step == "credit" and invoices:
        invoice_credit(invoice=invoices[-1], by=cast.bram, reason="wrong")
    elif found and step == "accept":
        review.proposals_accept(review=found, by=cast.bram)
    elif found and step == "approve":
        for pending in Billable.objects.filter(work_order=order).pending():
            review.billable_decide(billable=pending, fate="written_off", by=cast.bram, reason="enough")
        concerns_judge(review=found, by=cast.bram, reason="looked at")
        review.review_approve(review=found, by=cast.bram)
    elif found and step == "reopen":
        review.review_reopen(review=found, by=cast.bram, reason="again")
    elif one and step == "decide":
        fate = ("billable", "included", "written_off")[pick % 3]
        review.billable_decide(
            billable=one, fate=fate, by=cast.bram, reason="because", unit_price=D(pick + 1)
        )
    elif one and found and step == "correct_item" and one.time_entry_id:
        review.finding_add(
            review=found, subject=one.time_entry, decision="corrected", by=cast.bram, reason="clock",
            quantity=D(pick) / 2,
        )  # fmt: skip
    elif one and step == "correct_later":
        review.billable_correct(billable=one, by=cast.bram, reason="later", quantity=D(pick))
    elif step == "offer" and visit.extra_work.exists():
        extra = visit.extra_work.first()
        offer = review.extra_work_offer(
            extra_work=extra, by=cast.bram, quantity=D(1), unit="HUR", unit_price=D(70), vat_code=shop.high
        )
        review.extra_work_answer(offer=offer, approved=bool(pick % 2), by=cast.bram, reason="by telephone")


# From nine in the morning, or over the edge of the evening: then an entry has pieces of different prices.
begins = st.sampled_from([0, 7])


@given(basis=st.sampled_from(BASES), sold=st.integers(0, 3), quoted=st.booleans(), later=begins, todo=steps)
@settings(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_nothing_that_was_recorded_disappears(shop, cast, basis, sold, quoted, later, todo):
    lines = [{"unit_price": 300}] if quoted else []
    order = shop.done(basis, sold, 150, quoted=lines, parts=[(shop.pipe, 3)], extra=1, later=later)
    recorded = D(0)
    for step, pick in [*todo[:1], ("open", 0), *todo]:
        with contextlib.suppress(Refused):
            take(step, pick, order, shop, cast)
        holds(order)
        review.billables_catch_up()
        assert not StaleJob.objects.exists()
        holds(order)
        row = ledger(order)
        assert row is None or row.recorded >= recorded, "what was recorded never falls"
        recorded = row.recorded if row else recorded
        stands(order)
        sums_catch_up()
        assert finance_faults() == [], "the sums of the days are what the records say"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(recorded) - sum(invoiced + included + written_off + corrected + open) FROM invoicing_ledger"
        )
        assert cursor.fetchone() == (0,)
        columns = ", ".join(f"coalesce(sum({name}), 0)" for name in figures.LEDGER)
        cursor.execute(f"SELECT {columns} FROM invoicing_ledger")
        assert cursor.fetchone() == tuple(figures.ledger().values()), "the whole is the sum of the jobs"


def test_a_job_of_which_everything_has_its_place(shop, cast):
    """The worked example of docs/algorithms/ledger.md."""
    two_hours = {"description": "2 hours", "quantity": 2, "unit": "HUR", "unit_price": 60}
    order = shop.done("sold_hours", 2, 180, quoted=[two_hours], parts=[(shop.valve, 1)])
    found = review.review_open(work_order=order, by=cast.bram)
    row = ledger(order)
    assert (row.recorded, row.invoiced, row.included, row.written_off, row.open) == (325, 0, 120, 0, 205)
    assert (row.recorded_hours, row.cost) == (3, 3 * 35 + 12)
    above = Billable.objects.get(work_order=order, proposal="above_sold")
    review.billable_decide(billable=above, fate="written_off", by=cast.bram, reason="our own mistake")
    review.review_approve(review=found, by=cast.bram)
    invoice = invoice_draft(work_orders=[order], by=cast.bram)
    assert ledger(order).invoiced == 0  # a draft promises nothing
    invoice_issue(invoice=invoice, by=cast.bram)
    row = ledger(order)
    assert (row.recorded, row.invoiced, row.included, row.written_off, row.open) == (325, 145, 120, 60, 0)
