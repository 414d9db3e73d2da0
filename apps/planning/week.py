"""The week of everybody, ready to be drawn: on each day a bar to scale, under it a line per visit."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import clock, formats
from apps.planning.board import columns
from apps.planning.fits import Fits
from apps.planning.models import Density
from apps.planning.roster import Away, Booked, Person, Roster
from apps.planning.rules.axis import Axis, axis_around
from apps.planning.rules.slots import FULL, PARTLY, TONES, Slot, State, slot_state
from apps.planning.rules.spans import Span, clip, merge, shared, total
from apps.planning.rules.wall import CLOCK, WallDay, minute_of, quarter_up
from apps.planning.states import SLOT_WORDS
from apps.planning.weekcells import cells_draw
from apps.planning.weekfilters import WeekFilters
from apps.technicians.models import AbsenceKind, TechnicianKind

# From here on a technician has one line, as long as nobody asks for more.
MANY = 20
ABSENCE_WORDS: dict[str, Any] = {**dict(AbsenceKind.choices), AbsenceKind.SICK: gettext_lazy("Ill")}


class Line(NamedTuple):
    """A visit in a day; or a place where the chosen job fits, which has no `pk`."""

    pk: int
    url: str
    css: str
    place: str
    time: str
    name: str
    about: str
    said: str
    minutes: int = 0
    version: int = 0
    confirms: bool = False
    mails: str = ""


@dataclass(slots=True)
class Cell:
    """A technician's day."""

    technician: int
    day: str
    css: str
    state: str
    word: str
    short: str
    hint: str
    lines: list[Line]
    away: list[str]
    gap: str  # where the first free time is booked
    free: str  # what is still free, as wall minutes
    counts: bool  # whether the day is one to speak of
    capacity: int
    used: int


class Row(NamedTuple):
    person: Person
    about: str
    cells: list[Cell]


class Week:
    """`roster` of seven days, of which those are shown that somebody wants to see."""

    def __init__(
        self, roster: Roster, filters: WeekFilters, *, fits: Fits | None = None, weekend: bool = False
    ) -> None:
        self.roster, self.filters, self.fits = roster, filters, fits
        self.now = minute_of(clock.now())
        self.today = clock.today()
        people = [one for one in roster.people if filters.fits(one)]
        self._booked = {one.pk: roster.booked.get(one.pk, []) for one in people}
        self.days = [day for day in roster.days if weekend or self._is_worth_a_column(day)]
        hours = {(one.pk, day.day): roster.hours(one, day) for one in people for day in self.days}
        self.axis = self._axis(hours)
        self._visit = reverse("planning:assignment_detail", args=[0]).replace("/0/", "/{}/").format
        self._place = reverse("planning:assignment_place")
        self._intake = _("Intake")
        self._best: tuple[float, Cell, int] | None = None
        rows = [
            Row(one, self._about(one), [self._cell(one, day, hours[one.pk, day.day]) for day in self.days])
            for one in people
        ]
        self._mark_best()
        self.cells = [cell for row in rows for cell in row.cells]
        states = filters.chosen["state"]
        self.rows = [row for row in rows if any(c.state in states for c in row.cells)] if states else rows

    def _is_worth_a_column(self, day: WallDay) -> bool:
        """Monday to Friday, and any other day on which something is planned."""
        return day.day.isoweekday() <= 5 or any(
            one.span.overlaps(day.whole) for rows in self._booked.values() for one in rows
        )

    def _axis(self, hours: dict[tuple[int, date], list[Span]]) -> Axis:
        stretches = {(one.start, one.end) for rows in self._booked.values() for one in rows}
        booked = (
            (day.wall(start), day.wall(end))
            for day in self.days
            for start, end in stretches
            if start < day.whole.end and end > day.whole.start
        )
        by_day = {day.day: day for day in self.days}
        worked = {(day, span) for (_pk, day), spans in hours.items() for span in spans}
        return axis_around([*booked, *((by_day[d].wall(s.start), by_day[d].wall(s.end)) for d, s in worked)])

    @property
    def is_compact(self) -> bool:
        return (
            self.roster.view.density or (Density.COMPACT if len(self.rows) > MANY else Density.ROWS)
        ) == "compact"

    def drawing(self, books: bool) -> Callable[[str, list[Cell]], SafeString]:
        """How a row's days are drawn; `books`: for somebody who may press what is free."""
        return cells_draw(columns=self.axis.columns, compact=self.is_compact, books=books)

    def _about(self, person: Person) -> str:
        kind = [_("ZZP")] if person.kind == TechnicianKind.CONTRACTOR else []
        if not person.in_service:
            kind = [_("No longer in service")]
        skills = [self.roster.skills[pk] for pk in person.skills[:2]]
        return " · ".join([*kind, *skills, *([person.region] if person.region else [])])

    def _cell(self, person: Person, day: WallDay, hours: list[Span]) -> Cell:
        opens, closes = day.whole
        booked = [one for one in self._booked[person.pk] if one.start < closes and one.end > opens]
        away = [one for one in self.roster.away.get(person.pk, ()) if one.start < closes and one.end > opens]
        taken = [day.part(one.span) for one in booked]
        off = [day.part(one.span) for one in away]
        slot = slot_state(hours, [*taken, *off], self.roster.shortest)
        doubled = shared(taken, 0)
        to_move = total([part for one in merge(off) for part in clip(taken, one)], 0) if off and taken else 0
        left = person.has_left(day.day)
        if left:
            to_move = total(taken, 0)
        is_past = day.day < self.today
        gaps = [] if is_past else self._gaps(slot)
        gone = _whole_away(hours, away, off)
        state: State = "full" if doubled else slot.state
        word, short = self._words(person, day, slot, doubled, 0 if is_past else to_move, gone, bool(hours))
        closed = not hours or gone is not None
        tone = "r" if doubled else "off" if closed else TONES[state]
        cell = Cell(
            technician=person.pk,
            day=day.day.isoformat(),
            css=tone + (" now" if day.day == self.today else " past" if is_past else ""),
            state=state, word=word, short=short, hint="",
            lines=[self._line(one, day, booked, to_move and (left or _overlaps(one, away))) for one in booked],
            away=[columns(*place) for span in merge(off) if (place := self._columns(span, day))],
            gap=self._gap(person, day, gaps[0].start) if gaps else "",
            free=" ".join(f"{day.wall(gap.start)}-{day.wall(gap.end)}" for gap in gaps),
            counts=bool(hours or booked),
            capacity=slot.capacity, used=slot.used,
        )  # fmt: skip
        if self.fits:
            self._fit(cell, person, day, slot, gaps, booked)
        return cell

    def _gaps(self, slot: Slot) -> list[Span]:
        """What can still be booked of what is free."""
        spans = (Span(quarter_up(max(gap.start, self.now)), gap.end) for gap in slot.gaps)
        return [span for span in spans if span.start < span.end]

    def _gap(self, person: Person, day: WallDay, start: int) -> str:
        at = f"{self._place}?technician={person.pk}&day={day.day}&start={CLOCK[day.wall(start)]}"
        return f"{at}&job={self.fits.job.key}" if self.fits else at

    def _columns(self, span: Span, day: WallDay) -> tuple[int, int] | None:
        return self.axis.columns_of(day.wall(span.start), day.wall(span.end))

    def _line(self, one: Booked, day: WallDay, others: Sequence[Booked], moves: Any) -> Line:
        start, end = day.wall(one.start), day.wall(one.end)
        begins = one.start >= day.whole.start
        place = self.axis.columns_of(start, end)
        doubled = len(others) > 1 and any(it is not one and it.span.overlaps(one.span) for it in others)
        about = self._intake if one.request else self.roster.types[one.type]
        words = [f"{CLOCK[start]}–{CLOCK[end]}", one.number, one.customer, one.title or about, one.city]
        if doubled:
            words.append(_("double booked"))
        if moves:
            words.append(_("to move"))
        css = "in" if one.request else ""
        return Line(
            one.pk, self._visit(one.pk), f"{css} dbl".strip() if doubled or moves else css,
            columns(*place) if place else "", CLOCK[start] if begins else f"→{CLOCK[end]}",
            one.customer, f"{one.city} · {about}" if one.city else about, " · ".join(filter(None, words)),
            one.end - one.start, one.version, one.confirms, one.mails if one.confirms else "",
        )  # fmt: skip

    def _words(
        self,
        person: Person,
        day: WallDay,
        slot: Slot,
        doubled: int,
        to_move: int,
        gone: str | None,
        works: bool,
    ) -> tuple[str, str]:
        """What the day is, in words, and in as few as fit on one line beside its bar."""
        first = None
        if day.day in self.roster.holidays:
            first = self.roster.holidays[day.day]
        elif person.has_left(day.day):
            first = _("No longer in service")
        elif works and gone is not None:
            first = str(ABSENCE_WORDS[gone])
        elif doubled:
            time = formats.duration(doubled)
            return _("Double booked %(time)s") % {"time": time}, f"2× {time}"
        elif not works:
            first = _("Off")
        if first is not None:
            if to_move:
                words = {"what": first, "time": formats.duration(to_move)}
                return _("%(what)s, %(time)s to move") % words, first
            return first, first
        free = formats.duration(slot.free)
        if slot.state == FULL:
            word = short = _("Full")
        elif slot.state == PARTLY:
            word, short = _("%(time)s free") % {"time": free}, free
        else:
            word, short = _("Free all day"), free
        if to_move:
            word = _("%(what)s, %(time)s to move") % {"what": word, "time": formats.duration(to_move)}
        return word, short

    def _fit(
        self, cell: Cell, person: Person, day: WallDay, slot: Slot, gaps: list[Span], booked: Sequence[Booked]
    ) -> None:
        """The dashed lines of the chosen job; or that the day fades, and why."""
        assert self.fits
        places, cell.hint = self.fits.of(person, day, slot, gaps, booked)
        if not places:
            cell.css += " dim"
            return
        name = str(self.fits.job.record.customer)
        for one in places:
            start, end = day.wall(one.start), day.wall(one.end)
            about = _("fits") if one.travel is None else _("%(minutes)s min") % {"minutes": one.travel}
            place = self.axis.columns_of(start, end)
            said = f"{person.name}, {formats.day(day.day)} {CLOCK[start]}–{CLOCK[end]}: {name}, {about}"
            cell.lines.append(
                Line(
                    0,
                    self._gap(person, day, one.start),
                    "fit",
                    columns(*place) if place else "",
                    CLOCK[start],
                    name,
                    about,
                    said,
                    one.end - one.start,
                )
            )
            if self._best is None or one.trouble < self._best[0]:
                self._best = (one.trouble, cell, one.start)
                self._best_line = cell.lines[-1]
        cell.lines.sort(key=lambda line: line.time)

    def _mark_best(self) -> None:
        """The cheapest place of the week says so."""
        if self._best is None:
            return
        cell, line = self._best[1], self._best_line
        best = _("best")
        about = f"{best} · {line.about}" if line.about != _("fits") else best
        marked = line._replace(css="fit best", about=about, said=f"{line.said}, {best}")
        cell.lines[cell.lines.index(line)] = marked

    @property
    def places(self) -> int:
        """How many places the chosen job fits in."""
        return sum(1 for cell in self.cells for line in cell.lines if not line.pk)

    def state_count(self, state: str) -> int:
        """How many days on the board have this colour; days on which nobody works at all are not counted."""
        return sum(1 for cell in self.cells if cell.state == state and cell.counts)

    @property
    def heads(self) -> list[dict[str, Any]]:
        address = reverse("planning:day")
        return [
            {
                "day": day.day,
                "today": day.day == self.today,
                "past": day.day < self.today,
                "percent": _occupancy(row.cells[n] for row in self.rows),
                "holiday": self.roster.holidays.get(day.day, ""),
                "url": f"{address}?day={day.day.isoformat()}",
            }
            for n, day in enumerate(self.days)
        ]

    def counters(self, address: Any) -> list[dict[str, Any]]:
        """The three colours as counters; `address(state=…)` gives the board with that filter."""
        chosen = self.filters.chosen["state"]
        return [
            {
                "label": SLOT_WORDS[state],
                "value": self.state_count(state),
                "tone": tone,
                "current": chosen == [state],
                "url": address(state="" if chosen == [state] else state),
            }
            for state, tone in TONES.items()
        ]


def _whole_away(hours: Sequence[Span], away: Sequence[Away], off: Sequence[Span]) -> str | None:
    """The kind of the absence when somebody is away for all of their hours."""
    if not away or not hours:
        return None
    within = merge(off)
    if all(any(one.start <= span.start and span.end <= one.end for one in within) for span in hours):
        return next((one.kind for one in away if one.kind == AbsenceKind.SICK), away[0].kind)
    return None


def _overlaps(one: Booked, away: Sequence[Away]) -> bool:
    return any(it.span.overlaps(one.span) for it in away)


def _occupancy(cells: Iterable[Cell]) -> int:
    """Which part of the hours is booked, in per cent, with absences taken out of the hours."""
    rows = list(cells)
    capacity = sum(cell.capacity for cell in rows)
    return round(sum(cell.used for cell in rows) / capacity * 100) if capacity else 0
