"""A job that is cancelled after somebody worked at it: what was recorded is billed or written off, and stands once."""

from decimal import Decimal as D

import pytest

from apps.core.refusals import Refused
from apps.field.models import Deviation
from apps.invoicing.actions import invoice_draft, work_order_close
from apps.pipeline.checks import faults
from apps.pipeline.models import PipelineRow
from apps.planning.actions import job_cancel, job_hold
from apps.review import actions
from apps.review.models import Billable
from tests.builders import photo_stored
from tests.pages import submit

pytestmark = pytest.mark.django_db


def held():
    assert faults() == []
    return sorted((one.place, one.net) for one in PipelineRow.objects.all())


def cancelled(order, cast):
    order.refresh_from_db()
    job_cancel(work_order=order, by=cast.bram, reason="the customer will not have it")
    actions.billables_catch_up()
    return order


@pytest.fixture
def nobody_home(shop, cast):
    """Half an hour of travel to a closed door: € 25."""
    order = shop.order()
    shop.phone(order).travel(30).tell("no_access", reason="Nobody there", file=photo_stored())
    return cancelled(order, cast)


def blocked(shop, cast, basis):
    """Four hours at € 60 were sold; after two, and two valves, it could not go on."""
    line = {"quantity": 4, "unit": "HUR", "unit_price": 60, "kind": "labour", "rate_kind": "normal"}
    order = shop.sold(line, basis=basis, hours=4 if basis == "sold_hours" else 0)
    phone = shop.phone(order).work(120).use(shop.valve, 2)
    phone.tell("deviation", text="Asbestos", blocks=True)
    actions.billables_catch_up()
    return order


def test_travel_to_a_closed_door_is_billed(nobody_home, cast):
    assert held() == [("unreviewed", 25)]
    review = actions.review_open(work_order=nobody_home, by=cast.bram)
    assert (nobody_home.status, held()) == ("in_review", [("in_review", 25)])
    for one in Billable.objects.filter(work_order=nobody_home).pending():
        actions.billable_decide(billable=one, fate="billable", by=cast.bram)
    actions.review_approve(review=review, by=cast.bram)
    assert invoice_draft(work_orders=[nobody_home], by=cast.bram).net == 25
    assert held() == [("drafted", 25)]


def test_or_written_off_and_closed(nobody_home, cast):
    review = actions.review_open(work_order=nobody_home, by=cast.bram)
    item = Billable.objects.get(work_order=nobody_home)
    actions.billable_decide(billable=item, fate="written_off", by=cast.bram, reason="our mistake")
    actions.review_approve(review=review, by=cast.bram)
    work_order_close(work_order=nobody_home, by=cast.bram)
    assert held() == []


def test_its_pages_lead_to_the_review_and_begin_it(nobody_home, cast, client_as):
    client = client_as(cast.bram)
    assert f"/review/{nobody_home.pk}/" in client.get(f"/review/{nobody_home.pk}/evidence/").content.decode()
    submit(f"/review/{nobody_home.pk}/", client=client, press="Start the review")
    nobody_home.refresh_from_db()
    assert nobody_home.status == "in_review"
    assert "Approve" in client.get(f"/review/{nobody_home.pk}/").content.decode()


def test_what_was_recorded_a_moment_ago_can_be_reviewed_as_well(shop, cast, client_as):
    order = shop.order()
    shop.phone(order).travel(30).tell("no_access", reason="Nobody there", file=photo_stored())
    order.refresh_from_db()
    job_cancel(work_order=order, by=cast.bram, reason="moved")
    assert not Billable.objects.filter(work_order=order).exists()
    submit(f"/review/{order.pk}/", client=client_as(cast.bram), press="Start the review")
    assert held() == [("in_review", 25)]


@pytest.mark.parametrize("quoted", [False, True])
def test_where_nothing_was_recorded_there_is_nothing_to_review(shop, cast, client_as, quoted):
    order = shop.sold({"unit_price": 400}) if quoted else shop.order(sold=2)
    actions.billables_catch_up()
    cancelled(order, cast)
    assert held() == ([("unplanned", 400)] if quoted else [])
    with pytest.raises(Refused):
        actions.review_open(work_order=order, by=cast.bram)
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert (
        f"/review/{order.pk}/open/" not in client_as(cast.bram).get(f"/review/{order.pk}/").content.decode()
    )


@pytest.mark.parametrize("basis", ["actuals", "sold_hours", "fixed_price"])
def test_with_an_agreement_each_euro_stands_where_it_stood(shop, cast, basis):
    order = blocked(shop, cast, basis)
    before = sum(net for _place, net in held())
    order.refresh_from_db()
    job_hold(work_order=order, by=cast.bram, reason="asbestos")
    cancelled(order, cast)
    assert sum(net for _place, net in held()) == before
    review = actions.review_open(work_order=order, by=cast.bram)
    assert {place for place, _net in held()} == {"in_review"}
    for one in Billable.objects.filter(work_order=order):
        fate = "written_off" if one.quote_line_id else "billable"
        actions.billable_decide(billable=one, fate=fate, by=cast.bram, reason="it ended here")
    found = Deviation.objects.get(visit__work_order=order)
    actions.finding_add(review=review, subject=found, decision="accepted", by=cast.bram, reason="asbestos")
    actions.review_approve(review=review, by=cast.bram)
    assert held() == [("approved", D(120 + 50))]
