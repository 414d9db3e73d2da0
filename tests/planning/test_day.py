"""The day: what is drawn of it, what the quick plan offers on it, and handing it over when somebody is ill."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import lxml.html
import pytest
from django.core import mail

from apps.core import clock
from apps.planning.actions import absence_add, assignment_place
from apps.planning.models import Assignment, PlanStep
from apps.planning.queue import Job
from apps.planning.quick import quick_plan
from apps.technicians.models import Absence, Technician
from tests.pages import submit
from tests.planning.conftest import World, at
from tests.planning.test_telling import letters
from tests.planning.test_undo import main

pytestmark = pytest.mark.django_db
As = Callable[..., Any]
BREDA, ROTTERDAM, UTRECHT = (51.59, 4.78), (51.92, 4.48), (52.09, 5.12)
DAY = "/planning/day/?day=2026-11-16"


def lives(technician: Technician, place: tuple[float, float]) -> None:
    found = Technician.objects.filter(pk=technician.pk)
    found.update(home_latitude=place[0], home_longitude=place[1])


def stands(world: World, place: tuple[float, float], **more: Any) -> Any:
    """A work order of the customer, at that place."""
    site = type(world.site).objects.get(pk=world.site.pk)
    site.pk = None
    site._state.adding = True
    site.latitude, site.longitude = place
    site.save()
    return world.order(site=site, **more)


def booked(
    world: World, technician: Technician, hour: int, place: tuple[float, float], **more: Any
) -> Assignment:
    given: dict[str, Any] = {"start": at(hour), "end": at(hour + 1), "by": world.cast.petra, "confirm": False}
    return assignment_place(technician=technician, work_order=stands(world, place), **given | more)


def drives(answer: Any) -> list[tuple[str, bool]]:
    page = lxml.html.document_fromstring(answer.content.decode())
    return [(one.get("title"), "short" in one.get("class").split()) for one in page.find_class("leg")]


def test_the_drives_of_a_day_are_drawn(world: World, client_as: As) -> None:
    lives(world.tim, BREDA)
    booked(world, world.tim, 9, ROTTERDAM)
    booked(world, world.tim, 10, UTRECHT)
    booked(world, world.tim, 11, UTRECHT)
    found = drives(client_as(world.cast.petra).get(DAY))
    assert [said.split(" min ")[1].split(":")[0] for said, _short in found] == ["from home", "on the way"]
    assert [short for _said, short in found] == [False, True], "nobody drives to Utrecht in no time"


def test_now_stands_on_the_day_of_today_only(world: World, client_as: As) -> None:
    petra = client_as(world.cast.petra)
    with clock.at(at(10, 20)):
        today, tomorrow = petra.get(DAY), petra.get("/planning/day/?day=2026-11-17")
    lines = lxml.html.document_fromstring(today.content.decode()).find_class("now-line")
    # the tenth quarter of a day that is drawn from eight o'clock, and a third of it
    assert {one.get("class") for one in lines} == {"now-line c1 d0 v0 w1 m1", "now-line tip c1 d0 v0 w1 m1"}
    assert "now-line" not in tomorrow.content.decode()


def test_each_row_says_how_much_is_booked(world: World, client_as: As) -> None:
    booked(world, world.tim, 8, BREDA, end=at(12))
    page = main(client_as(world.cast.petra).get(DAY))
    assert "50 % booked" in page


def test_nothing_is_offered_sooner_than_the_way_there_takes(world: World) -> None:
    """In a day with a visit in Rotterdam and one in Utrecht, for a job in Breda."""
    for other in (world.tessa, world.zeno):
        absence_add(technician=other, start=at(0), end=at(0, day=14), by=world.cast.petra)
    booked(world, world.tim, 10, ROTTERDAM)
    booked(world, world.tim, 15, UTRECHT, start=at(15, 30), end=at(16, 30))
    with clock.at(at(11)):
        offers = quick_plan(Job(stands(world, BREDA)), world.cast.petra, length=timedelta(hours=1))
    today = [one for one in offers if one.start.date() == date(2026, 11, 16)]
    assert today
    for one in today:
        assert one.start >= at(12), "after the visit, and the way from Rotterdam"
        assert one.end <= at(14), "and in time for Utrecht"


def test_from_home_nobody_is_there_before_he_can_be(world: World) -> None:
    for other in (world.tessa, world.zeno):
        absence_add(technician=other, start=at(0), end=at(0, day=14), by=world.cast.petra)
    lives(world.tim, UTRECHT)
    order = stands(world, BREDA)
    with clock.at(at(9, 5)):
        first = min(one.start for one in quick_plan(Job(order), world.cast.petra, length=timedelta(hours=1)))
    assert at(10) <= first <= at(11, 15)
    with clock.at(at(5)):
        first = min(one.start for one in quick_plan(Job(order), world.cast.petra, length=timedelta(hours=1)))
    assert first == at(8), "the way from home is driven before his hours"


@pytest.fixture
def busy(world: World) -> list[Assignment]:
    """Tim's Monday: three visits."""
    return [booked(world, world.tim, hour, BREDA) for hour in (9, 11, 14)]


def choices(answer: Any, visit: Assignment) -> dict[str, str]:
    page = lxml.html.document_fromstring(answer.content.decode())
    options = page.iterfind(f".//select[@name='to-{visit.pk}']/option")
    return {str(one.get("value")): one.text_content() for one in options}


def test_the_day_of_who_is_ill_goes_to_others_in_one_act(
    world: World, busy: list[Assignment], client_as: As
) -> None:
    petra = client_as(world.cast.petra)
    with clock.at(at(7)):
        page = petra.get(DAY)
        assert "Ill today" in main(page)
        page = petra.get(f"/planning/ill/{world.tim.pk}/")
        assert all("same time" in next(iter(choices(page, one).values())) for one in busy)
        after = submit(
            page, client=petra, press="Note as ill and book", follow=True, **{f"to-{busy[2].pk}": "queue"}
        )
        assert "Tim is noted as ill. 2 visits are with others." in main(after)
        assert mail.outbox == []
    now = [Assignment.objects.get(pk=one.pk) for one in busy]
    assert [(one.active, one.starts_at) for one in now[:2]] == [(True, at(9)), (True, at(11))]
    assert world.tim.pk not in {one.technician_id for one in now[:2]}
    assert not now[2].active
    now[2].work_order.refresh_from_db()
    assert now[2].work_order.status == "to_plan"
    absence = Absence.objects.get()
    assert (absence.kind, absence.period.lower, absence.period.upper) == ("sick", at(0), at(0, day=1))
    # each of the customers waits for one mail, and each step can be taken back
    assert PlanStep.objects.waiting().count() == 3


def test_two_suggestions_never_meet(world: World, client_as: As) -> None:
    """With one colleague left, visits at the same hours go one after the other."""
    absence_add(technician=world.zeno, start=at(0), end=at(0, day=14), by=world.cast.petra)
    first = booked(world, world.tim, 9, BREDA)
    second = booked(world, world.tim, 9, BREDA, seen=[first.pk], reason="two small ones")
    petra = client_as(world.cast.petra)
    with clock.at(at(7)):
        submit(petra.get(f"/planning/ill/{world.tim.pk}/"), client=petra, press="Note as ill and book")
    one, other = (Assignment.objects.get(pk=visit.pk) for visit in (first, second))
    assert {one.technician_id, other.technician_id} == {world.tessa.pk}
    assert one.ends_at <= other.starts_at or other.ends_at <= one.starts_at


def test_all_of_it_or_nothing(world: World, busy: list[Assignment], client_as: As) -> None:
    """Both visits chosen onto one place: the second is told at its field, and nothing is written."""
    petra = client_as(world.cast.petra)
    with clock.at(at(7)):
        page = petra.get(f"/planning/ill/{world.tim.pk}/")
        same = next(key for key, label in choices(page, busy[0]).items() if "same time" in label)
        taken = assignment_place(
            technician=Technician.objects.get(pk=int(same.split("-")[0])), start=at(9), end=at(10), confirm=False,
            work_order=world.order(), by=world.cast.bram,
        )  # fmt: skip
        answer = submit(page, client=petra, press="Note as ill and book")
    assert answer.status_code == 422
    assert "This place was just taken. Choose another one." in main(answer)
    assert not Absence.objects.exists()
    assert {one.technician_id for one in Assignment.objects.exclude(pk=taken.pk)} == {world.tim.pk}


def test_what_a_colleague_moved_meanwhile_is_told_at_its_row(
    world: World, busy: list[Assignment], client_as: As
) -> None:
    petra = client_as(world.cast.petra)
    with clock.at(at(7)):
        page = petra.get(f"/planning/ill/{world.tim.pk}/")
        Assignment.objects.filter(pk=busy[0].pk).update(version=9)
        answer = submit(page, client=petra, press="Note as ill and book")
    assert answer.status_code == 409
    assert "changed this booking meanwhile" in main(answer)
    assert not Absence.objects.exists()
    assert letters() == []


def test_what_has_begun_stays(world: World, busy: list[Assignment], client_as: As) -> None:
    petra = client_as(world.cast.petra)
    with clock.at(at(12)):
        page = petra.get(f"/planning/ill/{world.tim.pk}/")
        assert not choices(page, busy[0])
        assert choices(page, busy[2])
        submit(page, client=petra, press="Note as ill and book")
    assert Absence.objects.get().period.lower == at(12, 1)
    assert Assignment.objects.get(pk=busy[0].pk).technician_id == world.tim.pk
