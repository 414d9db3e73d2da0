"""Two technicians and two days of one job: what they share, what is each one's own, and who says that it is done."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.core import clock
from apps.core.actors import SYSTEM
from apps.documents.actions import file_store
from apps.field.actions import work_order_settle
from apps.field.actions.copies import copy_context
from apps.field.evidence import evidence_for, facts_of
from apps.field.models import SignOff, Visit
from apps.field.steps import PhoneStep, missing
from apps.leaks.actions import leaks_detect
from apps.leaks.models import Leak
from apps.office.sync import disagreements
from apps.planning.actions import assignment_cancel
from apps.review.models import Concern
from apps.review.signs import risks_of, with_signs
from apps.workorders.models import WorkOrder
from tests.builders import Phone, photo_stored
from tests.field.conftest import booked
from tests.field.test_kept_pages import browser_test
from tests.field.test_outbox import all_sent, big, line, opened, waiting, without_network
from tests.pages import submit

__all__ = ["line", "opened"]
pytestmark = pytest.mark.django_db

OWN = ["work_done", "materials", "extra_work", "issue"]


@pytest.fixture
def tomorrow(cast: Any, order: Any, phone: Any) -> Phone:
    """Tim's phone at the second day of the job."""
    return Phone(cast.tim, booked(cast.tim, order, phone.assignment.starts_at + timedelta(days=1)))


def own_part(phone: Phone, text: str = "First half") -> None:
    """What belongs to a visit, and nothing that its job needs once."""
    phone.done("work_done", text=text)
    for kind in ("no_materials", "no_extra_work", "no_deviation"):
        phone.done(kind)


def status(order: Any) -> str:
    order.refresh_from_db()
    return str(order.status)


def question(order: Any, label: str) -> Any:
    return order.job_form_version.fields.get(label=label)


def first_day(phone: Phone, **said: str) -> None:
    phone.begin()
    own_part(phone)
    phone.done("goes_on", **{"left_over": "Hang the radiator", "hours_left": "3"} | said)


def keys(steps: list[PhoneStep]) -> list[str]:
    return [step.key for step in steps]


# -- what is shared ----------------------------------------------------------------------


def test_a_colleague_is_not_asked_for_what_the_job_has(phone: Any, second_phone: Any, order: Any) -> None:
    phone.begin()
    phone.complete(signed="H. Vermeer")
    second_phone.done("start")  # the photo of how it was found is there
    assert keys(missing(facts_of(second_phone.visit))) == [*OWN, "sign_off"]
    own_part(second_phone, "Held the ladder")
    phone.done("finish")  # of what he recorded nothing changed since it was signed
    assert second_phone.send("finish").why.startswith("incomplete")
    second_phone.done("sign_off", name="H. Vermeer", file=photo_stored())
    second_phone.done("finish")
    assert status(order) == "ready_for_review"


def test_each_keeps_his_own_clock(phone: Any, second_phone: Any) -> None:
    phone.begin()
    second_phone.done("start")
    phone.done("stop")
    assert [one.time_entries.filter(ended_at=None).count() for one in (phone.visit, second_phone.visit)] == [
        0,
        1,
    ]


def test_the_answers_of_a_colleague_stand_on_the_checklist(
    phone: Any, second_phone: Any, order: Any, client_as: Any, cast: Any
) -> None:
    phone.begin()
    second_phone.done("start")
    phone.done("answer", field=question(order, "Pressure").pk, value="2")
    page = reverse("phone:checklist", args=[second_phone.assignment.pk])
    tessa = client_as(cast.tessa)
    field = f"question_{question(order, 'Pressure').pk}"
    assert f'name="was_{field}" value="2"' in tessa.get(page).text
    submit(page, client=tessa, form="step", **{field: "2,5"})
    assert [one.value for one in evidence_for(order).standing.values()] == ["2.5"]
    assert second_phone.visit.answers.count() == 1


@pytest.mark.parametrize("heard_first", [0, 1])
def test_of_two_answers_the_last_by_the_moment_it_was_given_stands_and_the_office_reads_the_other(
    phone: Any, second_phone: Any, order: Any, client_as: Any, cast: Any, heard_first: int
) -> None:
    """Two phones without a network: whichever is heard of first."""
    phone.begin()
    second_phone.done("start")
    field, ten = question(order, "State of the boiler"), clock.now() - timedelta(minutes=10)
    sends = [
        lambda: phone.done("answer", field=field.pk, value="Poor", occurred_at=ten),
        lambda: second_phone.done(
            "answer", field=field.pk, value="Good", occurred_at=ten + timedelta(minutes=2)
        ),
    ]
    for send in (sends[heard_first], sends[1 - heard_first]):
        send()
    evidence = evidence_for(order)
    assert evidence.standing[field.pk].value == "Good"
    assert [(event.user, text) for event, text in evidence.answered_before(field)] == [(cast.tim, "Poor")]
    for one in (phone, second_phone):
        own_part(one)
    phone.done("goes_on")
    second_phone.done("goes_on", left_over="The rest")
    WorkOrder.objects.filter(pk=order.pk).update(status="ready_for_review")
    page = client_as(cast.bram).get(reverse("review:review_detail", args=[order.pk])).text
    assert "Also answered: Poor (Tim" in page


def test_the_photo_that_answers_a_question_is_no_other_answer_to_it(phone: Any, order: Any) -> None:
    phone.begin()
    field = question(order, "Type plate")
    first, second = (
        file_store(content=content, name="plate.jpg", content_type="image/jpeg", by=SYSTEM)
        for content in (b"first", b"second")
    )
    phone.done("answer", field=field.pk, file=first)
    assert evidence_for(order).answered_before(field) == []
    phone.done("answer", field=field.pk, file=second)
    assert [event.file for event, _text in evidence_for(order).answered_before(field)] == [first]


def test_of_two_devices_of_one_technician_the_later_word_stands(phone: Any, order: Any) -> None:
    phone.begin()
    now = clock.now()
    early, late = now - timedelta(minutes=5), now - timedelta(minutes=1)
    field = question(order, "Pressure").pk
    for kind, first, last in [
        ("work_done", {"text": "Half"}, {"text": "All"}),
        ("answer", {"field": field, "value": "9"}, {"field": field, "value": "2"}),
        ("sign_off", {"reason": "Not there"}, {"reason": "Asleep"}),
    ]:
        phone.done(kind, occurred_at=late, **last)
        phone.done(kind, occurred_at=early, **first)
    visit = phone.visit
    assert (visit.work_done, visit.answers.get().value, visit.sign_off.reason) == ("All", "2", "Asleep")
    assert "above" in visit.deviations.get().text  # what was read stays reported
    assert SignOff.objects.count() == 2


def test_what_is_signed_is_the_work_of_all(phone: Any, second_phone: Any, order: Any, pump: Any) -> None:
    phone.begin()
    phone.done("material", material=pump.pk, quantity="1")
    phone.done("work_done", text="Pump replaced.")
    second_phone.done("start")
    second_phone.done("work_done", text="Radiators bled.")
    second_phone.done("sign_off", name="H. Vermeer", file=photo_stored())
    shown = SignOff.objects.get().shown
    assert shown["technician"] == "Tim, Tessa"
    assert [one["work_done"] for one in shown["visits"]] == ["Pump replaced.", "Radiators bled."]
    assert [one["name"] for one in shown["materials"]] == ["Circulation pump 15-60"]
    facts = facts_of(phone.visit)
    assert (facts.signed, facts.signature_outdated) == (True, False)
    second_phone.done("deviation", text="The floor is rotten")
    assert facts_of(phone.visit).signature_outdated


def test_the_job_has_one_signature_and_a_later_visit_asks_for_a_new_one(phone: Any, tomorrow: Any) -> None:
    phone.begin()
    phone.done("sign_off", name="H. Vermeer", file=photo_stored())
    own_part(phone)
    phone.done("goes_on")
    tomorrow.done("start")
    assert facts_of(tomorrow.visit).signature_outdated
    tomorrow.done("sign_off", reason="Not at home")
    assert Visit.objects.all().signed().get().pk == tomorrow.visit.pk


# -- does this end the job? ----------------------------------------------------------------


def test_a_visit_that_does_not_end_the_job_asks_only_what_is_its_own(phone: Any, order: Any) -> None:
    phone.begin()
    assert keys(missing(facts_of(phone.visit), ends=False)) == OWN
    assert phone.send("goes_on", left_over="Radiator").why.startswith("incomplete")
    own_part(phone)
    phone.done("goes_on", left_over="Radiator")
    assert phone.visit.status == "finished"


def test_the_next_visit_is_planned_by_what_was_said(
    phone: Any, order: Any, cast: Any, client_as: Any
) -> None:
    first_day(phone)
    assert status(order) == "to_plan"
    page = client_as(cast.bram).get(reverse("planning:week")).text
    assert "Next visit: Hang the radiator" in page
    assert 'data-minutes="180"' in page
    detail = client_as(cast.bram).get(reverse("workorders:work_order_detail", args=[order.pk])).text
    assert "the job goes on. Hang the radiator About 3" in detail
    assert order.number not in [one.record for one in disagreements()]


def test_a_job_that_goes_on_becomes_a_leak_when_nobody_plans_it(phone: Any, order: Any) -> None:
    first_day(phone)
    leaks_detect(clock.now() + timedelta(days=30))
    assert Leak.objects.at_risk().filter(detector="unplanned").exists()


def test_the_second_day_goes_on_where_the_first_ended(
    phone: Any, order: Any, cast: Any, client_as: Any
) -> None:
    first_day(phone)
    again = Phone(cast.tim, booked(cast.tim, order, phone.assignment.starts_at + timedelta(days=1)))
    assert status(order) == "planned"
    page = client_as(cast.tim).get(reverse("phone:job", args=[again.assignment.pk])).text
    assert "Hang the radiator" in page
    again.done("start")
    again.complete(signed="H. Vermeer")
    again.done("finish")
    assert status(order) == "ready_for_review"
    assert (order.left_over, order.hours_left) == ("", None)
    copy = copy_context(order, "en")
    assert [one["work_done"] for one in copy["shown"]["visits"]] == ["First half", "Replaced the pump."]
    assert copy["sign_off"].name == "H. Vermeer"


def test_a_next_visit_that_is_taken_off_the_plan_is_to_be_planned_again(
    phone: Any, order: Any, tomorrow: Any, cast: Any
) -> None:
    phone.begin()
    own_part(phone)
    phone.done("goes_on")  # somebody is planned: nothing more has to be said
    assert status(order) == "in_progress"
    assignment_cancel(assignment=tomorrow.assignment, by=cast.bram, reason="Ill", confirm=False)
    assert work_order_settle(work_order=order)
    assert status(order) == "to_plan"


def test_with_nobody_planned_it_says_what_is_left(phone: Any) -> None:
    phone.begin()
    own_part(phone)
    assert phone.send("goes_on").why == "nothing_left"


@pytest.mark.parametrize("heard_last", [0, 1])
def test_of_two_who_hand_in_the_last_one_by_the_moment_says_whether_the_job_is_done(
    phone: Any, second_phone: Any, order: Any, heard_last: int
) -> None:
    five, four = clock.now(), clock.now() - timedelta(hours=1)
    with clock.at(four - timedelta(hours=2)):
        phone.begin()
        phone.complete()
        second_phone.done("start")
        own_part(second_phone)
        phone.done("sign_off", reason="Nobody at home")
    hands_in = [
        lambda: phone.done("finish", occurred_at=four),
        lambda: second_phone.done("goes_on", left_over="The valve", occurred_at=five),
    ]
    for hand_in in (hands_in[1 - heard_last], hands_in[heard_last]):
        hand_in()
    assert (status(order), order.left_over) == ("to_plan", "The valve")


def test_nobody_at_home_on_the_second_day_does_not_end_the_job(phone: Any, order: Any, tomorrow: Any) -> None:
    first_day(phone)
    tomorrow.done("no_access", reason="Nobody opens", file=photo_stored())
    assert status(order) == "missed"


def test_who_is_done_early_leaves_a_word_for_the_planner(
    phone: Any, order: Any, tomorrow: Any, cast: Any, client_as: Any
) -> None:
    phone.begin()
    phone.complete()
    phone.done("finish")
    page = client_as(cast.bram).get(reverse("workorders:work_order_detail", args=[order.pk])).text
    assert "a visit is still planned" in page


# -- the review --------------------------------------------------------------------------------


def test_the_review_judges_what_the_job_needs_once_at_the_visit_that_ended_it(
    phone: Any, order: Any, cast: Any, client_as: Any
) -> None:
    first_day(phone)
    again = Phone(cast.tim, booked(cast.tim, order, phone.assignment.starts_at + timedelta(days=1)))
    again.done("start")
    again.complete(signed="H. Vermeer")
    again.done("finish")
    assert not Concern.objects.of_work_order(order).filter(kind__in=["photos", "signature"]).exists()
    row = with_signs(WorkOrder.objects.filter(pk=order.pk)).get()
    assert not {"no_photo", "unsigned"} & set(risks_of(row))
    page = client_as(cast.bram).get(reverse("review:review_detail", args=[order.pk])).text
    assert "The job went on after this visit" in page
    assert page.count("Signed by H. Vermeer") == 1


def test_a_job_without_signature_is_asked_about_once(phone: Any, second_phone: Any, order: Any) -> None:
    phone.begin()
    phone.complete()
    second_phone.done("start")
    own_part(second_phone)
    second_phone.done("goes_on")
    phone.done("sign_off", reason="Nobody at home")
    phone.done("finish")
    concern = Concern.objects.of_work_order(order).get(kind="signature")
    assert (concern.subject_id, concern.words) == (phone.visit.pk, "Nobody at home")


# -- on the phone ---------------------------------------------------------------------------------


def test_the_form_says_what_is_still_needed_and_keeps_what_was_typed(
    phone: Any, client_as: Any, cast: Any
) -> None:
    phone.begin()
    tim = client_as(cast.tim)
    address = reverse("phone:goes_on", args=[phone.assignment.pk])
    refused = submit(address, client=tim, form="step", left_over="The valve", hours_left="2")
    assert refused.status_code == 422
    assert "Describe the work done" in refused.text
    assert "The valve" in refused.text
    assert "Let the customer sign" not in refused.text
    own_part(phone)
    asked = submit(refused, client=tim, form="step", hours_left="80")
    assert "more than a week" in asked.text
    assert submit(address, client=tim, form="step", left_over="The valve", hours_left="2").status_code == 302
    visit = phone.visit
    assert (visit.goes_on, visit.left_over, visit.hours_left) == (True, "The valve", 2)


class TestInTheBrowser:
    pytestmark = browser_test

    def test_the_choice_is_offered_and_taken_without_a_network(
        self, opened: Any, line: Any, phone: Any, order: Any
    ) -> None:
        phone.begin()
        phone.complete()
        page = without_network(opened, line, phone)
        expect(page.get_by_text("Does this end the job?")).to_be_visible()
        page.get_by_role("link", name="No, the job goes on").click()
        page.fill("[name=left_over]", "Hang the radiator")
        page.fill("[name=hours_left]", "3")
        big(page, "End this visit")
        page.wait_for_url(f"**{reverse('phone:job', args=[phone.assignment.pk])}")
        assert waiting(page) == ["goes-on"]
        expect(page.get_by_text("Does this end the job?")).to_be_hidden()
        line.is_cut = False
        page.get_by_role("button", name="Send now").click()
        all_sent(page)
        assert (status(order), order.left_over, order.hours_left) == ("to_plan", "Hang the radiator", 3)
