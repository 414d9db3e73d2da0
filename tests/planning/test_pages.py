"""The planning pages: what they show, and what each may and may not do."""

from datetime import timedelta
from typing import Any

import pytest

from apps.planning.actions import absence_add, assignment_place
from apps.planning.models import Assignment, Overbooking
from apps.technicians.actions import technician_create
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder
from tests.builders import SkillFactory, SlaClassFactory
from tests.conftest import user_make
from tests.pages import post_by_hand, submit
from tests.planning.conftest import World, at
from tests.statements import statements
from tests.tampering import submit_tampered

pytestmark = pytest.mark.django_db
WEEK = "/planning/week/?week=2026-W47"
FORM = {"day": "2026-11-18", "start": "10:00", "hours": "2"}
PLACE = "/planning/visits/new/"


def page_for(job: Any) -> str:
    """Where a visit is booked for this job."""
    return f"{PLACE}?job={'w' if isinstance(job, WorkOrder) else 'r'}{job.pk}"


def place(
    world: World, job: Any, start: Any, hours: float = 2, technician: Technician | None = None, **more: Any
):
    kind = {"work_order": job} if isinstance(job, WorkOrder) else {"request": job}
    return assignment_place(
        technician=technician or world.tim, start=start, end=start + timedelta(hours=hours),
        by=world.cast.petra, **kind, **more,
    )  # fmt: skip


def test_week_colours_each_day_with_its_word(world: World, web: Any) -> None:
    place(world, world.order(), at(8), 4)  # Monday: the afternoon is left
    place(world, world.order(), at(8, day=1), 8.5)  # Tuesday: nothing is left
    absence_add(technician=world.tim, start=at(0, day=2), end=at(0, day=3), by=world.cast.petra)
    page = web.get(WEEK)
    row = next(one for one in page.context["board"].rows if one.person.pk == world.tim.pk)
    assert [(one.css, one.word.replace("\xa0", " ")) for one in row.cells] == [
        ("a", "4 h free"), ("r", "Full"), ("off", "Holiday"), ("g", "Free all day"), ("g", "Free all day"),
    ]  # fmt: skip


def test_week_counts_colours_and_what_waits(world: World, web: Any) -> None:
    world.order()
    place(world, world.order(), at(8), 4)
    counters = [(str(one["label"]), one["value"]) for one in web.get(WEEK).context["counters"]]
    assert counters == [
        ("Available", 14), ("Partially booked", 1), ("Full / unavailable", 0), ("Work orders to plan", "1"),
    ]  # fmt: skip


def test_most_urgent_job_stands_first(world: World, web: Any) -> None:
    calm, urgent = world.order(), world.order(urgency="urgent")
    due = world.order(sla_class=SlaClassFactory())
    jobs = [one.pk for one in web.get(WEEK).context["waiting"].cards]
    assert jobs == [due.pk, urgent.pk, calm.pk]


def test_press_on_free_time_carries_technician_day_and_start_into_the_form(world: World, web: Any) -> None:
    order = world.order()
    board = web.get(f"{WEEK}&job=w{order.pk}").context["board"]
    form = web.get(board.rows[0].cells[0].gap).context["form"]
    assert form.initial["technician"] == str(board.rows[0].person.pk)
    assert (form.initial["day"], form.initial["start"]) == ("2026-11-16", "08:00")
    assert form.initial["hours"] == 2


def test_without_a_chosen_job_the_press_asks_which(world: World, web: Any) -> None:
    order = world.order()
    answer = web.get(web.get(WEEK).context["board"].rows[0].cells[0].gap)
    assert f"job=w{order.pk}&amp;technician=" in answer.content.decode()


def test_booking_form_books_and_returns_to_the_week(world: World, web: Any) -> None:
    order = world.order()
    answer = submit(page_for(order), client=web, technician=world.tim, **FORM)
    assert answer.status_code == 302
    assert answer["Location"] == WEEK
    booking = Assignment.objects.get()
    assert (booking.work_order, booking.technician, booking.starts_at) == (order, world.tim, at(10, day=2))


@pytest.mark.parametrize(("field", "typed"), [("day", "yesterday"), ("start", "25:00"), ("hours", "0")])
def test_bad_input_stays_in_the_form_with_an_error(world: World, web: Any, field: str, typed: str) -> None:
    order = world.order()
    given = FORM | {"technician": world.tim} | {field: typed}
    answer = submit(page_for(order), client=web, past_browser=True, **given)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Assignment.objects.exists()


def test_a_technician_who_is_not_offered_is_not_booked(world: World, web: Any) -> None:
    given = FORM | {"technician": "99999"}
    answer = submit_tampered(page_for(world.order()), given, client=web, form=PLACE)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"technician"}
    assert not Assignment.objects.exists()


def test_double_booking_shows_who_clashes_and_is_booked_with_a_reason(world: World, web: Any) -> None:
    first, second = world.order(), world.order()
    clash = place(world, first, at(9, day=2))
    answer = submit(page_for(second), client=web, technician=world.tim, **FORM)
    assert answer.status_code == 422
    assert first.number in answer.content.decode()
    assert answer.context["clashes"] == [clash]
    silent = submit(answer, client=web, press="Book all the same", past_browser=True)
    assert silent.status_code == 409
    answer = submit(answer, client=web, press="Book all the same", reason="they know")
    assert answer.status_code == 302
    assert Overbooking.objects.get().reason == "they know"
    assert "Double booked" in web.get(WEEK).content.decode()


def test_warning_is_shown_and_can_be_accepted_with_a_reason(world: World, web: Any) -> None:
    order = world.order()
    given = FORM | {"start": "19:00"}
    answer = submit(page_for(order), client=web, technician=world.tim, **given)
    assert answer.status_code == 422
    assert [code for code, _words in answer.context["warnings"]] == ["out_of_hours"]
    answer = submit(answer, client=web, press="Book all the same", reason="burst pipe")
    assert answer.status_code == 302


def test_visit_is_moved_from_its_page(world: World, web: Any) -> None:
    booking = place(world, world.order(), at(8))
    page = web.get(f"/planning/visits/{booking.pk}/")
    assert page.status_code == 200
    answer = submit(page, client=web, press="Move", technician=world.tessa, **FORM)
    assert answer.status_code == 302
    booking.refresh_from_db()
    assert (booking.technician, booking.starts_at) == (world.tessa, at(10, day=2))
    answer = submit(page, client=web, press="Move", technician=world.tessa, **FORM | {"start": "13:00"})
    assert answer.status_code == 409  # an old version
    booking.refresh_from_db()
    assert booking.starts_at == at(10, day=2)


def test_cancel_asks_for_a_reason(world: World, web: Any) -> None:
    booking = place(world, world.order(), at(8))
    page = web.get(f"/planning/visits/{booking.pk}/")
    silent = submit(page, client=web, press="Take off the plan", past_browser=True)
    assert silent.status_code == 422
    assert submit(page, client=web, press="Take off the plan", reason="ill").status_code == 302
    booking.refresh_from_db()
    assert not booking.active


def test_quick_plan_suggests_those_with_the_skill_and_one_press_books(world: World, web: Any) -> None:
    gas = SkillFactory()
    world.tessa.skills.add(gas)
    order = world.order(skill=gas)
    page = web.get(f"/planning/quick/?job=w{order.pk}")
    offers = page.context["offers"]
    assert {one.technician for one in offers} == {world.tessa}
    assert ("has the skill", "g") in offers[0].reasons


def test_intake_is_planned_from_its_request(world: World, web: Any) -> None:
    request = world.request()
    assert web.get(f"/planning/intake/{request.pk}/").status_code == 200
    given = FORM | {"technician": world.tim, "hours": "1"}
    answer = submit(page_for(request), client=web, **given)
    assert answer.status_code == 302
    request.refresh_from_db()
    assert request.status == "planned"


def test_day_tells_what_is_odd(world: World, web: Any) -> None:
    gas = SkillFactory()
    one = place(world, world.order(skill=gas), at(9))
    place(world, world.order(), at(10), seen=[one.pk], reason="x")
    place(world, world.order(preferred_part="morning"), at(14))
    absence_add(technician=world.tessa, start=at(0), end=at(0, day=1), by=world.cast.petra)
    place(world, world.order(), at(9), technician=world.tessa)
    page = web.get("/planning/day/?day=2026-11-16")
    codes = [one.code for one in page.context["oddities"]]
    assert codes == ["double", "absent", "missing_skill", "outside_window"]
    values = [one["value"] for one in page.context["counters"]]
    assert values == [2, page.context["counters"][1]["value"], 1, "0"]


def test_filters_narrow_the_rows(world: World, web: Any) -> None:
    rows = web.get(f"{WEEK}&kind=contractor").context["board"].rows
    assert [one.person.pk for one in rows] == [world.zeno.pk]
    place(world, world.order(), at(8), 8.5)
    rows = web.get(f"{WEEK}&state=full").context["board"].rows
    assert [one.person.pk for one in rows] == [world.tim.pk]


def test_absence_by_hand(world: World, web: Any) -> None:
    place(world, world.order(), at(8))
    given = {"technician": world.tim, "kind": "sick", "first": "2026-11-16", "last": "2026-11-15"}
    answer = submit("/planning/absences/new/", client=web, **given)
    assert answer.status_code == 422
    saved = submit(answer, client=web, press="Save", last="2026-11-17")
    assert saved.url == "/planning/day/?day=2026-11-16", "where the visits stand that somebody else must make"
    absence = world.tim.absences.get()
    assert (absence.period.lower, absence.period.upper) == (at(0), at(0, day=2))
    removed = submit("/planning/absences/", client=web, press="Remove the absence")
    assert removed.status_code == 302
    assert not world.tim.absences.exists()


def test_week_asks_as_many_queries_for_sixty_technicians_as_for_three(world: World, web: Any) -> None:
    place(world, world.order(), at(8))
    few = statements(web, WEEK)
    for n in range(30):
        technician = technician_create(
            by=world.cast.olga,
            user=user_make(f"Technician{n}", "technician"),
            skills=[SkillFactory(name=f"Skill {n % 5}")],
        )
        place(world, world.order(), at(8), technician=technician)
        place(world, world.request(), at(13), 1, technician=technician)
    assert statements(web, WEEK) == few


@pytest.mark.parametrize("path", ["week/", "day/", "quick/", "visits/new/", "absences/", "absences/new/"])
def test_technician_plans_nothing(world: World, client_as: Any, path: str) -> None:
    assert client_as(world.cast.tim).get(f"/planning/{path}").status_code == 403


def test_admin_sees_the_plan_but_books_nothing(world: World, client_as: Any) -> None:
    ada = client_as(world.cast.ada)
    order = world.order()
    assert ada.get(WEEK).status_code == 200
    given = FORM | {"job": f"w{order.pk}", "technician": world.tim.pk}
    assert post_by_hand(ada, PLACE, given).status_code == 403


@pytest.mark.parametrize(
    "path", ["visits/999/", "quick/?job=w999", "quick/?job=x", "intake/999/", "visits/new/?job=r1x"]
)
def test_what_is_not_there_is_404(world: World, web: Any, path: str) -> None:
    assert web.get(f"/planning/{path}").status_code == 404


def test_no_week_and_no_day_show_the_present_one(world: World, web: Any) -> None:
    assert web.get("/planning/week/?week=soon").context["number"] == 46
    assert web.get("/planning/day/?day=soon").status_code == 200


def test_quick_plan_names_the_technician_that_the_intake_was_given_to(world: World, web: Any) -> None:
    request = world.request(technician=world.tessa)
    page = web.get(f"/planning/intake/{request.pk}/")
    assert "Chosen at the intake: Tessa" in page.content.decode()
    chosen = [one for one in page.context["offers"] if ("chosen at the intake", "g") in one.reasons]
    assert {one.technician for one in chosen} == {world.tessa}
