"""Which job is done again when, by whom and for whom: the last weeks as they stand, and weeks before them as they ended."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from django.db.models import Model
from django.utils import timezone

from apps.acceptance.copies.jobs import Job
from apps.acceptance.copies.tables import ROOTS
from apps.acceptance.copies.writer import Client, Copies, Copy, People
from apps.acceptance.scale.size import Size
from apps.acceptance.scale.telling import Told
from apps.accounts.models import User
from apps.company.models import Holiday
from apps.customers.models import Customer
from apps.field.models import TimeEntry
from apps.invoicing.models import Invoice
from apps.planning.models import Assignment
from apps.technicians.models import Absence, Technician, Works
from apps.technicians.rules import WorkWeeks
from apps.workorders.models import WorkOrder

# A job is done on the same day of another week, or a day or two beside it.
ASIDE = (0, 1, -1, 2, -2)
AHEAD = (1, -1, 2, -2, 3, 4, 7, -3)
Stretch = tuple[int, datetime, datetime]


def weeks_fill(
    copies: Copies, told: Told, technicians: list[Technician], clients: list[Client], size: Size
) -> None:
    """Add copies to the number of orders that is asked for."""
    random = Random(size.orders)
    agenda = Agenda(technicians)
    weeks = Weeks(copies, told, agenda, Turns(clients), random, size.orders)
    crews = list(_crews(told.technicians, technicians))
    for crew in crews:
        if not agenda.was_busy(crew):
            weeks.stand(_varied(told.standing), crew, size.standing)
    weeks.go_back(told.finished, crews, size.a_week)


class Weeks:
    """Takes copies, as long as orders are asked for and somebody has time."""

    def __init__(
        self, copies: Copies, told: Told, agenda: "Agenda", turns: "Turns", random: Random, orders: int
    ) -> None:
        self.copies, self.told, self.agenda, self.turns, self.random = copies, told, agenda, turns, random
        self.left = orders

    def stand(self, jobs: list[Job], crew: People, most: int) -> None:
        """The last weeks of a crew, as they were told."""
        leave = self.left - most
        now = self.copies.until
        # What is planned is planned on other days too: the coming weeks are full.
        again = [(days, job) for days in AHEAD for job in jobs if _is_ahead(job, timedelta(days=days), now)]
        for days, job in [*((0, job) for job in jobs), *again]:
            if self.left - len(job.rows[WorkOrder]) >= leave:
                self.take(job, days, crew)

    def go_back(self, jobs: list[Job], crews: list[People], a_week: int) -> None:
        """Week after week, from the last to ever earlier ones, each with as many orders as a week has."""
        week = 0
        while self.left:
            week += 1
            goal = max(0, self.left - a_week)
            turns = [(job, crew) for job in jobs for crew in crews]
            self.random.shuffle(turns)
            for job, crew in turns:
                if self.left == goal:
                    break
                if len(job.rows[WorkOrder]) <= self.left - goal and job.invoiced <= self._back(week):
                    any(self.take(job, aside - 7 * week, crew) for aside in ASIDE if _weekdays(job, aside))

    def _back(self, week: int) -> datetime:
        """A job that was done by then is, so many weeks back, one that is done by now."""
        return self.copies.until + timedelta(weeks=week, days=-max(ASIDE))

    def take(self, job: Job, days: int, crew: People) -> bool:
        stretches = [
            (crew.pks.get((Technician, pk)), start, end) for pk, start, end in self.agenda.stretches(job)
        ]
        known = [(pk, start, end) for pk, start, end in stretches if pk is not None]
        if len(known) < len(stretches) or not self.agenda.take(known, days):
            return False
        before = self.told.customers[job.customer]
        self.copies.add(Copy(job, days, before, self.turns.client(before[0], self.random), crew))
        self.left -= len(job.rows[WorkOrder])
        return True


def _is_ahead(job: Job, by: timedelta, now: datetime) -> bool:
    """Whether it was planned by now and not begun, so much later."""
    starts = [start + by for _pk, start, _end in job.visits]
    return bool(job.rows[WorkOrder]) and bool(starts) and min(starts) > now >= job.last + by


def _weekdays(job: Job, aside: int) -> bool:
    """Whether no invoice is made on a day of the weekend when all is so many days aside."""
    days = (timezone.localdate(row["issued_at"]) for row in job.rows[Invoice] if row["number"])
    return all((day + timedelta(days=aside)).isoweekday() < 6 for day in days)


def _varied(jobs: list[Job]) -> list[Job]:
    """One of each situation, then another of each, and so on."""
    alike: dict[tuple[str, ...], list[Job]] = defaultdict(list)
    for job in jobs:
        alike[tuple(row["status"] for model in ROOTS for row in job.rows[model])].append(job)
    rounds = [(place, job) for found in alike.values() for place, job in enumerate(found)]
    return [job for _place, job in sorted(rounds, key=lambda one: one[0])]


def _crews(actors: list[Technician], technicians: list[Technician]) -> Iterator[People]:
    """Who plays the technicians of the story: each technician in one crew."""
    for start in range(0, len(technicians), len(actors)):
        pairs = list(zip(actors, technicians[start:], strict=False))
        pks: dict[tuple[type[Model], int], int] = {(Technician, actor.pk): one.pk for actor, one in pairs}
        pks |= {(User, actor.user_id): one.user_id for actor, one in pairs}
        yield People(pks, {actor.user.name: one.user.name for actor, one in pairs})


class Turns:
    """Whose turn it is: a copy of a job is for a customer of the same kind, who is billed in the same way."""

    def __init__(self, clients: Iterable[Client]) -> None:
        self._alike: dict[tuple[str, bool, str], list[Client]] = defaultdict(list)
        for client in clients:
            self._alike[self._kind(client[0])].append(client)

    def _kind(self, customer: Customer) -> tuple[str, bool, str]:
        return customer.kind, customer.reverse_charge, customer.language

    def client(self, customer: Customer, random: Random) -> Client:
        return random.choice(self._alike[self._kind(customer)])


class Agenda:
    """Who is where, and on which days they work."""

    def __init__(self, technicians: list[Technician]) -> None:
        self._weeks = WorkWeeks(Works.objects.filter(technician__in=technicians).stretches())
        self._taken: dict[tuple[int, date], list[tuple[time, time]]] = defaultdict(list)
        self._holidays = set(Holiday.objects.values_list("day", flat=True))
        self._stretches: dict[int, list[Stretch]] = {}
        booked = Assignment.objects.active().values_list("technician_id", "period")
        away = Absence.objects.values_list("technician_id", "period")
        self._busy = {pk for pk, _period in booked}
        for pk, period in [*booked, *away]:
            self._take(pk, _local(period.lower), _local(period.upper))

    def was_busy(self, crew: People) -> bool:
        """Whether there were bookings before."""
        return any(pk in self._busy for pk in crew.pks.values())

    def stretches(self, job: Job) -> list[Stretch]:
        """Where its technicians were planned, and were."""
        if id(job) not in self._stretches:
            clocks = [
                (row["technician_id"], row["started_at"], row["ended_at"] or row["started_at"] + timedelta(hours=1))
                for row in job.rows[TimeEntry]
            ]  # fmt: skip
            self._stretches[id(job)] = [
                (pk, _local(start), _local(end)) for pk, start, end in [*job.visits, *clocks]
            ]
        return self._stretches[id(job)]

    def take(self, stretches: list[Stretch], days: int) -> bool:
        """Take all of them, so many days on, if everybody works then and is nowhere else."""
        by = timedelta(days=days)
        if not all(self._is_free(pk, start + by, end + by) for pk, start, end in stretches):
            return False
        for pk, start, end in stretches:
            self._take(pk, start + by, end + by)
        return True

    def _is_free(self, pk: int, start: datetime, end: datetime) -> bool:
        day = start.date()
        if day in self._holidays or not self._weeks.on(pk, day):
            return False
        first, last = start.time(), end.time() if end.date() == day else time.max
        return not any(first < until and since < last for since, until in self._taken[pk, day])

    def _take(self, pk: int, start: datetime, end: datetime) -> None:
        while start.date() < end.date():
            self._taken[pk, start.date()].append((start.time(), time.max))
            start = datetime.combine(start.date() + timedelta(days=1), time())
        if start < end:
            self._taken[pk, start.date()].append((start.time(), end.time()))


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(tzinfo=None)
