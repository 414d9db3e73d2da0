"""Weeks of the company's life, told in the order in which it happened.

Each thing that happens is an event on a heap; it runs the real action at its moment and plans what follows. Events
after the present never run, so on any day jobs stand in every status, and the plan of the coming days is filled.
"""

import heapq
import itertools
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from apps.acceptance.demo import jobs
from apps.acceptance.demo.calendar import ZONE, Calendar, on
from apps.acceptance.demo.company import Firm
from apps.acceptance.demo.jobs import Work
from apps.acceptance.demo.slips import SLIPS
from apps.core import clock
from apps.core.actors import Customer as CustomerActor
from apps.customers.models import Customer, Site
from apps.documents.models import StoredFile
from apps.intake.actions import request_accept, request_create
from apps.intake.models import Request
from apps.materials.models import Material
from apps.technicians.models import Technician

OFTEN = 250


@dataclass(frozen=True)
class Size:
    """How long the company has been at work, and how full its weeks are."""

    # Whole months of history before this one; none leaves only the weeks that are told by the real actions.
    months: int = 12
    customers: int = 150
    # Requests a working day; larger works and rounds of maintenance a week, and those of the weeks to come.
    requests: float = 2.6
    installations: int = 2
    maintenance: int = 5
    ahead: int = 34
    # The last weeks are busier than the ordinary ones that history is made of.
    now: float = 1.35


FULL = Size()
# A few weeks with a few jobs of each kind: enough to try something on.
BRIEF = Size(months=0, customers=60, requests=1.2, installations=1, maintenance=2, ahead=5)


@dataclass
class Props:
    """What the story's people have at hand."""

    customers: list[tuple[Customer, Site]]
    pictures: list[StoredFile]
    signature: StoredFile


class Story:
    """The teller: the heap of what is to happen, the calendar, and the people.

    A `careful` one forgets nothing and finishes everything; an ordinary one has its slips.
    """

    def __init__(
        self,
        firm: Firm,
        props: Props,
        calendar: Calendar,
        random: Random,
        now: datetime,
        size: Size,
        *,
        careful: bool = False,
    ) -> None:
        self.firm, self.calendar, self.random, self.now, self.size = firm, calendar, random, now, size
        self.customers, self.pictures, self.signature = props.customers, props.pictures, props.signature
        self.careful = careful
        self.events: list[tuple[datetime, int, Callable[..., None], tuple[Any, ...]]] = []
        self.count = itertools.count()
        self.slipped: Counter[str] = Counter()
        # No invoice is made before those of history have their numbers.
        self.books_open = now - timedelta(days=10_000)
        self.told = 0

    def at(self, moment: datetime, what: Callable[..., None], *with_: Any) -> None:
        """Let `what` happen at `moment`."""
        heapq.heappush(self.events, (moment, next(self.count), what, with_))

    def tell(self, now_and_then: Callable[[datetime], None]) -> None:
        """Run everything up to now; `now_and_then` hears how far it is."""
        while self.events and self.events[0][0] <= self.now:
            moment, _number, what, with_ = heapq.heappop(self.events)
            if self.told % OFTEN == 0:
                now_and_then(moment)
            with clock.at(moment):
                what(*with_)
            self.told += 1

    # -- chance -----------------------------------------------------------------

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def slips(self, name: str, *, rather: bool = True) -> bool:
        """Whether this is the moment at which something is forgotten, or goes wrong.

        Where it had `rather` be another one, that has half of the time to come along.
        """
        slip = SLIPS[name]
        age = (self.now - clock.now()) / timedelta(days=1)
        if self.careful or self.slipped[name] >= slip.count or not slip.youngest <= age <= slip.oldest:
            return False
        if not rather and age > (slip.oldest + slip.youngest) / 2:
            return False
        self.slipped[name] += 1
        return True

    def office_hour(self, day: date) -> datetime:
        """Some moment of that day at which the office is at work; the next working day if it is none."""
        while day.isoweekday() > 5 or (day in self.calendar.holidays and not self.careful):
            day += timedelta(days=1)
        return on(day, self.random.randint(8, 16), self.random.randint(0, 59))

    def soon(self, low: int, high: int) -> datetime:
        """An office hour that many days from the moment that is being told, and never before it."""
        moment = self.office_hour(clock.today() + timedelta(days=self.random.randint(low, high)))
        return max(moment, clock.now() + timedelta(minutes=self.random.randint(4, 50)))

    def at_once(self) -> datetime:
        """As soon as somebody has put the telephone down."""
        return clock.now() + timedelta(minutes=self.random.randint(4, 20))

    def invoice_day(self) -> datetime:
        """When the office comes to the invoice; never before those of history have their numbers."""
        soon = self.soon(0, 3)
        return (
            soon
            if soon > self.books_open
            else self.office_hour(local_day(self.books_open) + timedelta(days=self.random.randint(1, 3)))
        )

    def clerk(self) -> Any:
        return self.random.choice([self.firm.bram, self.firm.bram, self.firm.petra])

    def event_id(self) -> uuid.UUID:
        return uuid.UUID(int=self.random.getrandbits(128), version=4)

    # -- things at hand -----------------------------------------------------------

    def material(self, pattern: str) -> Material:
        """A part by its code, or by `PREFIX-*Name…`."""
        prefix, star, name = pattern.partition("*")
        if not star:
            return self.firm.materials[pattern]
        return next(
            one
            for code, one in self.firm.materials.items()
            if code.startswith(prefix) and one.name.startswith(name)
        )

    def used(self, work: Work) -> list[tuple[Material, Decimal]]:
        """The parts of this job, as many as it took."""
        found = [(self.material(code), self.random.randint(low, high)) for code, low, high in work.materials]
        return [(material, Decimal(number)) for material, number in found if number]

    def picture(self) -> StoredFile:
        return self.random.choice(self.pictures)

    def able(self, work: Work) -> list[Technician]:
        """The technicians with the skill that this work asks for, in an order of chance."""
        skill = self.firm.types[work.type].skill_id
        found = [one for one in self.firm.technicians if skill in {each.pk for each in one.skills.all()}]
        self.random.shuffle(found)
        return found

    # -- the stream of work ---------------------------------------------------------

    def weeks_fill(self, first: date, last: date) -> None:
        """Requests on each working day of these, and the work that is agreed by the week."""
        day = first
        while day <= last:
            if day.isoweekday() < 6 and (self.careful or day not in self.calendar.holidays):
                many = self.size.requests * (1 if self.careful else self.size.now)
                for _ in range(int(many) + self.chance(many % 1)):
                    self.at(
                        on(day, self.random.randint(8, 16), self.random.randint(0, 59)), self.request_comes
                    )
            day += timedelta(days=1)

    def rounds_fill(self, mondays: Iterable[date]) -> None:
        """What the office plans a good week ahead: yearly maintenance, and works of whole days."""
        for monday in mondays:
            ahead = not self.careful and monday > local_day(self.now) - timedelta(days=4)
            many = self.size.ahead if ahead else self.size.maintenance
            self.at(on(monday - timedelta(days=10), 15), self.later.maintenance_round, monday, many)
            self.at(on(monday - timedelta(days=11), 16), self.later.installations, monday)

    def request_comes(self) -> None:
        """Someone calls, mails, or fills in the form."""
        kinds = (jobs.REPAIRS, jobs.MAINTENANCE, jobs.PROJECTS)
        work = self.random.choice(self.random.choices(kinds, weights=[42, 13, 45])[0])
        customer, site = self.random.choice(self.customers)
        source = self.random.choices(["phone", "web", "email", "referral"], weights=[55, 25, 12, 8])[0]
        urgent = work.type in ("leak", "boiler") and not work.quoted and self.chance(0.3)
        request = request_create(
            by=CustomerActor(customer.name) if source == "web" else self.clerk(),
            customer=customer,
            site=site,
            type=self.firm.types[work.type],
            description=work.asked,
            source=source,
            urgency="urgent" if urgent else self.random.choice(["normal", "normal", "normal", "high"]),
            preferred_part=self.random.choice(["any", "any", "morning", "afternoon"]),
        )
        if source == "web":
            self.at(self.soon(0, 1), self.request_answered, request, work)
        else:
            self.follow(request, work)

    def request_answered(self, request: Request, work: Work) -> None:
        if self.chance(0.06):
            self.later.request_decline(request)
            return
        request_accept(request=request, by=self.clerk())
        self.follow(request, work)

    def follow(self, request: Request, work: Work) -> None:
        if work.quoted:
            self.at(self.soon(0, 1), self.later.intake_plan, request, work)
        else:
            when = self.soon(0, 1) if request.urgency == "normal" else self.at_once()
            self.at(when, self.later.order_make, request, work)

    @property
    def later(self) -> Any:
        """What happens after the request: told in `chapters`."""
        return self._chapters

    def use(self, chapters: Any) -> None:
        self._chapters = chapters


def month_start(day: date, months: int) -> date:
    """The first day of the month that many months after `day`."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def local_day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()
