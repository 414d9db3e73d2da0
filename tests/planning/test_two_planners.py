"""Two planners at one job: the second is told who planned it, for whom and when, and chooses."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from django.db import connection

from apps.core import clock
from apps.planning.actions import PlannedMeanwhile, assignment_move, assignment_place
from apps.planning.models import Assignment
from apps.workorders.models import WorkOrder
from tests.conftest import Cast
from tests.pages import Page, submit
from tests.planning.conftest import NOW, World, at

As = Callable[..., Any]
WEEK = "/planning/week/?week=2026-W47"
PLACE = "/planning/visits/new/?technician={}&day=2026-11-17&start=09:00&job=w{}"


def text(answer: Any) -> str:
    main = lxml.html.document_fromstring(answer.content.decode()).find(".//main")
    return " ".join(main.text_content().split())


def place(world: World, order: WorkOrder, **more: Any) -> Assignment:
    given = {"technician": world.tim, "start": at(9, day=1), "end": at(11, day=1), "by": world.cast.petra}
    return assignment_place(work_order=order, **given | more)


@pytest.mark.django_db
def test_a_page_that_did_not_show_the_plan_books_nothing(world: World, client_as: As) -> None:
    bram, order = client_as(world.cast.bram), world.order()
    older = bram.get(PLACE.format(world.tessa.pk, order.pk))
    place(world, order)
    refused = submit(older, client=bram, press="Book")
    assert refused.status_code == 409
    assert f"Petra planned {order.number} for Tim, Tue 17 Nov 09:00, at 09:00." in text(refused)
    assert order.assignments.count() == 1
    # on purpose it can be done: a second visit, from the page that says so
    assert submit(refused, client=bram, press="Book a second visit").status_code == 302
    assert {one.technician for one in order.assignments.all()} == {world.tim, world.tessa}


@pytest.mark.django_db
def test_a_reason_that_was_typed_outlives_what_a_colleague_did(world: World, client_as: As) -> None:
    """Booked over another visit with a reason, or moved: refused, as somebody was first; the reason stands in the form."""
    bram, order, why = client_as(world.cast.bram), world.order(), "The customer is there on Tuesday only"
    place(world, world.order())
    clash = submit(bram.get(PLACE.format(world.tim.pk, order.pk)), client=bram, press="Book")
    assert clash.status_code == 422
    place(world, order, technician=world.zeno)
    refused = submit(clash, client=bram, press="Book all the same", reason=why)
    assert (refused.status_code, why in text(refused)) == (409, True)
    asked = submit(refused, client=bram, press="Book a second visit")
    assert (asked.status_code, why in text(asked)) == (422, True)
    assert submit(asked, client=bram, press="Book all the same").status_code == 302

    visit = order.assignments.get(technician=world.zeno)
    page = bram.get(f"/planning/visits/{visit.pk}/")
    clash = submit(page, client=bram, press="Move", technician=world.tim.pk)
    assignment_move(
        assignment=visit, technician=world.tessa, start=at(13, day=2), end=at(15, day=2), by=world.cast.petra,
        version=visit.version,
    )  # fmt: skip
    moved = submit(clash, client=bram, press="Move all the same", reason=why)
    assert (moved.status_code, why in text(moved)) == (409, True)


@pytest.mark.django_db
def test_a_page_that_shows_the_plan_books_another_visit_at_once(world: World, client_as: As) -> None:
    bram, order = client_as(world.cast.bram), world.order()
    place(world, order)
    page = bram.get(PLACE.format(world.tessa.pk, order.pk))
    assert "On the plan" in text(page)
    assert submit(page, client=bram, press="Book").status_code == 302
    assert order.assignments.count() == 2


@pytest.mark.django_db
def test_a_drag_from_an_older_board_is_refused_too(world: World, client_as: As) -> None:
    bram, order = client_as(world.cast.bram), world.order()
    board = bram.get(WEEK)
    card = lxml.html.document_fromstring(board.content.decode()).find(f".//a[@data-job='w{order.pk}']")
    assert card is not None
    place(world, order)
    drop = {
        "job": card.get("data-job"), "known": card.get("data-known"), "technician": world.tessa.pk,
        "day": "2026-11-18", "start": "10:00", "hours": "2", "confirm": card.get("data-confirm"),
    }  # fmt: skip
    form = next(one for one in Page.fetched(board, bram).forms if one.element.get("id") == "drop")
    for name, value in drop.items():
        form.script(name, str(value))
    form.element.set("action", "/planning/visits/new/")
    refused = form.send(bram, None)
    assert refused.status_code == 409
    assert "Petra planned" in text(refused)


@pytest.mark.django_db
def test_the_quick_plan_is_refused_too(world: World, client_as: As) -> None:
    bram, order = client_as(world.cast.bram), world.order()
    page = bram.get(f"/planning/quick/?job=w{order.pk}")
    place(world, order)
    first = next(one for one in Page.fetched(page, bram).forms if one.path() == "/planning/visits/new/")
    assert first.send(bram, first.buttons[0]).status_code == 409
    assert order.assignments.count() == 1


@pytest.mark.django_db
def test_the_intake_visit_of_a_request_is_one(world: World, client_as: As) -> None:
    bram, request = client_as(world.cast.bram), world.request()
    older = bram.get(PLACE.format(world.tessa.pk, 0).replace("w0", f"r{request.pk}"))
    assignment_place(
        technician=world.tim, start=at(9, day=1), end=at(10, day=1), by=world.cast.petra, request=request
    )
    refused = submit(older, client=bram, press="Book")
    assert refused.status_code == 409
    assert f"Petra planned {request.number} for Tim, Tue 17 Nov 09:00" in text(refused)
    assert "Book a second visit" not in text(refused)
    assert "Move the visit of Tim" in text(refused)


@pytest.mark.django_db
def test_a_visit_that_a_colleague_moved_is_asked_about_with_both_versions(
    world: World, client_as: As
) -> None:
    bram, visit = client_as(world.cast.bram), place(world, world.order())
    older = bram.get(f"/planning/visits/{visit.pk}/")
    assignment_move(
        assignment=visit, technician=world.zeno, start=at(13, day=2), end=at(15, day=2), by=world.cast.petra,
        version=visit.version,
    )  # fmt: skip
    refused = submit(older, client=bram, press="Move", start="14:00")
    assert refused.status_code == 409
    said = text(refused)
    assert "it is now with Zeno, Wed 18 Nov 13:00" in said
    assert "You asked for: Tim, Tue 17 Nov 14:00 – 16:00" in said
    assert submit(refused, client=bram, press="Move").status_code == 302
    visit.refresh_from_db()
    assert (visit.technician, visit.starts_at) == (world.tim, at(14, day=1))


@pytest.mark.django_db
def test_a_visit_that_a_colleague_moved_is_not_taken_off_unseen(world: World, client_as: As) -> None:
    bram, visit = client_as(world.cast.bram), place(world, world.order())
    older = bram.get(f"/planning/visits/{visit.pk}/")
    assignment_move(
        assignment=visit, technician=world.zeno, start=at(13, day=2), end=at(15, day=2), by=world.cast.petra,
        version=visit.version,
    )  # fmt: skip
    refused = submit(older, client=bram, form=f"/planning/visits/{visit.pk}/cancel/", reason="ill")
    assert refused.status_code == 409
    visit.refresh_from_db()
    assert visit.active


@pytest.mark.django_db
def test_an_invalid_move_keeps_the_version_that_was_seen(world: World, client_as: As) -> None:
    bram, visit = client_as(world.cast.bram), place(world, world.order())
    older = bram.get(f"/planning/visits/{visit.pk}/")
    assignment_move(
        assignment=visit, technician=world.zeno, start=at(13, day=2), end=at(15, day=2), by=world.cast.petra,
        version=visit.version,
    )  # fmt: skip
    invalid = submit(older, client=bram, press="Move", hours="99", past_browser=True)
    assert invalid.status_code == 422
    assert submit(invalid, client=bram, press="Move", hours="2").status_code == 409


@pytest.mark.django_db(transaction=True)
def test_of_two_planners_at_once_one_books(transactional_cast: Cast) -> None:
    """For two technicians, so that only the lock of the job stands between them."""
    with clock.at(NOW):
        world = World(transactional_cast)
        order = world.order(confirm_to_customer=False)
    start, outcomes = threading.Barrier(2), []

    def plan(by: Any, technician: Any) -> None:
        try:
            with clock.at(NOW):
                start.wait(10)
                place(world, WorkOrder.objects.get(pk=order.pk), by=by, technician=technician, known=[])
                outcomes.append("booked")
        except PlannedMeanwhile as planned:
            outcomes.append(str(planned))
        finally:
            connection.close()

    people = [(world.cast.petra, world.tim), (world.cast.bram, world.tessa)]
    threads = [threading.Thread(target=plan, args=one) for one in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(one == "booked" for one in outcomes) == [False, True]
    booked = order.assignments.get()
    told = next(one for one in outcomes if one != "booked")
    assert told.startswith(f"{booked.created_by.name} planned {order.number} for {booked.technician}")
    assert booked.ends_at - booked.starts_at == timedelta(hours=2)
