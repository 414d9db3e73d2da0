"""A technician's visits in a calendar of their own: what a program fetches, and who may end it."""

from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from apps.core import clock
from apps.core.refusals import Forbidden
from apps.core.tokens import token_for
from apps.planning.actions import assignment_cancel, assignment_place
from apps.technicians.actions import (
    calendar_feed_close,
    calendar_feed_open,
    technician_activate,
    technician_change,
    technician_deactivate,
)
from apps.technicians.models import CalendarFeed
from tests.builders import BookingFactory
from tests.pages import submit
from tests.planning.conftest import World, at

pytestmark = pytest.mark.django_db


def address(feed: CalendarFeed) -> str:
    return f"/appointment/calendar/{token_for('calendar', feed.nonce)}/visits.ics"


def entries(feed: CalendarFeed) -> list[Any]:
    answer = Client().get(address(feed))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(answer.content).walk("VEVENT")


@pytest.fixture
def feed(world: World) -> CalendarFeed:
    return calendar_feed_open(technician=world.tim, by=world.cast.tim)


def visit(world: World, hour: int = 9, day: int = 1, technician: Any = None, **more: Any) -> Any:
    return assignment_place(
        technician=technician or world.tim, start=at(hour, day=day), end=at(hour + 2, day=day),
        by=world.cast.petra, work_order=world.order(**more),
    )  # fmt: skip


def test_it_holds_ones_own_visits_with_place_and_whom_to_call(world: World, feed: CalendarFeed) -> None:
    mine = visit(world, title="Boiler; pump, 1⁄2 inch")
    visit(world, technician=world.tessa)
    (entry,) = entries(feed)
    assert str(entry["SUMMARY"]) == f"Boiler; pump, 1⁄2 inch · {world.customer.name}"
    assert (entry["DTSTART"].dt, entry["DTEND"].dt) == (mine.starts_at, mine.ends_at)
    assert str(entry["LOCATION"]) == str(mine.job.site)
    assert mine.job.number in str(entry["DESCRIPTION"])
    assert str(entry["URL"]).endswith(f"/phone/job/{mine.pk}/")
    assert "€" not in str(entry)


def test_what_is_off_the_plan_is_off_the_calendar(world: World, feed: CalendarFeed) -> None:
    made = visit(world)
    assert len(entries(feed)) == 1
    assignment_cancel(assignment=made, by=world.cast.petra, reason="Not needed")
    assert entries(feed) == []


def test_who_sees_two_days_on_the_phone_gets_two_days(world: World, feed: CalendarFeed) -> None:
    visit(world, day=1)
    visit(world, day=3)
    technician_change(technician=world.tim, by=world.cast.olga, may_see_agenda=False)
    with clock.at(at(7)):
        assert [one["DTSTART"].dt for one in entries(feed)] == [at(9, day=1)]


def test_another_address_closes_the_one_before(world: World, feed: CalendarFeed) -> None:
    before = address(feed)
    feed = calendar_feed_open(technician=world.tim, by=world.cast.tim)
    assert Client().get(before).status_code == 404
    assert Client().get(address(feed)).status_code == 200


def test_it_ends_with_the_work_of_who_leaves_and_does_not_begin_again(
    world: World, feed: CalendarFeed
) -> None:
    technician_deactivate(technician=world.tim, by=world.cast.olga, reason="Left")
    assert Client().get(address(feed)).status_code == 404
    technician_activate(technician=world.tim, by=world.cast.olga)
    assert Client().get(address(feed)).status_code == 404
    again = calendar_feed_open(technician=world.tim, by=world.cast.tim)
    type(world.cast.tim).objects.filter(pk=world.cast.tim.pk).update(is_active=False)
    type(world.cast.tim).objects.filter(pk=world.cast.tim.pk).update(is_active=True)
    assert Client().get(address(again)).status_code == 404


def test_who_works_on_the_phone_no_more_has_no_calendar(world: World, feed: CalendarFeed) -> None:
    world.cast.tim.groups.clear()
    assert Client().get(address(feed)).status_code == 410


def test_an_intake_leads_to_its_own_page_of_the_phone(
    world: World, feed: CalendarFeed, client_as: Any
) -> None:
    request = world.request()
    BookingFactory(by=world.cast.petra, technician=world.tim, request=request, start=at(9, day=1), hours=1)
    (entry,) = entries(feed)
    page = str(entry["URL"]).partition("/phone/")[2]
    assert client_as(world.cast.tim).get(f"/phone/{page}").status_code == 200


def test_only_the_technician_makes_it_and_only_who_keeps_technicians_ends_it(world: World) -> None:
    for somebody in (world.cast.olga, world.cast.tessa, world.cast.petra):
        with pytest.raises(Forbidden):
            calendar_feed_open(technician=world.tim, by=somebody)
    calendar_feed_open(technician=world.tim, by=world.cast.tim)
    with pytest.raises(Forbidden):
        calendar_feed_close(technician=world.tim, by=world.cast.tessa)
    assert CalendarFeed.objects.count() == 1


def test_it_is_made_and_taken_back_on_the_phone(world: World, client_as: Any) -> None:
    tim = client_as(world.cast.tim)
    submit("/phone/calendar/", client=tim, press="Make the link")
    first = CalendarFeed.objects.get().token_hash
    page = tim.get("/phone/calendar/").content.decode()
    assert f'{address(CalendarFeed.objects.get())}"' in page
    assert "webcal:" not in page
    submit("/phone/calendar/", client=tim, press="Another link instead")
    assert CalendarFeed.objects.get().token_hash != first
    submit("/phone/calendar/", client=tim, press="No link any more")
    assert not CalendarFeed.objects.exists()


def test_the_office_sees_that_there_is_one_and_ends_it(
    world: World, feed: CalendarFeed, client_as: Any
) -> None:
    olga = client_as(world.cast.olga)
    page = f"/technicians/{world.tim.pk}/"
    assert "visits.ics" not in olga.get(page).content.decode()
    submit(page, client=olga, form=f"/technicians/{world.tim.pk}/calendar/close/")
    assert Client().get(address(feed)).status_code == 404
    assert "calendar/close" not in olga.get(page).content.decode()
