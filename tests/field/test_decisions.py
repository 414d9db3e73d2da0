"""What the office decides about what a phone reported."""

import pytest
from django.urls import reverse

from apps.core.refusals import Forbidden, Refused
from apps.field import actions
from apps.field.models import FieldEvent, TimeEntry
from apps.planning.models import Assignment
from apps.workorders.models import WorkOrder
from tests.builders import photo_stored
from tests.pages import post_by_hand, submit
from tests.statements import statements


@pytest.fixture
def late(phone, order, pump):
    """Materials that were reported after the office cancelled the job."""
    phone.begin()
    WorkOrder.objects.filter(pk=order.pk).update(status="cancelled")
    return phone.send("material", material=pump.pk, quantity="2")


def test_what_is_applied_after_all_counts(late, phone, cast):
    actions.event_apply_after_all(event=late, by=cast.bram)
    late.refresh_from_db()
    assert phone.visit.materials.get().quantity == 2
    assert (late.state, late.decided_by) == ("decided", cast.bram)
    assert phone.visit.status == "started"


def test_time_on_a_visit_that_was_given_away_is_credited_to_who_worked(phone, cast):
    phone.begin()
    Assignment.objects.filter(pk=phone.assignment.pk).update(technician=cast.tessa.technician)
    event = phone.send("pause")
    assert event.why == "not_yours"
    actions.event_apply_after_all(event=event, by=cast.bram)
    assert {entry.visit.technician for entry in TimeEntry.objects.all()} == {cast.tim.technician}


def test_start_and_stop_after_all_make_a_stretch_of_time(phone, cast, order):
    phone.done("before_photo", file=photo_stored())
    WorkOrder.objects.filter(pk=order.pk).update(status="in_review")
    for event in [phone.send("start"), phone.send("stop")]:
        assert event.why == "already_reviewed"
        actions.event_apply_after_all(event=event, by=cast.bram)
    (entry,) = TimeEntry.objects.all()
    assert entry.ended_at
    order.refresh_from_db()
    assert order.status == "in_review"


def test_what_cannot_be_applied_even_so_stays_to_decide(phone, cast):
    phone.begin()
    event = phone.send("material", material=0, quantity="1")
    with pytest.raises(Refused, match="The material is not in the"):
        actions.event_apply_after_all(event=event, by=cast.bram)
    event.refresh_from_db()
    assert event.state == "to_decide"


def test_set_aside_changes_nothing_and_keeps_the_reason(late, phone, cast):
    actions.event_set_aside(event=late, by=cast.bram, reason="Already on another job")
    late.refresh_from_db()
    assert (late.state, late.decision) == ("decided", "Already on another job")
    assert not phone.visit.materials.exists()


def test_a_decision_is_made_once(late, cast):
    actions.event_set_aside(event=late, by=cast.bram, reason="Double")
    with pytest.raises(Refused, match="Somebody has already decided about this"):
        actions.event_apply_after_all(event=late, by=cast.petra)


def test_a_technician_does_not_decide(late, cast):
    with pytest.raises(Forbidden):
        actions.event_set_aside(event=late, by=cast.tim, reason="Mine")


def test_the_office_reads_and_decides_on_a_page(late, client_as, cast, phone):
    bram = client_as(cast.bram)
    page = bram.get(reverse("field:event_list")).content.decode()
    assert "cancelled meanwhile" in page
    detail = reverse("field:event_detail", args=[late.pk])
    assert "Apply after all" in bram.get(detail).content.decode()
    page, apply = bram.get(detail), reverse("field:event_apply_after_all", args=[late.pk])
    aside = reverse("field:event_set_aside", args=[late.pk])
    assert submit(page, client=bram, form=aside, past_browser=True).status_code == 422
    assert submit(page, client=bram, form=apply).status_code == 302
    older = post_by_hand(bram, apply)  # as in the tab of a colleague
    assert older.status_code == 409
    assert "Applied after all" in bram.get(detail).content.decode()
    assert phone.visit.materials.count() == 1


def test_set_aside_by_its_form(late, client_as, cast):
    bram = client_as(cast.bram)
    detail = reverse("field:event_detail", args=[late.pk])
    assert submit(detail, client=bram, press="Set aside", reason="Double").status_code == 302
    assert FieldEvent.objects.get(pk=late.pk).decision == "Double"


@pytest.mark.parametrize("name", ["event_list", "event_detail"])
def test_the_page_is_for_the_office(late, client_as, cast, name):
    args = [late.pk] if name == "event_detail" else []
    assert client_as(cast.tim).get(reverse(f"field:{name}", args=args)).status_code == 403


def test_the_list_asks_the_same_however_long(late, phone, client_as, cast, pump):
    bram, page = client_as(cast.bram), reverse("field:event_list")
    few = statements(bram, page)
    for _ in range(10):
        phone.send("material", material=pump.pk, quantity="1")
    assert statements(bram, page) == few


def test_the_list_is_filtered_searched_and_exported(late, client_as, cast):
    bram = client_as(cast.bram)
    url = reverse("field:event_list")
    assert "Tim" in bram.get(url, {"q": "parkzicht"}).content.decode()
    assert "Nothing to decide" in bram.get(url, {"q": "nobody"}).content.decode()
    assert "Material used" in bram.get(url, {"export": "csv"}).content.decode("utf-8-sig")


def test_a_deviation_is_followed_up_once_with_a_word(phone, client_as, cast):
    phone.begin()
    phone.done("deviation", text="Rust")
    deviation = phone.visit.deviations.get()
    bram = client_as(cast.bram)
    url = reverse("field:deviation_follow_up", args=[deviation.pk])
    assert "Rust" in bram.get(url).content.decode()
    colleagues = bram.get(url)
    assert submit(url, client=bram, text="", past_browser=True).status_code == 422
    assert submit(url, client=bram, text="Ordered a part").status_code == 302
    assert submit(colleagues, client=bram, text="Again").status_code == 409
    assert client_as(cast.tim).get(url).status_code == 403


def test_the_dashboard_and_the_rail_lead_to_what_waits(late, client_as, cast):
    page = client_as(cast.bram).get(reverse("office:dashboard")).content.decode()
    assert reverse("field:event_detail", args=[late.pk]) in page
    assert reverse("field:event_list") in page
