"""The phone's pages, through the real middleware: Postgres grants only what a technician may."""

import base64
import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageDraw

from apps.company.models import Company
from apps.core import clock
from apps.core.idempotency import FIELD
from apps.field.actions import visit_return
from apps.field.evidence import shown_of
from apps.field.models import ExtraWork, FieldEvent, SignOff, TimeEntry, VisitPhoto
from apps.messaging.models import Message
from apps.planning.models import Assignment
from apps.workorders.actions import work_order_change
from apps.workorders.models import WorkOrder
from tests.builders import MaterialFactory, Phone, photo_stored
from tests.field.conftest import booked, jpeg
from tests.pages import post_by_hand, submit
from tests.statements import statements

STEPS = ["before_photo", "checklist", "work_done", "material_list", "extra_work", "issue", "after_photo", "no_access",
         "hold", "finish"]  # fmt: skip
BUTTONS = [
    "travel",
    "start",
    "pause",
    "stop",
    "resume",
    "finish",
    "no_materials",
    "no_extra_work",
    "no_deviation",
]

# 10, and what a test adds: the request is a savepoint here, whose settings are read and put back.
JOB_PAGE = 9 + 3


def photo(name: str = "a.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or jpeg(), "image/jpeg")


def signature() -> str:
    image = Image.new("RGB", (200, 80), "white")
    ImageDraw.Draw(image).line((10, 10, 180, 70), fill="black", width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


@pytest.fixture
def tim(client_as, cast):
    return client_as(cast.tim)


@pytest.fixture
def press(tim, phone):
    """A button of Tim's job, or the form of a step, sent as it stands on its page; answers are not followed."""

    def press(name: str, /, *args: object, page: object = None, **typed: object):
        url = reverse(f"phone:{name}", args=[phone.assignment.pk, *args])
        shown = page or url.replace("none/", "").replace("/material/", "/materials/")
        if not page and name in ("travel", "start", "pause", "stop", "resume", "returned_fixed"):
            shown = reverse("phone:job", args=[phone.assignment.pk])
        return submit(shown, client=tim, form=url, past_browser=True, **typed)

    return press


def test_a_whole_job_by_plain_forms(press, tim, phone, order, form, pump):
    def at(name: str):
        return tim.get(reverse(f"phone:{name}", args=[phone.assignment.pk]))

    assert "On my way" in at("job").content.decode()
    press("travel")
    assert "before-photo" in at("job").content.decode()
    press("before_photo", photos=[photo("a.jpg"), photo("b.jpg", jpeg("red"))])
    press("start")
    press("pause")
    press("resume")
    answers = {}
    for question in form.fields.all():
        value = {"tick": "on", "number": "2,1", "choice": "Good", "text": "", "reading": "12345,678"}
        if question.kind in value:
            answers[f"question_{question.pk}"] = value[question.kind]
        else:
            answers[f"question_{question.pk}"] = photo()
    assert press("checklist", **answers).status_code == 302
    press("work_done", text="Replaced the pump")
    found = tim.get(reverse("phone:material_list", args=[phone.assignment.pk]), {"q": pump.code})
    submit(found, client=tim, press=f"Add {pump.name}", quantity="1,5")
    press("extra_work", description="Second radiator", hours="0,5")
    press("no_deviation")
    press("after_photo", photos=photo())
    answer = press("sign_off", name="H. Vermeer", by_script={"signature": signature()})
    assert answer.status_code == 302, answer.content.decode()
    assert at("signature").status_code == 200
    assert press("finish").status_code == 302
    order.refresh_from_db()
    visit = phone.visit
    assert order.status == "ready_for_review"
    assert VisitPhoto.objects.filter(kind="before").count() == 2
    assert visit.answers.count() == 5
    assert visit.sign_off.signature
    assert not FieldEvent.objects.to_decide().exists()
    assert "Ready for back office" in at("job").content.decode()


@pytest.mark.parametrize("name", ["job", *STEPS])
def test_a_job_of_somebody_else_does_not_exist(client_as, cast, phone, name):
    assert client_as(cast.tessa).get(reverse(f"phone:{name}", args=[phone.assignment.pk])).status_code == 404


@pytest.mark.parametrize("name", BUTTONS)
def test_a_button_of_somebody_elses_job_does_not_exist(client_as, cast, phone, name):
    answer = post_by_hand(client_as(cast.tessa), reverse(f"phone:{name}", args=[phone.assignment.pk]))
    assert answer.status_code == 404
    assert not FieldEvent.objects.exists()


@pytest.mark.parametrize("name", ["today", "agenda", "materials", "me"])
def test_the_phone_is_for_technicians(client_as, cast, name):
    assert client_as(cast.bram).get(reverse(f"phone:{name}")).status_code == 403


@pytest.mark.parametrize("name", ["travel", "start", "pause", "stop", "resume", "no_materials"])
def test_a_button_is_no_link(tim, phone, name):
    assert tim.get(reverse(f"phone:{name}", args=[phone.assignment.pk])).status_code == 302


@pytest.mark.parametrize("name", STEPS)
def test_every_step_has_a_page_before_and_after_the_work(tim, phone, name):
    url = reverse(f"phone:{name}", args=[phone.assignment.pk])
    assert tim.get(url).status_code == 200
    phone.begin()
    assert tim.get(url).status_code == 200
    phone.complete()
    phone.done("finish")
    assert tim.get(url).status_code == 200


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("work_done", {"text": " "}, "required"),
        ("extra_work", {"description": "Radiator", "hours": "long"}, "Type a number"),
        ("extra_work", {"description": "", "hours": "1"}, "required"),
        ("issue", {"text": ""}, "required"),
        ("hold", {"reason": ""}, "required"),
        ("no_access", {"reason": "Nobody there"}, "required"),
        ("before_photo", {}, "required"),
        ("sign_off", {}, "say why there is no signature"),
        ("sign_off", {"name": "V"}, "Let the customer sign"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_stores_nothing(press, phone, name, data, said):
    phone.begin()
    before = FieldEvent.objects.count()
    answer = press(name, **data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    for value in data.values():
        assert not value.strip() or value in answer.content.decode() or name == "sign_off"
    assert FieldEvent.objects.count() == before


def test_a_reason_under_what_was_changed_meanwhile_is_asked_again(press, tim, phone):
    phone.begin()
    page = tim.get(reverse("phone:sign_off", args=[phone.assignment.pk]))
    phone.send("work_done", text="Something else")
    answer = press("sign_off", page=page, reason="Nobody")
    assert answer.status_code == 422
    assert "was changed after" in answer.content.decode()
    assert not SignOff.objects.exists()


def test_a_file_that_is_no_photo_is_said_and_nothing_is_kept(press, phone):
    answer = press("before_photo", photos=[photo(), photo("b.jpg", b"<svg>not a photo</svg>")])
    assert answer.status_code == 422
    assert "not a photo" in answer.content.decode()
    assert not FieldEvent.objects.exists()


def test_an_unreadable_number_on_the_checklist_keeps_what_was_typed(press, phone, form):
    phone.begin()
    pressure = form.fields.get(label="Pressure").pk
    answer = press("checklist", **{f"question_{pressure}": "about two"})
    assert answer.status_code == 422
    assert "about two" in answer.content.decode()
    assert not phone.visit.answers.exists()


def test_the_checklist_may_be_filled_in_parts_and_corrected(press, phone, form):
    phone.begin()
    pressure = form.fields.get(label="Pressure").pk
    press("checklist", **{f"question_{pressure}": "2"})
    press("checklist", **{f"question_{pressure}": "2"})
    assert FieldEvent.objects.filter(kind="answer").count() == 1
    press("checklist", **{f"question_{pressure}": "2,5"})
    assert phone.visit.answers.get().value == "2.5"


def test_an_older_page_of_the_checklist_says_nothing_of_what_was_answered_since(tim, phone, form):
    phone.begin()
    field = {one.label: f"question_{one.pk}" for one in form.fields.all()}
    older = tim.get(reverse("phone:checklist", args=[phone.assignment.pk]))
    now = reverse("phone:checklist", args=[phone.assignment.pk])
    first = {field["Water shut off"]: True, field["Pressure"]: "2,5", field["Remarks"]: "Dry\r\nand clean"}
    assert submit(now, client=tim, **first, **{field["State of the boiler"]: "Good"}).status_code == 302
    assert submit(older, client=tim, **{field["Meter"]: "12"}).status_code == 302
    assert {one.field.label: one.value for one in phone.visit.answers.select_related("field")} == {
        "Water shut off": True, "Pressure": "2.5", "State of the boiler": "Good", "Remarks": "Dry\r\nand clean", "Meter": "12",
    }  # fmt: skip
    assert submit(now, client=tim, **{field["Water shut off"]: False}).status_code == 302
    assert phone.visit.answers.get(field__label="Water shut off").value is False


def test_a_form_that_is_sent_twice_is_one_event(tim, phone, pump):
    phone.begin()
    url = reverse("phone:material_list", args=[phone.assignment.pk])
    page = tim.get(url, {"q": pump.code})
    for _time in (1, 2):
        assert submit(page, client=tim, press=f"Add {pump.name}", quantity="1").status_code == 302
    assert phone.visit.materials.count() == 1


def test_finishing_too_early_lists_what_is_missing_with_the_way_to_it(tim, phone):
    phone.begin()
    answer = post_by_hand(tim, reverse("phone:finish", args=[phone.assignment.pk]))  # no page offers it yet
    assert answer.status_code == 422
    assert reverse("phone:after_photo", args=[phone.assignment.pk]) in answer.content.decode()
    assert phone.visit.status == "started"


def test_a_button_on_an_old_page_changes_nothing_and_bothers_nobody(press, tim, phone):
    page = tim.get(reverse("phone:job", args=[phone.assignment.pk]))
    phone.begin()
    assert press("travel", page=page).status_code == 302
    assert not FieldEvent.objects.to_decide().exists()
    assert phone.visit.status == "started"


def test_starting_without_a_before_photo_says_so(tim, phone):
    post_by_hand(tim, reverse("phone:start", args=[phone.assignment.pk]))  # no page offers it yet
    assert not TimeEntry.objects.exists()
    assert "before photo" in tim.get(reverse("phone:job", args=[phone.assignment.pk])).content.decode()


def test_what_is_sent_after_the_office_cancelled_is_kept_and_said(press, tim, phone, order):
    phone.begin()
    WorkOrder.objects.filter(pk=order.pk).update(status="cancelled")
    assert press("work_done", text="All of it").status_code == 302
    event = FieldEvent.objects.to_decide().get()
    assert event.payload == {"text": "All of it"}
    page = tim.get(reverse("phone:job", args=[phone.assignment.pk])).content.decode()
    assert "cancelled meanwhile" in page


def test_a_job_that_the_office_gave_away_keeps_what_was_recorded(press, tim, phone, cast):
    phone.begin()
    Assignment.objects.filter(pk=phone.assignment.pk).update(technician=cast.tessa.technician)
    page = tim.get(reverse("phone:job", args=[phone.assignment.pk]))
    assert "Off your plan" in page.content.decode()
    press("work_done", text="Half of it")
    assert FieldEvent.objects.to_decide().get().why == "not_yours"


def test_a_technician_sees_only_waiting_approved_or_declined_of_extra_work(tim, phone):
    phone.begin()
    phone.done("extra_work", description="Radiator", hours="1")
    ExtraWork.objects.update(status="approved")
    page = tim.get(reverse("phone:extra_work", args=[phone.assignment.pk])).content.decode()
    assert "Approved" in page
    assert "€" not in page
    assert "1 approved" in tim.get(reverse("phone:job", args=[phone.assignment.pk])).content.decode()


def test_extra_work_is_not_asked_of_who_may_not_record_it(tim, press, phone):
    technician = phone.user.technician
    technician.may_add_extra_work = False
    technician.save()
    phone.begin()
    assert "Extra work" not in tim.get(reverse("phone:job", args=[phone.assignment.pk])).content.decode()


def test_the_catalogue_is_searched_and_hides_what_is_not_for_the_field(tim, press, phone, pump):
    MaterialFactory(name="Secret pump", category=pump.category.name, visible_to_technician=False)
    phone.begin()
    url = reverse("phone:material_list", args=[phone.assignment.pk])
    page = tim.get(url, {"q": "circ"}).content.decode()
    assert pump.name in page
    assert "Secret" not in tim.get(url, {"q": "pump"}).content.decode()
    assert "Nothing in the catalogue" in tim.get(url, {"q": "zzz"}).content.decode()
    catalogue = tim.get(
        reverse("phone:materials"), {"q": "pump", "category": pump.category_id}
    ).content.decode()
    assert pump.name in catalogue
    assert "Secret" not in catalogue


def test_what_is_to_bring_is_offered_first(tim, phone, pump, cast):
    order = phone.assignment.work_order
    brought = {"material": pump, "description": pump.name, "quantity": 1, "unit": pump.unit}
    work_order_change(work_order=order, by=cast.bram, version=order.version, to_bring=[brought])
    phone.begin()
    assert pump.name in tim.get(reverse("phone:material_list", args=[phone.assignment.pk])).content.decode()


def test_a_wrong_quantity_stands_where_it_was_typed(tim, phone, pump):
    phone.begin()
    found = tim.get(reverse("phone:material_list", args=[phone.assignment.pk]), {"q": "circ"})
    answer = submit(found, client=tim, press=f"Add {pump.name}", quantity="two")
    assert answer.status_code == 422
    assert 'value="two"' in answer.content.decode()


def test_today_shows_ones_own_jobs_in_order_and_what_was_left_unfinished(tim, cast, phone, order_make):
    later = order_make(title="Leaking tap")
    booked(cast.tim, later, phone.assignment.ends_at + timedelta(minutes=1))
    old = order_make(title="Left open")
    unfinished = booked(cast.tim, old, clock.now() - timedelta(days=2))
    other = order_make(title="Not mine")
    booked(cast.tessa, other)
    page = tim.get(reverse("phone:today")).content.decode()
    assert "Left open" not in page
    Phone(cast.tim, unfinished).begin()
    page = tim.get(reverse("phone:today")).content.decode()
    assert page.index("Left open") < page.index("Boiler replacement")
    assert "Not mine" not in page
    assert "google.com/maps/dir" in page


def test_a_returned_job_says_what_and_why_and_can_be_finished_again(tim, press, phone, order, cast):
    phone.begin()
    phone.complete()
    phone.done("finish")
    visit_return(
        visit=phone.visit,
        items=["The meter reading is not plausible"],
        by=cast.bram,
        reason="Check the meter",
    )
    order.refresh_from_db()
    assert order.status == "returned"
    assert "1 item returned" in tim.get(reverse("phone:today")).content.decode()
    page = tim.get(reverse("phone:job", args=[phone.assignment.pk])).content.decode()
    assert "not plausible" in page
    finish = reverse("phone:finish", args=[phone.assignment.pk])
    assert post_by_hand(tim, finish).status_code == 422  # no page offers it yet
    press("returned_fixed", phone.visit.returned_items.get().pk)
    assert press("finish").status_code == 302
    order.refresh_from_db()
    assert order.status == "ready_for_review"


def test_agenda_goes_ahead_and_behind(tim, cast, order_make):
    ahead = order_make(title="Far ahead")
    booked(cast.tim, ahead, clock.now() + timedelta(days=9))
    assert "Far ahead" not in tim.get(reverse("phone:agenda")).content.decode()
    day = (clock.today() + timedelta(days=7)).isoformat()
    assert "Far ahead" in tim.get(reverse("phone:agenda"), {"from": day}).content.decode()
    assert tim.get(reverse("phone:agenda"), {"from": "2026-99-99"}).status_code == 200


def test_who_may_not_see_the_whole_agenda_sees_two_days(tim, cast, order_make):
    technician = cast.tim.technician
    technician.may_see_agenda = False
    technician.save()
    ahead = order_make(title="Far ahead")
    booked(cast.tim, ahead, clock.now() + timedelta(days=4))
    day = (clock.today() + timedelta(days=3)).isoformat()
    assert "Far ahead" not in tim.get(reverse("phone:agenda"), {"from": day}).content.decode()


def test_me_tells_who_and_when(tim):
    assert "tim@watertight.example" in tim.get(reverse("phone:me")).content.decode()


def test_a_photo_is_served_to_the_jobs_technicians_only(tim, client_as, cast, press, phone):
    press("before_photo", photos=photo())
    taken = VisitPhoto.objects.get()
    url = reverse("phone:photo", args=[phone.assignment.pk, taken.pk])
    assert tim.get(url)["Content-Type"] == "image/jpeg"
    assert client_as(cast.tessa).get(url).status_code == 404
    other = phone.visit.photos.create(kind="before", file=photo_stored())
    assert tim.get(reverse("phone:photo", args=[phone.assignment.pk, other.pk + 99])).status_code == 404


def test_the_job_page_asks_the_same_however_much_is_recorded(tim, phone, pump):
    def record():
        phone.done("material", material=pump.pk, quantity="1")
        phone.done("extra_work", description="More", hours="1")
        phone.done("after_photo", file=photo_stored())

    phone.begin()
    page = reverse("phone:job", args=[phone.assignment.pk])
    record()
    few = statements(tim, page)
    for _number in range(4):
        record()
    assert statements(tim, page) == few == JOB_PAGE


def test_today_asks_the_same_whatever_the_number_of_jobs(tim, cast, phone, order_make):
    start = phone.assignment.ends_at
    few = statements(tim, reverse("phone:today"))
    for number in range(6):
        order = order_make(title=f"Job {number}")
        booked(cast.tim, order, start + timedelta(minutes=20 * number), hours=0.25)
    assert statements(tim, reverse("phone:today")) == few


def test_a_signature_without_a_name_is_drawn_again_and_counts(tim, phone):
    phone.begin()
    url = reverse("phone:sign_off", args=[phone.assignment.pk])
    drawn = signature()
    refused = submit(url, client=tim, by_script={"signature": drawn}, form="step")
    assert refused.status_code == 422
    assert f'value="{drawn}"' in refused.content.decode()
    assert submit(refused, client=tim, form="step", name="Karin Smit").status_code == 302
    assert SignOff.objects.get().signature.is_image


def test_a_signature_under_what_was_changed_meanwhile_is_drawn_anew(tim, phone):
    phone.begin()
    url = reverse("phone:sign_off", args=[phone.assignment.pk])
    page = tim.get(url)
    phone.send("work_done", text="Something else")
    refused = submit(page, client=tim, by_script={"signature": signature()}, form="step", name="Karin Smit")
    assert refused.status_code == 422
    assert "Read it again, then sign" in refused.content.decode()
    assert "data:image/png" not in refused.content.decode()
    assert "Karin Smit" in refused.content.decode()


@pytest.mark.parametrize(
    "drawn", ["javascript:alert(1)", "data:image/png;base64," + "A" * 500_000, "drawn by hand"]
)
def test_what_is_no_drawing_is_not_drawn_again(tim, phone, drawn):
    phone.begin()
    url = reverse("phone:sign_off", args=[phone.assignment.pk])
    refused = submit(url, client=tim, by_script={"signature": drawn}, form="step")
    assert refused.status_code == 422
    assert drawn not in refused.content.decode()


GIVEN_AWAY = {
    "taken off": lambda phone, cast: {"active": False},
    "given to a colleague": lambda phone, cast: {"technician": cast.tessa.technician},
}


@pytest.mark.parametrize("how", GIVEN_AWAY)
@pytest.mark.parametrize(
    ("name", "typed", "kind"),
    [
        ("before_photo", lambda: {"photos": photo()}, "before_photo"),
        ("no_access", lambda: {"reason": "Nobody home", "photos": photo()}, "no_access"),
        ("hold", lambda: {"reason": "A part is missing"}, "hold"),
        ("material_list", lambda: {"quantity": "2,5"}, "material"),
        ("extra_work", lambda: {"description": "Valve replaced"}, "extra_work"),
    ],
)
def test_what_was_on_its_way_when_the_job_was_given_away_is_kept(
    tim, phone, cast, pump, how, name, typed, kind
):
    page = tim.get(reverse(f"phone:{name}", args=[phone.assignment.pk]), {"q": pump.name})
    Assignment.objects.filter(pk=phone.assignment.pk).update(**GIVEN_AWAY[how](phone, cast))
    answer = submit(page, client=tim, follow=True, **typed())
    assert answer.redirect_chain == [(reverse("phone:today"), 302)]
    assert "the office decides about it" in answer.content.decode()
    event = FieldEvent.objects.to_decide().get()
    assert (event.kind, event.assignment, event.user) == (kind, phone.assignment, cast.tim)
    assert bool(event.file) is ("photos" in typed())
    assert tim.get(reverse("phone:job", args=[phone.assignment.pk])).status_code == 404


def test_a_job_that_was_put_on_hold_before_it_began_says_so(tim, phone):
    page = reverse("phone:job", args=[phone.assignment.pk])
    assert "The office decides when this goes on." not in tim.get(page).content.decode()
    submit(reverse("phone:hold", args=[phone.assignment.pk]), client=tim, form="step", reason="No crane")
    assert "The office decides when this goes on." in tim.get(page).content.decode()


def test_the_key_of_one_job_opens_no_other(tim, phone, second_phone):
    page = tim.get(reverse("phone:hold", args=[phone.assignment.pk])).content.decode()
    key = re.search(f'name="{FIELD}" value="([^"]+)"', page)[1]
    url = reverse("phone:hold", args=[second_phone.assignment.pk])
    answer = post_by_hand(tim, url, {FIELD: key, "reason": "Not mine"})
    assert answer.status_code == 404
    assert not FieldEvent.objects.exists()


@pytest.mark.parametrize(("label", "value"), [("Pressure", "2,5"), ("Remarks", "Dry"), ("Meter", "1.234,5")])
def test_an_answer_that_is_emptied_is_said_to_stay(tim, phone, form, label, value):
    phone.begin()
    page, field = reverse("phone:checklist", args=[phone.assignment.pk]), form.fields.get(label=label).pk
    submit(page, client=tim, **{f"question_{field}": value})
    kept = phone.visit.answers.get().value
    answer = submit(page, client=tim, **{f"question_{field}": ""})
    assert answer.status_code == 422
    assert "can be changed, not taken away" in answer.content.decode()
    assert phone.visit.answers.get().value == kept


def test_a_reading_outside_its_limits_asks_what_is_the_matter(tim, phone, form):
    phone.begin()
    page, field = reverse("phone:checklist", args=[phone.assignment.pk]), form.fields.get(label="Pressure").pk
    answer = submit(page, client=tim, **{f"question_{field}": "4"})
    assert answer.status_code == 422
    assert "This is outside the limits" in answer.content.decode()
    assert not phone.visit.answers.exists()
    answer = submit(answer, client=tim, **{f"about_question_{field}": "The expansion vessel is empty."})
    assert answer.status_code == 302
    assert phone.visit.answers.get().value == "4"
    text = "Pressure: 4 bar is above 3 bar. The expansion vessel is empty."
    assert phone.visit.deviations.get().text == text
    other = form.fields.get(label="Meter").pk
    assert submit(page, client=tim, **{f"question_{other}": "12"}).status_code == 302  # not asked again


def test_a_slip_that_was_corrected_is_not_signed_for(tim, phone, form):
    phone.begin()
    page, field = reverse("phone:checklist", args=[phone.assignment.pk]), form.fields.get(label="Pressure").pk
    for typed, shown in (("4", ["4"]), ("5", ["5"]), ("2", [])):
        answer = submit(page, client=tim, **{f"question_{field}": typed})
        if shown:
            submit(answer, client=tim, **{f"about_question_{field}": "Air in the pipes."})
        deviations = shown_of(phone.visit, at=clock.now())["deviations"]
        assert [re.search(r": (\d) bar", one)[1] for one in deviations] == shown
    phone.done("deviation", text="A leak")
    assert shown_of(phone.visit, at=clock.now())["deviations"] == ["A leak"]
    assert phone.visit.deviations.count() == 3  # the office sees what was noticed


def test_a_signature_that_comes_back_after_the_login_is_bound_to_what_was_shown(tim, client_as, cast, phone):
    phone.begin()
    address = reverse("phone:sign_off", args=[phone.assignment.pk])
    page = tim.get(address)
    tim.session.flush()
    submit(page, client=tim, by_script={"signature": signature()}, name="K. Smit")
    phone.done("work_done", text="Something else")  # on another telephone of his
    tim.force_login(cast.tim)
    back = tim.get(address)
    assert "K. Smit" in back.content.decode()
    answer = submit(back, client=tim)
    assert answer.status_code == 422
    assert "changed after this was shown" in answer.content.decode()
    assert not SignOff.objects.exists()


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_signature_holds_what_was_shown_in_the_language_of_the_technician(tim, cast, phone, pump, language):
    """The office may read another language: units, days and answers are words, and the hash is of what stood there."""
    Company.objects.update(language={"en": "nl", "nl": "en"}[language])
    type(cast.tim).objects.filter(pk=cast.tim.pk).update(language=language)
    phone.begin()
    phone.done("material", material=pump.pk, quantity="2")
    address = reverse("phone:sign_off", args=[phone.assignment.pk])
    assert (
        submit(address, client=tim, by_script={"signature": signature()}, name="K. Smit").status_code == 302
    )
    assert [one.why for one in FieldEvent.objects.to_decide()] == []
    (part,) = phone.visit.sign_off.shown["materials"]
    assert part["unit"] == {"en": "piece", "nl": "stuk"}[language]


def test_leaving_for_a_visit_of_another_day_is_asked_about(tim, cast, order):
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    phone = Phone(cast.tim, booked(cast.tim, order, start))
    page = tim.get(reverse("phone:job", args=[phone.assignment.pk]))
    asked = submit(page, client=tim, press="On my way")
    assert asked.status_code == 422
    assert "not planned today" in asked.content.decode()
    assert not FieldEvent.objects.exists()
    assert not Message.objects.filter(kind="on_my_way").exists()
    submit(asked, client=tim, press="Yes, I am on my way")
    assert phone.visit.status == "travelling"
    assert not Message.objects.filter(kind="on_my_way").exists()


def test_a_visit_on_hold_goes_on_with_its_large_button_also_before_it_began(phone, cast, client_as):
    phone.done("hold", reason="Waiting for a part")
    page = client_as(cast.tim).get(f"/phone/job/{phone.assignment.pk}/").content.decode()
    assert "Go on with the work" in page
    assert "On my way" not in page.split('class="big"')[-1]


def test_a_part_is_taken_off_only_after_a_question(phone, cast, client_as, pump):
    phone.begin()
    phone.done("material", material=pump.pk, quantity="2")
    address = f"/phone/job/{phone.assignment.pk}/materials/"
    page = client_as(cast.tim).get(address).content.decode()
    assert "Take this part off?" in page
    submit(address, client=client_as(cast.tim), press=f"Take {pump.name} off")
    assert not phone.visit.materials.exists()
