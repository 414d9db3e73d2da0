"""A year of history in bulk: a few weeks told by the real actions in which nothing was forgotten, and copied month after month.

What was told is taken back once it is read, so history begins with its first copy. A copy is for another customer, on other days,
and as far as time has gone: what it has still to wait for (money, the bookkeeper) it waits for.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction

from apps.acceptance.copies.jobs import Job, finished_jobs
from apps.acceptance.copies.writer import Client, Copies, Copy, Later, row_triggers_off, standing_refresh
from apps.acceptance.demo.calendar import Calendar, on
from apps.acceptance.demo.company import Firm
from apps.acceptance.demo.story import Props, Size, Story, local_day, month_start
from apps.bookkeeping.actions import package_make
from apps.bookkeeping.querysets import invoices_to_export
from apps.bookkeeping.rules import ALL
from apps.core import clock
from apps.invoicing.models import Invoice, InvoiceFact, Payment

CYCLE = 21
# What a month brings in, in euros without VAT: it is filled up to the one, and nothing is added above the other. Not every
# month is alike: this share of it, in the months that are slower.
LEAST, MOST = 78_000, 106_000
SEASON = {1: 0.95, 2: 0.92, 5: 0.95, 7: 0.9, 8: 0.86, 12: 0.93}
TRIES = 30
# Old invoices with which something is wrong still: how many, and how many days ago they were issued at least.
UNPAID, NOT_BOOKED, IN_NO_PACKAGE = (3, 50), (3, 75), (2, 62)


class TakenBack(Exception):
    """Ends the rehearsal: everything in it is undone."""


@dataclass
class History:
    """The copies that were written, and what of them is written when its time comes."""

    firm: Firm
    forgotten: set[int]
    payments: Later

    def package_make(self) -> None:
        """The month goes to the bookkeeper; its documents are made when somebody opens them."""
        self.payments.write(clock.now())
        first = clock.today().replace(day=1)
        wanted = (
            invoices_to_export(self.firm.olga).filter(issue_date__lt=first).exclude(pk__in=self.forgotten)
        )
        if wanted.exists():
            package_make(by=self.firm.olga, contents=ALL - {"overview", "pdf", "ubl"}, invoices=wanted)


def rehearse(tell: Callable[[Story], None], story: Story) -> list[Job]:
    """What becomes of a few weeks of work, read whole; the database is left as it was."""
    jobs: list[Job] = []
    try:
        with transaction.atomic():
            tell(story)
            jobs = finished_jobs()
            raise TakenBack
    except TakenBack:
        return jobs


def weeks_told(firm: Firm, props: Props, random: Random, first: date, now: datetime, size: Size) -> Story:
    """A careful story of a few weeks that can follow upon themselves."""
    calendar = Calendar(firm.technicians, cycle=CYCLE)
    calendar.holidays = set()
    story = Story(firm, props, calendar, random, now, size, careful=True)
    return story


def weeks_fill(story: Story, first: date) -> None:
    story.weeks_fill(first, first + timedelta(days=CYCLE - 1))
    story.rounds_fill([first + timedelta(days=offset) for offset in range(0, CYCLE, 7)])


def history_write(
    jobs: list[Job],
    *,
    firm: Firm,
    props: Props,
    away: dict[int, set[date]],
    random: Random,
    first: date,
    until: date,
    invoiced_until: datetime,
    now: datetime,
) -> History:
    """Copies of the jobs with visits from `first` up to and not on `until`."""
    clients = {customer.pk: (customer, site) for customer, site in props.customers}
    turns = _Turns(props.customers)
    year = Year(Copies(now, random), Agenda(firm, away), first, until, invoiced_until)

    def again(job: Job, days: int) -> Copy:
        return Copy(job, days, clients[job.customer], turns.client(job.customer, random))

    turn_of = range((until - first).days // CYCLE + 1)
    met = [copy for turn in turn_of for job in jobs if not year.takes(copy := again(job, turn * CYCLE))]
    # What meets a holiday, or somebody who is away, is done in another week: the large works first, which fit least.
    for copy in sorted(met, key=lambda one: -sum(_brings(one).values())):
        any(year.takes(copy, later=7 * weeks) for weeks in (1, -1, 2, -2, 3))
    dear = sorted(jobs, key=lambda job: -sum(_brings(again(job, 0)).values()))[:TRIES]
    for month in year.months():
        for aside, job, week in itertools.product((0, 1, -1, 2, -2), dear, range(5)):
            if not year.full(month):
                there = (month - local_day(job.invoiced)).days
                year.takes(again(job, there - there % 7 + 7 * week + aside), only=month)
    copies = year.copies
    _some_wait(copies, now)
    with row_triggers_off():
        payments = copies.write(later=[Payment])
        standing_refresh()
    forgotten = _some_forgotten(now)
    return History(firm, forgotten, payments)


@dataclass
class Year:
    """The copies that were taken: who is where, and what each month brings in."""

    copies: Copies
    agenda: "Agenda"
    first: date
    until: date
    invoiced_until: datetime
    earned: dict[date, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def months(self) -> list[date]:
        """Each of which a part is history."""
        found, month = [], self.first.replace(day=1)
        while month <= local_day(self.invoiced_until):
            found.append(month)
            month = month_start(month, 1)
        return found

    def full(self, month: date) -> bool:
        """Whether it has what it should have, as far as it is history."""
        return self.earned[month] >= LEAST * self._share(month)

    def takes(self, copy: Copy, later: int = 0, only: date | None = None) -> bool:
        """Take the copy, so many days later than it is, if it belongs here and everybody has time for it."""
        days = copy.days
        copy.days = days + later
        brings = _brings(copy)
        over = any(self.earned[month] + net > MOST * self._share(month) for month, net in brings.items())
        if over or (only and set(brings) != {only}) or not self._belongs(copy) or not self.agenda.free(copy):
            copy.days = days
            return False
        for month, net in brings.items():
            self.earned[month] += net
        self.agenda.take(copy)
        self.copies.add(copy)
        return True

    def _share(self, month: date) -> Decimal:
        whole = (month_start(month, 1) - month).days
        begun = max(month, self.first + timedelta(days=10))
        told = (min(month_start(month, 1), local_day(self.invoiced_until)) - begun).days
        return Decimal(max(told, 0)) / whole * Decimal(str(SEASON.get(month.month, 1)))

    def _belongs(self, copy: Copy) -> bool:
        visits = [local_day(copy.moved(end)) for _technician, _start, end in copy.job.visits]
        begun = local_day(copy.moved(copy.job.first))
        return (
            self.first <= begun
            and max(visits, default=begun) < self.until
            and copy.moved(copy.job.invoiced) < self.invoiced_until
            and all(day.isoweekday() < 6 for day in _issued(copy))
        )


def _issued(copy: Copy) -> list[date]:
    """On which days its invoices were made."""
    return [local_day(copy.moved(row["issued_at"])) for row in copy.job.rows[Invoice] if row["number"]]


def _brings(copy: Copy) -> dict[date, Decimal]:
    """What is invoiced for it, by month."""
    found: dict[date, Decimal] = defaultdict(Decimal)
    for row in copy.job.rows[Invoice]:
        if row["number"]:
            month = local_day(copy.moved(row["issued_at"])).replace(day=1)
            found[month] += row["net"] if row["kind"] == "invoice" else -row["net"]
    return found


class Agenda:
    """Where everybody is in the copies."""

    def __init__(self, firm: Firm, away: dict[int, set[date]]) -> None:
        self._calendar = Calendar(firm.technicians)
        self._calendar.away.update(away)
        self._by_pk = {one.pk: one for one in firm.technicians}

    def free(self, copy: Copy) -> bool:
        """Whether everybody is at work, and nowhere else, at each of its visits."""
        return all(
            self._calendar.is_free(self._by_pk[pk], start, end) for pk, start, end in self._visits(copy)
        )

    def take(self, copy: Copy) -> None:
        for pk, start, end in self._visits(copy):
            self._calendar.take(self._by_pk[pk], start, end)

    def _visits(self, copy: Copy) -> list[tuple[int, datetime, datetime]]:
        return [(pk, copy.moved(start), copy.moved(end)) for pk, start, end in copy.job.visits]


class _Turns:
    """Whose turn it is: each copy of a job is for another customer of the same kind, who is billed in the same way."""

    def __init__(self, customers: list[Client]) -> None:
        self._alike: dict[tuple[str, bool, str], list[Client]] = {}
        for client in customers:
            self._alike.setdefault(self._kind(client), []).append(client)
        self._kinds = {client[0].pk: self._kind(client) for client in customers}

    def _kind(self, client: Client) -> tuple[str, bool, str]:
        customer = client[0]
        return customer.kind, customer.reverse_charge, customer.language

    def client(self, pk: int, random: Random) -> Client:
        return random.choice(self._alike[self._kinds[pk]])


def _some_wait(copies: Copies, now: datetime) -> None:
    """A few invoices that nobody paid, and a few that nobody booked."""
    paid, booked = [], []
    for copy in copies.made:
        rows = copy.job.rows
        if not rows[Payment] or any(row["kind"] == "credit_note" for row in rows[Invoice]):
            continue
        issued = copy.moved(rows[Invoice][0]["issued_at"])
        if now - timedelta(days=110) < issued < now - timedelta(days=UNPAID[1]):
            paid.append((copy, copy.moved(min(row["recorded_at"] for row in rows[Payment]))))
        if now - timedelta(days=130) < issued < now - timedelta(days=NOT_BOOKED[1]):
            booked.append(
                (copy, copy.moved(min(r["at"] for r in rows[InvoiceFact] if r["kind"] == "delivered")))
            )
    for found, (count, _days) in ((paid, UNPAID), (booked, NOT_BOOKED)):
        for copy, moment in found[:: max(1, len(found) // count)][:count]:
            copy.until = moment - timedelta(minutes=1)


def _some_forgotten(now: datetime) -> set[int]:
    """Invoices that no package holds though their month is long over: one paid, one not."""
    count, days = IN_NO_PACKAGE
    issued = Invoice.objects.filter(kind="invoice", issued_at__lt=now - timedelta(days=days))
    recent = issued.filter(issued_at__gt=now - timedelta(days=120)).order_by("issued_at")
    unpaid = recent.filter(status="sent")[: count // 2]
    waiting = recent.filter(status="paid").exclude(facts__kind="booked").order_by("-issued_at")
    paid = waiting[: count - len(unpaid)]
    return {one.pk for one in (*unpaid, *paid)}


def packages_plan(story: Story, history: History, first: date) -> None:
    """Every month's package, on its third day."""
    month = month_start(first, 1)
    while month <= local_day(story.now):
        story.at(on(month + timedelta(days=2), 10), history.package_make)
        month = month_start(month, 1)
