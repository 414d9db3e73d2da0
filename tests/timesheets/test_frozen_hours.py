"""What the database says to whoever writes past the product: hours that were submitted stay as they were."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from apps.core import clock
from apps.timesheets.actions import time_add, week_submit
from apps.timesheets.figures import sheet_of
from apps.timesheets.models import HandTime, SubmittedDay, Week
from apps.timesheets.rules import monday_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def monday() -> date:
    return monday_of(clock.today())


@pytest.fixture
def week(cast, monday) -> Week:
    whose = {"technician": cast.tim.technician, "monday": monday, "by": cast.tim}
    time_add(**whose, weekday=0, kind="leave", hours=8, reason="Day off")
    return week_submit(**whose, seen=sheet_of(cast.tim.technician, monday, clock.now()).seen)


def test_submitted_hours_never_change(week):
    for write in (SubmittedDay.objects.all().delete, lambda: SubmittedDay.objects.update(work=9)):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_nothing_by_hand_is_written_while_the_week_lies_at_the_office(week):
    more = {"week": week, "weekday": 1, "kind": "leave", "hours": 1, "reason": "Dentist"}
    for write in (
        HandTime.objects.all().delete,
        lambda: HandTime.objects.update(hours=1),
        lambda: HandTime.objects.create(**more),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_a_week_begins_on_monday_and_stands_there_once(cast, monday, week):
    for day in (monday + timedelta(days=1), monday):
        with pytest.raises(IntegrityError), transaction.atomic():
            Week.objects.create(technician=cast.tim.technician, monday=day)


def test_a_submitted_week_has_its_hours(cast, monday):
    with pytest.raises(IntegrityError), transaction.atomic():
        Week.objects.create(technician=cast.tim.technician, monday=monday, status="submitted")
