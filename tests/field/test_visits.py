"""What a visit does to its job, and what the office gets of it."""

from datetime import timedelta

import pytest
import time_machine
from django.template.loader import render_to_string
from django.utils.html import escape

from apps.core import chain, clock
from apps.core.canonical import fingerprint
from apps.core.chain import ChainKey
from apps.core.refusals import Refused
from apps.field import actions
from apps.field.actions.copies import copy_context
from apps.field.evidence import evidence_for
from apps.field.models import SignOff
from apps.messaging.actions import message_deliver
from apps.messaging.models import Message, Notice
from apps.planning.models import Assignment
from tests.builders import CompanyFactory, Phone, photo_stored
from tests.field.conftest import booked


@pytest.fixture
def finished(phone, pump):
    phone.begin()
    phone.done("material", material=pump.pk, quantity="3")
    phone.done("extra_work", description="Radiator", hours="0.5")
    for question in phone.assignment.work_order.job_form_version.fields.filter(required=True):
        value = {"tick": True, "number": "5", "choice": "Good", "reading": "100"}[question.kind]
        phone.done("answer", field=question.pk, value=value)
    phone.done("work_done", text="Replaced the pump.")
    phone.done("after_photo", file=photo_stored())
    phone.done("sign_off", name="H. Vermeer", file=photo_stored())
    phone.done("finish")
    return phone


def test_evidence_gathers_everything_in_one_query(second_phone, finished, order, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = evidence_for(order)
        (one,) = found.visits
        assert [str(used.material) for used in found.materials] == ["Circulation pump 15-60"]
        assert [extra.description for extra in found.extra_work] == ["Radiator"]
        assert "above" in found.deviations[0].text
        assert {photo.kind for photo in found.photos} == {"before", "after"}
        assert one.technician.user.name == "Tim"
        assert len(found.answers) == 4
        assert found.sign_offs[0].name == "H. Vermeer"


def test_evidence_adds_up_the_time_of_each_technician(phone, order):
    start = clock.now() - timedelta(hours=3)
    for minutes, kind, more in [(0, "travel", {}), (30, "before_photo", {"file": photo_stored()}), (30, "start", {}),
                                (90, "pause", {}), (100, "resume", {}), (160, "stop", {})]:  # fmt: skip
        phone.done(kind, occurred_at=start + timedelta(minutes=minutes), **more)
    (one,) = evidence_for(order).visits
    assert (one.travel_minutes, one.work_minutes, one.pause) == (30, 120, timedelta(minutes=10))


def test_evidence_shows_the_phones_whose_clock_was_off(phone, order):
    phone.done("travel", skew_seconds=900)
    assert [event.kind for event in evidence_for(order).clock_off] == ["travel"]


def test_a_returned_visit_needs_an_item_and_tells_its_technician(finished, cast, order):
    with pytest.raises(Refused, match="Say what the technician has to"):
        actions.visit_return(visit=finished.visit, items=[" "], by=cast.bram, reason="Look again")
    usage = finished.visit.materials.get()
    actions.visit_return(
        visit=finished.visit,
        items=[actions.ReturnItem("Three pumps?", usage), "Photo is dark"],
        by=cast.bram,
        reason="Look again",
    )
    order.refresh_from_db()
    assert (order.status, finished.visit.status) == ("returned", "paused")
    assert [item.subject_id for item in finished.visit.returned_items.all()] == [usage.pk, None]
    assert "Look again" in Notice.objects.filter(user=cast.tim).latest("pk").text


def test_a_visit_that_is_not_finished_cannot_be_returned(phone, cast):
    phone.begin()
    with pytest.raises(Refused, match="“Return to technician” is no longer possible"):
        actions.visit_return(visit=phone.visit, items=["x"], by=cast.bram, reason="y")


def test_a_correction_after_return_asks_for_a_new_signature(finished, cast, pump):
    actions.visit_return(visit=finished.visit, items=["Add the valve"], by=cast.bram, reason="Look again")
    finished.done("material", material=pump.pk, quantity="1")
    finished.done("returned_fixed", item=finished.visit.returned_items.get().pk)
    assert "Signature" in finished.send("finish").why_sentence or finished.send("finish").state == "to_decide"
    finished.done("sign_off", reason="The customer was not there any more")
    finished.done("finish")


def test_the_customer_gets_a_copy_without_an_amount(phone, order):
    CompanyFactory()
    phone.begin()
    phone.complete()
    phone.done("finish")
    message = Message.objects.get(kind="work_order_copy")
    assert message.to_address == "vve@example.test"
    assert message_deliver(message=message)
    (attachment,) = message.attachments.all()
    assert attachment.file.content_type == "application/pdf"
    assert "€" not in message.body


def test_the_copy_says_word_for_word_what_was_shown_without_a_network(phone, order):
    CompanyFactory()
    phone.begin()
    phone.complete()
    words = "Recorded since\r\nWork done\r\n14:02 · Pump <replaced>, twice."
    phone.done("sign_off", name="Mrs Bakker", file=photo_stored(), on_phone=words)
    phone.done("finish")
    html = render_to_string("documents/work_order_copy.html", copy_context(order, "en"))
    assert escape(words) in html
    assert "Signed by Mrs Bakker" in html


def test_without_an_address_there_is_no_copy(finished, order):
    order.customer.email = ""
    order.customer.save()
    before = Message.objects.count()
    assert actions.work_order_copy_send(work_order=order) is None
    assert Message.objects.count() == before


def test_finishing_mails_the_copy_once(finished, order):
    assert Message.objects.about(order).filter(kind="work_order_copy").count() == 1


def test_a_job_whose_last_visit_was_taken_off_the_plan_is_handed_in(finished, cast, order, order_make):
    second = order_make()
    mine, other = (Phone(user, booked(user, second, clock.now() + timedelta(days=3))) for user in (cast.tim, cast.tessa))  # fmt: skip
    mine.begin()
    mine.complete()
    mine.done("finish")
    assert not actions.work_order_settle(work_order=second)
    Assignment.objects.filter(pk=other.assignment.pk).update(active=False)
    assert actions.work_order_settle(work_order=second)
    second.refresh_from_db()
    assert second.status == "ready_for_review"


def test_what_was_signed_can_be_verified_years_later(finished):
    with time_machine.travel(clock.now() + timedelta(days=3000)):
        signed = SignOff.objects.get()
        assert fingerprint(signed.shown) == signed.shown_hash
        signed.shown["work_done"] = "Something else"
        assert fingerprint(signed.shown) != signed.shown_hash


def test_the_chain_tells_how_far_the_visits_are(phone, second_phone, cast, order):
    def step():
        return next(
            one
            for one in chain.chain(_Job(ChainKey(None, (order.pk,))), cast.bram)
            if str(one.label) == "Visits"
        )

    assert (step().state, step().detail) == ("todo", "0 of 2 visits")
    phone.begin()
    assert step().state == "current"
    for one in (phone, second_phone):
        if one is second_phone:
            one.begin()
        one.complete()
        one.done("finish")
    assert (step().state, step().detail) == ("done", "2 of 2 visits")


class _Job:
    def __init__(self, key: ChainKey) -> None:
        self.chain_key = key
