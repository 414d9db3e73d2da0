"""A clock that nobody stopped, an end that the technician proposes, an estimate that is exceeded: each is judged first."""

from datetime import datetime, timedelta
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from apps.acceptance.judging import concerns_judge
from apps.core.refusals import Refused
from apps.review import actions
from apps.review.models import Billable, Concern
from tests.pages import Page, submit

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Amsterdam")
MONDAY = datetime(2026, 11, 16, 9, tzinfo=ZONE)


def night(shop, minutes=14 * 60, proposed=None):
    """A job whose clock ran from nine; with the hours that the technician says it was."""
    order = shop.order()
    phone = shop.phone(order, start=MONDAY, hours=12)
    phone.work(minutes)
    phone.tell("stop")
    if proposed is not None:
        phone.propose(MONDAY + timedelta(hours=proposed), "Forgot to stop")
    phone.finish(signed="Mrs Peters")
    order.refresh_from_db()
    return order


def open_of(order):
    return {one.kind: one for one in Concern.objects.of_work_order(order).open()}


def judge(review, subject, cast, **more):
    given = {"decision": "accepted", "by": cast.bram, "reason": "looked at"} | more
    return actions.finding_add(review=review, subject=subject, **given)


def test_a_clock_above_ten_hours_is_judged_before_the_approval(shop, cast):
    order = night(shop)
    review = actions.review_open(work_order=order, by=cast.bram)
    found = open_of(order)
    assert set(found) == {"clock"}
    assert found["clock"].worth == sum(row.net for row in Billable.objects.filter(work_order=order))
    with pytest.raises(actions.Unjudged, match=r"Clock above ten hours: 14.h"):
        actions.review_approve(review=review, by=cast.bram)
    with (
        pytest.raises(IntegrityError, match="nobody judged"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE review_review SET status = 'approved' WHERE id = %s", [review.pk])
    entry = order.visits.get().time_entries.get()
    with pytest.raises(Refused, match="Say why"):
        judge(review, entry, cast, reason="")
    judge(review, entry, cast, reason="They did work that long")
    actions.review_approve(review=review, by=cast.bram)


def test_ten_hours_and_a_pause_however_long_are_no_concern(shop, cast):
    order = night(shop, 600)
    actions.review_open(work_order=order, by=cast.bram)
    assert open_of(order) == {}


def test_the_end_that_the_technician_proposes_is_decided_before_the_approval(shop, cast):
    order = night(shop, proposed=4)
    review = actions.review_open(work_order=order, by=cast.bram)
    assert set(open_of(order)) == {"proposal"}
    with pytest.raises(actions.Unjudged, match=r"13:00, says the technician: Forgot to stop"):
        actions.review_approve(review=review, by=cast.bram)
    entry = order.visits.get().time_entries.get()
    judge(review, entry, cast, decision="corrected", quantity=D(4), reason="Forgot to stop", by=cast.olga)
    assert open_of(order) == {}
    actions.review_approve(review=review, by=cast.bram)
    asked = [row.net for row in Billable.objects.filter(work_order=order, fate="billable") if row.net]
    assert asked == [240]


def test_one_press_takes_what_the_technician_proposes(shop, cast, client_as):
    order = night(shop, proposed=2.2)
    actions.review_open(work_order=order, by=cast.bram)
    client = client_as(cast.olga)
    page = Page.fetched(f"/review/{order.pk}/", client)
    submit(page, client=client, press="Charge 2.25 h, as the technician says")
    assert open_of(order) == {}
    assert sum(row.quantity for row in Billable.objects.filter(work_order=order)) == D("2.25")


def test_another_proposal_opens_it_again(shop, cast):
    order = night(shop)
    review = actions.review_open(work_order=order, by=cast.bram)
    entry = order.visits.get().time_entries.get()
    judge(review, entry, cast)
    assert open_of(order) == {}
    shop.phone_of(order).propose(MONDAY + timedelta(hours=3), "Was home at noon")
    assert set(open_of(order)) == {"proposal"}


def estimated(shop, minutes, hours="2"):
    quoted = [
        {"kind": "labour", "rate_kind": "normal", "unit": "HUR", "unit_price": 60, "quantity": D(hours)}
    ]
    return shop.done("actuals", 0, minutes, quoted=quoted)


def test_more_than_a_tenth_above_the_estimate_is_judged(shop, cast, client_as):
    order = estimated(shop, 180)
    review = actions.review_open(work_order=order, by=cast.bram)
    found = open_of(order)
    assert set(found) == {"exceeded"}
    assert found["exceeded"].worth == 60
    with pytest.raises(
        actions.Unjudged, match=r"More than a tenth above the estimate: €180\.00 instead of €120\.00"
    ):
        actions.review_approve(review=review, by=cast.bram)
    with pytest.raises(Refused):
        judge(review, order, cast, decision="returned")
    client = client_as(cast.bram)
    page = Page.fetched(f"/review/{order.pk}/", client)
    submit(page, client=client, press="The customer was warned in time and agreed")
    assert open_of(order) == {}
    actions.review_approve(review=review, by=cast.bram)


def test_a_tenth_above_the_estimate_or_another_basis_is_no_concern(shop, cast):
    order = estimated(shop, 165, "2.5")
    actions.review_open(work_order=order, by=cast.bram)
    fixed = shop.done("fixed_price", 0, 300, quoted=[{"unit_price": 10}])
    actions.review_open(work_order=fixed, by=cast.bram)
    assert not Concern.objects.filter(kind="exceeded").exists()


def test_what_is_asked_after_all_judged_an_exceeded_estimate_is_judged_again(shop, cast):
    order = estimated(shop, 180)
    review = actions.review_open(work_order=order, by=cast.bram)
    judge(review, order, cast)
    shop.late_time(order, 120)
    actions.billables_catch_up()
    assert "exceeded" in open_of(order)


def test_the_helper_of_the_demo_judges_them_too(shop, cast):
    order = night(shop)
    review = actions.review_open(work_order=order, by=cast.bram)
    other = estimated(shop, 180)
    second = actions.review_open(work_order=other, by=cast.bram)
    assert concerns_judge(review=review, by=cast.bram, reason="seen") == 1
    assert concerns_judge(review=second, by=cast.bram, reason="seen") == 1
    actions.review_approve(review=review, by=cast.bram)


def test_a_long_clock_that_the_technician_confirms_is_no_other_end(shop, cast, client_as):
    order = night(shop, proposed=14)
    actions.review_open(work_order=order, by=cast.bram)
    page = client_as(cast.bram).get(reverse("review:review_detail", args=[order.pk])).content.decode()
    assert "The technician says that the clock is right" in page
    assert "Another end of work is proposed" not in page
