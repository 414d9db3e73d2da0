"""A technician is noted as away once for each moment: in two tabs, by two planners, and around the pages."""

from importlib import import_module
from typing import Any

import lxml.html
import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from psycopg.types.range import TimestamptzRange

from apps.planning.actions import AwayAlready, absence_add, absence_remove
from apps.technicians.models import Absence
from tests.pages import submit
from tests.planning.conftest import World, at

pytestmark = pytest.mark.django_db
NEW = "/planning/absences/new/"


def away(world: World, first: Any, last: Any, **more: Any) -> Absence:
    return absence_add(
        **{"technician": world.tim, "start": first, "end": last, "by": world.cast.petra} | more
    )


def test_the_database_takes_no_absence_twice(world: World) -> None:
    away(world, at(0), at(0, day=2))
    with pytest.raises(IntegrityError, match="no_double_absence"), transaction.atomic():
        Absence.objects.create(technician=world.tim, period=TimestamptzRange(at(9), at(12)))


@pytest.mark.parametrize(("first", "last"), [(0, 3), (1, 2), (2, 5), (-1, 1)])
def test_an_absence_within_another_is_refused_with_what_is_noted(world: World, first: int, last: int) -> None:
    away(world, at(0), at(0, day=3))
    with pytest.raises(AwayAlready, match=r"Tim is noted as away then already: Holiday, .*16"):
        away(world, at(0, day=first), at(0, day=last), kind="sick")
    assert Absence.objects.count() == 1


def test_what_meets_at_an_edge_or_is_of_somebody_else_is_no_overlap(world: World) -> None:
    first = away(world, at(0), at(0, day=2))
    away(world, at(0, day=2), at(0, day=3))
    away(world, at(0), at(0, day=2), technician=world.tessa)
    absence_remove(absence=first, by=world.cast.petra)
    away(world, at(0, day=1), at(0, day=2))
    assert Absence.objects.count() == 3


def test_the_second_tab_hears_at_the_field_what_the_first_one_noted(world: World, web: Any) -> None:
    tabs = [web.get(NEW), web.get(NEW)]
    given = {"technician": world.tim, "first": "2026-11-16", "last": "2026-11-17"}
    assert submit(tabs[0], client=web, press="Save", kind="holiday", **given).status_code == 302
    refused = submit(tabs[1], client=web, press="Save", kind="sick", remark="Flu", **given)
    assert refused.status_code == 422
    page = lxml.html.document_fromstring(refused.content.decode())
    (wrong,) = page.find_class("wrong")
    assert wrong.find(".//*[@name='first']") is not None
    assert "noted as away then already: Holiday" in wrong.text_content()
    assert page.find(".//*[@name='remark']").get("value") == "Flu"
    assert Absence.objects.count() == 1


def test_what_was_noted_twice_before_stays_once(world: World) -> None:
    """The migration, on rows that the constraint would not take."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE technicians_absence DROP CONSTRAINT no_double_absence")
    for first, last in ((0, 2), (0, 2), (1, 4), (2, 3), (6, 7)):
        Absence.objects.create(
            technician=world.tim, period=TimestamptzRange(at(0, day=first), at(0, day=last))
        )
    Absence.objects.create(technician=world.tessa, period=TimestamptzRange(at(0), at(0, day=1)))
    import_module("apps.technicians.migrations.0005_one_absence_at_a_time").once_only(apps, None)
    found = [(one.period.lower, one.period.upper) for one in world.tim.absences.all()]
    assert found == [(at(0), at(0, day=2)), (at(0, day=2), at(0, day=4)), (at(0, day=6), at(0, day=7))]
    assert world.tessa.absences.count() == 1
