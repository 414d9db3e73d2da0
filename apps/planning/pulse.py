"""Whether a week still is as somebody saw it: one word of what stands on it, and on the list beside it."""

from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import BigIntegerField, DateTimeField, F, Func, QuerySet, Value
from django.db.models.functions import Cast

from apps.core.compiled import Given, compiled, reader_of
from apps.core.together import Question, number_of, sum_of, together
from apps.intake.models import Request
from apps.planning.facts import zone
from apps.planning.models import Appointment, WeekRow
from apps.planning.roster import visits_between
from apps.planning.rules.wall import WallDay, moment_of
from apps.technicians.models import Absence, Technician
from apps.workorders.models import WorkOrder


class Pulse:
    """The mark of seven days. Its questions may be asked along with a page, or alone."""

    def __init__(self, user: Any, monday: date) -> None:
        first, last = (WallDay(monday + timedelta(days=n), zone()) for n in (0, 6))
        self._asked = compiled(
            ("planning.pulse", reader_of(user)), lambda: _questions(user),
            start=moment_of(first.whole.start), end=moment_of(last.whole.end),
        )  # fmt: skip

    @property
    def questions(self) -> list[Question]:
        return list(self._asked.values())

    @property
    def telling(self) -> int:
        """How many customers have yet to hear of the plan, once it has been asked."""
        return int(self._asked["telling"].value)

    @property
    def mark(self) -> str:
        together(*self.questions)
        return "-".join(str(one.value) for one in self._asked.values())


def _questions(user: Any) -> dict[str, Question]:
    period = Func(
        Given("start", DateTimeField()), Given("end", DateTimeField()), function="tstzrange",
        output_field=DateTimeRangeField(),
    )  # fmt: skip
    visits = visits_between(user, period)
    away = Absence.objects.filter(period__overlap=period)
    return {
        "visits": _sum(visits, F("pk") * (F("version") + Value(7))),
        "away": _sum(away, F("pk") * Value(7) + Value(1)),
        "people": _sum(Technician.objects.for_user(user).active(), F("pk") * (F("version") + Value(7))),
        "rows": _sum(WeekRow.objects.all(), F("pk") * F("place")),
        "orders": _sum(WorkOrder.objects.for_user(user).to_plan(), F("pk") * (F("version") + Value(7))),
        "telling": number_of(Appointment.objects.for_user(user).waiting()),
        "intakes": _sum(Request.objects.for_user(user).to_plan(), F("pk") * (F("version") + Value(7))),
    }


def _sum(rows: QuerySet, value: Any) -> Question:
    """A sum that changes with each row that comes, goes, or counts a change."""
    return sum_of(rows.annotate(seen=Cast(value, BigIntegerField())), "seen")
