"""The pages of work orders and job forms."""

from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import lxml.html
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from apps.accounts.models import Session
from apps.core.models import AuditEvent
from apps.planning.actions import assignment_place, job_share
from apps.workorders.actions import FieldDraft, job_form_create
from apps.workorders.models import JobForm, JobFormVersion, WorkOrder
from tests.builders import CompanyFactory, SlaClassFactory
from tests.pages import post_by_hand, submit
from tests.planning.conftest import World, at
from tests.statements import statements
from tests.tampering import submit_tampered

pytestmark = pytest.mark.django_db
FORMS = "/work-orders/forms/"


def typed(world: World, **more: Any) -> dict[str, Any]:
    return {
        "title": "Boiler replacement", "type": world.type, "site": world.site, "urgency": "normal",
        "billing_basis": "actuals", "sold_hours": "4", "people": "1", "preferred_part": "any",
    } | more  # fmt: skip


def page_for(world: World) -> str:
    """Where a work order is made for the customer."""
    return f"/work-orders/new/?customer={world.customer.pk}"


def test_counters_tell_and_filter(world: World, web: Any) -> None:
    waiting, planned, busy = world.order(), world.order(), world.order()
    assignment_place(
        technician=world.tim, start=at(8, day=-3), end=at(9, day=-3), by=world.cast.petra, work_order=planned
    )
    WorkOrder.objects.filter(pk=busy.pk).update(status="in_progress")
    page = web.get("/work-orders/").context["page"]
    assert [one["value"] for one in page.counters] == [1, 1, 1, 0, 0]
    shown = [web.get(one["url"]).context["page"].rows for one in page.counters[:3]]
    assert shown == [[waiting], [planned], [busy]]


@pytest.mark.parametrize(
    ("query", "found"), [("technician={tim}", 1), ("type=999", 0), ("sla=risk", 1), ("q=siphon", 1)]
)
def test_filters_and_search(world: World, web: Any, query: str, found: int) -> None:
    gold = SlaClassFactory()
    order = world.order(title="Siphon", sla_class=gold)
    world.order(title="Boiler")
    assignment_place(technician=world.tim, start=at(8), end=at(9), by=world.cast.petra, work_order=order)
    page = web.get(f"/work-orders/?{query.format(tim=world.tim.pk)}").context["page"]
    assert page.rows == ([order] if found else page.rows)
    assert len(page.rows) == (found or 2)  # a value that is no choice filters nothing


def test_list_costs_the_same_for_many_rows(world: World, web: Any) -> None:
    for n in range(2):
        order = world.order()
        assignment_place(
            technician=world.tim, start=at(8 + n), end=at(9 + n), by=world.cast.petra, work_order=order
        )
    few = statements(web, "/work-orders/")
    for _n in range(20):
        world.order()
    assert statements(web, "/work-orders/") == few


def test_export_holds_every_row(world: World, web: Any) -> None:
    world.order(title="=1+1")
    answer = web.get("/work-orders/?export=xlsx")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet.max_row == 2
    assert sheet["B2"].value == "Familie Peters"


def test_detail_shows_the_job_beside_the_list_and_alone_for_a_swap(world: World, web: Any) -> None:
    order = world.order(scope="Replace the siphon", notes="Mind the dog")
    assignment_place(technician=world.tim, start=at(8), end=at(9), by=world.cast.petra, work_order=order)
    whole = web.get(f"/work-orders/{order.pk}/").content.decode()
    swap = web.get(f"/work-orders/{order.pk}/", headers={"HX-Request": "true"}).content.decode()
    for text in ("Replace the siphon", "Mind the dog", "Tim, Mon"):
        assert text in whole
        assert text in swap
    assert "Planned this week" in whole
    assert "Planned this week" not in swap


def test_work_order_is_made_by_hand_with_what_to_bring(world: World, web: Any) -> None:
    assert world.customer.name in web.get("/work-orders/new/?q=peters").content.decode()
    page = web.get(page_for(world))
    assert page.context["form"].initial["site"] == world.site.pk
    rows = {"bring-0-what": "Siphon", "bring-0-quantity": "2", "bring-0-unit": "C62"}
    answer = submit(page, client=web, **typed(world, **rows))
    order = WorkOrder.objects.get()
    assert answer["Location"] == f"/work-orders/{order.pk}/"
    assert order.created_by == world.cast.petra
    assert order.to_bring.get().description == "Siphon"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("title", ""),
        ("sold_hours", "-1"),
        ("people", "0"),
        ("preferred_until", "2026-11-01"),
    ],
)
def test_bad_input_stays_with_its_error_and_makes_nothing(
    world: World, web: Any, field: str, wrong: str
) -> None:
    given = typed(world, preferred_from="2026-11-20", notes="kept") | {field: wrong}
    answer = submit(page_for(world), client=web, past_browser=True, **given)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "kept" in answer.content.decode()
    assert not WorkOrder.objects.exists()


def test_a_site_that_is_not_the_customers_makes_nothing(world: World, web: Any) -> None:
    given = typed(world, notes="kept", site="999")
    answer = submit_tampered(page_for(world), given, client=web, press="Make the work order")
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"site"}
    assert "kept" in answer.content.decode()
    assert not WorkOrder.objects.exists()


def test_work_order_from_a_request_starts_with_what_is_known(world: World, web: Any) -> None:
    request = world.received(description="Water on the floor\nsince monday")
    page = web.get(f"/work-orders/new/?request={request.pk}")
    assert page.context["form"].initial["title"] == "Water on the floor"
    assert submit(page, client=web, **typed(world)).status_code == 302
    request.refresh_from_db()
    assert request.status == "ordered"
    assert WorkOrder.objects.get().request == request


def test_same_key_makes_one_work_order(world: World, web: Any) -> None:
    page = web.get(page_for(world))
    first, again = (submit(page, client=web, **typed(world)) for _time in range(2))
    assert first["Location"] == again["Location"]
    assert WorkOrder.objects.count() == 1


def test_change_is_refused_when_somebody_was_first(world: World, web: Any) -> None:
    order = world.order()
    older = web.get(f"/work-orders/{order.pk}/change/")
    assert submit(older, client=web, press="Save", title="Mine").status_code == 302
    assert submit(older, client=web, press="Save", title="Theirs").status_code == 409
    order.refresh_from_db()
    assert order.title == "Mine"


def test_hold_and_cancel_take_the_visits_off_the_plan(world: World, web: Any) -> None:
    order = world.order()
    booking = assignment_place(
        technician=world.tim, start=at(8), end=at(9), by=world.cast.petra, work_order=order
    )
    page = f"/work-orders/{order.pk}/"
    hold, cancel = (f"/planning/work-orders/{order.pk}/{verb}/" for verb in ("hold", "cancel"))
    assert submit(page, client=web, form=hold, past_browser=True).status_code == 422
    assert submit(page, client=web, form=hold, reason="parts").status_code == 302
    booking.refresh_from_db()
    order.refresh_from_db()
    assert (booking.active, order.status) == (False, "on_hold")
    assert submit(page, client=web, press="Go on").status_code == 302
    assert submit(page, client=web, form=cancel, reason="sold").status_code == 302
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert AuditEvent.objects.about(order).last().reason == "sold"
    assert post_by_hand(web, cancel, {"reason": "sold"}).status_code == 409


def test_issue_is_followed_up_with_a_word(world: World, web: Any) -> None:
    order = world.order()
    WorkOrder.objects.filter(pk=order.pk).update(status="action_required")
    page, form = f"/work-orders/{order.pk}/", f"/work-orders/{order.pk}/follow-up/"
    assert submit(page, client=web, form=form, past_browser=True).status_code == 422
    assert submit(page, client=web, form=form, reason="called").status_code == 302
    order.refresh_from_db()
    assert order.status == "ready_for_review"


def test_document_is_opened_by_who_may_execute_the_job(world: World, web: Any, client_as: Any) -> None:
    order = world.order()
    drawing = SimpleUploadedFile("drawing.pdf", b"%PDF-1.4 x", content_type="application/pdf")
    page, add = f"/work-orders/{order.pk}/", f"/work-orders/{order.pk}/files/add/"
    assert submit(page, client=web, form=add, file=drawing).status_code == 302
    assert submit(page, client=web, form=add, past_browser=True).status_code == 422
    address = f"/work-orders/{order.pk}/files/{order.files.get().pk}/"
    tim, tessa, zeno = (client_as(user) for user in (world.cast.tim, world.cast.tessa, world.cast.zeno))
    assignment_place(technician=world.tim, start=at(8), end=at(9), by=world.cast.petra, work_order=order)
    job_share(work_order=order, user=world.cast.zeno, by=world.cast.petra)
    assert tim.get(address).status_code == 404  # until the office says that it is for them
    assert submit(page, client=web, form=f"{address}share/").status_code == 302
    assert b"".join(tim.get(address).streaming_content) == b"%PDF-1.4 x"
    assert zeno.get(address).status_code == 200
    assert tessa.get(address).status_code == 404
    assert post_by_hand(tim, f"{address}remove/").status_code == 403
    assert submit(page, client=web, form=f"{address}remove/").status_code == 302
    assert not order.files.exists()


def test_paper_is_for_who_may_execute_the_job(world: World, web: Any, client_as: Any) -> None:
    CompanyFactory()
    order = world.order(scope="Replace the siphon")
    assignment_place(technician=world.tim, start=at(8), end=at(9), by=world.cast.petra, work_order=order)
    answer = web.get(f"/work-orders/{order.pk}/pdf/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert client_as(world.cast.tim).get(f"/work-orders/{order.pk}/pdf/").status_code == 200
    assert client_as(world.cast.tessa).get(f"/work-orders/{order.pk}/pdf/").status_code == 404


@pytest.mark.parametrize("path", ["", "new/", "{pk}/", "{pk}/change/", "forms/", "forms/new/"])
def test_technician_has_no_office_pages(world: World, client_as: Any, path: str) -> None:
    order = world.order()
    assignment_place(technician=world.tim, start=at(8), end=at(9), by=world.cast.petra, work_order=order)
    assert client_as(world.cast.tim).get(f"/work-orders/{path.format(pk=order.pk)}").status_code == 403


def test_admin_looks_but_changes_nothing(world: World, client_as: Any) -> None:
    order = world.order()
    ada = client_as(world.cast.ada)
    assert ada.get(f"/work-orders/{order.pk}/").status_code == 200
    assert ada.get(f"/work-orders/{order.pk}/change/").status_code == 403
    assert ada.get("/work-orders/forms/").status_code == 200


def fields(**more: Any) -> dict[str, Any]:
    return {
        "fields-0-label": "CO", "fields-0-kind": "number", "fields-0-unit": "ppm", "fields-0-maximum": "50",
        "fields-0-position": "2", "fields-0-required": True,
        "fields-1-label": "Flue", "fields-1-kind": "choice", "fields-1-options": "good, bad",
        "fields-1-position": "1", "fields-1-required": False, "fields-2-kind": "tick",
    } | more  # fmt: skip


def test_job_form_is_composed_and_published_in_versions(world: World, web: Any) -> None:
    answer = submit(f"{FORMS}new/?rows=3", client=web, name="Boiler", request_type=world.type, **fields())
    form = JobForm.objects.get()
    assert answer["Location"] == f"/work-orders/forms/{form.pk}/"
    first = form.versions.get()
    assert [(one.label, one.options, one.required) for one in first.fields.all()] == [
        ("Flue", ["good", "bad"], False), ("CO", [], True),
    ]  # fmt: skip
    order = world.order()
    assert web.get(f"/work-orders/forms/{form.pk}/publish/").status_code == 200
    published = submit(f"{FORMS}{form.pk}/publish/", client=web, **{"fields-1-label": "NO"})
    assert published.status_code == 302
    assert form.versions.count() == 2
    assert order.job_form_version == first
    assert [one.label for one in first.fields.all()] == ["Flue", "CO"]
    assert "Flue" in web.get(f"/work-orders/forms/{form.pk}/?version=1").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"fields-1-options": "good"}, {"fields-0-minimum": "60"}, {"fields-0-label": "", "fields-1-label": ""}],
)
def test_wrong_fields_are_told_and_nothing_is_published(
    world: World, web: Any, wrong: dict[str, str]
) -> None:
    form = job_form_create(name="Boiler", request_type=None, fields=[FieldDraft("x")], by=world.cast.bram)
    page = f"{FORMS}{form.pk}/publish/?rows=2"
    assert submit(page, client=web, past_browser=True, **fields(**wrong)).status_code == 422
    assert JobFormVersion.objects.count() == 1


def rows_on(answer: Any) -> list[str]:
    """What stands in the questions of the page."""
    assert answer.status_code == 200
    return [one.get("value", "") for one in lxml.html.document_fromstring(answer.content.decode()).xpath('//input[re:match(@name, "fields-[0-9]+-label")]',
            namespaces={"re": "http://exslt.org/regular-expressions"})]  # fmt: skip


def test_a_job_form_begins_with_one_question_and_gets_another_at_the_press_of_a_button(
    world: World, web: Any
) -> None:
    page = web.get(f"{FORMS}new/")
    assert rows_on(page) == [""]
    more = submit(
        page, client=web, press="Add a question", name="Boiler", active=False, **{"fields-0-label": "CO"}
    )
    assert rows_on(more) == ["CO", ""]
    again = submit(
        more, client=web, press="Add a question", **{"fields-1-section": "Flue", "fields-1-required": False}
    )
    assert rows_on(again) == ["CO", "", ""]
    assert not JobForm.objects.exists()
    done = submit(again, client=web, press="Publish", **{"fields-1-label": "Draught", "fields-2-label": "NO"})
    assert done.status_code == 302
    form = JobForm.objects.get()
    assert [(one.label, one.section, one.required) for one in form.versions.get().fields.all()] == [
        ("CO", "", True), ("Draught", "Flue", False), ("NO", "", True),
    ]  # fmt: skip


def test_whoever_asks_for_another_question_is_not_told_yet_that_one_is_missing(
    world: World, web: Any
) -> None:
    more = submit(f"{FORMS}new/", client=web, press="Add a question", **{"fields-0-minimum": "three"})
    assert rows_on(more) == ["", ""]
    assert "attention" not in more.content.decode()
    assert "This field is required" not in more.content.decode()


def test_the_next_version_gets_another_question_beside_those_of_the_present_one(
    world: World, web: Any
) -> None:
    form = job_form_create(name="Boiler", request_type=None, fields=[FieldDraft("x")], by=world.cast.bram)
    page = f"{FORMS}{form.pk}/publish/"
    more = submit(
        page, client=web, press="Add a question", **{"fields-0-label": "CO", "fields-1-label": "NO"}
    )
    assert rows_on(more) == ["CO", "NO", ""]
    assert submit(more, client=web, press="Publish", **{"fields-2-label": "NOx"}).status_code == 302
    assert [one.label for one in form.versions.get(number=2).fields.all()] == ["CO", "NO", "NOx"]


def test_all_that_was_typed_in_added_questions_is_there_after_logging_in_again(
    world: World, web: Any
) -> None:
    more = submit(f"{FORMS}new/", client=web, press="Add a question", **{"fields-0-label": "CO"})
    Session.objects.all().delete()
    login = submit(more, client=web, press="Publish", name="Boiler", **{"fields-1-label": "NO"})
    assert login.status_code == 302
    web.force_login(world.cast.petra, backend="apps.accounts.backends.AccountBackend")
    back = parse_qs(urlsplit(login["Location"]).query)["next"][0]
    assert rows_on(web.get(back)) == ["CO", "NO"]


@pytest.mark.parametrize(("asked", "shown"), [("²", 1), ("0", 1), ("-4", 1), ("7", 7), ("99999999", 120)])
def test_an_odd_number_of_questions_in_the_address_shows_a_sane_page(
    world: World, web: Any, asked: str, shown: int
) -> None:
    assert len(rows_on(web.get(f"{FORMS}new/", {"rows": asked}))) == shown


def test_faults_in_several_questions_stand_together_and_say_in_which(world: World, web: Any) -> None:
    typed = {
        "fields-0-label": "CO",
        "fields-0-kind": "choice",
        "fields-1-label": "NO",
        "fields-1-kind": "choice",
    }
    wrong = submit(f"{FORMS}new/?rows=2", client=web, name="Boiler", **typed)
    assert wrong.status_code == 422
    text = " ".join(lxml.html.document_fromstring(wrong.content.decode()).text_content().split())
    assert text.count("need your attention") == 1
    assert "Row 1, Options: Name at least two" in text
    assert "Row 2, Options: Name at least two" in text


def test_job_form_gets_another_name(world: World, web: Any) -> None:
    form = job_form_create(name="Boiler", request_type=None, fields=[FieldDraft("x")], by=world.cast.bram)
    job_form_create(name="Taken", request_type=None, fields=[FieldDraft("x")], by=world.cast.bram)
    page = f"{FORMS}{form.pk}/change/"
    assert submit(page, client=web, name="Taken").status_code == 422
    assert submit(page, client=web, name="Heater", active=False).status_code == 302
    form.refresh_from_db()
    assert (form.name, form.active) == ("Heater", False)
