"""Hours that no clock recorded: noted in the review, judged and charged as the others."""

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core import clock
from apps.core.refusals import Refused
from apps.field.actions.visits import end_propose
from apps.field.models import TimeEntry
from apps.messaging.models import Notice
from apps.pipeline.checks import faults
from apps.review import actions
from apps.review.models import Billable
from tests.builders import photo_stored
from tests.pages import submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(shop: Any) -> Any:
    """Two hours of € 60, handed in."""
    return shop.done("actuals", 0, 120)


@pytest.fixture
def review(order: Any, cast: Any) -> Any:
    return actions.review_open(work_order=order, by=cast.bram)


def add(order: Any, review: Any, by: Any, *, after: float = 0, hours: float = 1, **more: Any) -> TimeEntry:
    visit = order.visits.get()
    last = visit.time_entries.latest("started_at").ended_at + timedelta(hours=after)
    given: dict[str, Any] = {"visit": visit, "kind": "work", "reason": "Forgot to go on"}
    given |= {"started_at": last, "ended_at": last + timedelta(hours=hours)}
    with clock.at(last + timedelta(days=1)):
        return actions.time_add(review=review, by=by, **given | more)


def test_it_is_charged_as_what_a_clock_recorded(order: Any, review: Any, cast: Any) -> None:
    before = sum(row.net for row in Billable.objects.filter(work_order=order))
    entry = add(order, review, cast.bram, hours=1.5)
    made = Billable.objects.get(time_entry=entry)
    assert (made.quantity, made.recorded_quantity, made.net) == (D("1.5"), D("1.5"), 90)
    assert sum(row.net for row in Billable.objects.filter(work_order=order)) == before + 90
    assert faults() == []
    assert Notice.objects.filter(user=cast.tim, text__contains="Forgot to go on").exists()
    actions.proposals_accept(review=review, by=cast.bram)
    with pytest.raises(actions.Unjudged):  # the customer signed for less
        actions.review_approve(review=review, by=cast.bram)
    actions.finding_add(
        review=review, subject=order.visits.get(), part="signature", decision="accepted", by=cast.bram, reason="Called",
    )  # fmt: skip
    actions.review_approve(review=review, by=cast.bram)
    assert faults() == []


def test_where_a_clock_of_theirs_ran_nothing_is_noted(order: Any, review: Any, shop: Any, cast: Any) -> None:
    with pytest.raises(Refused, match="as the clock says"):
        add(order, review, cast.bram, after=-0.5)
    elsewhere = shop.done("actuals", 0, 120)
    there = elsewhere.visits.get().time_entries.get()
    with clock.at(there.ended_at + timedelta(days=1)), pytest.raises(Refused, match=elsewhere.number):
        actions.time_add(
            review=review, visit=order.visits.get(), kind="travel", by=cast.bram, reason="Drove back",
            started_at=there.started_at - timedelta(hours=1), ended_at=there.started_at + timedelta(minutes=1),
        )  # fmt: skip
    assert Billable.objects.filter(work_order=order).count() == 1


def test_what_is_still_to_come_and_what_has_no_reason_is_refused(order: Any, review: Any, cast: Any) -> None:
    with pytest.raises(Refused, match="still to come"):
        add(order, review, cast.bram, hours=40)
    with pytest.raises(Refused, match="reason"):
        add(order, review, cast.bram, reason=" ")
    with pytest.raises(Refused):
        add(order, review, cast.bram, kind="pause")


def test_another_jobs_review_and_an_approved_one_take_nothing(
    order: Any, review: Any, shop: Any, cast: Any
) -> None:
    other = actions.review_open(work_order=shop.done("actuals", 0, 60, later=5), by=cast.bram)
    with pytest.raises(Refused, match="does not belong"):
        add(order, other, cast.bram)
    actions.proposals_accept(review=review, by=cast.bram)
    actions.review_approve(review=review, by=cast.bram)
    with pytest.raises(Refused, match="approved this review"):
        add(order, review, cast.bram)
    assert TimeEntry.objects.filter(added_by__isnull=False).count() == 0


def test_postgres_keeps_who_and_why_together(order: Any, cast: Any) -> None:
    entry = order.visits.get().time_entries.get()
    for wrong in ({"added_by": cast.bram}, {"added_why": "x"}):
        with pytest.raises(IntegrityError, match="added_time_says_who_and_why"), transaction.atomic():
            TimeEntry.objects.filter(pk=entry.pk).update(**wrong)


def test_it_is_noted_on_the_page_of_the_review(order: Any, review: Any, cast: Any, client_as: Any) -> None:
    bram, address = client_as(cast.bram), f"/review/{order.pk}/time/"
    assert address in bram.get(f"/review/{order.pk}/").content.decode()
    last = order.visits.get().time_entries.get().ended_at
    with clock.at(last + timedelta(days=1)):
        wrong = submit(address, client=bram, press="Note the time", start="03:00", hours="0", reason="Forgot")
        assert wrong.status_code == 422
        within = timezone.localtime(last - timedelta(hours=1)).strftime("%H:%M")
        clash = submit(address, client=bram, press="Note the time", start=within, hours="1", reason="Forgot")
        assert clash.status_code == 422
        assert "as the clock says" in clash.content.decode()
        assert "Forgot" in clash.content.decode()
        done = submit(address, client=bram, press="Note the time", hours="0,5", reason="Forgot")
    assert done.status_code == 302
    entry = TimeEntry.objects.get(added_by=cast.bram)
    assert entry.started_at == last  # it begins where no clock ran any more
    page = bram.get(f"/review/{order.pk}/").content.decode()
    assert f'id="time-{entry.pk}"' in page
    assert "no clock recorded it: Forgot" in page


def test_a_time_that_the_clock_skipped_is_refused_at_its_field(
    order: Any, review: Any, cast: Any, client_as: Any
) -> None:
    last = order.visits.get().time_entries.get().ended_at
    with clock.at(last + timedelta(days=400)):
        answer = submit(
            f"/review/{order.pk}/time/", client=client_as(cast.bram), press="Note the time", day="2027-03-28",
            start="02:30", hours="1", reason="Forgot",
        )  # fmt: skip
    assert answer.status_code == 422
    assert "this time was not there" in answer.content.decode()


def test_a_clock_that_is_told_later_is_kept_whole_beside_what_was_noted(
    order: Any, review: Any, shop: Any, cast: Any
) -> None:
    """The phone had no network: it holds a start before the noted hour and a stop after it."""
    noted = add(order, review, cast.bram, after=8)
    phone = shop.phone(shop.order(), start=noted.started_at - timedelta(minutes=30), hours=2)
    with clock.at(noted.ended_at + timedelta(hours=5)):
        phone.done("before_photo", file=photo_stored(), occurred_at=noted.started_at - timedelta(minutes=31))
        phone.done("start", occurred_at=noted.started_at - timedelta(minutes=30))
        phone.done("stop", occurred_at=noted.ended_at + timedelta(minutes=30))
    entry = phone.visit.time_entries.get()
    assert entry.ended_at - entry.started_at == timedelta(hours=2)
    noted.refresh_from_db()
    assert noted.ended_at - noted.started_at == timedelta(hours=1)


def test_what_a_forgotten_clock_ran_on_is_no_clash(order: Any, review: Any, cast: Any) -> None:
    """The clock ran two hours; the technician says that the work ended after one."""
    visit = order.visits.get()
    clocked = visit.time_entries.get()
    ended = clocked.started_at + timedelta(hours=1)
    end_propose(visit, entry=clocked.pk, ended_at=ended, reason="Forgot to stop", at=clocked.ended_at)
    noted = add(order, review, cast.bram, after=-1, hours=0.5)
    assert noted.started_at == ended


def test_the_moment_that_is_proposed_is_taken_whatever_second_the_clock_stopped_at(
    order: Any, review: Any, cast: Any, client_as: Any
) -> None:
    clocked = order.visits.get().time_entries.get()
    stopped = clocked.ended_at + timedelta(seconds=33)
    TimeEntry.objects.filter(pk=clocked.pk).update(ended_at=stopped)
    with clock.at(stopped + timedelta(days=1)):
        done = submit(
            f"/review/{order.pk}/time/", client=client_as(cast.bram), press="Note the time", hours="0,5",
            reason="Forgot",
        )  # fmt: skip
    assert done.status_code == 302
    assert TimeEntry.objects.get(added_by=cast.bram).started_at == stopped + timedelta(seconds=27)
