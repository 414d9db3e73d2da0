"""Who leaves on a date: nothing is planned after it, and the nights that follow take them out of service."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from psycopg.types.range import TimestamptzRange

from apps.accounts.actions import user_role_add
from apps.accounts.roles import OFFICE
from apps.core import clock
from apps.core.refusals import Refused
from apps.planning.actions import assignment_cancel, assignment_move
from apps.planning.models import Assignment
from apps.planning.queue import Job
from apps.planning.quick import quick_plan
from apps.tasks.waiting import tasks
from apps.technicians.actions import hours_set, technician_activate, technician_change, technician_hand_over
from apps.technicians.models import Technician
from apps.timesheets import jobs
from tests.builders import BookingFactory
from tests.pages import flat, submit
from tests.planning.conftest import NOW, World, at

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 17)


def leaves(world: World, last: date | None = TUESDAY) -> Technician:
    return technician_change(technician=world.tim, by=world.cast.bram, last_day=last)


def night() -> bool:
    """Whether Tim is in service after the work of the night."""
    jobs.weeks_ask(timestamp=0)
    return Technician.objects.get(user__name="Tim").active


def booked(world: World, day: int, **more: Any) -> Assignment:
    given = {"technician": world.tim, "work_order": world.order(), "start": at(9, day=day), "hours": 2}
    return BookingFactory(**given | {"by": world.cast.petra} | more)


def test_hours_end_with_the_last_day_noted_or_not(world: World) -> None:
    leaves(world)
    for _each in ("own hours", "opening hours"):
        worked = [world.tim.works.on(TUESDAY + timedelta(days=n)).exists() for n in range(-1, 3)]
        assert worked == [True, True, False, False]
        world.tim.hours.all().delete()
    leaves(world, None)
    assert world.tim.works.on(TUESDAY + timedelta(days=1)).exists()


def test_hours_that_begin_after_the_last_day_are_never_worked(world: World) -> None:
    hours_set(
        technician=world.tim, by=world.cast.bram, weeks=[[]], first=TUESDAY + timedelta(days=7),
    )  # fmt: skip
    leaves(world)
    assert not world.tim.works.filter(since__gt=TUESDAY).exists()


def test_nothing_begins_after_the_last_day_whoever_books(world: World) -> None:
    leaves(world)
    visit, other = booked(world, 1), booked(world, 2, technician=world.tessa)
    with pytest.raises(Refused, match=r"The last day of Tim is .*17"):
        booked(world, 2)
    with pytest.raises(Refused, match="The last day of Tim"):
        assignment_move(
            assignment=other, technician=world.tim, start=at(9, day=3), end=at(10, day=3), by=world.cast.petra,
            version=None, accepted=None,
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="has left by then"), transaction.atomic():
        Assignment.objects.filter(pk=visit.pk).update(period=TimestamptzRange(at(9, day=2), at(10, day=2)))
    assert Assignment.objects.active().count() == 2


def test_quick_plan_and_board_offer_nothing_after_it_and_say_why(world: World, web: Any) -> None:
    order = world.order()
    leaves(world)
    offers = quick_plan(Job(order), world.cast.petra, length=timedelta(hours=8), limit=50)
    assert {one.start.date() for one in offers if one.technician == world.tim} <= {
        date(2026, 11, 16),
        TUESDAY,
    }
    page = web.get("/planning/week/", {"week": "2026-W47", "job": Job(order).key})
    row = next(one for one in page.context["board"].rows if one.person.pk == world.tim.pk)
    assert [cell.word == "No longer in service" for cell in row.cells[:5]] == [False, False, True, True, True]
    assert [cell.hint for cell in row.cells[2:5]] == ["no longer in service"] * 3
    assert not any(cell.gap for cell in row.cells[2:5])


def test_what_is_planned_after_it_stands_in_the_review_and_is_to_move(world: World, web: Any) -> None:
    visit = booked(world, 3)
    leaves(world)
    found = web.get("/planning/day/", {"day": "2026-11-19"}).context["oddities"]
    assert [one.code for one in found] == ["left"]
    page = web.get("/planning/week/", {"week": "2026-W47"})
    row = next(one for one in page.context["board"].rows if one.person.pk == world.tim.pk)
    assert row.cells[3].word.replace("\xa0", " ") == "No longer in service, 2 h to move"
    assignment_move(
        assignment=visit, technician=world.tessa, start=at(9, day=3), end=at(11, day=3), by=world.cast.petra,
        version=None, accepted=None,
    )  # fmt: skip
    assert web.get("/planning/day/", {"day": "2026-11-19"}).context["oddities"] == []


def test_what_is_planned_after_it_is_a_task_as_soon_as_the_day_is_known(world: World) -> None:
    booked(world, 1)
    visit = booked(world, 2)
    assert not tasks(world.cast.petra, clock.now()).tasks
    leaves(world)
    (task,) = tasks(world.cast.petra, clock.now()).tasks
    assert task.url == reverse("planning:assignment_detail", args=[visit.pk])
    assert (task.status, task.action) == ("After the last day", "Move")
    leaves(world, TUESDAY + timedelta(days=1))
    assert not tasks(world.cast.petra, clock.now()).tasks


def test_a_visit_after_the_last_day_is_refused_at_its_field_as_typed(world: World, web: Any) -> None:
    visit = booked(world, 0)
    leaves(world)
    page = reverse("planning:assignment_detail", args=[visit.pk])
    assert "Tim · last day" in flat(web.get(page).content.decode())
    refused = submit(page, client=web, press="Move", day="2026-11-18")
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["day"])
    assert refused.context["form"]["day"].value() == "2026-11-18"
    place = f"{reverse('planning:assignment_place')}?job={Job(world.order()).key}&technician={world.tim.pk}"
    refused = submit(place, client=web, press="Book", day="2026-11-18", start="09:00")
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["day"])
    assert Assignment.objects.get().starts_at == at(9, day=0)


def test_the_night_takes_out_of_service_who_holds_nothing(world: World) -> None:
    leaves(world)
    with clock.at(NOW + timedelta(days=4)):  # the last day itself
        assert night()
    with clock.at(NOW + timedelta(days=5)):
        assert not night()
        world.tim.refresh_from_db()
        world.cast.tim.refresh_from_db()
        assert (world.tim.active, world.cast.tim.is_active) == (False, False)
        assert not night()


def test_who_does_other_work_too_keeps_the_login(world: World) -> None:
    user_role_add(user=world.cast.tim, role=OFFICE, by=world.cast.ada)
    leaves(world)
    with clock.at(NOW + timedelta(days=5)):
        assert not night()
    world.cast.tim.refresh_from_db()
    assert world.cast.tim.is_active


def test_who_still_holds_something_is_a_task_until_it_is_handed_over(world: World) -> None:
    visit = booked(world, 9)
    leaves(world)
    assert not [one for one in tasks(world.cast.bram, clock.now()).tasks if "leaver" in one.key]
    with clock.at(NOW + timedelta(days=5)):
        assert night()
        (task,) = [one for one in tasks(world.cast.bram, clock.now()).tasks if "leaver" in one.key]
        assert (task.record, task.url) == ("Tim", f"/technicians/{world.tim.pk}/deactivate/")
        assignment_cancel(assignment=visit, by=world.cast.petra, reason="Anders")
        assert not night()
        assert not [one for one in tasks(world.cast.bram, clock.now()).tasks if "leaver" in one.key]


def test_who_comes_back_has_no_last_day_that_is_over(world: World) -> None:
    leaves(world)
    with clock.at(NOW + timedelta(days=5)):
        night()
        technician_activate(technician=Technician.objects.get(pk=world.tim.pk), by=world.cast.bram)
        assert Technician.objects.get(pk=world.tim.pk).last_day is None


def test_who_comes_back_without_the_login_is_said_to_need_it(world: World, client_as: Any) -> None:
    leaves(world)
    with clock.at(NOW + timedelta(days=5)):
        night()
        page = f"/technicians/{world.tim.pk}/"
        shown = submit(page, client=client_as(world.cast.bram), press="Take into service", follow=True).text
        assert "once the login is given back" in shown
        assert "can be planned again" not in shown
        admin = client_as(world.cast.ada).get(page).text
        assert f'href="/users/{world.cast.tim.pk}/"' in admin


def test_handing_over_after_the_last_day_takes_out_of_service_at_once(world: World) -> None:
    booked(world, 9)
    leaves(world)
    with clock.at(NOW + timedelta(days=5)):
        tim = Technician.objects.get(pk=world.tim.pk)
        technician_hand_over(technician=tim, by=world.cast.bram, reason="Left", leave=True)
        assert not Technician.objects.get(pk=world.tim.pk).active
        keys = [one.key for one in tasks(world.cast.bram, clock.now()).tasks if one.record == "Tim"]
        assert len(keys) == 1
        assert keys[0].startswith("left-")


def test_the_last_day_is_given_in_the_form_and_not_in_the_past(world: World, client_as: Any) -> None:
    bram, page = client_as(world.cast.bram), f"/technicians/{world.tim.pk}/change/"
    refused = submit(page, client=bram, press="Save", last_day="2026-11-12")
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["last_day"])
    assert submit(page, client=bram, press="Save", last_day="2026-11-17").status_code == 302
    shown = flat(bram.get(f"/technicians/{world.tim.pk}/").content.decode())
    assert "Last day" in shown
    assert "hand-over" in shown
    with clock.at(NOW + timedelta(days=9)):  # and other things can still be changed once it is over
        assert submit(page, client=bram, press="Save", region="Breda").status_code == 302


def test_the_page_says_how_many_visits_stand_after_it_and_leads_to_where_they_go(
    world: World, client_as: Any
) -> None:
    for day in (1, 2, 3):
        booked(world, day)
    bram, page = client_as(world.cast.bram), f"/technicians/{world.tim.pk}/"
    assert "after the last day" not in bram.get(page).text
    leaves(world)
    answer = bram.get(page)
    assert "2 visits stand on the plan after the last day" in answer.text
    with clock.at(at(12, day=3)):  # they are over: nobody can move them
        assert "after the last day" not in bram.get(page).text
    assert reverse("technicians:technician_hand_over", args=[world.tim.pk]) in answer.text
