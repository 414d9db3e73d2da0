"""An accepted quote whose work order was cancelled: it is carried out after all, or the customer takes it back."""

from decimal import Decimal as D

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from apps.core import clock
from apps.core.refusals import Forbidden, Refused
from apps.invoicing.models import LedgerRow
from apps.pipeline.checks import faults
from apps.pipeline.models import PipelineRow
from apps.planning.actions import job_cancel, job_hold
from apps.quotes.models import Quote
from apps.review import actions
from apps.review.models import Billable
from apps.workorders.models import WorkOrder
from tests.beside import beside, waits_at
from tests.builders import photo_stored
from tests.pages import submit

pytestmark = pytest.mark.django_db
HOURS = {"kind": "labour", "rate_kind": "normal", "unit": "HUR", "unit_price": 60, "quantity": 4}


def held():
    assert faults() == []
    return sorted((one.place, one.net) for one in PipelineRow.objects.all())


def cancelled(order, cast):
    order.refresh_from_db()
    job_cancel(work_order=order, by=cast.bram, reason="by mistake")
    actions.billables_catch_up()
    return Quote.objects.get(work_order=order)


@pytest.fixture
def given_back(shop, cast):
    """€ 240 of hours and a part of € 50, agreed; nobody worked at it."""
    part = {"kind": "material", "material": shop.valve, "quantity": 2, "unit_price": 25}
    return cancelled(shop.sold(HOURS, part, basis="fixed_price", hours=4), cast)


def test_its_work_order_is_made_again_with_what_was_agreed(given_back, cast, client_as):
    old = given_back.work_order
    assert held() == [("unplanned", 290)]
    client = client_as(cast.bram)
    answer = submit(f"/quotes/{given_back.pk}/", client=client, press="Make the work order again")
    given_back.refresh_from_db()
    order = given_back.work_order
    assert order != old
    assert answer.url == f"/work-orders/{order.pk}/"
    assert (order.status, order.billing_basis, order.sold_hours) == ("to_plan", "fixed_price", 4)
    assert [(one.material.name, one.quantity) for one in order.to_bring.all()] == [("Valve", 2)]
    assert held() == [("unplanned", 290)]
    assert {(row.work_order_id, row.fate) for row in Billable.objects.all()} == {(order.pk, "billable")}
    assert "Make the work order again" not in client.get(f"/quotes/{given_back.pk}/").content.decode()
    with pytest.raises(Refused, match="not without a work order"):
        actions.agreement_order(quote=given_back, by=cast.bram)


def test_the_job_that_was_made_again_is_done_and_billed(given_back, shop, cast):
    order = actions.agreement_order(quote=given_back, by=cast.bram)
    shop.phone(order).work(60).finish(signed="P")
    order.refresh_from_db()
    review = actions.review_open(work_order=order, by=cast.bram)
    actions.review_approve(review=review, by=cast.bram)
    assert held() == [("approved", 290)]


def test_what_was_recorded_on_the_cancelled_one_stays_there(shop, cast):
    order = shop.sold(HOURS, basis="actuals")
    shop.phone(order).travel(30).tell("no_access", reason="Nobody there", file=photo_stored())
    quote = cancelled(order, cast)
    assert held() == [("unreviewed", 25 + 240)]
    new = actions.agreement_order(quote=quote, by=cast.bram)
    assert held() == [("unplanned", 240), ("unreviewed", 25)]
    assert {row.quote_line_id is None for row in Billable.objects.filter(work_order=new)} == {False}


def test_sold_hours_that_went_to_another_job_are_not_charged_by_the_clock_of_the_first(shop, cast):
    order = shop.sold(HOURS, basis="sold_hours", hours=4)
    phone = shop.phone(order).work(60)
    phone.tell("deviation", text="Asbestos", blocks=True)
    order.refresh_from_db()
    job_hold(work_order=order, by=cast.bram, reason="asbestos")
    quote = cancelled(order, cast)
    actions.agreement_order(quote=quote, by=cast.bram)
    (hour,) = Billable.objects.filter(work_order=order)
    assert hour.fate == "pending", "a person says what it asks"


def test_the_customer_withdraws(given_back, cast, client_as):
    old = given_back.work_order
    page = f"/quotes/{given_back.pk}/"
    submit(page, client=client_as(cast.bram), press="The customer withdraws", reason="They moved house")
    given_back.refresh_from_db()
    assert given_back.status == "cancelled"
    assert held() == []
    ledger = LedgerRow.objects.get(work_order=old)
    assert (ledger.recorded, ledger.written_off, ledger.open) == (290, 290, 0)
    assert {row.reason for row in Billable.objects.all()} == {"They moved house"}
    assert Quote.objects.get(pk=given_back.pk).current.acceptance.net == D(290), "what was signed stays"
    with pytest.raises(Refused):
        actions.agreement_order(quote=given_back, by=cast.bram)


def test_to_give_up_more_than_the_limit_needs_the_right(given_back, cast):
    Group.objects.get(name="office").permissions.remove(Permission.objects.get(codename="write_off"))
    bram = type(cast.bram).objects.get(pk=cast.bram.pk)
    with pytest.raises(Forbidden, match="290"):
        actions.agreement_cancel(quote=given_back, by=bram, reason="They moved house")
    with pytest.raises(Refused, match="Give a reason"):
        actions.agreement_cancel(quote=given_back, by=cast.olga, reason=" ")
    assert held() == [("unplanned", 290)]


def test_neither_way_is_open_while_somebody_carries_it_out(shop, cast, client_as):
    order = shop.sold(HOURS)
    quote = Quote.objects.get(work_order=order)
    with pytest.raises(Refused, match="not without a work order"):
        actions.agreement_order(quote=quote, by=cast.bram)
    with pytest.raises(Refused, match="not without a work order"):
        actions.agreement_cancel(quote=quote, by=cast.olga, reason="no")
    page = client_as(cast.bram).get(f"/quotes/{quote.pk}/").content.decode()
    assert "Customer withdraws" not in page
    assert WorkOrder.objects.count() == 1


def test_an_estimate_of_which_something_was_recorded_ends_and_the_record_is_reviewed(shop, cast):
    order = shop.sold(HOURS, basis="actuals")
    shop.phone(order).travel(30).tell("no_access", reason="Nobody there", file=photo_stored())
    quote = cancelled(order, cast)
    actions.agreement_cancel(quote=quote, by=cast.olga, reason="They moved house")
    assert held() == [("unreviewed", 25)]
    review = actions.review_open(work_order=order, by=cast.bram)
    for one in Billable.objects.filter(work_order=order).pending():
        actions.billable_decide(billable=one, fate="billable", by=cast.bram)
    actions.review_approve(review=review, by=cast.bram)
    assert held() == [("approved", 25)]


@pytest.mark.django_db(transaction=True)
def test_two_who_make_its_work_order_again_at_once_make_one(transactional_cast, given_back):
    """The second waited for the quote and then saw it without any work order: two jobs for one agreement."""
    by = transactional_cast.bram
    with transaction.atomic():
        actions.agreement_order(quote=given_back, by=by)
        thread, outcome = beside(lambda: actions.agreement_order(quote=given_back, by=by), clock.now())
        waits_at()
    thread.join(120)
    assert isinstance(outcome[0], Refused), outcome
    assert WorkOrder.objects.count() == 2  # the cancelled one, and one in its place
