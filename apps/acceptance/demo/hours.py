"""The hours of the week, as technicians put their name to them and the office approves them."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from apps.acceptance.demo.calendar import on
from apps.acceptance.demo.story import Story
from apps.core import clock
from apps.technicians.models import Technician
from apps.timesheets.actions import time_add, week_approve, week_give_back, week_submit
from apps.timesheets.figures import sheet_of
from apps.timesheets.models import Week

WEEK = timedelta(days=7)


def weeks_settle(story: Story, mondays: Iterable[date]) -> None:
    """Let each of these weeks be submitted on the Monday after it and approved on the Tuesday.

    Of the last one that is over, one technician is late, one has to look again, and one still waits for the office; one forgot
    a clock, and entered the work by hand.
    """
    over = [monday for monday in mondays if on(monday + WEEK, 7) <= story.now]
    for monday in over:
        if monday == over[-1]:
            story.at(on(monday + WEEK, 7, 5), _enter, story.firm.technicians[2:], monday)
        for number, technician in enumerate(story.firm.technicians):
            is_last = monday == over[-1]
            if is_last and number == 0:
                continue
            submitted = on(monday + WEEK, 7, 10 + 4 * number)
            story.at(submitted, _submit, technician, monday)
            if is_last and number == 1:
                story.at(on(monday + WEEK, 11, 20), _give_back, story, technician, monday)
            else:
                story.at(
                    on(monday + WEEK + timedelta(days=1), 9, 5 + number), _approve, story, technician, monday
                )


def _enter(technicians: Iterable[Technician], monday: date) -> None:
    """The first of them does whose week can be submitted: no clock of it was forgotten over the weekend."""
    now = clock.now()
    for technician in technicians:
        if not sheet_of(technician, monday, now).is_running:
            time_add(
                technician=technician, monday=monday, weekday=3, kind="work", hours=Decimal("1.5"),
                reason="Klok vergeten bij de VvE, storing in de hal", by=technician.user,
            )  # fmt: skip
            return


def _submit(technician: Technician, monday: date) -> None:
    sheet = sheet_of(technician, monday, clock.now())
    if not sheet.is_running:
        week_submit(technician=technician, monday=monday, seen=sheet.seen, by=technician.user)


def _approve(story: Story, technician: Technician, monday: date) -> None:
    for week in Week.objects.filter(technician=technician, monday=monday, status="submitted"):
        sheet = sheet_of(technician, monday, clock.now())
        if not sheet.is_running:
            week_approve(week=week, seen=sheet.seen, by=story.firm.bram)


def _give_back(story: Story, technician: Technician, monday: date) -> None:
    for week in Week.objects.filter(technician=technician, monday=monday, status="submitted"):
        week_give_back(week=week, by=story.firm.bram, reason="Op woensdag ontbreekt de pauze.")
