"""Two technicians of one job at one time: to the customer that is one appointment, whoever of them changes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from apps.core import clock
from apps.core.tokens import token_for
from apps.planning.actions import (
    absence_add,
    appointments_remind,
    assignment_cancel,
    assignment_move,
    assignment_place,
    job_cancel,
    plan_undo,
)
from apps.planning.models import Appointment, Assignment, ChangeRequest, PlanStep
from apps.planning.windows import windows_free
from apps.workorders.models import WorkOrder
from tests.builders import CompanyFactory
from tests.pages import submit
from tests.planning.conftest import NOW, World, at
from tests.planning.test_appointments import ask, choices
from tests.planning.test_telling import QUIET, calendar, deliver_all, letters
from tests.planning.test_undo import main

pytestmark = pytest.mark.django_db
As = Callable[..., Any]


class Two:
    """Tim and Tessa, on Tuesday from nine to eleven."""

    def __init__(self, world: World) -> None:
        CompanyFactory()
        self.world = world
        type(world.customer).objects.update(language="en")
        self.order: WorkOrder = world.order(people=2)
        self.tim = self.place(world.tim)
        self.tessa = self.place(world.tessa)

    def place(self, technician: Any, **more: Any) -> Assignment:
        given = {"start": at(9, day=1), "end": at(11, day=1), "by": self.world.cast.petra}
        given |= {"work_order": self.order, "confirm": True, "grace": QUIET}
        return assignment_place(technician=technician, **given | more)

    def off(self, visit: Assignment) -> Assignment:
        by = self.world.cast.petra
        return assignment_cancel(assignment=visit, by=by, reason="x", confirm=True, grace=QUIET)

    def moved(self, visit: Assignment, **more: Any) -> Assignment:
        visit = Assignment.objects.with_job().get(pk=visit.pk)
        given: dict[str, Any] = {"technician": visit.technician, "start": at(13, day=3), "end": at(15, day=3)}
        given |= {"by": self.world.cast.petra, "version": visit.version, "confirm": True, "grace": QUIET}
        return assignment_move(assignment=visit, **given | more)


@pytest.fixture
def two(world: World) -> Two:
    return Two(world)


@pytest.fixture
def told(two: Two) -> Two:
    """The customer had the mail."""
    deliver_all()
    mail.outbox.clear()
    return two


@pytest.fixture
def address(told: Two) -> str:
    appointment = Appointment.objects.get(told_period__isnull=False)
    return f"/appointment/{token_for('appointment', appointment.nonce)}/"


def test_the_one_mail_names_both(two: Two) -> None:
    deliver_all()
    assert len(letters()) == 1
    assert "Who comes: Tim and Tessa" in mail.outbox[0].body


@pytest.mark.parametrize("first", ["tim", "tessa"])
@pytest.mark.parametrize("how", ["off", "moved"])
def test_who_is_taken_off_before_the_mail_left_leaves_the_other_to_be_told(
    two: Two, first: str, how: str
) -> None:
    getattr(two, how)(getattr(two, first))
    deliver_all(after=QUIET * 2)
    stays = {"tim": "Tessa", "tessa": "Tim"}[first]
    tuesday = [one.body for one in mail.outbox if "Tue 17 Nov" in str(one.subject)]
    assert len(tuesday) == 1
    assert f"Who comes: {stays}\n" in tuesday[0]
    assert len(letters()) == (1 if how == "off" else 2)


def test_when_both_are_taken_off_before_the_mail_left_there_is_none(two: Two) -> None:
    two.off(two.tim)
    two.off(two.tessa)
    deliver_all(after=QUIET * 2)
    assert letters() == []


def test_a_job_that_is_cancelled_untold_mails_nobody(two: Two) -> None:
    job_cancel(work_order=two.order, by=two.world.cast.bram, reason="x")
    deliver_all(after=QUIET * 2)
    assert letters() == []


def test_both_moved_one_after_the_other_is_one_mail_about_the_same_appointment(told: Two) -> None:
    before = Appointment.objects.get(told_period__isnull=False)
    told.moved(told.tim)
    told.moved(told.tessa)
    deliver_all(after=QUIET * 2)
    assert letters() == ["Your appointment is moved to Thu 19 Nov"]
    assert "Who comes: Tim and Tessa" in mail.outbox[0].body
    assert f"UID:visit-{before.pk}@" in calendar()
    assert Appointment.objects.filter(told_period__isnull=False).count() == 1


def test_the_page_of_who_falls_out_is_that_of_who_still_comes(told: Two, address: str) -> None:
    assert "Tim and Tessa" in main(Client().get(address))
    told.off(told.tim)
    shown = main(Client().get(address))
    assert "Your appointment is off" not in shown
    assert "Tessa" in shown
    assert "Tim" not in shown
    deliver_all(after=QUIET * 2)
    assert [one.split(" to ")[0] for one in letters()] == ["Your appointment is moved"]
    assert "Who comes: Tessa" in mail.outbox[0].body


def test_a_second_visit_on_another_day_is_one_of_its_own(told: Two, address: str) -> None:
    told.moved(told.tim)
    assert "Tue 17 Nov" in main(Client().get(address)), "Tessa still comes then"
    deliver_all(after=QUIET * 2)
    assert sorted(letters()) == ["Your appointment is moved to Tue 17 Nov", "Your appointment on Thu 19 Nov"]


def test_who_comes_along_elsewhere_is_no_longer_expected_at_the_old_time(told: Two) -> None:
    alone = told.place(told.world.zeno, start=at(13, day=1), end=at(14, day=1))
    deliver_all(after=QUIET * 2)
    mail.outbox.clear()
    with clock.at(NOW + QUIET * 2):
        told.moved(alone, start=at(9, day=1), end=at(10, day=1))
    deliver_all(after=QUIET * 4)
    assert letters() == ["Your appointment of Tue 17 Nov is off"]
    assert "DTSTART:20261117T120000Z" in calendar()


def test_what_was_taken_back_is_as_if_it_had_not_been(told: Two, address: str) -> None:
    told.off(told.tim)
    plan_undo(step=PlanStep.objects.latest("pk"), by=told.world.cast.petra, grace=QUIET)
    deliver_all(after=QUIET * 2)
    assert letters() == []
    assert "Tim and Tessa" in main(Client().get(address))


def test_there_is_one_reminder(told: Two) -> None:
    with clock.at(at(9)):
        assert appointments_remind(at(9)) == 1
    deliver_all(after=at(9) - NOW + timedelta(minutes=1))
    assert "Who comes: Tim and Tessa" in mail.outbox[0].body


def test_the_reminder_comes_while_one_of_them_does(told: Two) -> None:
    absence = {"kind": "sick", "start": at(0, day=1), "end": at(0, day=2), "by": told.world.cast.petra}
    with clock.at(at(8)):
        absence_add(technician=told.world.tim, **absence)
    with clock.at(at(9)):
        assert appointments_remind(at(9)) == 1
    deliver_all(after=at(9) - NOW + timedelta(minutes=1))
    assert "Who comes: Tessa" in mail.outbox[0].body


def test_the_customer_cancels_the_visit_of_both(told: Two, address: str, client_as: As) -> None:
    ask(Client(), address, "Ask to cancel", words="Mended")
    petra = client_as(told.world.cast.petra)
    page = petra.get(f"/planning/changes/{ChangeRequest.objects.get().pk}/")
    assert "Tim and Tessa" in main(page)
    submit(page, client=petra, press="Take the visit off")
    assert not Assignment.objects.active().filter(work_order=told.order).exists()
    deliver_all(after=QUIET * 2)
    assert letters() == ["Your appointment of Tue 17 Nov is off"]
    assert "Your appointment is off" in main(Client().get(address))


def test_the_customer_moves_the_visit_of_both_to_when_both_are_free(
    told: Two, address: str, client_as: As
) -> None:
    chosen = choices(Client().get(address))
    assert chosen
    for one in windows_free(Assignment.objects.with_job().get(pk=told.tim.pk)):
        busy = Assignment.objects.active().between(one.place.span.start, one.place.span.end)
        assert not busy.filter(technician=told.world.tessa).exists()
        assert one.place.technician != told.world.tessa.pk
    ask(Client(), address, "Ask for this time", window=chosen[0])
    petra = client_as(told.world.cast.petra)
    asked = ChangeRequest.objects.get()
    submit(petra.get(f"/planning/changes/{asked.pk}/"), client=petra, press="Move it there")
    assert asked.wanted_period is not None
    starts = {one.starts_at for one in Assignment.objects.active().filter(work_order=told.order)}
    assert starts == {asked.wanted_period.lower}
    deliver_all(after=QUIET * 2)
    assert len(letters()) == 1
    assert "We did as you asked" in main(Client().get(address))


def test_the_planner_reads_at_each_of_them_what_the_customer_knows(two: Two, client_as: As) -> None:
    petra, page = client_as(two.world.cast.petra), f"/planning/visits/{two.tessa.pk}/"
    assert "hears of this by mail at 09:10" in main(petra.get(page))
    submit(petra.get(page), client=petra, press="Tell now")
    deliver_all(after=timedelta(seconds=1))
    assert "The customer knows of Tue 17 Nov 09:00." in main(petra.get(page))
