"""What comes from the phone after the review: nothing of it is on no list, and nothing that was done goes unbilled."""

from datetime import datetime, timedelta
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from apps.acceptance.judging import concerns_judge
from apps.accounts.models import User
from apps.core import clock
from apps.core.refusals import Forbidden
from apps.field.actions import event_apply_after_all, event_set_aside
from apps.field.models import FieldEvent
from apps.invoicing.actions import invoice_draft, invoice_issue
from apps.leaks.actions import leaks_detect
from apps.leaks.models import Leak
from apps.pipeline.checks import faults
from apps.pipeline.figures import standing
from apps.review import actions
from apps.review.models import Billable, Concern, Review
from apps.tasks.waiting import tasks
from tests.pages import Page, submit

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 9, tzinfo=ZoneInfo("Europe/Amsterdam"))
STATES = ("in_review", "approved", "drafted", "issued")


def reached(shop, cast, state, minutes=240):
    """A job of four hours (€ 240) that came so far."""
    order = shop.order()
    shop.phone(order, start=MONDAY, hours=12).work(minutes).tell("stop").finish(signed="Mrs Peters")
    order.refresh_from_db()
    review = actions.review_open(work_order=order, by=cast.bram)
    if state == "in_review":
        return order
    concerns_judge(review=review, by=cast.bram, reason="looked at")
    actions.review_approve(review=review, by=cast.bram)
    if state != "approved":
        invoice = invoice_draft(work_orders=[order], by=cast.bram)
        if state == "issued":
            invoice_issue(invoice=invoice, by=cast.bram)
    order.refresh_from_db()
    return order


def held():
    assert faults() == []
    found: dict[str, D] = {}
    for row in standing(clock.now()):
        found[row.stage] = found.get(row.stage, D(0)) + row.amount
    return found


def open_of(order):
    return {one.kind for one in Concern.objects.of_work_order(order).open()}


def todo(cast, order):
    return {
        (one.record, str(one.action))
        for one in tasks(cast.bram, clock.now()).tasks
        if one.record == order.number
    }


@pytest.mark.parametrize("state", STATES)
def test_an_end_of_work_that_is_proposed_late_is_judged_whatever_became_of_the_job(shop, cast, state):
    order = reached(shop, cast, state)
    shop.phone_of(order).propose(MONDAY + timedelta(hours=3), "Was home at noon")
    assert not FieldEvent.objects.to_decide().exists(), "it changes no record: nobody has to let it in"
    actions.billables_catch_up()
    assert "proposal" in open_of(order)
    order.refresh_from_db()
    if state in ("in_review", "approved"):
        assert (order.status, held()) == ("in_review", {"in_review": 240}), (
            "no invoice is made of it before that"
        )
        return
    stage = {"drafted": "drafted", "issued": "unsent"}[state]
    assert held() == {stage: 240, "unreviewed": 0}, "the euros stand once: on the invoice"
    assert (order.number, "Review") in todo(cast, order)
    actions.billables_catch_up()
    assert Billable.objects.filter(work_order=order).pending().count() == 1
    # and it can be finished
    review = actions.review_reopen(
        review=Review.objects.get(work_order=order), by=cast.bram, reason="the proposal"
    )
    concerns_judge(review=review, by=cast.bram, reason="the clock is right", fate="included")
    actions.review_approve(review=review, by=cast.bram)
    actions.billables_catch_up()
    assert open_of(order) == set()
    assert {one: euros for one, euros in held().items() if euros} == {stage: 240}
    assert not Billable.objects.filter(work_order=order).pending().exists()


@pytest.mark.parametrize("state", STATES)
def test_the_page_offers_only_what_can_be_taken(shop, cast, state, client_as):
    """Hours that stand on an invoice or a draft are charged otherwise by a credit note, not by an answer of the review."""
    order = reached(shop, cast, state)
    shop.phone_of(order).propose(MONDAY + timedelta(hours=3), "Was home at noon")
    actions.billables_catch_up()
    review = Review.objects.get(work_order=order)
    if review.status == "approved":
        actions.review_reopen(review=review, by=cast.bram, reason="the proposal")
    page = client_as(cast.bram).get(reverse("review:review_detail", args=[order.pk])).content.decode()
    assert "Was home at noon" in page
    assert ("as the technician says" in page) is (state in ("in_review", "approved"))


def test_a_proposal_that_was_judged_before_the_approval_opens_nothing(shop, cast):
    order = reached(shop, cast, "in_review")
    shop.phone_of(order).propose(MONDAY + timedelta(hours=3), "Was home at noon")
    review = Review.objects.get(work_order=order)
    concerns_judge(review=review, by=cast.bram, reason="the clock is right")
    actions.review_approve(review=review, by=cast.bram)
    actions.billables_catch_up()
    order.refresh_from_db()
    assert order.status == "ready_for_invoicing"


REPORTED = {
    "part": (lambda phone, shop: [phone.send("material", material=shop.valve.pk, quantity="2")], 50),
    "extra hours": (
        lambda phone, shop: [phone.send("extra_work", description="Second tap", hours="1,5")],
        90,
    ),
    "a stretch of work": (
        lambda phone, shop: [
            phone.send("resume", occurred_at=MONDAY + timedelta(hours=5)),
            phone.send("stop", occurred_at=MONDAY + timedelta(hours=7)),
        ],
        120,
    ),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("what", REPORTED)
def test_what_nobody_decided_yet_stands_in_the_pipeline_and_becomes_a_leak(shop, cast, state, what):
    report, worth = REPORTED[what]
    order = reached(shop, cast, state)
    before = held()
    events = report(shop.phone_of(order), shop)
    assert {one.state for one in events} == {"to_decide"}
    assert held() == before | {"undecided": worth}
    assert "Decide" in {str(one.action) for one in tasks(cast.bram, clock.now()).tasks}
    leaks_detect(clock.now() + timedelta(days=3))
    assert Leak.objects.get(detector="undecided").amount == worth
    for one in events:
        event_apply_after_all(event=one, by=cast.bram)
    actions.billables_catch_up()
    after = held()
    assert "undecided" not in after
    # in a review the clock holds hours of extra work that nobody offered: they are asked for once
    asked = 0 if (what, state) == ("extra hours", "in_review") else worth
    assert sum(after.values()) == sum(before.values()) + asked, "the same euros, in the records"
    assert (order.number, "Review") in todo(cast, order) or state == "in_review"


def test_what_the_office_sets_aside_or_cannot_be_read_holds_no_euro(shop, cast):
    order = reached(shop, cast, "issued")
    phone = shop.phone_of(order)
    event = phone.send("material", material=shop.valve.pk, quantity="2")
    phone.send("material", material="seven", quantity="1e9")
    phone.send("extra_work", description="More", hours="-3")
    phone.send("after_photo")
    assert held()["undecided"] == 50
    event_set_aside(event=event, by=cast.bram, reason="sent twice")
    assert held()["undecided"] == 0


@pytest.mark.parametrize("what", REPORTED)
def test_what_the_office_sets_aside_is_seen_with_what_it_was_worth(shop, cast, what):
    report, worth = REPORTED[what]
    order = reached(shop, cast, "issued")
    for event in report(shop.phone_of(order), shop):
        event_set_aside(event=event, by=cast.petra, reason="not now")
    phone = shop.phone_of(order)
    event_apply_after_all(event=phone.send("material", material=shop.pipe.pk, quantity="1"), by=cast.bram)
    leaks_detect(clock.now() + timedelta(days=1))
    sign = Leak.objects.get(detector="phone_set_aside")
    assert (sign.amount, sign.sign, sign.status) == (worth, True, "open")
    assert order.number in sign.subject_label


def test_the_stage_leads_to_where_it_is_decided(shop, cast, client_as):
    order = reached(shop, cast, "issued")
    shop.phone_of(order).send("material", material=shop.valve.pk, quantity="2")
    client = client_as(cast.bram)
    page = client.get("/pipeline/?stage=undecided").content.decode()
    assert order.number in page
    found = FieldEvent.objects.to_decide().get()
    one = f"/field/events/of/{found.assignment_id}/"
    assert f'href="{one}"' in page
    assert f"/field/events/{found.pk}/set-aside/" in client.get(one).content.decode()
    submit(Page.fetched(f"/field/events/{found.pk}/", client), client=client, press="Apply after all")
    assert not FieldEvent.objects.to_decide().exists()


def test_a_part_in_words_is_seen_where_nobody_decided_about_it(shop, cast):
    """It counts for nothing in its stage: nobody knows its price."""
    order = reached(shop, cast, "issued")
    phone = shop.phone_of(order)
    event = phone.send("material_other", description="Brass elbow", quantity="2")
    phone.send("material", material=shop.nameless.pk, quantity="1")
    assert held()["undecided"] == 0
    leaks_detect(clock.now())
    sign = Leak.objects.get(detector="undecided_without_price")
    assert (sign.sign, sign.target_id) == (True, event.assignment_id)
    assert "Brass elbow" in sign.subject_label
    assert shop.nameless.name in sign.subject_label
    for one in FieldEvent.objects.to_decide():
        event_set_aside(event=one, by=cast.bram, reason="sent twice")
    leaks_detect(clock.now())
    sign.refresh_from_db()
    assert sign.status == "closed"


class TestSettingAside:
    """What makes money smaller needs a reason, and above the limit the right to write off."""

    @pytest.fixture
    def clerk(self, cast):
        Group.objects.get(name="office").permissions.remove(Permission.objects.get(codename="write_off"))
        return User.objects.get(pk=cast.petra.pk)

    @pytest.fixture
    def phone(self, shop, cast):
        return shop.phone_of(reached(shop, cast, "issued"))

    def refused(self, event, clerk, match="right to write off"):
        with pytest.raises(Forbidden, match=match):
            event_set_aside(event=event, by=clerk, reason="not now")
        event.refresh_from_db()
        assert event.state == "to_decide"

    @pytest.mark.parametrize("what", ["extra hours", "a stretch of work"])
    def test_above_the_limit_it_is_refused_whichever_end_is_set_aside(self, phone, shop, clerk, cast, what):
        report, _worth = REPORTED[what]
        events = report(phone, shop)
        for event in events:
            self.refused(event, clerk)
        for event in events:
            event_set_aside(event=event, by=cast.olga, reason="sent twice")

    def test_many_small_ones_are_one_large_one(self, phone, shop, clerk):
        first, second = (phone.send("material", material=shop.valve.pk, quantity="2") for _each in "12")
        event_set_aside(event=first, by=clerk, reason="sent twice")
        self.refused(second, clerk)

    def test_what_nobody_priced_needs_the_right_and_what_is_no_work_does_not(self, phone, shop, clerk):
        self.refused(
            phone.send("material_other", description="Brass elbow", quantity="2"), clerk, "Nobody knows"
        )
        self.refused(phone.send("material", material=shop.nameless.pk, quantity="1"), clerk, "Nobody knows")
        event_set_aside(event=phone.send("after_photo"), by=clerk, reason="blurred")


def test_the_page_where_it_is_decided_says_what_it_is_worth(shop, cast, client_as):
    order = reached(shop, cast, "approved")
    phone = shop.phone_of(order)
    part = phone.send(
        "material", material=shop.valve.pk, quantity="2", occurred_at=MONDAY + timedelta(hours=3)
    )
    odd = phone.send("material_other", description="Beugel", quantity="1", unit="C62", occurred_at=MONDAY)
    assert (part.state, odd.state) == ("to_decide", "to_decide")
    page = client_as(cast.bram).get(f"/field/events/of/{phone.assignment.pk}/", follow=True).content.decode()
    assert "Worth, excl. VAT" in page
    assert "€50.00" in client_as(cast.bram).get(f"/field/events/{part.pk}/").content.decode()
    assert "nobody priced it" in client_as(cast.bram).get(f"/field/events/{odd.pk}/").content.decode()
    planner = client_as(cast.petra).get(f"/field/events/{part.pk}/").content.decode()
    assert ("Worth" in planner) == cast.petra.may("see_prices")
