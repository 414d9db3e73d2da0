"""What a fate is called, what a correction upward asks, and which cancelled jobs wait in the queue."""

import pytest

from apps.invoicing.models import LedgerRow
from apps.planning.actions import job_cancel
from apps.review import actions
from apps.review.models import Billable
from tests.builders import photo_stored

pytestmark = pytest.mark.django_db


def test_on_actuals_nothing_is_said_to_be_in_an_agreed_price(shop, cast, client_as):
    order = shop.done("actuals", 0, 180, extra=1)
    review = actions.review_open(work_order=order, by=cast.bram)
    page = f"/review/{order.pk}/"
    client = client_as(cast.bram)
    assert "agreed price" not in client.get(page).content.decode()
    actions.proposals_accept(review=review, by=cast.bram)
    shown = client.get(page).content.decode()
    assert "agreed price" not in shown
    assert "Charged through the recorded time and materials" in shown, "also when somebody accepted it"


@pytest.mark.parametrize(("fate", "by"), [("written_off", "olga"), ("included", "olga")])
def test_a_correction_upward_of_what_was_given_up_is_asked_of_a_person(shop, cast, fate, by):
    order = shop.done("actuals", 0, 60, parts=[(shop.valve, 2)])
    review = actions.review_open(work_order=order, by=cast.bram)
    valve = Billable.objects.get(work_order=order, kind="material")
    who = getattr(cast, by)
    actions.billable_decide(billable=valve, fate=fate, by=who, reason="Our own mistake")
    actions.review_approve(review=review, by=cast.bram)
    added = actions.billable_correct(billable=valve, by=cast.bram, reason="There were three", quantity=3)
    assert (added.fate, added.net, added.decided_by) == ("pending", 25, None)
    ledger = LedgerRow.objects.get(work_order=order)
    assert (getattr(ledger, fate), ledger.open) == (50, 60 + 25)
    review = actions.review_reopen(review=review, by=cast.bram, reason="The third valve")
    actions.billable_decide(billable=added, fate="billable", by=cast.bram, reason="The third was for them")
    actions.review_approve(review=review, by=cast.bram)
    assert LedgerRow.objects.get(work_order=order).open == 85


def test_a_correction_downward_keeps_the_fate(shop, cast):
    order = shop.done("actuals", 0, 60, parts=[(shop.valve, 2)])
    review = actions.review_open(work_order=order, by=cast.bram)
    valve = Billable.objects.get(work_order=order, kind="material")
    actions.billable_decide(billable=valve, fate="written_off", by=cast.olga, reason="Our own mistake")
    actions.review_approve(review=review, by=cast.bram)
    added = actions.billable_correct(billable=valve, by=cast.bram, reason="There was one", quantity=1)
    assert (added.fate, added.net) == ("written_off", -25)


def test_a_cancelled_job_with_recorded_work_waits_in_the_queue(shop, cast, client_as):
    worked, idle = shop.order(), shop.order()
    shop.phone(worked).travel(30).tell("no_access", reason="Nobody there", file=photo_stored())
    for order in (worked, idle):
        order.refresh_from_db()
        job_cancel(work_order=order, by=cast.bram, reason="not any more")
    actions.billables_catch_up()
    client = client_as(cast.bram)
    shown = client.get("/review/").content.decode()
    assert worked.number in shown
    assert idle.number not in shown
    assert worked.number in client.get("/review/?status=cancelled").content.decode()
    review = actions.review_open(work_order=worked, by=cast.bram)
    for one in Billable.objects.filter(work_order=worked).pending():
        actions.billable_decide(billable=one, fate="billable", by=cast.bram)
    actions.review_approve(review=review, by=cast.bram)
    assert worked.number not in client.get("/review/?status=cancelled").content.decode()
