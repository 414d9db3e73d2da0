"""Work of somebody who left stays in sight, and nobody is booked who leaves."""

import threading
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from apps.core import clock
from apps.core.refusals import Refused
from apps.planning import actions
from apps.planning.actions import assignments
from apps.planning.models import Assignment
from apps.technicians.models import Technician
from tests.pages import flat, submit
from tests.planning.conftest import NOW, World, at
from tests.planning.test_race import busy  # noqa: F401


def leave(technician: Technician, way: str) -> None:
    if way == "technician":
        Technician.objects.filter(pk=technician.pk).update(active=False)
    else:
        type(technician.user).objects.filter(pk=technician.user_id).update(is_active=False)


@pytest.fixture(params=["technician", "user"])
def way(request: Any) -> str:
    """Out of service as a technician, or a user who can no longer log in."""
    return request.param


@pytest.fixture
def booking(world: World) -> Assignment:
    return actions.assignment_place(
        technician=world.tim, start=at(10), end=at(12), by=world.cast.petra, work_order=world.order()
    )


def test_a_visit_of_who_left_stays_on_the_week_and_the_day(web, booking, world, way):
    leave(world.tim, way)
    for address in (reverse("planning:week") + "?week=2026-W47", reverse("planning:day") + "?day=2026-11-16"):
        page = web.get(address).content.decode()
        assert f'data-booking="{booking.pk}"' in page
        assert "No longer in service" in page
        assert f"technician={world.tim.pk}&" not in page, "nothing free is offered on them"


def test_who_left_has_no_row_without_a_visit(web, world, way):
    leave(world.tim, way)
    page = web.get(reverse("planning:week") + "?week=2026-W47").content.decode()
    assert ">Tessa<" in page
    assert ">Tim<" not in page


def test_the_planning_review_names_it(web, booking, world, way):
    leave(world.tim, way)
    page = web.get(reverse("planning:day") + "?day=2026-11-16").content.decode()
    review = page[page.index('id="review"') :]
    assert "No longer in service" in review
    assert reverse("planning:assignment_detail", args=[booking.pk]) in review


def test_it_is_moved_to_a_colleague_from_its_page(web, booking, world, way):
    leave(world.tim, way)
    page = web.get(reverse("planning:assignment_detail", args=[booking.pk]))
    assert "Tim · no longer in service" in page.content.decode()
    answer = submit(page, client=web, press="Move")
    assert answer.status_code == 409, "not to somebody else in silence"
    assert "no longer in service" in answer.content.decode()
    assert submit(page, client=web, technician="Tessa", press="Move").status_code == 302
    booking.refresh_from_db()
    assert booking.technician == world.tessa


def test_the_quick_plan_suggests_nobody_who_left(web, world, booking, way):
    leave(world.tim, way)
    order = world.order()
    page = web.get(reverse("planning:quick_plan") + f"?job=w{order.pk}").content.decode()
    assert f'name="technician" value="{world.tim.pk}"' not in page
    assert f'name="technician" value="{world.tessa.pk}"' in page


@pytest.mark.parametrize("address", ["workorders:work_order_list", "intake:request_list"])
def test_a_list_can_be_filtered_by_who_left(web, world, booking, way, address):
    leave(world.tim, way)
    page = web.get(reverse(address)).content.decode()
    assert f'<option value="{world.tim.pk}">Tim · no longer in service</option>' in flat(page)


def test_nobody_is_booked_who_left(world, booking, way):
    leave(world.tim, way)
    world.tim.refresh_from_db()
    with pytest.raises(Refused, match="no longer in service"):
        actions.assignment_place(
            technician=world.tim, start=at(14), end=at(15), by=world.cast.petra, work_order=world.order()
        )
    for change in ({"technician": world.tim}, {"period": (at(14), at(15))}):
        row = Assignment.objects.filter(pk=booking.pk)
        with pytest.raises(DatabaseError, match="no longer in service"), transaction.atomic():
            row.update(**change)
    actions.assignment_cancel(assignment=booking, by=world.cast.petra, reason="left")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lock", [True, False], ids=["with the lock", "with the lock of the action off"])
def test_booking_and_leaving_at_once_take_turns(busy: World, monkeypatch: Any, lock: bool) -> None:  # noqa: F811
    """Whoever comes second sees the first: the booking is refused, or it stood there before the leaving looked."""
    if not lock:  # what Postgres itself does, whoever books
        monkeypatch.setattr(assignments, "technicians_lock", lambda ids: nullcontext())
        monkeypatch.setattr(assignments, "technician_check", lambda *given: None)
    for attempt in range(6):
        Technician.objects.filter(pk=busy.zeno.pk).update(active=True)
        booked, seen = at_once(busy, at(8 + attempt))
        assert booked <= seen, "booked after it was looked whether anything was planned"


def at_once(world: World, start: Any) -> tuple[set[int], set[int]]:
    """(what was booked, what whoever takes Zeno out of service saw on his plan)."""
    order = world.order(confirm_to_customer=False)
    barrier = threading.Barrier(2)
    seen: set[int] = set()
    booked: set[int] = set()

    def leaving() -> None:
        try:
            barrier.wait()
            with transaction.atomic():
                Technician.objects.select_for_update(of=("self",)).get(pk=world.zeno.pk)
                seen.update(Assignment.objects.filter(technician=world.zeno).values_list("pk", flat=True))
                Technician.objects.filter(pk=world.zeno.pk).update(active=False)
        finally:
            connection.close()

    def booking() -> None:
        try:
            barrier.wait()
            with clock.at(NOW):
                made = actions.assignment_place(
                    technician=world.zeno, start=start, end=start + timedelta(hours=1), by=world.cast.petra,
                    work_order=order, confirm=False,
                )  # fmt: skip
            booked.add(made.pk)
        except (Refused, DatabaseError):
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for one in (leaving, booking)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return booked, seen
