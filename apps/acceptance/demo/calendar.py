"""Where a technician still has room: the demo's planner books as a careful one would."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apps.company.models import Holiday
from apps.technicians.models import Technician

ZONE = ZoneInfo("Europe/Amsterdam")
QUARTER = timedelta(minutes=15)


def on(day: date, hour: int, minute: int = 0) -> datetime:
    """That hour of that day where the company is."""
    return datetime.combine(day, time(hour, minute), ZONE)


class Calendar:
    """Who works when, and what is taken."""

    def __init__(self, technicians: list[Technician]) -> None:
        self.hours = {
            technician.pk: {one.weekday: (one.starts, one.ends) for one in technician.patterns.all()}
            for technician in technicians
        }
        self.holidays = set(Holiday.objects.values_list("day", flat=True))
        self.taken: dict[tuple[int, date], list[tuple[datetime, datetime]]] = defaultdict(list)
        self.away: dict[int, set[date]] = defaultdict(set)

    def works(self, technician: Technician, day: date) -> bool:
        return (
            day.isoweekday() in self.hours[technician.pk]
            and day not in self.holidays
            and day not in self.away[technician.pk]
        )

    def slot(
        self, technician: Technician, first: date, length: timedelta, within_days: int = 15
    ) -> tuple[datetime, datetime] | None:
        """The first free stretch of `length` on or after `first`, with a quarter of an hour to drive."""
        for offset in range(within_days):
            day = first + timedelta(days=offset)
            if not self.works(technician, day):
                continue
            starts, ends = self.hours[technician.pk][day.isoweekday()]
            start, close = datetime.combine(day, starts, ZONE), datetime.combine(day, ends, ZONE)
            for busy_from, busy_until in sorted(self.taken[technician.pk, day]):
                if start + length <= busy_from:
                    break
                start = max(start, busy_until + QUARTER)
            if start + length <= close:
                return start, start + length
        return None

    def take(self, technician: Technician, start: datetime, end: datetime) -> None:
        self.taken[technician.pk, start.date()].append((start, end))

    def give_back(self, technician: Technician, start: datetime, end: datetime) -> None:
        self.taken[technician.pk, start.date()].remove((start, end))
