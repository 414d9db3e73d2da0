"""The pages of work orders and job forms."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from apps.core.idempotency import key_new
from apps.core.models import AuditEvent
from apps.planning.actions import assignment_place, job_share
from apps.workorders.actions import FieldDraft, job_form_create
from apps.workorders.models import JobForm, JobFormVersion, SlaClass, WorkOrder
from tests.builders import CompanyFactory
from tests.pages import submit
from tests.planning.conftest import World, at
from tests.seen import post_seen

pytestmark = pytest.mark.django_db
EMPTY_ROWS = {"bring-TOTAL_FORMS": "0", "bring-INITIAL_FORMS": "0"}


def typed(world: World, **more: Any) -> dict[str, Any]:
    return {
        "title": "Boiler replacement", "type": world.type.pk, "site": world.site.pk, "urgency": "normal",
        "billing_basis": "actuals", "sold_hours": "4", "people": "1", "preferred_part": "any",
    } | EMPTY_ROWS | more  # fmt: skip


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
    gold = SlaClass.objects.create(name="Gold", respond_hours=1, complete_hours=4)
    order = world.order(title="Siphon", sla_class=gold)
    world.order(title="Boiler")
    assignment_place(technician=world.tim, start=at(8), end=at(9), by=world.cast.petra, work_order=order)
    page = web.get(f"/work-orders/?{query.format(tim=world.tim.pk)}").context["page"]
    assert page.rows == ([order] if found else page.rows)
    assert len(page.rows) == (found or 2)  # a value that is no choice filters nothing


def test_list_costs_the_same_for_many_rows(world: World, web: Any) -> None:
    def queries() -> int:
        web.get("/work-orders/")
        with CaptureQueriesContext(connection) as caught:
            assert web.get("/work-orders/").status_code == 200
        return len(caught)

    for n in range(2):
        order = world.order()
        assignment_place(
            technician=world.tim, start=at(8 + n), end=at(9 + n), by=world.cast.petra, work_order=order
        )
    few = queries()
    for _n in range(20):
        world.order()
    assert queries() == few
    assert few <= 20


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
    address = f"/work-orders/new/?customer={world.customer.pk}"
    assert web.get(address).context["form"].initial["site"] == world.site.pk
    rows = {
        "bring-TOTAL_FORMS": "1",
        "bring-0-what": "Siphon",
        "bring-0-quantity": "2",
        "bring-0-unit": "C62",
    }
    answer = web.post(address, typed(world) | rows)
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
        ("site", "999"),
        ("preferred_until", "2026-11-01"),
    ],
)
def test_bad_input_stays_with_its_error_and_makes_nothing(
    world: World, web: Any, field: str, wrong: str
) -> None:
    given = typed(world, preferred_from="2026-11-20", notes="kept") | {field: wrong}
    answer = web.post(f"/work-orders/new/?customer={world.customer.pk}", given)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "kept" in answer.content.decode()
    assert not WorkOrder.objects.exists()


def test_work_order_from_a_request_starts_with_what_is_known(world: World, web: Any) -> None:
    request = world.received(description="Water on the floor\nsince monday")
    address = f"/work-orders/new/?request={request.pk}"
    assert web.get(address).context["form"].initial["title"] == "Water on the floor"
    assert web.post(address, typed(world)).status_code == 302
    request.refresh_from_db()
    assert request.status == "ordered"
    assert WorkOrder.objects.get().request == request


def test_same_key_makes_one_work_order(world: World, web: Any) -> None:
    given = typed(world, idempotency_key=key_new(f"u{web.session['_auth_user_id']}"))
    address = f"/work-orders/new/?customer={world.customer.pk}"
    assert web.post(address, given)["Location"] == web.post(address, given)["Location"]
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
    assert web.post(f"/planning/work-orders/{order.pk}/hold/", {"reason": ""}).status_code == 422
    assert web.post(f"/planning/work-orders/{order.pk}/hold/", {"reason": "parts"}).status_code == 302
    booking.refresh_from_db()
    order.refresh_from_db()
    assert (booking.active, order.status) == (False, "on_hold")
    assert web.post(f"/work-orders/{order.pk}/resume/").status_code == 302
    assert web.post(f"/planning/work-orders/{order.pk}/cancel/", {"reason": "sold"}).status_code == 302
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert AuditEvent.objects.about(order).last().reason == "sold"
    assert web.post(f"/planning/work-orders/{order.pk}/cancel/", {"reason": "sold"}).status_code == 409


def test_issue_is_followed_up_with_a_word(world: World, web: Any) -> None:
    order = world.order()
    WorkOrder.objects.filter(pk=order.pk).update(status="action_required")
    assert web.post(f"/work-orders/{order.pk}/follow-up/", {"reason": ""}).status_code == 422
    assert web.post(f"/work-orders/{order.pk}/follow-up/", {"reason": "called"}).status_code == 302
    order.refresh_from_db()
    assert order.status == "ready_for_review"


def test_document_is_opened_by_who_may_execute_the_job(world: World, web: Any, client_as: Any) -> None:
    order = world.order()
    drawing = SimpleUploadedFile("drawing.pdf", b"%PDF-1.4 x", content_type="application/pdf")
    assert web.post(f"/work-orders/{order.pk}/files/add/", {"file": drawing}).status_code == 302
    assert web.post(f"/work-orders/{order.pk}/files/add/", {}).status_code == 422
    address = f"/work-orders/{order.pk}/files/{order.files.get().pk}/"
    tim, tessa, zeno = (client_as(user) for user in (world.cast.tim, world.cast.tessa, world.cast.zeno))
    assignment_place(technician=world.tim, start=at(8), end=at(9), by=world.cast.petra, work_order=order)
    job_share(work_order=order, user=world.cast.zeno, by=world.cast.petra)
    assert b"".join(tim.get(address).streaming_content) == b"%PDF-1.4 x"
    assert zeno.get(address).status_code == 200
    assert tessa.get(address).status_code == 404
    assert tim.post(f"{address}remove/").status_code == 403
    assert web.post(f"{address}remove/").status_code == 302
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


def fields(**more: str) -> dict[str, str]:
    return {
        "fields-TOTAL_FORMS": "3", "fields-INITIAL_FORMS": "0",
        "fields-0-label": "CO", "fields-0-kind": "number", "fields-0-unit": "ppm", "fields-0-maximum": "50",
        "fields-0-position": "2", "fields-0-required": "on",
        "fields-1-label": "Flue", "fields-1-kind": "choice", "fields-1-options": "good, bad",
        "fields-1-position": "1", "fields-2-kind": "tick",
    } | more  # fmt: skip


def test_job_form_is_composed_and_published_in_versions(world: World, web: Any) -> None:
    answer = web.post(
        "/work-orders/forms/new/", fields(name="Boiler", request_type=str(world.type.pk), active="on")
    )
    form = JobForm.objects.get()
    assert answer["Location"] == f"/work-orders/forms/{form.pk}/"
    first = form.versions.get()
    assert [(one.label, one.options, one.required) for one in first.fields.all()] == [
        ("Flue", ["good", "bad"], False), ("CO", [], True),
    ]  # fmt: skip
    order = world.order()
    assert web.get(f"/work-orders/forms/{form.pk}/publish/").status_code == 200
    assert (
        post_seen(
            web, f"/work-orders/forms/{form.pk}/publish/", fields(**{"fields-0-label": "NO"})
        ).status_code
        == 302
    )
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
    assert post_seen(web, f"/work-orders/forms/{form.pk}/publish/", fields(**wrong)).status_code == 422
    assert JobFormVersion.objects.count() == 1


def test_job_form_gets_another_name(world: World, web: Any) -> None:
    form = job_form_create(name="Boiler", request_type=None, fields=[FieldDraft("x")], by=world.cast.bram)
    job_form_create(name="Taken", request_type=None, fields=[FieldDraft("x")], by=world.cast.bram)
    assert post_seen(web, f"/work-orders/forms/{form.pk}/change/", {"name": "Taken"}).status_code == 422
    assert post_seen(web, f"/work-orders/forms/{form.pk}/change/", {"name": "Heater"}).status_code == 302
    form.refresh_from_db()
    assert (form.name, form.active) == ("Heater", False)
