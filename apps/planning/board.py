"""The weekly grid and the day, ready to be drawn."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import clock, formats
from apps.planning.crew import Crew, Day
from apps.planning.facts import confirms, recipient, span_of
from apps.planning.models import Assignment
from apps.planning.rules.axis import Axis, axis_of
from apps.planning.rules.legs import Leg, legs_of
from apps.planning.rules.spans import Span
from apps.planning.rules.suggest import rounded_up
from apps.planning.states import SLOT_WORDS
from apps.technicians.models import Technician, TechnicianKind
from apps.workorders.models import WorkOrder

KINDS = {"order": gettext_lazy("Work order"), "intake": gettext_lazy("Intake")}


def columns(column: int, width: int) -> str:
    """The classes that put something on the columns of the grid: tens and units of its start and of its width."""
    return f"c{column // 10} d{column % 10} v{width // 10} w{width % 10}"


@dataclass(frozen=True)
class Block:
    """A booking as it stands on the grid."""

    booking: Assignment
    column: int
    width: int
    lane: int
    lanes: int

    @property
    def place(self) -> str:
        return columns(self.column, self.width)

    @property
    def css(self) -> str:
        """What it is, whether it is booked double, and where it stands."""
        kind = "intake" if self.booking.request_id else "order"
        lane = f"l{self.lane}" if self.lanes > 1 else ""
        return " ".join(filter(None, (kind, "dbl" if self.doubled else "", self.place, lane)))

    @property
    def doubled(self) -> bool:
        return self.booking.lanes.upper is not None

    @property
    def minutes(self) -> int:
        return round((self.booking.ends_at - self.booking.starts_at).total_seconds() / 60)

    @property
    def confirms(self) -> bool:
        """Whether a move is mailed to the customer."""
        return confirms(self.booking.job)

    @property
    def mails(self) -> str:
        """Who gets a mail when it is dropped elsewhere; empty when nobody does."""
        to = recipient(self.booking.job) if self.confirms else None
        return to.name if to else ""

    @property
    def name(self) -> str:
        return self.booking.job.customer.name

    @property
    def about(self) -> str:
        job = self.booking.job
        return job.title if isinstance(job, WorkOrder) else _("Intake")

    @property
    def said(self) -> str:
        """All of it in one line, for a tooltip and a screen reader."""
        one = self.booking
        when = formats.period(one.starts_at, one.ends_at)
        words = [f"{one.job} {self.name}", when, self.about, str(one.job.site)]
        if self.doubled:
            words.append(_("double booked"))
        return " · ".join(words)


@dataclass(frozen=True)
class Gap:
    """Free time that can be pressed."""

    start: datetime
    end: datetime
    column: int
    width: int
    url: str

    @property
    def place(self) -> str:
        return columns(self.column, self.width)


@dataclass(frozen=True)
class Drive:
    """The way to a visit as it stands on the grid: it ends where the visit begins."""

    leg: Leg
    place: str

    @property
    def css(self) -> str:
        return f"{self.place} short" if self.leg.is_short else self.place

    @property
    def said(self) -> str:
        words = {"minutes": self.leg.minutes}
        if self.leg.from_home:
            return _("%(minutes)s min from home") % words
        if self.leg.is_short:
            return _("%(minutes)s min on the way: the visit before ends too late for it") % words
        return _("%(minutes)s min on the way") % words


@dataclass(frozen=True)
class Cell:
    """A technician's day on the grid."""

    day: Day
    blocks: list[Block]
    gaps: list[Gap]
    hatches: list[str]
    drives: list[Drive]
    today: bool

    @property
    def state(self) -> str:
        return self.day.slot.state

    @property
    def css(self) -> str:
        if not self.day.works or self.day.absent:
            return "off"
        return self.day.slot.tone

    @property
    def word(self) -> str:
        day = self.day
        if day.holiday:
            return day.holiday
        if not day.technician.in_service or day.technician.has_left(day.day):
            return _("No longer in service")
        if not day.works:
            return _("Off")
        if day.absent:
            return _("Absent") + f": {day.absences[0].get_kind_display()}"
        if day.slot.doubled and day.bookings:
            return _("Double booked %(time)s") % {"time": formats.duration(day.slot.doubled)}
        if day.slot.state == "free":
            return _("Free all day")
        if day.slot.state == "partly":
            return _("%(time)s free") % {"time": formats.duration(day.slot.free)}
        return _("Full")

    @property
    def lanes(self) -> int:
        return max((block.lanes for block in self.blocks), default=1)


@dataclass(frozen=True)
class Row:
    technician: Technician
    cells: list[Cell]

    @property
    def percent(self) -> int:
        """Which part of the hours is booked."""
        capacity = sum((one.day.slot.capacity for one in self.cells), timedelta())
        used = sum((one.day.slot.used for one in self.cells), timedelta())
        return round(used / capacity * 100) if capacity else 0

    @property
    def about(self) -> str:
        names = [one.name for one in self.technician.skills.all()][:2]
        kind = [_("ZZP")] if self.technician.kind == TechnicianKind.CONTRACTOR else []
        if not self.technician.in_service:
            kind = [_("No longer in service")]
        return " · ".join([*kind, *names, *([self.technician.region] if self.technician.region else [])])


@dataclass
class Filters:
    """What narrows the rows; from the address."""

    skill: str = ""
    region: str = ""
    kind: str = ""
    state: str = ""
    options: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, query: Any, technicians: list[Technician]) -> "Filters":
        found = cls(*(query.get(name, "") for name in ("skill", "region", "kind", "state")))
        skills = {str(one.pk): one.name for technician in technicians for one in technician.skills.all()}
        regions = sorted({one.region for one in technicians if one.region})
        found.options = [
            _select("skill", _("Skill"), found.skill, sorted(skills.items(), key=lambda one: one[1])),
            _select("region", _("Region"), found.region, [(one, one) for one in regions]),
            _select("kind", _("Internal / ZZP"), found.kind, TechnicianKind.choices),
        ]
        return found

    def fits(self, technician: Technician) -> bool:
        if self.skill and self.skill not in {str(one.pk) for one in technician.skills.all()}:
            return False
        if self.region and self.region != technician.region:
            return False
        return not self.kind or self.kind == technician.kind

    @property
    def active(self) -> bool:
        return bool(self.skill or self.region or self.kind or self.state)


def _select(name: str, label: str, value: str, options: Any) -> dict[str, Any]:
    return {"name": name, "label": label, "value": value, "options": list(options)}


class Board:
    """Rows of technicians over days, on one axis of hours."""

    def __init__(self, crew: Crew, query: Any, *, job: str = "") -> None:
        self.crew, self.job = crew, job
        self.today = clock.today()
        self.now = clock.now()
        self.filters = Filters.of(query, crew.technicians)
        shown = [one for one in crew.technicians if self.filters.fits(one)]
        table = crew.of(shown)
        self.days = [
            day for n, day in enumerate(crew.days) if self._worth_showing(day, [r[1][n] for r in table])
        ]
        kept = {day: n for n, day in enumerate(crew.days) if day in self.days}
        self._table = [(who, [days[n] for n in kept.values()]) for who, days in table]
        self.axis: Axis = axis_of(
            [
                (one.day, span)
                for _who, days in self._table
                for one in days
                for span in [*one.hours, *(span_of(booking.period) for booking in one.bookings)]
            ],
            crew.zone,
        )
        rows = [Row(who, [self._cell(one) for one in days]) for who, days in self._table]
        self.cells = [cell for row in rows for cell in row.cells]
        state = self.filters.state
        self.rows = [row for row in rows if any(one.state == state for one in row.cells)] if state else rows

    def _worth_showing(self, day: date, days: list[Day]) -> bool:
        """Monday to Friday, and any other day on which something happens; a board of one day shows that day."""
        return (
            len(self.crew.days) == 1
            or day.isoweekday() <= 5
            or any(one.works or one.bookings for one in days)
        )

    def _cell(self, one: Day) -> Cell:
        zone = self.crew.zone
        blocks = []
        for booking in one.bookings:
            place = self.axis.place(span_of(booking.period), one.day, zone)
            if place:
                lane, lanes = _lane(booking, one.bookings)
                blocks.append(Block(booking, *place, lane, lanes))
        gaps = [gap for span in one.slot.gaps if (gap := self._gap(one, span))]
        away = (self.axis.place(span_of(absence.period), one.day, zone) for absence in one.absences)
        hatches = [columns(*place) for place in away if place]
        return Cell(one, blocks, gaps, hatches, self._drives(one), one.day == self.today)

    def _drives(self, one: Day) -> list[Drive]:
        drawn = (
            (leg, self.axis.place(leg.span, one.day, self.crew.zone)) for leg in legs_of(*self.crew.way(one))
        )
        return [Drive(leg, columns(*place)) for leg, place in drawn if place]

    @property
    def now_line(self) -> str:
        """Where this moment stands on the axis, to five minutes; empty when it is not on it."""
        minute = timedelta(minutes=1)
        place = self.axis.place(Span(self.now, self.now + minute), self.today, self.crew.zone)
        if not place or self.today not in self.days:
            return ""
        into = timezone.localtime(self.now).minute % self.axis.minutes * 3 // self.axis.minutes
        return f"{columns(place[0], 1)} m{into}"

    def _gap(self, one: Day, span: Span) -> Gap | None:
        start = rounded_up(max(span.start, self.now))
        if start >= span.end:
            return None
        place = self.axis.place(Span(start, span.end), one.day, self.crew.zone)
        if not place:
            return None
        at = timezone.localtime(start)
        query = {"technician": one.technician.pk, "day": at.date().isoformat(), "start": f"{at:%H:%M}"}
        if self.job:
            query["job"] = self.job
        return Gap(start, span.end, *place, f"{reverse('planning:assignment_place')}?{urlencode(query)}")

    def state_count(self, state: str) -> int:
        """How many days on the board have this colour; days on which nobody works at all are not counted."""
        return sum(1 for cell in self.cells if cell.state == state and (cell.day.works or cell.day.bookings))

    def occupancy(self, day: date | None = None) -> int:
        """Which part of the hours is booked, in per cent, with absences taken out of the hours."""
        days = [cell.day for cell in self.cells if day is None or cell.day.day == day]
        capacity = sum((one.slot.capacity for one in days), timedelta())
        return round(sum((one.slot.used for one in days), timedelta()) / capacity * 100) if capacity else 0

    @property
    def heads(self) -> list[dict[str, Any]]:
        return [
            {
                "day": day,
                "today": day == self.today,
                "percent": self.occupancy(day),
                "holiday": self.crew.holidays.get(day, ""),
                "url": f"{reverse('planning:day')}?day={day.isoformat()}",
            }
            for day in self.days
        ]

    def counters(self, address: Any) -> list[dict[str, Any]]:
        """The three colours as counters; `address(state=…)` gives the board with that filter."""
        tones = {"free": "g", "partly": "a", "full": "r"}
        return [
            {
                "label": SLOT_WORDS[state],
                "value": self.state_count(state),
                "tone": tones[state],
                "current": self.filters.state == state,
                "url": address(state="" if self.filters.state == state else state),
            }
            for state in tones
        ]


def _lane(booking: Assignment, others: tuple[Assignment, ...]) -> tuple[int, int]:
    """Which lane of how many the block is drawn in: only bookings that share a moment share the height."""
    if booking.lanes.upper is None:
        return 1, 1
    span = span_of(booking.period)
    together = [one for one in others if one.lanes.upper is not None and span_of(one.period).overlaps(span)]
    if len(together) == 1:
        return 1, 1
    lanes = sorted({one.lanes.lower for one in together})
    return min(lanes.index(booking.lanes.lower) + 1, 3), min(len(lanes), 3)
