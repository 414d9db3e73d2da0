"""The week: what each day says of itself, what narrows the rows, and in which order and density they stand."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.core import clock
from apps.planning.actions import absence_add, assignment_move, assignment_place, row_move
from apps.planning.models import WeekRow, WeekView
from apps.planning.rules.wall import DAY, WallDay, minute_of
from apps.technicians.actions import technician_change
from apps.technicians.models import AbsenceKind
from tests.builders import SkillFactory
from tests.pages import flat, submit
from tests.planning.conftest import World, at

pytestmark = pytest.mark.django_db
WEEK = "/planning/week/?week=2026-W47"


def place(world: World, start: datetime, hours: float = 2, **more: Any) -> Any:
    given = {"technician": world.tim, "work_order": world.order()} | more
    end = start.astimezone(UTC) + timedelta(hours=hours)
    return assignment_place(start=start, end=end, by=world.cast.petra, **given)


def row(web: Any, technician: Any, address: str = WEEK) -> list[Any]:
    rows = web.get(address).context["board"].rows
    return next(one.cells for one in rows if one.person.pk == technician.pk)


def said(cell: Any) -> tuple[str, str]:
    return cell.css, cell.word.replace("\xa0", " ")


def test_a_visit_says_when_whose_where_and_what(world: World, web: Any) -> None:
    booking = place(world, at(9), 2)
    [line] = row(web, world.tim)[0].lines
    assert (line.pk, line.time, line.name) == (booking.pk, "09:00", world.customer.name)
    assert line.about == f"{world.site.city} · Leak"
    assert line.place == "c0 d5 v0 w8", "an hour after eight, eight quarters long"


def test_who_is_ill_has_hours_to_move_and_is_not_full(world: World, web: Any) -> None:
    place(world, at(8), 4)
    place(world, at(12, 30), 3)
    absence_add(
        technician=world.tim, start=at(0), end=at(0, day=1), by=world.cast.petra, kind=AbsenceKind.SICK
    )
    cell = row(web, world.tim)[0]
    assert said(cell) == ("off", "Ill, 7 h to move")
    assert [line.css for line in cell.lines] == ["dbl", "dbl"]
    assert "to move" in cell.lines[0].said


def test_who_leaves_early_has_what_is_planned_then_to_move(world: World, web: Any) -> None:
    place(world, at(14), 2)
    absence_add(technician=world.tim, start=at(15), end=at(17), by=world.cast.petra, kind=AbsenceKind.SICK)
    assert said(row(web, world.tim)[0]) == ("a", "5 h 30 free, 1 h to move")


def test_a_double_booked_day_is_red_until_it_is_solved(world: World, web: Any) -> None:
    one = place(world, at(8), 2)
    other = place(world, at(9), 2, seen=[one.pk], reason="no power")
    cell = row(web, world.tim)[0]
    assert said(cell) == ("r", "Double booked 1 h")
    assert cell.state == "full"
    assert [line.css for line in cell.lines] == ["dbl", "dbl"]
    move = {"day": "2026-11-16", "start": "10:00", "hours": "2", "technician": world.tim}
    assert submit(f"/planning/visits/{other.pk}/", client=web, press="Move", **move).status_code == 302
    cell = row(web, world.tim)[0]
    assert said(cell) == ("a", "4 h free")
    assert [line.css for line in cell.lines] == ["", ""]


def test_a_past_day_is_grey_and_offers_nothing(world: World, web: Any) -> None:
    with clock.at(at(12, day=2)):
        cells = row(web, world.tim)
    assert ["past" in cell.css for cell in cells] == [True, True, False, False, False]
    assert [bool(cell.gap) for cell in cells] == [False, False, True, True, True]
    assert cells[2].free == "750-990", "after the break: what is over is not offered"


def test_the_weekend_is_a_column_when_it_is_wanted_or_something_is_planned(world: World, web: Any) -> None:
    def days() -> list[int]:
        return [day.day.isoweekday() for day in web.get(WEEK).context["board"].days]

    assert days() == [1, 2, 3, 4, 5]
    place(world, at(10, day=5))
    assert days() == [1, 2, 3, 4, 5, 6]
    assert submit(WEEK, client=web, press="7 days").status_code == 302
    assert days() == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("day", [5, 6])
def test_on_a_weekend_the_week_opens_where_planning_happens_next(world: World, web: Any, day: int) -> None:
    with clock.at(at(12, day=day)):
        page = web.get("/planning/week/")
        assert page.context["number"] == 48, "nobody works any more this week"
        assert "2026-W47" in page.context["now_url"], "this week is this week all the same"
        place(world, at(14, day=6))
        assert web.get("/planning/week/").context["number"] == 47


def test_the_density_is_kept_for_whoever_chose_it(world: World, web: Any, client_as: Any) -> None:
    assert submit(WEEK, client=web, press="Compact").url == WEEK
    assert web.get(WEEK).context["board"].is_compact
    assert not client_as(world.cast.bram).get(WEEK).context["board"].is_compact
    assert submit(WEEK, client=web, press="7 days").status_code == 302
    view = WeekView.objects.get()
    assert (view.density, view.weekend) == ("compact", True), "each switch leaves the other"


def test_compact_has_one_line_for_each_technician_and_all_that_can_be_done(world: World, web: Any) -> None:
    booking = place(world, at(9))
    submit(WEEK, client=web, press="Compact")
    page = web.get(WEEK).content.decode()
    assert page.count(f'data-booking="{booking.pk}"') == 1
    assert 'class="visit' not in page
    assert world.customer.name in flat(page)


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("team=North", ["Tim"]),
        ("team=North&team=South", ["Tessa", "Tim"]),
        ("team=North&region=Breda", []),
        ("region=Breda&region=Tilburg", ["Tessa", "Zeno"]),
        ("team=", ["Tessa", "Tim", "Zeno"]),
    ],
)
def test_several_choices_of_a_filter_are_taken_together(
    world: World, web: Any, query: str, left: list[str]
) -> None:
    for technician, fields in (
        (world.tim, {"team": "North"}),
        (world.tessa, {"team": "South", "region": "Breda"}),
        (world.zeno, {"region": "Tilburg"}),
    ):
        technician_change(technician=technician, by=world.cast.olga, **fields)
    page = web.get(f"{WEEK}&{query}")
    assert [one.person.name for one in page.context["board"].rows] == left
    for one in page.context["counters"][:3]:
        assert query.removesuffix("team=") in one["url"], "a counter keeps all of the choices"


def test_the_skill_filter_takes_who_has_any_of_them(world: World, web: Any) -> None:
    gas, cooling = SkillFactory(), SkillFactory()
    world.tim.skills.add(gas)
    world.zeno.skills.add(cooling)
    rows = web.get(f"{WEEK}&skill={gas.pk}&skill={cooling.pk}").context["board"].rows
    assert [one.person.name for one in rows] == ["Tim", "Zeno"]


def test_rows_stand_as_the_company_put_them(world: World, web: Any, client_as: Any) -> None:
    def names(client: Any) -> list[str]:
        return [one.person.name for one in client.get(WEEK).context["board"].rows]

    assert names(web) == ["Tessa", "Tim", "Zeno"]
    answer = submit(
        f"{WEEK}&arrange=1",
        client=web,
        form=f"/planning/week/rows/{world.zeno.pk}/move/",
        press="Zeno: row up",
    )
    assert answer.url == f"{WEEK}&arrange=1"
    assert names(client_as(world.cast.bram)) == ["Tessa", "Zeno", "Tim"]
    row_move(technician=world.tessa, by=world.cast.petra, up=True)
    row_move(technician=world.tim, by=world.cast.petra, up=False)
    assert names(web) == ["Tessa", "Zeno", "Tim"], "the first and the last stay"
    assert list(WeekRow.objects.values_list("place", flat=True)) == [1, 2, 3]


@pytest.mark.parametrize(
    ("day", "length", "late"),
    [(date(2026, 3, 29), 23 * 60, 7), (date(2026, 10, 25), 25 * 60, 9), (date(2026, 11, 18), DAY, 8)],
)
def test_a_night_shift_through_the_change_of_clocks_has_its_real_hours(
    world: World, day: date, length: int, late: int
) -> None:
    wall = WallDay(day, timezone.get_default_timezone())
    assert wall.whole.length == length
    [worked] = wall.hours([(0, 8 * 60)])
    assert worked.length == late * 60
    assert (wall.wall(worked.start), wall.wall(worked.end)) == (0, 8 * 60)
    for at_wall in (0, 60, 4 * 60, 23 * 60 + 45):
        assert wall.wall(wall.minute(at_wall)) == at_wall


def test_a_visit_in_the_night_of_the_change_stands_where_the_clock_says(world: World, web: Any) -> None:
    zone = timezone.get_default_timezone()
    start = datetime(2026, 10, 24, 23, tzinfo=zone)
    with clock.at(datetime(2026, 10, 20, 9, tzinfo=zone)):
        booking = place(world, start, 5)
        cells = row(web, world.tim, "/planning/week/?week=2026-W43")
    lines = [line for cell in cells for line in cell.lines]
    assert [line.time for line in lines] == ["23:00", "→03:00"], "five hours, one of them twice on the clock"
    assert minute_of(booking.ends_at) - minute_of(booking.starts_at) == 5 * 60


def test_the_pulse_says_nothing_until_something_changed(world: World, web: Any) -> None:
    booking = place(world, at(9))

    def pulse() -> str:
        page = web.get(WEEK)
        return f"{page.context['pulse_url']}&mark={page.context['mark']}"

    def move() -> None:
        assignment_move(
            assignment=booking, technician=world.tessa, start=at(9), end=at(10), by=world.cast.petra,
            version=booking.version,
        )  # fmt: skip

    def away() -> None:
        absence_add(technician=world.zeno, start=at(0), end=at(0, day=1), by=world.cast.petra)

    changes: dict[str, Callable[[], Any]] = {
        "booked": lambda: place(world, at(13)),
        "moved": move,
        "away": away,
        "to plan": world.order,
        "rows": lambda: row_move(technician=world.zeno, by=world.cast.petra, up=True),
        "technician": lambda: technician_change(technician=world.tim, by=world.cast.olga, region="Breda"),
    }
    for name, change in changes.items():
        address = pulse()
        assert web.get(address).status_code == 204, name
        change()
        answer = web.get(address)
        assert (answer.status_code, bool(answer.content)) == (200, True), name
    elsewhere = pulse()
    place(world, at(9, day=7))
    assert web.get(elsewhere).status_code == 204, "another week is none of its business"


def test_a_day_in_which_a_chosen_job_fits_says_where_and_another_why_not(world: World, web: Any) -> None:
    gas = SkillFactory(name="gas certificate")
    for technician in (world.tim, world.tessa):
        technician.skills.add(gas)
    order = world.order(skill=gas, sold_hours=3)
    place(world, at(9), 2)
    page = web.get(f"{WEEK}&job=w{order.pk}")
    board = page.context["board"]
    cells = {one.person.pk: one.cells for one in board.rows}
    monday = cells[world.tim.pk][0]
    assert [(line.time, line.css) for line in monday.lines] == [("09:00", ""), ("12:30", "fit best")], (
        "next door"
    )
    assert "dim" not in monday.css
    assert {cell.hint for cell in cells[world.zeno.pk]} == {"no gas certificate"}
    assert all("dim" in cell.css for cell in cells[world.zeno.pk])
    best = [line for cell in board.cells for line in cell.lines if line.css == "fit best"]
    assert len(best) == 1
    assert web.get(best[0].url).context["form"].initial["start"] == best[0].time
    assert f"{board.places} places fit" in flat(page.content.decode())


@pytest.mark.parametrize(
    ("fields", "hints"),
    [
        ({"sold_hours": 8}, ["4 h at most"]),
        ({"preferred_part": "afternoon", "sold_hours": 4.5}, ["4 h at most"]),
        ({"preferred_part": "morning", "sold_hours": 3}, [""]),
        ({"preferred_from": date(2026, 11, 18)}, ["from 18 Nov", "from 18 Nov", ""]),
        ({"preferred_until": date(2026, 11, 16)}, ["", "until 16 Nov"]),
    ],
)
def test_a_day_says_why_a_job_does_not_fit(
    world: World, web: Any, fields: dict[str, Any], hints: list[str]
) -> None:
    order = world.order(**fields)
    cells = row(web, world.tim, f"{WEEK}&job=w{order.pk}")
    assert [cell.hint.replace("\xa0", " ") for cell in cells][: len(hints)] == hints
    assert ["dim" in cell.css for cell in cells][: len(hints)] == [bool(one) for one in hints]
