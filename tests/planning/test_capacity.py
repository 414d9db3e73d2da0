"""Weeks ahead: hours available, planned and sold add up to what stands in the database, and what to move fits where it goes."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.core import clock
from apps.finance.querysets import available
from apps.finance.rules import Span
from apps.planning.actions import absence_add, assignment_place
from apps.planning.capacity import LATER, UNDATED, WEEKS, Capacity
from apps.planning.rules.capacity import Item, Room, first_with_room, moves
from apps.technicians.actions import hours_set, skill_get, technician_change
from apps.technicians.models import Technician
from apps.technicians.states import Rhythm
from apps.workorders.models import WorkOrder
from tests.planning.conftest import World
from tests.statements import statements

WEEK = timedelta(weeks=1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def sold(world: World, hours: str, due: date | None = None, **fields: Any) -> WorkOrder:
    """A job that waits, and by when it must be done."""
    order = world.order(sold_hours=Decimal(hours), **fields)
    WorkOrder.objects.filter(pk=order.pk).update(complete_by=due and at(due, 17))
    return order


def full(world: World, monday: date) -> None:
    """Nobody works in that week."""
    for technician in Technician.objects.all():
        absence_add(
            technician=technician,
            start=at(monday, 0),
            end=at(monday + timedelta(days=7), 0),
            by=world.cast.petra,
        )


@pytest.fixture
def filled(world: World) -> World:
    """Alternating weeks, an absence, visits of this week and later, and work that is sold for several weeks."""
    monday = clock.today() - timedelta(days=clock.today().weekday()) + WEEK
    five = [(weekday, time(8), time(16, 30)) for weekday in range(1, 6)]
    hours_set(
        technician=world.tessa,
        by=world.cast.olga,
        weeks=[five, five[:3]],
        first=monday + WEEK,
        rhythm=Rhythm.ODD_EVEN,
    )
    hours_set(
        technician=world.zeno,
        by=world.cast.olga,
        weeks=[five[:4], five],
        first=monday,
        rhythm=Rhythm.FORTNIGHT,
    )
    for technician, team in ((world.tim, "Oost"), (world.tessa, "West"), (world.zeno, "West")):
        technician_change(technician=technician, by=world.cast.olga, team=team)
    technician_change(technician=world.tim, by=world.cast.olga, skills=[skill_get(name="Gas")])
    absence_add(
        technician=world.tim, start=at(monday, 12), end=at(monday + timedelta(days=3), 0), by=world.cast.petra
    )
    for days, technician in ((1, world.tessa), (8, world.zeno), (9, world.zeno)):
        day = monday + timedelta(days=days)
        assignment_place(
            work_order=world.order(sold_hours=Decimal(4)), technician=technician, by=world.cast.petra,
            start=at(day, 9), end=at(day, 12), accepted=None,
        )  # fmt: skip
    sold(world, "3", monday + timedelta(days=10), people=2)
    sold(world, "1.1", monday - WEEK, skill=skill_get(name="Gas"))
    sold(world, "6", monday + 40 * WEEK)
    sold(world, "5")
    return world


@pytest.mark.django_db
def test_the_numbers_are_what_independent_sql_adds_up(filled: World) -> None:
    found = Capacity(filled.cast.petra)
    tomorrow = clock.today() + timedelta(days=1)
    for week, load in enumerate(found.everybody):
        first, last = max(tomorrow, found.mondays[week]), found.mondays[week] + WEEK
        worked = sum((one.available for one in available(Span(first, last))), Decimal())
        assert Decimal(load.available) / 60 == pytest.approx(worked, abs=Decimal("0.01")), week
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(extract(epoch FROM upper(p) - lower(p))), 0) / 60 FROM (SELECT period * tstzrange(%s, %s)"
                " AS p FROM planning_assignment WHERE active AND period && tstzrange(%s, %s)) cut",
                [at(first, 0), at(last, 0)] * 2,
            )
            assert load.planned == cursor.fetchone()[0], week
    assert sum(one.planned for one in found.everybody) == 3 * 180
    # 1.1 hours are late and take five quarters; three hours of two are six, by the week after next.
    assert {week: one.sold for week, one in enumerate(found.everybody) if one.sold} == {
        0: 75,
        1 + _first(found): 180,
    }
    assert [one.minutes for one in found.jobs(LATER)] == [360]
    assert [one.minutes for one in found.jobs(UNDATED)] == [300]


def _first(found: Capacity) -> int:
    """The place of the Monday after today's week."""
    return found.mondays.index(clock.today() - timedelta(days=clock.today().weekday()) + WEEK)


@pytest.mark.django_db
def test_teams_add_up_to_everybody_and_a_skill_counts_who_has_it(filled: World) -> None:
    found = Capacity(filled.cast.petra)
    for week, load in enumerate(found.everybody):
        teams = [loads[week] for loads in found.by_team.values()]
        assert sum(one.available for one in teams) == load.available
        assert sum(one.planned for one in teams) == load.planned
    (gas,) = found.by_skill.values()
    assert [one.available for one in gas] == [one.available for one in found.by_team["Oost"]]
    assert [one.sold for one in gas if one.sold] == [75]


@pytest.mark.django_db
def test_every_number_opens_rows_that_add_up_to_it(filled: World, web: Any) -> None:
    page = web.get("/planning/capacity/")
    for _monday, bar in page.context["weeks"]:
        rows = web.get(bar.url).context
        assert rows["load"] == bar.load
        assert sum(one[2] for one in rows["visits"]) == bar.load.planned
        assert sum(one.minutes for one in rows["jobs"]) == bar.load.sold
    for row in [*page.context["teams"], *page.context["skills"]]:
        for bar in row.bars[:3]:
            assert web.get(bar.url).context["load"] == bar.load
    for name in ("undated", "later"):
        assert web.get(page.context[f"{name}_url"]).context["sold"] == page.context[name]
    assert web.get("/planning/capacity/rows/?week=99999999999999999999&skill=x").status_code == 200


@pytest.mark.django_db
def test_a_week_with_too_much_leads_to_planning_it_where_there_is_room(world: World, web: Any) -> None:
    monday = clock.today() - timedelta(days=clock.today().weekday()) + 3 * WEEK
    full(world, monday)
    order = sold(world, "4", monday + timedelta(days=2))
    page = web.get("/planning/capacity/")
    (advice,) = page.context["advice"]
    assert (advice.of.pk, page.context["short"]) == (order.pk, [])
    place = web.get(advice.url)
    assert place.context["job"].record == order
    assert place.context["monday"] == monday - WEEK
    assert b"Plan it there" in page.content


@pytest.mark.django_db
def test_a_job_of_several_days_counts_all_of_its_hours(world: World) -> None:
    """What one visit of it takes is another matter: a day at most."""
    sold(world, "40", clock.today() + WEEK)
    sold(world, "30.1", clock.today() + WEEK, people=2)
    assert {one.minutes for one in Capacity(world.cast.petra).sold} == {40 * 60, 2 * (15 * 60 + 15)}


@pytest.mark.django_db
@pytest.mark.parametrize("due", [None, 16], ids=["without a last day", "with a later last day"])
def test_a_job_goes_to_no_week_after_the_one_that_its_customer_wants(world: World, due: int | None) -> None:
    monday = clock.today() - timedelta(days=clock.today().weekday()) + 3 * WEEK
    full(world, monday)
    full(world, monday + 2 * WEEK)
    wanted = {"preferred_from": monday, "preferred_until": monday + timedelta(days=6)}
    sold(world, "4", due and monday + timedelta(days=due), **wanted)
    assert Capacity(world.cast.petra).moves == []


@pytest.mark.django_db
def test_a_visit_goes_to_no_week_that_its_customer_does_not_want(world: World) -> None:
    monday = clock.today() - timedelta(days=clock.today().weekday()) + 3 * WEEK
    order = world.order(preferred_from=monday, preferred_until=monday + timedelta(days=6))
    assignment_place(
        work_order=order, technician=world.tim, by=world.cast.petra,
        start=at(monday, 9), end=at(monday, 12), accepted=None,
    )  # fmt: skip
    full(world, monday)
    assert Capacity(world.cast.petra).moves == []
    WorkOrder.objects.filter(pk=order.pk).update(preferred_from=None, preferred_until=None)
    assert [move.item.of.order for move in Capacity(world.cast.petra).moves] == [order.pk]


@pytest.mark.django_db
def test_a_visit_that_moves_frees_its_technician_for_each_of_their_skills(world: World) -> None:
    """A job for electricity finds room because the visit for gas of the only one who has both moves."""
    monday = clock.today() - timedelta(days=clock.today().weekday()) + 3 * WEEK
    gas, power = skill_get(name="Gas"), skill_get(name="Power")
    technician_change(technician=world.tim, by=world.cast.olga, skills=[gas, power])
    hours_set(technician=world.tim, by=world.cast.olga, weeks=[[(1, time(8), time(12))]], first=clock.today())
    visit = world.order(skill=gas)
    assignment_place(
        work_order=visit, technician=world.tim, by=world.cast.petra,
        start=at(monday, 8), end=at(monday, 12), accepted=None,
    )  # fmt: skip
    sold(world, "4", monday, skill=power, preferred_from=monday)
    found = Capacity(world.cast.petra)
    week = found.mondays.index(monday)
    assert [one.gap for one in (loads[week] for loads in found.by_skill.values())] == [0, -240]
    assert [move.item.of.order for move in found.moves] == [visit.pk]
    assert found.short_of(week) == 0


@pytest.mark.django_db
def test_what_finds_no_room_is_said(world: World, web: Any) -> None:
    first = clock.today()
    for technician in Technician.objects.all():
        absence_add(
            technician=technician, start=at(first, 0), end=at(first + 20 * WEEK, 0), by=world.cast.petra
        )
    sold(world, "4", first + 2 * WEEK)
    page = web.get("/planning/capacity/")
    assert page.context["advice"] == []
    assert [minutes for _monday, minutes in page.context["short"]] == [240]


@pytest.mark.django_db
def test_the_pages_ask_few_questions_however_many_visits(filled: World, web: Any) -> None:
    for path in ("/planning/capacity/", "/planning/capacity/rows/?week=1"):
        assert statements(web, path) <= 15


minutes = st.integers(15, 600)
weeks = st.integers(0, WEEKS - 1)


@st.composite
def items(draw: Any) -> Item:
    week, first, last = draw(weeks), draw(weeks), draw(weeks)
    return Item(
        draw(st.integers()),
        draw(minutes),
        frozenset(draw(st.sets(st.sampled_from([1, 2])))),
        week,
        first,
        last,
        draw(st.booleans()),
    )


gaps = st.lists(st.integers(-1500, 1500), min_size=WEEKS, max_size=WEEKS)


@given(everybody=gaps, one=gaps, found=st.lists(items(), max_size=12))
def test_what_moves_has_room_stays_in_its_weeks_and_nothing_is_lost(everybody, one, found) -> None:
    room = Room(list(everybody), {1: list(one)})
    moved = moves(room, found)
    assert len({id(move.item) for move in moved}) == len(moved)
    for move in moved:
        assert move.item.first <= move.to <= move.item.last
        assert move.to != move.item.week
    for before, after, mine in (
        (everybody, room.everybody, moved),
        (one, room.by_skill[1], [move for move in moved if 1 in move.item.skills]),
    ):
        change = [0] * WEEKS
        for move in mine:
            change[move.item.week] += move.item.minutes
            change[move.to] -= move.item.minutes
        assert [a - b for a, b in zip(after, before, strict=True)] == change
        # No week comes to have too much by it.
        assert all(b >= min(0, a) for a, b in zip(before, after, strict=True))


@given(gaps=gaps, wanted=st.integers(0, 20000))
def test_the_week_by_which_there_is_room_is_the_first(gaps, wanted) -> None:
    found = first_with_room(gaps, wanted)
    free = [sum(max(0, one) for one in gaps[: n + 1]) for n in range(WEEKS)]
    assert found == next((n for n, one in enumerate(free) if one >= wanted), None)


@pytest.mark.django_db
@pytest.mark.parametrize("now", [datetime(2026, 10, 22, 9, tzinfo=UTC), datetime(2027, 3, 25, 9, tzinfo=UTC)])
def test_a_week_in_which_the_clocks_change_has_its_real_hours(world: World, now: datetime) -> None:
    """A night shift over it is an hour longer in autumn, and an hour shorter in spring."""
    with clock.at(now):
        hours_set(
            technician=world.tim, by=world.cast.olga, weeks=[[(7, time(0), time(6))]], first=clock.today()
        )
        found = Capacity(world.cast.petra)
        (own,) = (one for one in found.people if one.pk == world.tim.pk)
        assert found.of(own, 0).available == (7 if now.month == 10 else 5) * 60
        assert found.of(own, 1).available == 6 * 60
