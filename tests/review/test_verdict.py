"""Judging evidence, deciding fates, approving, correcting afterwards."""

import threading
from decimal import Decimal as D

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, connections, transaction

from apps.core.models import AuditEvent
from apps.core.refusals import Forbidden, Refused
from apps.pricing.actions import policy_set
from apps.review import actions
from apps.review.models import Billable, Finding, Review

pytestmark = pytest.mark.django_db
SOLD = {"quantity": 2, "unit": "HUR", "unit_price": 60}


@pytest.fixture
def order(shop):
    return shop.done("sold_hours", 2, 180, quoted=[SOLD])


@pytest.fixture
def review(order, cast):
    return actions.review_open(work_order=order, by=cast.bram)


def excess(order):
    return Billable.objects.get(work_order=order, proposal="above_sold")


def test_approval_waits_for_the_last_pending_item(review, order, cast):
    with pytest.raises(Refused, match="1 still pending"):
        actions.review_approve(review=review, by=cast.bram)
    actions.billable_decide(billable=excess(order), fate="billable", by=cast.bram)
    actions.review_approve(review=review, by=cast.bram)
    order.refresh_from_db()
    review.refresh_from_db()
    assert (order.status, review.status, review.approved_by) == ("ready_for_invoicing", "approved", cast.bram)
    assert not Billable.objects.undecided().exists()


def test_the_database_refuses_an_approval_with_something_pending(review):
    with pytest.raises(IntegrityError, match="pending"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE review_review SET status = 'approved' WHERE id = %s", [review.pk])


def test_the_database_keeps_what_an_approved_review_decided(review, order, cast):
    with pytest.raises(Refused, match="No agreement covers this"):
        actions.billable_decide(billable=excess(order), fate="included", by=cast.bram)
    actions.billable_decide(billable=excess(order), fate="included", by=cast.bram, reason="a loyal customer")
    actions.review_approve(review=review, by=cast.bram)
    for statement in (
        "UPDATE review_billable SET fate = 'billable'",
        "UPDATE review_billable SET quantity = 1",
        "DELETE FROM review_billable",
    ):
        with (
            pytest.raises(IntegrityError, match="settled"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_many_small_corrections_are_one_large_one(review, order, cast):
    Group.objects.get(name="office").permissions.remove(Permission.objects.get(codename="write_off"))
    policy_set(by=cast.ada, loss_limit=D("20.00"))
    bram, item = type(cast.bram).objects.get(pk=cast.bram.pk), excess(order)
    actions.billable_decide(billable=item, fate="billable", by=bram, reason="as it was")
    actions.review_approve(review=review, by=bram)
    actions.billable_correct(billable=item, by=bram, reason="less", quantity=D("0.7"))
    with pytest.raises(Forbidden, match="needs the right to write off"):
        actions.billable_correct(billable=item, by=bram, reason="less again", quantity=D("0.5"))


def test_giving_up_more_than_the_limit_needs_the_right_to_write_off(review, order, cast):
    """In whatever way: a lower price, a lower quantity, or including what no agreement covers."""
    Group.objects.get(name="office").permissions.remove(Permission.objects.get(codename="write_off"))
    policy_set(by=cast.ada, loss_limit=D("20.00"))
    bram, item = type(cast.bram).objects.get(pk=cast.bram.pk), excess(order)
    assert not bram.may("write_off")
    with pytest.raises(Forbidden, match="needs the right to write off"):
        actions.billable_decide(billable=item, fate="included", by=bram, reason="a loyal customer")
    with pytest.raises(Forbidden, match="needs the right to write off"):
        actions.billable_decide(
            billable=item, fate="billable", by=bram, reason="cheap", unit_price=D("39.99")
        )
    with pytest.raises(Forbidden, match="needs the right to write off"):
        actions.finding_add(
            review=review,
            subject=item.time_entry,
            decision="corrected",
            by=bram,
            reason="clock",
            quantity=D(2),
        )
    kept = actions.billable_decide(
        billable=item, fate="billable", by=bram, reason="a bit less", unit_price=D("40.00")
    )
    assert (kept.list_price, kept.net, kept.recorded_net) == (60, 40, 60)
    assert actions.billable_decide(billable=item, fate="included", by=cast.olga, reason="a loyal customer")


def test_a_write_off_needs_a_reason_and_the_right(review, order, cast):
    with pytest.raises(Refused, match="reason"):
        actions.billable_decide(billable=excess(order), fate="written_off", by=cast.bram, reason="  ")
    with pytest.raises(Forbidden):
        actions.billable_decide(billable=excess(order), fate="written_off", by=cast.ada, reason="gift")
    written = actions.billable_decide(
        billable=excess(order), fate="written_off", by=cast.bram, reason="our mistake"
    )
    assert (written.fate, written.reason, written.decided_by) == ("written_off", "our mistake", cast.bram)


def test_what_has_no_price_is_not_invoiced_at_nothing(shop, cast):
    order = shop.done(parts=[(shop.nameless, 2)])
    actions.review_open(work_order=order, by=cast.bram)
    odd = Billable.objects.get(work_order=order, kind="material")
    with pytest.raises(Refused, match="price"):
        actions.billable_decide(billable=odd, fate="billable", by=cast.bram)
    priced = actions.billable_decide(billable=odd, fate="billable", by=cast.bram, unit_price=D("4.10"))
    assert (priced.net, priced.price_source) == (D("8.20"), "set in review")


def test_a_correction_needs_a_reason_and_leaves_the_original_visible(review, order, cast):
    entry = order.visits.get().time_entries.get()
    with pytest.raises(Refused, match="reason"):
        actions.finding_add(review=review, subject=entry, decision="corrected", by=cast.bram, quantity=D(1))
    actions.finding_add(
        review=review,
        subject=entry,
        decision="corrected",
        by=cast.bram,
        quantity=D("1.5"),
        reason="forgot to stop",
    )
    (row,) = Billable.objects.filter(time_entry=entry)
    assert (row.quantity, row.recorded_quantity, row.fate) == (D("1.5"), D(3), "included")
    entry.refresh_from_db()
    assert (entry.ended_at - entry.started_at).total_seconds() == 3 * 3600
    finding = Finding.objects.get()
    assert (finding.before, finding.after, finding.reason) == ("3", "1.5", "forgot to stop")


def test_a_correction_proposes_the_rest_anew_but_keeps_what_was_decided(shop, cast):
    order = shop.sold(SOLD, basis="sold_hours", hours=2)
    shop.phone(order).work(120).work(60).finish()
    second = order.visits.get().time_entries.latest("started_at")
    review = actions.review_open(work_order=order, by=cast.bram)
    actions.billable_decide(billable=excess(order), fate="written_off", by=cast.bram, reason="gift")
    first = order.visits.get().time_entries.exclude(pk=second.pk).get()
    actions.finding_add(
        review=review, subject=first, decision="corrected", by=cast.bram, quantity=D(1), reason="lunch"
    )
    assert Billable.objects.get(time_entry=second).fate == "written_off"


def test_evidence_of_another_job_is_refused(review, shop, cast):
    other = shop.done()
    with pytest.raises(Refused, match="does not belong"):
        actions.finding_add(
            review=review, subject=other.visits.get().time_entries.get(), decision="accepted", by=cast.bram
        )


def test_accepting_all_proposals_leaves_what_is_pending(review, order, cast):
    assert actions.proposals_accept(review=review, by=cast.bram) == 2
    assert excess(order).decided_at is None


def test_an_approved_review_says_who_was_first(review, order, cast):
    actions.billable_decide(billable=excess(order), fate="billable", by=cast.bram)
    actions.review_approve(review=review, by=cast.bram)
    with pytest.raises(Refused, match="Bram approved this review meanwhile"):
        actions.review_approve(review=review, by=cast.petra)
    assert AuditEvent.objects.filter(verb="review.approve").count() == 1


def test_a_reopened_review_can_decide_again(review, order, cast):
    actions.billable_decide(billable=excess(order), fate="billable", by=cast.bram)
    actions.review_approve(review=review, by=cast.bram)
    actions.review_reopen(review=review, by=cast.petra, reason="customer called")
    actions.billable_decide(billable=excess(order), fate="written_off", by=cast.petra, reason="goodwill")
    assert excess(order).fate == "written_off"


def test_a_later_correction_adds_the_difference_and_edits_nothing(review, order, cast):
    actions.billable_decide(billable=excess(order), fate="billable", by=cast.bram)
    with pytest.raises(Refused, match="still open"):
        actions.billable_correct(billable=excess(order), by=cast.bram, reason="x", quantity=D(2))
    actions.review_approve(review=review, by=cast.bram)
    added = actions.billable_correct(
        billable=excess(order), by=cast.bram, reason="half an hour was ours", quantity=D("0.5")
    )
    assert (added.kind, added.quantity, added.net, added.corrects) == (
        "correction", D("-0.5"), D("-30.00"), excess(order),
    )  # fmt: skip
    assert excess(order).quantity == 1
    actions.billable_correct(billable=excess(order), by=cast.bram, reason="no, all of it", quantity=D(1))
    total = sum(row.quantity for row in [excess(order), *excess(order).corrections.all()])
    assert total == 1
    with pytest.raises(Refused, match="changes nothing"):
        actions.billable_correct(billable=excess(order), by=cast.bram, reason="again", quantity=D(1))


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_who_approve_at_once_have_one_outcome(shop, cast):
    order = shop.done()
    review = actions.review_open(work_order=order, by=cast.bram)
    start, outcomes = threading.Barrier(4), []

    def approve(user) -> None:
        try:
            start.wait()
            actions.review_approve(review=Review.objects.get(pk=review.pk), by=user)
            outcomes.append("approved")
        except Refused:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=approve, args=(user,))
        for user in (cast.bram, cast.petra, cast.olga, cast.bram)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["approved", "refused", "refused", "refused"]
    assert AuditEvent.objects.filter(verb="workorder.approve").count() == 1
