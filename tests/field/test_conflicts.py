"""What does not fit when it comes in is dropped nowhere: the office sees both sides and decides, and the technician hears it."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.core import clock
from apps.field.models import FieldEvent, PhoneHolding
from apps.messaging.models import Notice
from apps.planning.models import Assignment
from apps.workorders.models import WorkOrder
from tests.browser import go
from tests.builders import photo_stored
from tests.field.conftest import jpeg
from tests.field.test_kept_pages import browser_test, kept, last_page
from tests.field.test_outbox import all_sent, big, line, opened, waiting, without_network
from tests.field.test_phone_pages import signature
from tests.pages import post_by_hand, submit

__all__ = ["line", "opened"]
pytestmark = pytest.mark.django_db


def sent_later(client: Client, phone: Any, page: str, **fields: Any) -> Any:
    """As the outbox sends it when its page is gone."""
    address = reverse(f"phone:{page}", args=[phone.assignment.pk])
    said = {
        "outbox_id": str(uuid.uuid4()),
        "outbox_at": clock.now().isoformat(),
        "outbox_zone": "Europe/Amsterdam",
    }
    answer = post_by_hand(client, address, said | fields, headers={"X-Outbox": "later"})
    assert (answer.status_code, answer.json()["state"]) == (200, "sent"), answer.content
    return answer


@pytest.fixture
def tim(cast: Any, client_as: Any) -> Client:
    return client_as(cast.tim)


def only_event() -> FieldEvent:
    return FieldEvent.objects.filter(state="to_decide").get()


# -- what cannot be read ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "fields", "kind", "why"),
    [
        ("material_list", {"material": "pump", "quantity": "2 or 3"}, "material", "not_a_number:2 or 3"),
        ("material_list", {"material": "0", "quantity": "1"}, "material", "unknown_material"),
        ("material_other", {"description": "Odd valve", "quantity": "x", "unit": "C62"}, "material_other", "not_a_number:x"),
        ("extra_work", {"description": "Second tap", "hours": "1h3o"}, "extra_work", "not_a_number:1h3o"),
        ("work_done", {"text": " "}, "work_done", "no_text"),
        ("issue", {"text": ""}, "deviation", "no_text"),
        ("hold", {"reason": ""}, "hold", "no_reason"),
        ("sign_off", {"name": "H. Vermeer"}, "sign_off", "no_signature"),
        ("after_photo", {}, "after_photo", "no_photo"),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_read_is_kept_and_says_what_is_wrong(
    phone: Any, pump: Any, tim: Client, page: str, fields: dict[str, str], kind: str, why: str
) -> None:
    phone.begin()
    said = {name: str(pump.pk) if value == "pump" else value for name, value in fields.items()}
    sent_later(tim, phone, page, **said)
    event = only_event()
    assert (event.kind, event.why) == (kind, why)
    assert {name: str(text) for name, text in event.payload.items() if name in said} == said


def test_an_odd_quantity_is_taken_when_nobody_can_be_asked(phone: Any, pump: Any, tim: Client) -> None:
    phone.begin()
    sent_later(tim, phone, "material_list", material=str(pump.pk), quantity="5000")
    assert phone.visit.materials.get().quantity == 5000


def test_of_a_checklist_only_what_cannot_be_read_waits(phone: Any, form: Any, tim: Client) -> None:
    phone.begin()
    names = {one.label: f"question_{one.pk}" for one in form.fields.all()}
    gone = "question_999999"
    sent_later(
        tim, phone, "checklist", **{names["Pressure"]: "2,5", names["Meter"]: "12a", gone: "of an older form"}
    )
    assert phone.visit.answers.get().value == "2.5"
    assert {(one.payload["value"], one.why) for one in FieldEvent.objects.filter(state="to_decide")} == {
        ("12a", "not_a_number:12a"),
        ("of an older form", "unknown_field"),
    }


def test_a_file_that_is_no_photo_is_kept_as_it_is(phone: Any, tim: Client, cast: Any, client_as: Any) -> None:
    phone.begin()
    User.objects.filter(pk=cast.tim.pk).update(language="nl")
    good, bad = (
        SimpleUploadedFile(name, raw, "image/jpeg")
        for name, raw in (("a.jpg", jpeg()), ("b.jpg", b"no photo"))
    )
    sent_later(tim, phone, "after_photo", photos=[good, bad])
    assert phone.visit.photos.filter(kind="after").count() == 1
    event = only_event()
    assert event.why.startswith("bad_file")
    assert "not a photo that we can read" in event.why_sentence, (
        "in the company's language: the office decides about it"
    )
    bram = client_as(cast.bram)
    kept = bram.get(reverse("field:event_file", args=[event.pk]))
    assert b"".join(kept.streaming_content) == b"no photo"
    detail = bram.get(reverse("field:event_detail", args=[event.pk]))
    assert "The file cannot be read as a photo" in detail.text
    refused = submit(detail, client=bram, form=reverse("field:event_apply_after_all", args=[event.pk]))
    assert refused.status_code == 409


def test_what_its_own_page_never_takes_is_kept_as_it_was(phone: Any, tim: Client, pump: Any) -> None:
    address = reverse("phone:act_keep", args=[10**9, "materials"])
    said = {"material": str(pump.pk), "quantity": "2", "outbox_id": str(uuid.uuid4()), "outbox_why": "404"}
    for _turn in range(2):
        answer = post_by_hand(
            tim, address, said | {"outbox_at": clock.now().isoformat()}, headers={"X-Outbox": "later"}, key=""
        )
        assert answer.json()["state"] == "sent"
    event = only_event()
    assert (event.kind, event.assignment, event.why) == ("material", None, "unread:404")
    assert event.payload == {"material": str(pump.pk), "quantity": "2"}
    assert "could not take the form (404)" in event.why_sentence


@pytest.mark.parametrize(
    ("drawing", "kept_as"), [(signature(), "image/png"), ("drawn by hand", "application/octet-stream")]
)
def test_a_signature_that_no_page_takes_is_kept_with_its_name(
    phone: Any, tim: Client, drawing: str, kept_as: str
) -> None:
    address = reverse("phone:act_keep", args=[phone.assignment.pk, "sign-off"])
    said = {"name": "H. Vermeer", "signature": drawing, "outbox_id": str(uuid.uuid4()), "outbox_why": "500"}
    said |= {"outbox_at": clock.now().isoformat()}
    answer = post_by_hand(tim, address, said, headers={"X-Outbox": "later"}, key="")
    assert answer.json()["state"] == "sent"
    event = only_event()
    assert (event.kind, event.payload) == ("sign_off", {"name": "H. Vermeer"})
    assert event.file.content_type == kept_as


# -- what happened meanwhile ------------------------------------------------------------------


def moved(phone: Any, order: WorkOrder) -> str:
    Assignment.objects.filter(pk=phone.assignment.pk).update(active=False)
    return "not_planned"


def given_away(phone: Any, order: WorkOrder, cast: Any = None) -> str:
    from apps.technicians.models import Technician

    other = Technician.objects.exclude(user=phone.user).exclude(kind="contractor").first()
    Assignment.objects.filter(pk=phone.assignment.pk).update(technician=other)
    return "not_yours"


def status(value: str, why: str) -> Any:
    def change(phone: Any, order: WorkOrder) -> str:
        WorkOrder.objects.filter(pk=order.pk).update(status=value)
        return why

    return change


MEANWHILE = {
    "moved": moved,
    "cancelled": status("cancelled", "cancelled"),
    "given away": given_away,
    "handed in": status("ready_for_review", "already_reviewed"),
    "reviewed": status("ready_for_invoicing", "already_reviewed"),
    "invoiced": status("invoiced", "already_reviewed"),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_the_office_sees_both_sides_and_takes_it_and_the_technician_hears_so(
    what: str, phone: Any, order: Any, pump: Any, tim: Client, cast: Any, client_as: Any
) -> None:
    phone.begin()
    phone.done("material", material=pump.pk, quantity="1")
    why = MEANWHILE[what](phone, order)
    sent_later(tim, phone, "material_list", material=str(pump.pk), quantity="3")
    event = only_event()
    assert event.why.partition(":")[0] == why

    bram = client_as(cast.bram)
    assert reverse("field:event_detail", args=[event.pk]) in bram.get(reverse("office:dashboard")).text
    detail = bram.get(reverse("field:event_detail", args=[event.pk]))
    for words in ("What the phone says", "What stands now", event.why_sentence, "Circulation pump 15-60, 1"):
        assert words in detail.text, words
    submit(detail, client=bram, form=reverse("field:event_apply_after_all", args=[event.pk]), quantity="2")
    assert sorted(phone.visit.materials.values_list("quantity", flat=True)) == [1, 2]
    event.refresh_from_db()
    assert (event.state, event.payload["quantity"], event.said["quantity"]) == ("decided", "3", "2")

    notice = Notice.objects.filter(user=cast.tim).latest("at")
    assert notice.text == f"The office put “Material used” in the records of {order}."
    assert "taken in the records" in tim.get(notice.url).text


@pytest.mark.parametrize("kind", ["travel", "work"])
@pytest.mark.parametrize("away", ["off the plan", "given away"])
def test_a_clock_at_a_job_that_was_taken_away_can_be_stopped(
    phone: Any, tim: Client, cast: Any, kind: str, away: str
) -> None:
    if kind == "travel":
        phone.done("travel")
    else:
        phone.begin()
    phone.assignment.active = away != "off the plan"
    if away == "given away":
        phone.assignment.technician = cast.tessa.technician
    phone.assignment.save()
    job = reverse("phone:job", args=[phone.assignment.pk])
    submit(job, client=tim, press="Stop")
    assert not phone.visit.time_entries.filter(ended_at__isnull=True).exists()
    assert not FieldEvent.objects.to_decide().exists()


def test_what_is_set_aside_is_said_on_the_phone_with_the_reason(
    phone: Any, order: Any, pump: Any, tim: Client, cast: Any, client_as: Any
) -> None:
    phone.begin()
    MEANWHILE["handed in"](phone, order)
    sent_later(tim, phone, "material_list", material=str(pump.pk), quantity="3")
    event, bram = only_event(), client_as(cast.bram)
    job = reverse("phone:job", args=[phone.assignment.pk])
    assert "The office decides" in tim.get(job).text
    page = reverse("field:event_detail", args=[event.pk])
    submit(page, client=bram, form=reverse("field:event_set_aside", args=[event.pk]), reason="Counted twice")
    for address in (job, reverse("phone:decisions")):
        assert "set aside: Counted twice" in tim.get(address).text
    assert "Counted twice" in Notice.objects.filter(user=cast.tim).latest("at").text
    with clock.at(clock.now() + timedelta(days=15)):
        assert "Everything fitted" in tim.get(reverse("phone:decisions")).text


def test_out_of_order_and_from_two_phones_nothing_is_lost_or_doubled(phone: Any, tim: Client) -> None:
    phone.done("before_photo", file=photo_stored())
    sent_later(tim, phone, "pause")
    sent_later(tim, phone, "start")
    sent_later(tim, phone, "start")  # his tablet did so too
    assert sorted(FieldEvent.objects.filter(state="to_decide").values_list("kind", flat=True)) == [
        "pause",
        "start",
    ]
    assert phone.visit.time_entries.count() == 1


class TestInABrowser:
    pytestmark = browser_test

    def test_a_slip_of_the_finger_without_a_network_becomes_a_task_of_the_office(
        self, opened: Any, line: Any, phone: Any, pump: Any, cast: Any, client_as: Any
    ) -> None:
        phone.begin()
        page = without_network(opened, line, phone)
        go(page, reverse("phone:extra_work", args=[phone.assignment.pk]))
        page.fill("[name=description]", "Second tap")
        page.fill("[name=hours]", "1 of 2")
        page.locator("form button:not([type=button])", has_text="Add").first.click()
        go(page, reverse("phone:today"))
        assert waiting(page) == ["extra-work"]
        line.is_cut = False
        go(page, reverse("phone:today"))
        all_sent(page)
        event = only_event()
        assert (event.kind, event.payload["hours"]) == ("extra_work", "1 of 2")
        go(page, reverse("phone:me"))
        page.get_by_role("link", name="Decisions of the office").click()
        expect(page.locator("main")).to_contain_text("is not a number that we can read")

    def test_a_form_that_only_meets_faults_is_handed_over_after_five(
        self, opened: Any, line: Any, phone: Any
    ) -> None:
        page = opened().pages[0]
        go(page, reverse("phone:job", args=[phone.assignment.pk]))
        kept(page, last_page(phone))
        line.fails = f"/phone/job/{phone.assignment.pk}/travel/"
        big(page, "On my way")
        for _try in range(6):
            go(page, reverse("phone:today"))
            page.wait_for_timeout(300)
        all_sent(page)
        event = only_event()
        assert (event.kind, event.why) == ("travel", "unread:500")
        assert not PhoneHolding.objects.exists()
