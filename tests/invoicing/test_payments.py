from datetime import timedelta
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.core import clock
from apps.core.refusals import Forbidden, Refused
from apps.invoicing.actions import (
    fact_mark,
    invoice_cancel,
    invoice_credit,
    payment_record,
    payment_reverse,
    work_order_close,
)
from apps.invoicing.actions.common import open_amount
from apps.invoicing.models import Invoice, Payment
from apps.review.actions import billable_decide, review_approve
from apps.review.models import Billable, Fate, Review
from apps.workorders.models import WorkOrder
from tests.conftest import Cast
from tests.money import MoneyWorld


def pay(invoice: Invoice, amount: str, by: User, method: str = "bank") -> Payment:
    return payment_record(
        invoice=invoice, amount=Decimal(amount), method=method, paid_on=clock.today(), by=by
    )


def test_the_last_cent_makes_it_paid(sent: Invoice, bram: User) -> None:
    pay(sent, "400.00", bram)
    assert sent.status == "sent"
    assert open_amount(sent) == Decimal("35.79")
    pay(sent, "35.79", bram)
    assert sent.status == "paid"
    assert open_amount(sent) == 0


def test_paid_on_site_before_it_was_sent(issued: Invoice, bram: User) -> None:
    pay(issued, "435.79", bram, method="pin")
    assert issued.status == "paid"


def test_more_than_is_open_is_refused(sent: Invoice, bram: User) -> None:
    with pytest.raises(Refused, match=r"435\.79"):
        pay(sent, "435.80", bram)
    pay(sent, "435.79", bram)
    with pytest.raises(Refused, match="Nothing is open"):
        pay(sent, "0.01", bram)
    assert Payment.objects.count() == 1


def test_a_draft_zero_and_tomorrow_are_refused(draft: Invoice, bram: User) -> None:
    with pytest.raises(Refused, match="A draft cannot be paid: issue"):
        pay(draft, "10", bram)
    with pytest.raises(Refused, match="amount"):
        pay(draft, "0", bram)
    with pytest.raises(Refused, match="future"):
        payment_record(
            invoice=draft, amount=Decimal(1), method="bank", paid_on=clock.today() + timedelta(1), by=bram
        )


def test_a_technician_may_not(sent: Invoice, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        pay(sent, "1", cast.tim)


def test_a_reversal_opens_the_invoice_again(sent: Invoice, bram: User) -> None:
    payment = pay(sent, "435.79", bram)
    payment_reverse(payment=payment, by=bram, reason="Gestorneerd")
    sent.refresh_from_db()
    assert (sent.status, open_amount(sent)) == ("sent", Decimal("435.79"))
    assert [one.amount for one in sent.payments.order_by("id")] == [Decimal("435.79"), Decimal("-435.79")]
    with pytest.raises(Refused, match="already"):
        payment_reverse(payment=payment, by=bram, reason="Nog eens")


def test_a_reversal_before_it_was_sent_goes_back_to_issued(issued: Invoice, bram: User) -> None:
    payment_reverse(payment=pay(issued, "435.79", bram), by=bram, reason="Verkeerde factuur")
    issued.refresh_from_db()
    assert issued.status == "issued"


def test_a_paid_invoice_that_is_credited_is_owed_back(sent: Invoice, bram: User) -> None:
    pay(sent, "435.79", bram)
    invoice_credit(invoice=sent, by=bram, reason="Dubbel betaald")
    assert open_amount(sent) == Decimal("-435.79")
    with pytest.raises(Refused, match=r"435\.79"):
        pay(sent, "-435.80", bram)
    pay(sent, "-435.79", bram)
    assert open_amount(sent) == 0


def test_only_a_paid_invoice_can_be_booked_and_only_once(sent: Invoice, bram: User) -> None:
    with pytest.raises(Refused, match="paid"):
        fact_mark(invoice=sent, kind="booked", by=bram)
    pay(sent, "435.79", bram)
    fact_mark(invoice=sent, kind="booked", by=bram)
    with pytest.raises(Refused, match="already"):
        fact_mark(invoice=sent, kind="booked", by=bram)


def test_paid_delivered_and_booked_completes_the_case(sent: Invoice, bram: User) -> None:
    fact_mark(invoice=sent, kind="delivered", by=bram)
    pay(sent, "435.79", bram)
    assert WorkOrder.objects.get().status == "invoiced"
    assert not Invoice.objects.complete().exists()
    fact_mark(invoice=sent, kind="booked", by=bram)
    assert WorkOrder.objects.get().status == "closed"
    assert Invoice.objects.complete().get() == sent


def test_open_amounts_in_sql_are_those_of_the_rules(sent: Invoice, world: MoneyWorld, bram: User) -> None:
    pay(sent, "100.00", bram)
    line = sent.lines.order_by("position")[1]
    invoice_credit(invoice=sent, by=bram, reason="Niet geleverd", lines=[line])
    row = Invoice.objects.with_open().get(pk=sent.pk)
    # 49.99 net is 60.49 with VAT
    assert (row.paid, row.credited, row.open) == (Decimal("100.00"), Decimal("60.49"), Decimal("275.30"))
    assert row.open == open_amount(sent)


def test_a_job_with_nothing_to_invoice_can_be_closed(world: MoneyWorld, bram: User) -> None:
    order = world.job()
    with pytest.raises(Refused, match="still to be invoiced"):
        work_order_close(work_order=order, by=bram)
    included = world.job(approved=False)
    review = Review.objects.get(work_order=included)
    sold = Billable.objects.get(work_order=included, fate=Fate.BILLABLE)
    billable_decide(billable=sold, fate=Fate.WRITTEN_OFF, by=bram, reason="for a friend")
    review_approve(review=review, by=bram)
    included.refresh_from_db()
    assert work_order_close(work_order=included, by=bram).status == "closed"


def test_a_job_whose_work_stands_on_a_draft_is_not_closed(draft: Invoice, bram: User) -> None:
    """A cancelled draft would leave its work with a job that nothing can be drafted from."""
    order = draft.lines.first().work_order
    with pytest.raises(Refused, match="stands on a draft"):
        work_order_close(work_order=order, by=bram)
    invoice_cancel(invoice=draft, by=bram, reason="wrong")
    order.refresh_from_db()
    assert order.status == "ready_for_invoicing"
