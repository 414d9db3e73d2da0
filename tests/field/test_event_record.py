"""The receipt book: stored first, applied exactly once, never refused, never in the way."""

import re
import threading
import uuid
from datetime import timedelta

import pytest
from django.core import mail as mails
from django.db import connection
from django.urls import reverse
from django.utils import translation

from apps.core import clock
from apps.core.formats import clock_time
from apps.core.refusals import Refused
from apps.customers.models import Site
from apps.field.actions import events, reported
from apps.field.models import FieldEvent, MaterialUsage, TimeEntry, Visit
from apps.field.rules import UNDOABLE
from apps.messaging.actions import message_deliver
from apps.messaging.models import Message
from apps.planning.actions import assignment_cancel
from apps.planning.models import Assignment
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder
from tests.builders import photo_stored
from tests.field.conftest import booked


def test_a_whole_job_is_applied_event_by_event(phone, order, pump):
    phone.done("travel")
    phone.begin()
    phone.done("pause")
    phone.done("resume")
    phone.done("material", material=pump.pk, quantity="2,5")
    phone.done("stop")
    phone.done("material_remove", usage=phone.visit.materials.get().pk)
    phone.complete()
    phone.done("finish")
    order.refresh_from_db()
    assert phone.visit.status == "finished"
    assert order.status == "ready_for_review"
    assert list(phone.visit.time_entries.values_list("kind", flat=True)) == [
        "travel",
        "work",
        "pause",
        "work",
    ]
    assert not phone.visit.time_entries.filter(ended_at__isnull=True).exists()


def test_the_same_id_again_gives_the_same_receipt_and_changes_nothing(phone, pump):
    phone.begin()
    id = uuid.uuid4()
    first = phone.send("material", id=id, material=pump.pk, quantity="1")
    second = phone.send("material", id=id, material=pump.pk, quantity="1")
    assert first.receipt == second.receipt
    assert MaterialUsage.objects.count() == 1


def test_an_id_of_somebody_else_is_refused(phone, second_phone):
    id = uuid.uuid4()
    phone.send("travel", id=id)
    with pytest.raises(Refused, match="This was already recorded by somebody"):
        second_phone.send("travel", id=id)


def test_an_event_for_a_visit_that_is_not_theirs_any_more_is_kept_for_the_office(phone, cast):
    Assignment.objects.filter(pk=phone.assignment.pk).update(technician=cast.tessa.technician)
    event = phone.send("travel")
    assert (event.state, event.why) == ("to_decide", "not_yours")
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("status", "why"),
    [("cancelled", "cancelled"), ("to_plan", "not_planned"), ("in_review", "already_reviewed"),
     ("invoiced", "already_reviewed")],
)  # fmt: skip
def test_an_event_for_a_job_that_went_on_without_it_is_kept_for_the_office(phone, order, status, why):
    WorkOrder.objects.filter(pk=order.pk).update(status=status)
    event = phone.send("travel")
    assert (event.state, event.why) == ("to_decide", why)


def test_an_event_that_does_not_fit_does_not_hold_up_those_behind_it(phone):
    early = phone.send("pause")
    assert early.state == "to_decide"
    assert early.why.startswith("out_of_order")
    phone.begin()
    assert phone.done("pause").state == "applied"


def test_an_event_that_a_bug_cannot_apply_is_kept_and_leaves_no_half_work(phone, monkeypatch):
    def broken(one):
        TimeEntry.objects.create(visit=one.visit, kind="work", started_at=one.at)
        raise ZeroDivisionError

    monkeypatch.setitem(reported.RECORDERS, "travel", broken)
    event = phone.send("travel", note="kept")
    assert (event.state, event.why) == ("to_decide", "fault:ZeroDivisionError")
    assert FieldEvent.objects.get().payload == {"note": "kept"}
    assert not TimeEntry.objects.exists()


def test_an_event_that_the_database_refuses_is_kept(phone, monkeypatch):
    def refused(one):
        TimeEntry.objects.create(visit=one.visit, kind="nonsense", started_at=one.at)

    monkeypatch.setitem(reported.RECORDERS, "travel", refused)
    assert phone.send("travel").why == "fault:IntegrityError"
    assert FieldEvent.objects.get().state == "to_decide"


@pytest.mark.parametrize("kind", ["dance", "x" * 50])
def test_a_kind_that_we_do_not_know_is_kept(phone, kind):
    assert phone.send(kind).why == "unknown_kind"


def test_an_event_without_a_visit_is_kept(phone):
    phone.assignment = None
    assert phone.send("travel").why == "unknown_visit"


def test_work_does_not_start_without_a_before_photo(phone):
    assert phone.send("start").why == "needs_before_photo"
    phone.done("before_photo", file=photo_stored())
    phone.done("start")


@pytest.mark.parametrize(
    ("kind", "payload", "why"),
    [
        ("after_photo", {}, "no_photo"),
        ("work_done", {"text": "  "}, "no_text"),
        ("material", {"material": "x", "quantity": "1"}, "unknown_material"),
        ("extra_work", {"description": "More", "hours": "many"}, "not_a_number:many"),
        ("extra_work", {"description": ""}, "no_text"),
        ("deviation", {"text": ""}, "no_text"),
        ("sign_off", {"name": "H. Vermeer"}, "no_signature"),
        ("hold", {}, "no_reason"),
        ("answer", {"field": 0, "value": "1"}, "unknown_field"),
        ("material_remove", {"usage": 99}, "unknown_record"),
        ("sign_off", {"reason": "away", "shown_hash": "0" * 64}, "shown_changed"),
    ],
)
def test_an_incomplete_event_says_what_is_wrong_with_it(phone, kind, payload, why):
    phone.begin()
    event = phone.send(kind, **payload)
    assert (event.state, event.why) == ("to_decide", why)
    assert event.why_sentence != event.why


@pytest.mark.parametrize("quantity", ["0", "-1", "1e9", "NaN", "Infinity", "", "1,2,3", "0.0001"])
def test_a_quantity_that_makes_no_sense_is_kept_for_the_office(phone, pump, quantity):
    phone.begin()
    assert phone.send("material", material=pump.pk, quantity=quantity).state == "to_decide"
    assert not MaterialUsage.objects.exists()


def test_finishing_too_early_says_what_is_missing(phone):
    phone.begin()
    event = phone.send("finish")
    assert event.why.startswith("incomplete:")
    assert "after" in event.why_sentence
    assert phone.visit.status == "started"


@pytest.mark.parametrize(
    ("kind", "english", "dutch"),
    [
        ("finish", "Describe the work done", "Beschrijf het uitgevoerde werk"),
        ("resume", "Working", "Aan het werk"),
    ],
)
def test_why_it_waits_is_told_in_the_language_of_whoever_reads_it(phone, kind, english, dutch):
    phone.begin()
    with translation.override("nl"):
        event = phone.send(kind)
        assert dutch in event.why_sentence
    assert english in event.why_sentence


def test_no_materials_is_not_believed_when_there_are_some(phone, pump):
    phone.begin()
    phone.done("material", material=pump.pk, quantity="1")
    assert phone.send("no_materials").why == "there_are_some"


def test_the_clock_of_the_phone_is_corrected_and_flagged(phone):
    now = clock.now()
    event = phone.done("travel", occurred_at=now - timedelta(minutes=30), skew_seconds=600)
    entry = TimeEntry.objects.get()
    assert entry.started_at == now - timedelta(minutes=20)
    assert event.clock_is_off


def test_two_minutes_off_is_not_worth_a_flag(phone):
    assert not phone.done("travel", skew_seconds=120).clock_is_off


def test_nothing_happens_after_it_was_received(phone):
    phone.done("travel", occurred_at=clock.now() + timedelta(days=2))
    assert TimeEntry.objects.get().started_at <= clock.now()


def test_a_stop_before_its_start_is_kept_for_the_office(phone):
    phone.begin()
    event = phone.send("pause", occurred_at=clock.now() - timedelta(hours=1))
    assert event.why == "before_its_start"
    assert phone.visit.status == "started"


def test_leaving_for_a_job_mails_the_customer_without_an_amount(phone):
    phone.done("travel")
    mail = Message.objects.get(kind="on_my_way")
    assert mail.to_address == "vve@example.test"
    assert "Tim" in mail.subject


def test_the_phone_says_before_what_the_customer_will_hear(phone, order, client_as, cast):
    Technician.objects.filter(user=phone.user).update(home_latitude=51.58, home_longitude=4.78)
    Site.objects.filter(pk=order.site_id).update(latitude=51.58 + 10 / 111.195, longitude=4.78)
    address = reverse("phone:job", args=[phone.assignment.pk])
    said = client_as(cast.tim).get(address).context["hears"]["said"]
    phone.done("travel")
    told = re.findall(r"at about (\d\d:\d\d)", Message.objects.get(kind="on_my_way").body)
    assert re.findall(r"at about (\d\d:\d\d)", said) == told != []
    assert client_as(cast.tim).get(address).context["hears"] == {}


def test_where_the_customer_has_no_address_nothing_is_said_to_be_told(phone, order, client_as, cast):
    order.customer.email = ""
    order.customer.save()
    address = reverse("phone:job", args=[phone.assignment.pk])
    assert client_as(cast.tim).get(address).context["hears"] == {}


def test_the_customer_hears_when_the_technician_will_be_there(phone, order):
    """From home, 10 km as the crow flies: 16 minutes by road, told to five."""
    Technician.objects.filter(user=phone.user).update(home_latitude=51.58, home_longitude=4.78)
    Site.objects.filter(pk=order.site_id).update(latitude=51.58 + 10 / 111.195, longitude=4.78)
    phone.done("travel")
    left = phone.visit.time_entries.get().started_at
    there = left.replace(second=0, microsecond=0) + timedelta(minutes=16)
    there += timedelta(minutes=-there.minute % 5)
    assert f"at about {clock_time(there)}." in Message.objects.get(kind="on_my_way").body


def test_where_nobody_knows_the_way_no_time_is_told(phone, order):
    Site.objects.filter(pk=order.site_id).update(latitude=None, longitude=None)
    phone.done("travel")
    assert "at about" not in Message.objects.get(kind="on_my_way").body


def test_a_trip_that_is_broken_off_at_once_is_not_told_and_may_be_made_again(phone):
    phone.done("travel")
    phone.done("turn_back")
    (trip,) = phone.visit.time_entries.all()
    assert (phone.visit.status, trip.ended_at is not None) == ("assigned", True)
    phone.done("travel")
    first, second = Message.objects.filter(kind="on_my_way").order_by("pk")
    assert not message_deliver(message=second)  # half a minute to think again
    with clock.at(clock.now() + UNDOABLE):
        assert all(message_deliver(message=one) for one in (first, second))
    assert list(Message.objects.filter(kind="on_my_way").order_by("pk").values_list("status", flat=True)) == [
        "withdrawn",
        "sent",
    ]
    assert len(mails.outbox) == 1


def arrive(phone, cast):
    phone.begin()


def go_back_and_start(phone, cast):
    phone.done("turn_back")
    phone.begin()


def be_put_off(phone, cast):
    phone.done("hold", reason="Waits for a part")


def be_relieved(phone, cast):
    assignment_cancel(assignment=phone.assignment, by=cast.petra, reason="Somebody else goes")


@pytest.mark.parametrize("then", [arrive, go_back_and_start, be_put_off, be_relieved])
def test_who_is_not_on_the_way_any_more_is_not_said_to_have_just_left(phone, cast, then):
    phone.done("travel")
    then(phone, cast)
    with clock.at(clock.now() + UNDOABLE):
        message_deliver(message=Message.objects.get(kind="on_my_way"))
    assert Message.objects.get(kind="on_my_way").status == "withdrawn"


def test_a_mail_that_has_left_is_not_taken_back(phone):
    phone.done("travel")
    with clock.at(clock.now() + UNDOABLE):
        message_deliver(message=Message.objects.get(kind="on_my_way"))
    phone.done("turn_back")
    assert Message.objects.get(kind="on_my_way").status == "sent"


def test_what_a_phone_tells_much_later_is_no_news_to_the_customer(phone):
    phone.done("travel", occurred_at=clock.now() - timedelta(minutes=40))
    assert phone.visit.status == "travelling"
    assert not Message.objects.filter(kind="on_my_way").exists()


def test_a_job_is_ready_only_when_the_last_technician_is_done(phone, second_phone, order):
    for one in (phone, second_phone):
        one.begin()
        one.complete()
    phone.done("finish")
    order.refresh_from_db()
    assert order.status == "in_progress"
    second_phone.done("finish")
    order.refresh_from_db()
    assert order.status == "ready_for_review"


def test_no_access_makes_a_missed_appointment(phone, order):
    assert phone.send("no_access", reason="Nobody there").why == "no_photo"
    phone.done("no_access", reason="Nobody there", file=photo_stored())
    order.refresh_from_db()
    assert (phone.visit.status, order.status) == ("no_access", "missed")


def test_no_access_for_one_does_not_miss_the_job_of_the_other(phone, second_phone, order):
    second_phone.begin()
    phone.done("no_access", reason="Wrong door", file=photo_stored())
    order.refresh_from_db()
    assert order.status == "in_progress"
    second_phone.complete()
    second_phone.done("finish")
    order.refresh_from_db()
    assert order.status == "ready_for_review"


def test_a_blocking_issue_asks_for_the_office_and_stops_the_clock(phone, order):
    phone.begin()
    phone.done("deviation", text="Asbestos", blocks=True)
    order.refresh_from_db()
    assert order.status == "action_required"
    assert not phone.visit.time_entries.filter(ended_at__isnull=True).exists()
    phone.done("resume")
    order.refresh_from_db()
    assert order.status == "in_progress"


def test_a_visit_on_hold_no_longer_holds_up_a_job_that_was_planned_anew(phone, cast, order):
    phone.begin()
    phone.done("hold", reason="Waiting for a part")
    order.refresh_from_db()
    assert order.status == "on_hold"
    WorkOrder.objects.filter(pk=order.pk).update(status="planned")
    phone.assignment = booked(cast.tim, order, clock.now() + timedelta(days=1))
    phone.begin()
    phone.complete()
    phone.done("finish")
    order.refresh_from_db()
    assert order.status == "ready_for_review"


@pytest.mark.parametrize("first", ["hold", "deviation"])
def test_what_a_second_technician_waits_for_stands_at_the_job_too(
    phone, second_phone, order, client_as, cast, first
):
    phone.begin()
    phone.done(first, **({"reason": "A crane"} if first == "hold" else {"text": "Asbestos", "blocks": True}))
    second_phone.done("hold", reason="The key of the cabinet")
    page = client_as(cast.bram).get(f"/work-orders/{order.pk}/").content.decode()
    assert "Has to wait for something else too" in page
    assert "The key of the cabinet" in page


def test_an_issue_of_one_is_not_wiped_out_by_the_start_of_another(phone, second_phone, order):
    phone.begin()
    phone.done("deviation", text="Asbestos", blocks=True)
    second_phone.begin()
    order.refresh_from_db()
    assert order.status == "action_required"


def test_a_value_outside_its_limits_is_an_answer_and_flags_a_deviation(phone, form):
    phone.begin()
    pressure = form.fields.get(label="Pressure")
    phone.done("answer", field=pressure.pk, value="4,2")
    assert phone.visit.answers.get().value == "4.2"
    deviation = phone.visit.deviations.get()
    assert deviation.field == pressure
    assert "4.2" in deviation.text
    phone.done("answer", field=pressure.pk, value="4.2")
    assert phone.visit.deviations.count() == 1
    phone.done("answer", field=pressure.pk, value="2")
    assert phone.visit.answers.get().value == "2"


@pytest.mark.parametrize(
    ("label", "value", "why"),
    [("Pressure", "high", "not_a_number:high"), ("State of the boiler", "Purple", "not_a_choice:Purple"),
     ("Type plate", "x", "no_photo"), ("Remarks", " ", "no_text")],
)  # fmt: skip
def test_an_answer_of_the_wrong_kind_is_kept_for_the_office(phone, form, label, value, why):
    phone.begin()
    assert phone.send("answer", field=form.fields.get(label=label).pk, value=value).why == why


def test_a_change_after_the_signature_asks_for_it_again(phone, pump):
    phone.begin()
    phone.complete()
    phone.done("material", material=pump.pk, quantity="1")
    assert phone.visit.sign_off_outdated_at
    assert phone.send("finish").state == "to_decide"
    phone.done("sign_off", reason="Nobody at home")
    phone.done("finish")


def test_the_signature_holds_what_was_shown_and_its_hash(phone, pump):
    from apps.core.canonical import fingerprint

    phone.begin()
    phone.done("material", material=pump.pk, quantity="2")
    phone.done("sign_off", name="H. Vermeer", file=photo_stored())
    signed = phone.visit.sign_off
    assert signed.shown["materials"] == [{"name": pump.name, "quantity": "2", "unit": "piece"}]
    assert signed.shown_hash == fingerprint(signed.shown)


@pytest.mark.django_db(transaction=True)
def test_a_repeated_event_in_parallel_is_applied_once(phone, pump, monkeypatch):
    phone.begin()

    def race() -> list[object]:
        id, found = uuid.uuid4(), []
        barrier = threading.Barrier(8)

        def press() -> None:
            barrier.wait()
            try:
                found.append(phone.send("material", id=id, material=pump.pk, quantity="1").receipt)
            except Exception as error:
                found.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=press) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    with monkeypatch.context() as unlocked:
        unlocked.setattr(events, "phone_lock", lambda user_id: None)
        shown = any(isinstance(one, Exception) for _try in range(20) for one in race())
        assert shown, "the race does not show without the lock"
    MaterialUsage.objects.all().delete()
    receipts = race()
    assert receipts == [receipts[0]] * 8
    assert MaterialUsage.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_last_visits_finished_at_the_same_moment_hand_the_job_in_once(phone, second_phone, order):
    for one in (phone, second_phone):
        one.begin()
        one.complete()
    barrier, found = threading.Barrier(2), []

    def press(one) -> None:
        barrier.wait()
        try:
            found.append(one.send("finish").why)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[one]) for one in (phone, second_phone)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    order.refresh_from_db()
    assert found == ["", ""]
    assert order.status == "ready_for_review"
