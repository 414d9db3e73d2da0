"""Months of the company's life, told in the order in which it happened.

Each thing that happens is an event on a heap; it runs the real action at its moment and plans what follows. Events
after the present never run, so on any day jobs stand in every status, and the plan of the coming days is filled.
"""

import heapq
import io
import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from PIL import Image, ImageDraw

from apps.acceptance.demo import jobs, names
from apps.acceptance.demo.calendar import ZONE, Calendar, on
from apps.acceptance.demo.company import Firm
from apps.acceptance.demo.jobs import Work
from apps.core import clock
from apps.core.actors import SYSTEM
from apps.core.actors import Customer as CustomerActor
from apps.customers.actions import customer_create, site_create
from apps.customers.models import Customer, CustomerKind, Site
from apps.documents.actions import file_store
from apps.documents.models import StoredFile
from apps.documents.photos import photo_store
from apps.intake.actions import request_accept, request_create
from apps.intake.models import Request
from apps.materials.models import Material
from apps.planning.actions import absence_add
from apps.technicians.models import Technician

BUSY_DAYS = 30


@dataclass(frozen=True)
class Size:
    """How long a story is, and how full."""

    days: int = 275
    customers: int = 120
    # Requests a working day: a quiet past to page through, and a present in which the plan is full.
    quiet: float = 0.5
    busy: float = 3.6
    maintenance: int = 62
    installations: int = 4


FULL = Size()
# A few weeks with a few jobs of each kind: enough to try something on.
BRIEF = Size(days=35, customers=40, busy=1.2, maintenance=10, installations=1)


class Story:
    """The teller: the heap of what is to happen, the calendar, and the people."""

    def __init__(self, firm: Firm, random: Random, now: datetime, size: Size = FULL) -> None:
        self.firm, self.random, self.now, self.size = firm, random, now, size
        self.calendar = Calendar(firm.technicians)
        self.events: list[tuple[datetime, int, Callable[..., None], tuple[Any, ...]]] = []
        self.count = itertools.count()
        self.customers: list[tuple[Customer, Site]] = []
        self.pictures: list[StoredFile] = []
        self.signature: StoredFile | None = None
        self.told = 0

    def at(self, moment: datetime, what: Callable[..., None], *with_: Any) -> None:
        """Let `what` happen at `moment`."""
        heapq.heappush(self.events, (moment, next(self.count), what, with_))

    def tell(self, say: Callable[[str], None], each_month: Callable[[], None]) -> None:
        """Run everything up to now; `say` hears of each month."""
        month = 0
        while self.events and self.events[0][0] <= self.now:
            moment, _number, what, with_ = heapq.heappop(self.events)
            if moment.month != month:
                month = moment.month
                say(f"  {moment:%B %Y}")
                each_month()
            with clock.at(moment):
                what(*with_)
            self.told += 1

    # -- chance -----------------------------------------------------------------

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def office_hour(self, day: date) -> datetime:
        """Some moment of that day at which the office is at work; the next working day if it is none."""
        while day.isoweekday() > 5 or day in self.calendar.holidays:
            day += timedelta(days=1)
        return on(day, self.random.randint(8, 16), self.random.randint(0, 59))

    def soon(self, low: int, high: int) -> datetime:
        """An office hour that many days from the moment that is being told, and never before it."""
        moment = self.office_hour(clock.today() + timedelta(days=self.random.randint(low, high)))
        return max(moment, clock.now() + timedelta(minutes=self.random.randint(4, 50)))

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

    # -- the beginning ------------------------------------------------------------

    def begin(self) -> None:
        """The customers who are known, the absences, and the stream of requests."""
        first = self.now.astimezone(ZONE).date() - timedelta(days=self.size.days)
        with clock.at(on(first, 8)):
            self._pictures()
            for number in range(self.size.customers):
                self.customers.append(self._customer(number))
            self._absences(first)
        today = self.now.astimezone(ZONE).date()
        monday = today - timedelta(days=today.weekday())
        for weeks in (-2, -1, 0, 1):
            week = monday + timedelta(weeks=weeks)
            self.at(on(min(week, today) - timedelta(days=11), 16), self.later.installations, week)
        self.at(self.now - timedelta(days=6), self.later.maintenance_round)
        for month in range(1, self.size.days // 30 + 1):
            self.at(on(month_start(first, month) + timedelta(days=2), 10), self.later.package_make)
        day = first + timedelta(days=1)
        last = self.now.astimezone(ZONE).date()
        while day <= last:
            if day.isoweekday() < 6 and day not in self.calendar.holidays:
                busy = self.size.busy if (last - day).days <= BUSY_DAYS else self.size.quiet
                for _ in range(int(busy) + self.chance(busy % 1)):
                    moment = on(day, self.random.randint(8, 16), self.random.randint(0, 59))
                    self.at(moment, self.request_comes)
            day += timedelta(days=1)

    def _customer(self, number: int) -> tuple[Customer, Site]:
        place, kind = names.place(self.random), CustomerKind.COMPANY
        extra: dict[str, Any] = {}
        if number < len(names.ASSOCIATIONS):
            name = names.ASSOCIATIONS[number]
        elif number < len(names.ASSOCIATIONS) + len(names.BUSINESSES):
            name = names.BUSINESSES[number - len(names.ASSOCIATIONS)]
        elif number < len(names.ASSOCIATIONS) + len(names.BUSINESSES) + len(names.BUILDERS):
            name = names.BUILDERS[number - len(names.ASSOCIATIONS) - len(names.BUSINESSES)]
            extra = {"vat_number": "NL812345691B01", "reverse_charge": True}
        else:
            name, kind = names.person(self.random), CustomerKind.PERSON
        customer = customer_create(
            by=SYSTEM,
            kind=kind,
            name=name,
            email=names.email(name, "klant.example"),
            phone=f"06 {self.random.randint(10_000_000, 99_999_999)}",
            street=place.street,
            house_number=place.house_number,
            postal_code=place.postal_code,
            city=place.city,
            language="en" if number % 17 == 0 else "nl",
            **extra,
        )
        site = site_create(
            by=SYSTEM,
            customer=customer,
            street=place.street,
            house_number=place.house_number,
            postal_code=place.postal_code,
            city=place.city,
        )
        return customer, site

    def _pictures(self) -> None:
        """Drawn pictures of walls, pipes and boilers: enough to see what a photo does on a page."""
        for _number in range(14):
            self.pictures.append(photo_store(raw=draw(self.random), name="foto.jpg", by=SYSTEM))
        self.signature = file_store(
            content=signature_draw(), name="handtekening.png", content_type="image/png", by=SYSTEM
        )

    def _absences(self, first: date) -> None:
        for technician in self.firm.technicians:
            for _ in range(3):
                start = first + timedelta(days=self.random.randint(10, self.size.days + 12))
                length = self.random.choice([1, 2, 5, 5, 10])
                for offset in range(length):
                    self.calendar.away[technician.pk].add(start + timedelta(days=offset))
                absence_add(
                    technician=technician,
                    start=on(start, 0),
                    end=on(start + timedelta(days=length), 0),
                    by=self.firm.petra,
                    kind="sick" if length < 3 else "holiday",
                )

    # -- a request --------------------------------------------------------------------

    def request_comes(self) -> None:
        """Someone calls, mails, or fills in the form."""
        work = self.random.choices(
            [
                self.random.choice(jobs.REPAIRS),
                self.random.choice(jobs.MAINTENANCE),
                self.random.choice(jobs.PROJECTS),
            ],
            weights=[45, 20, 35],
        )[0]
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
            self.at(self.soon(0, 1), self.later.order_make, request, work)

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


def draw(random: Random) -> bytes:
    """A small picture: a wall, some pipes, a device."""
    wall = tuple(random.randint(150, 225) for _ in range(3))
    image = Image.new("RGB", (960, 720), wall)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 600, 960, 720), fill=tuple(int(part * 0.7) for part in wall))
    for number in range(random.randint(2, 5)):
        x, colour = (
            90 + number * random.randint(90, 170),
            random.choice(["#b87333", "#9aa3a8", "#d9d4c8", "#7d5a3c"]),
        )
        pen.line((x, 0, x, 720), fill=colour, width=random.randint(14, 30))
        pen.line((x, y := random.randint(120, 560), 960, y), fill=colour, width=18)
    left, top = random.randint(220, 520), random.randint(90, 240)
    pen.rounded_rectangle((left, top, left + 270, top + 350), 18, fill="#f4f6f6", outline="#8a9698", width=5)
    pen.ellipse((left + 95, top + 230, left + 175, top + 310), fill="#24343a", outline="#8a9698", width=6)
    pen.rectangle((left + 60, top + 50, left + 210, top + 110), fill="#31484e")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def signature_draw() -> bytes:
    """A signature such as the pad makes."""
    image = Image.new("L", (600, 200), 255)
    points = [
        (40, 150),
        (110, 50),
        (150, 150),
        (200, 70),
        (240, 140),
        (300, 90),
        (330, 130),
        (420, 60),
        (560, 120),
    ]
    ImageDraw.Draw(image).line(points, fill=0, width=5, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
