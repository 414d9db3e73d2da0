"""Weeks ahead: is there time for what is sold?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from apps.core import formats
from apps.core.numbers import pk_read
from apps.core.web import requires
from apps.planning.capacity import LATER, UNDATED, WEEKS, Capacity, Sold
from apps.planning.roster import Booked, Person
from apps.planning.rules.capacity import Load, Move, first_with_room
from apps.planning.rules.wall import moment_of

# The width of a bar's drawing; a week's hours are drawn to one scale.
WIDTH = 1000


@dataclass(frozen=True)
class Bar:
    """A week of somebody's, of a team's or of everybody's, drawn to scale."""

    load: Load
    most: int
    url: str

    def _wide(self, minutes: int) -> int:
        return round(minutes * WIDTH / self.most) if self.most else 0

    @property
    def available(self) -> int:
        return self._wide(self.load.available)

    @property
    def planned(self) -> int:
        return self._wide(min(self.load.planned, self.load.available))

    @property
    def sold(self) -> int:
        """As far as there is room for it."""
        return self._wide(min(self.load.taken, self.load.available)) - self.planned

    @property
    def over(self) -> int:
        return self._wide(self.load.taken) - self.available if self.load.gap < 0 else 0


@dataclass(frozen=True)
class Row:
    """A team or a skill, and its weeks."""

    name: str
    bars: list[Bar]


@dataclass(frozen=True)
class Advice:
    """What to move, and where that is done."""

    move: Move
    week: str
    to: str
    url: str

    @property
    def of(self) -> Sold | Booked:
        return self.move.item.of


@requires("see_office")
@require_GET
def capacity(request: HttpRequest) -> HttpResponse:
    """Twelve weeks: hours available, planned and sold, and what to move where that is too much."""
    found = Capacity(request.user)
    everybody = _bars(found.everybody)
    undated = sum(one.minutes for one in found.jobs(UNDATED))
    room = first_with_room([one.gap for one in found.everybody], undated)
    context = {
        "found": found,
        "weeks": list(zip(found.mondays, everybody, strict=True)),
        "width": WIDTH,
        "teams": [
            Row(team, _bars(loads, team=team)) for team, loads in found.by_team.items()
        ] if len(found.teams) > 1 else [],
        "skills": [Row(found.skills[pk], _bars(loads, skill=pk)) for pk, loads in found.by_skill.items()],
        "counters": _counters(found),
        "undated": undated,
        "undated_url": _rows_url(UNDATED),
        "undated_week": found.mondays[room] if undated and room is not None else None,
        "later": sum(one.minutes for one in found.jobs(LATER)),
        "later_url": _rows_url(LATER),
        "advice": [_advice(found, one) for one in found.moves],
        "short": [
            (found.mondays[week], short) for week in range(WEEKS) if (short := found.short_of(week))
        ],
    }  # fmt: skip
    return render(request, "planning/capacity.html", context)


def _bars(loads: Sequence[Load], **query: Any) -> list[Bar]:
    most = max((max(one.available, one.taken) for one in loads), default=0)
    return [Bar(one, most, _rows_url(week, **query)) for week, one in enumerate(loads)]


def _rows_url(week: int | str, **query: Any) -> str:
    return f"{reverse('planning:capacity_rows')}?{urlencode({'week': week} | query)}"


def _counters(found: Capacity) -> list[dict[str, Any]]:
    loads = found.everybody
    short = sum(1 for one in loads if one.gap < 0)
    return [
        {"label": _("Available, 12 weeks"), "value": formats.duration(sum(one.available for one in loads)), "url": "#weeks"},
        {"label": _("Planned"), "value": formats.duration(sum(one.planned for one in loads)), "url": "#weeks"},
        {"label": _("Sold, to plan"), "value": formats.duration(sum(one.minutes for one in found.sold)), "url": "#sold"},
        {"label": _("Weeks with too much"), "value": short, "tone": "r" if short else "g", "url": "#moves"},
    ]  # fmt: skip


def _advice(found: Capacity, move: Move) -> Advice:
    item, to = move.item, found.mondays[move.to]
    if isinstance(item.of, Sold):
        url = f"{reverse('planning:week')}?{urlencode({'week': to.isoformat(), 'job': item.of.key})}"
    else:
        url = reverse("planning:assignment_detail", args=[item.of.pk])
    return Advice(move, week_word(found, item.week), week_word(found, move.to), url)


def week_word(found: Capacity, week: int) -> str:
    monday = found.mondays[week]
    words = {"number": monday.isocalendar().week, "day": formats.day_short(monday)}
    return _("week %(number)s (%(day)s)") % words


@requires("see_office")
@require_GET
def capacity_rows(request: HttpRequest) -> HttpResponse:
    """The rows behind the numbers of a week: who works, what is planned, what is sold."""
    found = Capacity(request.user)
    asked = request.GET.get("week", "")
    week = asked if asked in (LATER, UNDATED) else min(WEEKS - 1, pk_read(asked) or 0)
    team, skill = request.GET.get("team", ""), pk_read(request.GET.get("skill", ""))

    def who(one: Person) -> bool:
        return (not team or one.team == team) and (not skill or skill in one.skills)

    jobs = [] if team else [one for one in found.jobs(week) if not skill or one.skill == skill]
    context: dict[str, Any] = {
        "week": week,
        "jobs": jobs,
        "sold": sum(one.minutes for one in jobs),
        "found": found,
    }
    context["of"] = team or found.roster.skills.get(skill or 0, "")
    if isinstance(week, int):
        monday = found.mondays[week]
        people = [(one, found.of(one, week)) for one in found.people if who(one)]
        context |= {
            "monday": monday,
            "sunday": monday + timedelta(days=6),
            "number": monday.isocalendar().week,
            "people": [(one, load) for one, load in people if load.available or load.planned],
            "visits": [
                (visit, one, found.ahead(visit, week), moment_of(visit.start), moment_of(visit.end))
                for visit, one in found.visits(week, who)
            ],
            "load": Load(
                sum(load.available for _one, load in people),
                sum(load.planned for _one, load in people),
                context["sold"],
            ),
        }
    return render(request, "planning/capacity_rows.html", context)
