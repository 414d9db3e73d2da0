"""The hours of who leaves are not lost with the login: they submit their last week themselves, or the office does."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from apps.accounts.models import User
from apps.core import clock
from apps.core.holdings import Choice, Wishes, holdings_of
from apps.core.models import AuditEvent
from apps.core.outbox import Held
from apps.field.actions import holdings_report, visit_leave
from apps.field.models import PhoneHolding
from apps.messaging.models import Notice
from apps.tasks.waiting import tasks
from apps.technicians.actions import technician_change, technician_hand_over
from apps.technicians.models import Technician
from apps.timesheets import jobs
from apps.timesheets.actions import time_add, week_give_back
from apps.timesheets.models import Week
from tests.builders import Phone
from tests.conftest import Cast
from tests.pages import submit

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 27, 16, tzinfo=UTC)
SATURDAY = FRIDAY + timedelta(hours=13)
MINE = "/phone/week/"


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def leaver(phone: Phone, cast: Cast) -> Technician:
    """Tim worked three hours this week and leaves today; nothing else is held."""
    phone.moment = FRIDAY - timedelta(days=2, hours=6)
    phone.work(180).tell("stop")
    visit_leave(visit=phone.visit, by=cast.bram, reason="Somebody else goes on")
    technician_change(technician=cast.tim.technician, by=cast.bram, last_day=date(2026, 11, 27))
    return cast.tim.technician


def night(moment: datetime = SATURDAY) -> tuple[bool, bool]:
    """Whether Tim is in service after the night, and whether he can log in."""
    with time_machine.travel(moment, tick=False):
        jobs.weeks_ask(timestamp=0)
    tim = Technician.objects.select_related("user").get(user__name="Tim")
    return tim.active, tim.user.is_active


def holds(cast: Cast, number: int, photos: int = 0) -> None:
    """One of Tim's phones says what it holds."""
    held = [Held(0, photos, 0, FRIDAY)] if photos else []
    holdings_report(user=cast.tim, phone=uuid.UUID(int=number), held=held)


def leaving_tasks(user: User, moment: datetime = SATURDAY) -> list[Any]:
    with time_machine.travel(moment, tick=False):
        found = tasks(user, clock.now()).tasks
    return [one for one in found if one.record == "Tim" and one.key.startswith(("leaver", "left"))]


def test_the_login_stays_until_the_last_week_is_submitted(
    leaver: Technician, cast: Cast, client_as: Any
) -> None:
    assert night() == (True, True)
    assert Notice.objects.filter(user=cast.tim, url__startswith=MINE).count() == 1
    (task,) = leaving_tasks(cast.bram)
    assert task.url == f"/technicians/{leaver.pk}/deactivate/"
    with time_machine.travel(SATURDAY, tick=False):
        submit(MINE, client=client_as(cast.tim), form="submit/")
    assert night(SATURDAY + timedelta(days=1)) == (False, False)
    assert leaving_tasks(cast.bram, SATURDAY + timedelta(days=1)) == []


def test_a_week_of_nothing_but_time_by_hand_is_held_too(cast: Cast) -> None:
    technician = cast.tim.technician
    time_add(
        technician=technician, monday=date(2026, 11, 23), weekday=3, kind="other", hours=Decimal(8),
        reason="Course", by=cast.tim,
    )  # fmt: skip
    technician_change(technician=technician, by=cast.bram, last_day=date(2026, 11, 27))
    assert night() == (True, True)


def test_the_office_submits_for_who_left_and_the_login_goes_at_once(
    leaver: Technician, cast: Cast, client_as: Any
) -> None:
    night()
    with time_machine.travel(SATURDAY, tick=False):
        (task,) = leaving_tasks(cast.bram)
        answer = submit(
            task.url, client=client_as(cast.bram), press="Take out of service", reason="Cannot be reached",
            way_timesheets_weeks="Submit the hours as they stand",
        )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    week = Week.objects.get()
    assert week.status == "submitted"
    assert sum(day.work for day in week.submission.days.all()) == 3
    event = AuditEvent.objects.get(verb="week.submit_for")
    assert (event.actor_label, event.reason) == (cast.bram.name, "Cannot be reached")
    tim = Technician.objects.get(pk=leaver.pk)
    assert (tim.active, tim.user.is_active) == (False, False)


def test_hours_that_may_wait_keep_the_login(leaver: Technician, cast: Cast) -> None:
    """Out of service all the same, and a task until somebody submits."""
    night()
    with time_machine.travel(SATURDAY, tick=False):
        technician_hand_over(technician=leaver, by=cast.bram, reason="He submits next week", leave=True)
    assert night(SATURDAY + timedelta(days=1)) == (False, True)
    assert len(leaving_tasks(cast.bram, SATURDAY + timedelta(days=1))) == 1


def test_a_week_that_is_given_back_to_who_left_is_a_task(
    leaver: Technician, cast: Cast, client_as: Any
) -> None:
    submit(MINE, client=client_as(cast.tim), form="submit/")
    assert night() == (False, False)
    week_give_back(week=Week.objects.get(), by=cast.bram, reason="Where is Tuesday?")
    (task,) = leaving_tasks(cast.bram)
    assert task.url == f"/technicians/{leaver.pk}/hand-over/"
    wishes = Wishes({"timesheets.weeks": Choice(way="submit")})
    technician_hand_over(
        technician=Technician.objects.get(pk=leaver.pk), by=cast.bram, reason="It was right", wishes=wishes
    )
    assert Week.objects.get().status == "submitted"
    assert leaving_tasks(cast.bram) == []


def test_who_lost_the_login_by_hand_has_hours_too(leaver: Technician, cast: Cast, client_as: Any) -> None:
    Technician.objects.filter(pk=leaver.pk).update(active=False)
    User.objects.filter(pk=cast.tim.pk).update(is_active=False)
    night()
    assert [one.kind.name for one in holdings_of(leaver)] == ["timesheets.weeks"]
    assert not Notice.objects.filter(user=cast.tim, url__startswith=MINE).exists()
    assert len(leaving_tasks(cast.bram)) == 1


def test_a_phone_that_holds_unsent_work_keeps_the_login_until_it_is_given_up(
    leaver: Technician, cast: Cast, client_as: Any
) -> None:
    submit(MINE, client=client_as(cast.tim), form="submit/")
    for number, photos in ((7, 2), (8, 1)):
        holds(cast, number, photos)
    assert night() == (True, True)
    with time_machine.travel(SATURDAY, tick=False):
        (task,) = leaving_tasks(cast.bram)
        answer = submit(
            task.url, client=client_as(cast.bram), press="Take out of service", reason="In the canal",
            way_field_phones="Give it up: the phone is lost or was emptied",
        )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    assert not PhoneHolding.objects.exists()
    assert night(SATURDAY + timedelta(days=1)) == (False, False)


def test_once_the_phone_has_sent_everything_nothing_is_held(
    leaver: Technician, cast: Cast, client_as: Any
) -> None:
    submit(MINE, client=client_as(cast.tim), form="submit/")
    holds(cast, 7, 1)
    assert night() == (True, True)
    holds(cast, 7)
    assert night(SATURDAY + timedelta(days=1)) == (False, False)


def test_one_who_cannot_leave_does_not_hold_up_the_others(leaver: Technician, cast: Cast) -> None:
    """Each leaves by themselves: Tessa holds nothing."""
    technician_change(technician=cast.tessa.technician, by=cast.bram, last_day=date(2026, 11, 27))
    assert night() == (True, True)
    assert not Technician.objects.get(user=cast.tessa).active
