"""Days off: asked on the phone, granted or declined at the office, with what they hit."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from psycopg.types.range import TimestamptzRange

from apps.core import clock
from apps.core.database import TECHNICIAN, as_role
from apps.core.refusals import Forbidden, Refused
from apps.messaging.models import Notice
from apps.planning.actions import (
    AskedAlready,
    AwayAlready,
    HitsMore,
    absence_add,
    absence_remove,
    absence_request_add,
    absence_request_decline,
    absence_request_grant,
    absence_request_withdraw,
)
from apps.planning.daysoff import DaysOff
from apps.planning.facts import booking_warnings
from apps.tasks.waiting import tasks
from apps.technicians.actions import technician_change
from apps.technicians.models import Absence, AbsenceRequest, Technician
from tests.builders import BookingFactory, SkillFactory
from tests.pages import flat, submit
from tests.planning.conftest import World, at
from tests.statements import statements
from tests.tampering import submit_tampered

pytestmark = pytest.mark.django_db
PHONE = "/phone/absences/"
DAYS = {"first": "2026-11-17", "last": "2026-11-18", "kind": "holiday", "words": "Verjaardag"}


def asked(world: World, first: int = 1, last: int = 3, **more: Any) -> AbsenceRequest:
    """Tim asks for Tuesday and Wednesday."""
    given = {"technician": world.tim, "start": at(0, day=first), "end": at(0, day=last), "by": world.cast.tim}
    return absence_request_add(**given | more)


def page_of(one: AbsenceRequest) -> str:
    return reverse("planning:absence_request_detail", args=[one.pk])


@pytest.fixture
def phone(client_as: Callable[..., Client], world: World) -> Client:
    return client_as(world.cast.tim)


def text(client: Client, address: str) -> str:
    return flat(client.get(address).content.decode()).replace("\xa0", " ")


# -- the database ------------------------------------------------------------------------------


def test_the_database_takes_no_two_open_questions_about_one_moment(world: World) -> None:
    asked(world)
    with pytest.raises(IntegrityError, match="no_double_absence_request"), transaction.atomic():
        AbsenceRequest.objects.create(
            technician=world.tim, period=TimestamptzRange(at(9, day=2), at(12, day=4))
        )


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"period": TimestamptzRange(at(9), at(9), "[)")}, "absence_request_has_a_period"),
        ({"period": TimestamptzRange(at(9), None)}, "absence_request_has_a_period"),
        ({"kind": "sick"}, "absence_request_kind"),
        ({"status": "granted"}, "begins open"),
    ],
)
def test_the_database_takes_no_question_that_is_none(world: World, fields: Any, rule: str) -> None:
    given = {"technician": world.tim, "period": TimestamptzRange(at(9), at(12)), "kind": "holiday"} | fields
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        AbsenceRequest.objects.create(**given)


def test_the_database_keeps_what_was_asked_and_answers_once(world: World) -> None:
    one = asked(world)
    with pytest.raises(IntegrityError, match="what was asked never changes"), transaction.atomic():
        AbsenceRequest.objects.filter(pk=one.pk).update(period=TimestamptzRange(at(0, day=1), at(0, day=9)))
    absence_request_decline(asked=one, by=world.cast.petra, reason="Te druk")
    with pytest.raises(IntegrityError, match="was answered already"), transaction.atomic():
        AbsenceRequest.objects.filter(pk=one.pk).update(status="granted")


def test_on_the_phone_nobody_answers_their_own_question(world: World) -> None:
    one = asked(world)
    with pytest.raises(IntegrityError, match="the office answers"), transaction.atomic(), as_role(TECHNICIAN):
        AbsenceRequest.objects.filter(pk=one.pk).update(status="granted")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), as_role(TECHNICIAN):
        Absence.objects.create(technician=world.tim, period=TimestamptzRange(at(9), at(12)))


# -- the actions -------------------------------------------------------------------------------


def test_what_is_granted_is_the_absence_that_the_planner_knows(world: World) -> None:
    one = absence_request_grant(asked=asked(world, words=" Zeilen "), by=world.cast.petra, seen=[])
    absence = Absence.objects.get()
    assert (absence.period, absence.kind, absence.remark) == (one.period, "holiday", "Zeilen")
    assert (one.absence, one.decided_by, one.status) == (absence, world.cast.petra, "granted")
    odd = booking_warnings(job=world.order(), technician=world.tim, start=at(9, day=2), end=at(10, day=2))
    assert odd == ["absent"]
    assert "granted" in Notice.objects.get(user=world.cast.tim).text


def test_two_who_decide_at_once_do_not_both(world: World) -> None:
    one = asked(world)
    other = AbsenceRequest.objects.select_related("technician__user").get(pk=one.pk)
    absence_request_decline(asked=one, by=world.cast.petra, reason="Te druk")
    with pytest.raises(Refused, match=r"no longer possible: Tim, .* is now “Declined”"):
        absence_request_grant(asked=other, by=world.cast.bram, seen=[])
    with pytest.raises(Refused, match="no longer possible"):
        absence_request_withdraw(asked=other, by=world.cast.tim)
    assert not Absence.objects.exists()


def test_what_was_planned_after_the_page_was_shown_is_looked_at_first(world: World) -> None:
    one = asked(world)
    BookingFactory(technician=world.tim, work_order=world.order(), start=at(9, day=1), by=world.cast.petra)
    with pytest.raises(HitsMore):
        absence_request_grant(asked=one, by=world.cast.petra, seen=[])
    one.refresh_from_db()
    assert (one.status, Absence.objects.count()) == ("open", 0)


def test_nobody_asks_for_what_is_over_noted_or_asked_already(world: World) -> None:
    asked(world)
    with pytest.raises(AskedAlready):
        asked(world, 2, 4)
    absence_add(technician=world.tim, start=at(0, day=4), end=at(0, day=5), by=world.cast.petra)
    with pytest.raises(AwayAlready, match="You are noted as away then already: Holiday"):
        asked(world, 3, 5)
    with pytest.raises(Refused, match="over"):
        asked(world, -5, -4)
    with pytest.raises(Refused, match="ends before"):
        asked(world, 5, 5)
    asked(world, 2, 4, technician=world.tessa, by=world.cast.tessa)
    assert AbsenceRequest.objects.count() == 2


def test_of_who_was_noted_as_away_meanwhile_the_rest_is_granted(world: World) -> None:
    one, by = asked(world, 1, 5), world.cast.petra
    for first in (0, 3):
        absence_add(
            technician=world.tim, start=at(12, day=first), end=at(12, day=first + 1), by=by, kind="sick"
        )
    absence_request_grant(asked=one, by=by, seen=[])
    assert [(each.period.lower, each.period.upper, each.kind) for each in Absence.objects.order_by("period")] == [
        (at(12, day=0), at(12, day=1), "sick"), (at(12, day=1), at(12, day=3), "holiday"),
        (at(12, day=3), at(12, day=4), "sick"), (at(12, day=4), at(0, day=5), "holiday"),
    ]  # fmt: skip
    assert (one.status, one.was_taken_back) == ("granted", False)


def test_what_was_noted_wholly_meanwhile_is_granted_with_what_is_noted(world: World) -> None:
    one = asked(world)
    noted = absence_add(technician=world.tim, start=at(0), end=at(0, day=5), by=world.cast.petra)
    absence_request_grant(asked=one, by=world.cast.petra, seen=[])
    assert (one.status, one.absence, Absence.objects.count()) == ("granted", noted, 1)


def test_two_questions_that_one_absence_answers_are_both_closed(world: World) -> None:
    first, second = asked(world), asked(world, 3, 5)
    absence_add(technician=world.tim, start=at(0), end=at(0, day=5), by=world.cast.petra)
    for one in (first, second):
        assert absence_request_grant(asked=one, by=world.cast.petra, seen=[]).status == "granted"
    assert Absence.objects.count() == 1


def test_what_is_over_is_not_granted_and_waits_no_longer(world: World, web: Client) -> None:
    one = asked(world)
    with clock.at(at(9, day=4)):
        with pytest.raises(Refused, match="is over"):
            absence_request_grant(asked=one, by=world.cast.petra, seen=[])
        assert page_of(one) not in web.get("/planning/absences/").content.decode()


def test_only_who_it_is_asks_and_withdraws_and_only_in_service(world: World) -> None:
    one = asked(world)
    with pytest.raises(Forbidden):
        absence_request_withdraw(asked=one, by=world.cast.tessa)
    with pytest.raises(Forbidden):
        asked(world, 4, 5, by=world.cast.tessa)
    Technician.objects.filter(pk=world.tessa.pk).update(active=False)
    world.tessa.refresh_from_db()
    with pytest.raises(Refused, match="no longer in service"):
        asked(world, technician=world.tessa, by=world.cast.tessa)


def test_who_counts_on_days_off_hears_that_they_were_taken_back(world: World) -> None:
    noted = absence_add(technician=world.tim, start=at(0, day=6), end=at(0, day=7), by=world.cast.petra)
    one = absence_request_grant(asked=asked(world), by=world.cast.petra, seen=[])
    told = Notice.objects.filter(user=world.cast.tim, text__contains="taken back by the office")
    absence_remove(absence=noted, by=world.cast.petra)
    assert not told.exists(), "nobody asked for that one"
    absence_remove(absence=one.absence, by=world.cast.petra)
    assert told.get().url == PHONE


def test_the_page_is_kept_on_the_phone(phone: Client) -> None:
    assert PHONE in phone.get(reverse("phone:kept_pages")).json()["daily"]


# -- what it hits ------------------------------------------------------------------------------


def test_what_days_off_hit(world: World) -> None:
    gas = SkillFactory(name="Gas")
    by = world.cast.petra
    for technician, team in ((world.tim, "Noord"), (world.tessa, "Noord"), (world.zeno, "")):
        technician_change(technician=technician, by=by, team=team, skills=[gas])
    visit = BookingFactory(technician=world.tim, work_order=world.order(), start=at(9, day=1), hours=2, by=by)
    BookingFactory(technician=world.tim, work_order=world.order(), start=at(9, day=4), hours=2, by=by)
    BookingFactory(technician=world.tessa, work_order=world.order(), start=at(8, day=1), hours=3, by=by)
    absence_add(technician=world.zeno, start=at(0, day=2), end=at(0, day=3), by=by, kind="training")
    asked(world, 2, 5, technician=world.tessa, by=world.cast.tessa)
    hits = DaysOff(asked(world, 1, 3, end=at(12, day=2)), by)
    assert list(hits.visits) == [visit]
    # Tuesday, and Wednesday until noon. Tessa is the team: booked for three hours of Tuesday.
    assert (hits.hours, hits.team, hits.left) == (timedelta(hours=12), "Noord", timedelta(hours=9))
    assert [(one.person.name, one.kind, one.common, one.asks) for one in hits.away] == [
        ("Zeno", "Training", "Gas", False), ("Tessa", "Holiday", "team Noord", True),
    ]  # fmt: skip


# -- the pages ---------------------------------------------------------------------------------


def test_asked_on_the_phone_granted_at_the_office_and_read_on_the_phone(
    world: World, phone: Client, web: Client
) -> None:
    assert submit(PHONE, client=phone, press="Ask the office", ends="noon", **DAYS).status_code == 302
    one = AbsenceRequest.objects.get()
    assert one.period == TimestamptzRange(at(0, day=1), at(12, day=2))
    assert "1 to decide" in text(phone, "/phone/me/")
    assert [task.url for task in tasks(world.cast.petra, clock.now()).tasks] == [page_of(one)]
    assert page_of(one) in web.get("/planning/absences/").content.decode()
    assert page_of(one) in web.get(f"/technicians/{world.tim.pk}/").content.decode()
    assert submit(page_of(one), client=web, press="Grant").status_code == 302
    assert not tasks(world.cast.petra, clock.now()).tasks
    assert "Granted" in text(phone, PHONE)
    absence_remove(absence=Absence.objects.get(), by=world.cast.petra)
    assert "Taken back by the office" in text(phone, PHONE)
    assert "taken back since" in text(web, page_of(one))


def test_granting_over_planned_visits_asks_and_shows_them(world: World, web: Client) -> None:
    visit = BookingFactory(
        technician=world.tim, work_order=world.order(), start=at(9, day=1), by=world.cast.petra
    )
    one = asked(world)
    refused = submit(page_of(one), client=web, press="Grant", past_browser=True)
    assert refused.status_code == 422
    assert "Say that you know" in refused.content.decode()
    page = submit(page_of(one), client=web, press="Grant", knows=True)
    assert page.status_code == 302
    assert "1 visit is planned in that time" in text(web, page.url)
    odd = web.get("/planning/day/", {"day": "2026-11-17"}).context["oddities"][0]
    assert (odd.code, odd.url) == ("absent", reverse("planning:assignment_detail", args=[visit.pk]))


def test_a_no_needs_a_reason_that_is_read_on_the_phone(world: World, phone: Client, web: Client) -> None:
    one = asked(world)
    assert submit(page_of(one), client=web, press="Decline", past_browser=True).status_code == 422
    assert submit(page_of(one), client=web, press="Decline", reason="Te druk").status_code == 302
    assert "Te druk" in text(phone, PHONE)
    assert "Te druk" in Notice.objects.get(user=world.cast.tim).text
    # and another time can be asked for, also the same
    assert submit(PHONE, client=phone, press="Ask the office", **DAYS).status_code == 302


def test_who_asked_withdraws_it_and_the_office_hears(world: World, phone: Client, web: Client) -> None:
    one = asked(world)
    old_page = web.get(page_of(one))
    assert submit(PHONE, client=phone, press="Withdraw").status_code == 302
    refused = submit(old_page, client=web, press="Grant")
    assert refused.status_code == 409
    assert "is now “Withdrawn”" in refused.content.decode()
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"first": "2026-11-12", "last": "2026-11-17"}, "first"),
        ({"first": "2028-11-12", "last": "2028-11-17"}, "first"),
        ({"last": "2026-11-16"}, "last"),
        ({"last": "2027-05-16"}, "last"),
        ({"last": "2026-11-17", "begins": "noon", "ends": "noon"}, "ends"),
        ({"last": ""}, "last"),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(
    world: World, phone: Client, given: Any, field: str
) -> None:
    answer = submit(PHONE, client=phone, press="Ask the office", past_browser=True, **DAYS | given)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["words"].value() == "Verjaardag"


def test_ill_is_not_asked_for(world: World, phone: Client) -> None:
    assert submit_tampered(PHONE, DAYS | {"kind": "sick"}, client=phone, form="add/").status_code == 422


def test_nobody_sees_or_withdraws_what_others_ask(world: World, phone: Client) -> None:
    other = asked(world, technician=world.tessa, by=world.cast.tessa, words="Geheim")
    absence_add(technician=world.zeno, start=at(0), end=at(0, day=5), by=world.cast.petra, remark="Geheim")
    assert "Geheim" not in text(phone, PHONE) + text(phone, "/phone/me/")
    assert phone.get(page_of(other)).status_code == 403


def test_the_page_asks_as_much_whoever_else_is_away(world: World, web: Client) -> None:
    one = asked(world)
    few = statements(web, page_of(one))
    for person, user in ((world.tessa, world.cast.tessa), (world.zeno, world.cast.zeno)):
        asked(world, technician=person, by=user)
    BookingFactory(technician=world.tim, work_order=world.order(), start=at(9, day=1), by=world.cast.petra)
    assert statements(web, page_of(one)) <= few <= 15
