"""Where a technician still has room: the demo's planner books as a careful one would."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apps.company.models import Holiday
from apps.planning.models import Assignment
from apps.technicians.models import Technician, Works
from apps.technicians.rules import WorkWeeks

ZONE = ZoneInfo("Europe/Amsterdam")
DRIVE = timedelta(minutes=30)


def on(day: date, hour: int, minute: int = 0) -> datetime:
    """That hour of that day where the company is."""
    return datetime.combine(day, time(hour, minute), ZONE)


class Calendar:
    """Who works when, and what is taken.

    With a `cycle` of so many days, what is taken on a day is taken again each cycle: what is planned in it can be told once
    more, a number of cycles later, without anybody being in two places.
    """

    def __init__(self, technicians: list[Technician], cycle: int = 0) -> None:
        self.cycle = cycle
        self._weeks = WorkWeeks(Works.objects.stretches())
        self.holidays = set(Holiday.objects.values_list("day", flat=True))
        self.taken: dict[tuple[int, int], list[tuple[time, time]]] = defaultdict(list)
        self.away: dict[int, set[date]] = defaultdict(set)

    def works(self, technician: Technician, day: date) -> bool:
        return (
            bool(self._weeks.on(technician.pk, day))
            and day not in self.holidays
            and day not in self.away[technician.pk]
        )

    def slot(
        self,
        technician: Technician,
        first: date,
        length: timedelta,
        within_days: int = 15,
        after: datetime | None = None,
    ) -> tuple[datetime, datetime] | None:
        """The first free stretch of `length` on or after `first`, with half an hour to drive.

        With `after` it begins no sooner than that moment, at a quarter of the clock.
        """
        for offset in range(within_days):
            day = first + timedelta(days=offset)
            if not self.works(technician, day):
                continue
            starts, ends = self._weeks.on(technician.pk, day)[-1]
            start, close = datetime.combine(day, starts, ZONE), datetime.combine(day, ends, ZONE)
            if after and start < after:
                start = _quarter_after(after)
            for busy_from, busy_until in sorted(self.taken[self._on(technician.pk, day)]):
                if start + length <= datetime.combine(day, busy_from, ZONE):
                    break
                start = max(start, datetime.combine(day, busy_until, ZONE) + DRIVE)
            if start + length <= close:
                return start, start + length
        return None

    def take(self, technician: Technician, start: datetime, end: datetime) -> None:
        first, last = start.astimezone(ZONE), end.astimezone(ZONE)
        self.taken[self._on(technician.pk, first.date())].append((first.time(), last.time()))

    def is_free(self, technician: Technician, start: datetime, end: datetime) -> bool:
        """Whether they work that day, and have nothing else then or half an hour around it."""
        first, last = start.astimezone(ZONE), end.astimezone(ZONE)
        return self.works(technician, first.date()) and not any(
            first < datetime.combine(first.date(), busy_until, ZONE) + DRIVE
            and datetime.combine(first.date(), busy_from, ZONE) < last + DRIVE
            for busy_from, busy_until in self.taken[self._on(technician.pk, first.date())]
        )

    def take_booked(self) -> None:
        """What stands on the agendas already."""
        for booked in Assignment.objects.active().select_related("technician"):
            self.take(booked.technician, booked.starts_at, booked.ends_at)

    def _on(self, technician: int, day: date) -> tuple[int, int]:
        return technician, day.toordinal() % self.cycle if self.cycle else day.toordinal()


def _quarter_after(moment: datetime) -> datetime:
    """The next quarter of the clock."""
    local = moment.astimezone(ZONE).replace(second=0, microsecond=0)
    return local + timedelta(minutes=-local.minute % 15)
