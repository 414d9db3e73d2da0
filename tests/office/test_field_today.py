"""The field at this moment: who is where, who is late, who never started."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.together import together
from apps.office.today import FieldToday
from tests.builders import AbsenceFactory
from tests.review.conftest import shop

__all__ = ["shop"]
pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def noon():
    """A moment in the middle of a working day: nothing here may cross midnight."""
    moment = clock.now().replace(year=2027, month=3, day=3, hour=12, minute=0, second=0, microsecond=0)
    with clock.at(moment):
        yield moment


def rows(user, now):
    field = FieldToday(user, now)
    together(*field.questions)
    return field.rows()


def only(user, now):
    (one,) = rows(user, now)
    return one


def test_who_has_a_visit_to_come_is_not_late(shop, cast, noon):
    shop.phone(shop.order(), start=noon + HOUR, hours=1)
    one = only(cast.bram, noon)
    assert (one.name, str(one.status), one.next_is_late, one.done, one.planned) == (
        "Tim",
        "To come",
        False,
        0,
        1,
    )


def test_who_did_not_begin_is_late_and_after_the_visit_has_not_started(shop, cast, noon):
    shop.phone(shop.order(), start=noon, hours=1)
    assert str(only(cast.bram, noon + timedelta(minutes=14)).status) == "To come"
    late = only(cast.bram, noon + timedelta(minutes=16))
    assert (str(late.status), late.tone) == ("Late", "red")
    assert str(only(cast.bram, noon + 2 * HOUR).status) == "Not started"


def test_who_is_away_does_not_come(shop, cast, noon):
    shop.phone(shop.order(), start=noon + HOUR, hours=1)
    AbsenceFactory(by=cast.petra, technician=cast.tim.technician, start=noon, end=noon + 2 * HOUR)
    one = only(cast.bram, noon)
    assert (str(one.status), one.tone) == ("Technician away", "red")


def test_who_works_is_where_the_clock_runs_and_the_next_visit_can_be_late(shop, cast, noon):
    here = shop.order()
    phone = shop.phone(here, start=noon - HOUR, hours=1)
    shop.phone(shop.order(), start=noon, hours=1)
    phone.begin()
    one = only(cast.bram, noon + HOUR)
    assert (str(one.status), one.now_at.number) == ("At work", here.number)
    assert one.since is not None
    assert one.heard is not None
    assert one.next_is_late


def test_who_is_ready_is_done_for_today(shop, cast, noon):
    phone = shop.phone(shop.order(), start=noon - HOUR, hours=1)
    phone.begin()
    phone.complete()
    phone.done("finish")
    one = only(cast.bram, noon)
    assert (str(one.status), one.done, one.planned, one.next) == ("Done for today", 1, 1, None)


def test_those_in_trouble_stand_first(shop, cast, noon, client_as):
    shop.phone(shop.order(), start=noon - 2 * HOUR, hours=1)
    assert rows(cast.bram, noon)[0].tone == "red"
    page = client_as(cast.bram).get("/dashboard/").content.decode()
    assert "Not started" in page


def test_a_technician_sees_nobody_else(shop, cast, noon):
    shop.phone(shop.order(), start=noon + HOUR, hours=1)
    assert len(rows(cast.tim, noon)) == 1
    assert rows(cast.zeno, noon) == []
