"""The field at this moment: who is where, who is late, who has not started, and when each phone was last heard."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.compiled import compiled, reader_of
from apps.core.together import Question
from apps.field.models import FieldEvent, PhoneHolding, TimeEntry, Visit
from apps.field.remarks import held_said
from apps.planning.models import Assignment
from apps.technicians.models import Absence

# A technician who begins within this after the planned time is not late.
GRACE = timedelta(minutes=15)
BUSY = ("travelling", "started", "paused")
OVER = ("finished", "no_access")
MOST = 14
DOING = {"travelling": _("On the way"), "started": _("At work"), "paused": _("Pause")}
TONES = {"travelling": "blue", "started": "green", "paused": "amber"}


@dataclass(frozen=True)
class Stop:
    """One visit of today."""

    number: str
    customer: str
    page: tuple[str, int]
    start: datetime
    end: datetime
    status: str
    away: bool = False

    @property
    def url(self) -> str:
        return reverse(self.page[0], args=[self.page[1]])

    def is_late(self, now: datetime) -> bool:
        return self.status not in (*BUSY, *OVER) and self.start + GRACE < now


@dataclass(frozen=True)
class Whereabouts:
    """Where one technician is. `now_at` is the visit that is under way, `next` the first that is still to come."""

    name: str
    status: str | Promise
    tone: str
    now_at: Stop | None
    since: datetime | None
    next: Stop | None
    next_is_late: bool
    done: int
    planned: int
    heard: datetime | None
    holds: str = ""


class FieldToday:
    """What must be asked, and the answer: a row per technician with work today, those in trouble first."""

    def __init__(self, user: Any, now: datetime) -> None:
        self.now = now
        today = timezone.localdate(now)
        asked = compiled(("field", reader_of(user), today), lambda: self._asked(user, today))
        self.plan, self.clocks = asked["plan"], asked["clocks"]
        self.heard, self.held = asked["heard"], asked["held"]
        self.questions: list[Question] = list(asked.values())

    @staticmethod
    def _asked(user: Any, today: date) -> dict[str, QuerySet]:
        start, end = clock.day_bounds(today)
        visits = Visit.objects.filter(assignment=OuterRef("pk")).order_by("-pk")
        away = Absence.objects.filter(technician=OuterRef("technician"), period__overlap=OuterRef("period"))
        plan = Assignment.objects.for_user(user).active().between(start, end)
        whole = (
            plan.annotate(
                visit_status=Subquery(visits.values("status")[:1]),
                number=Coalesce("work_order__number", "request__number"),
                customer=Coalesce("work_order__customer__name", "request__customer__name"),
                away=Exists(away),
            )
            .order_by("period", "pk")
            .values(
                "technician", "technician__user", "technician__user__name", "work_order", "request", "period",
                "visit_status", "request__status", "number", "customer", "away",
            )
        )  # fmt: skip
        clocks = TimeEntry.objects.for_user(user).running().values("technician", "started_at")
        heard = FieldEvent.objects.filter(assignment__in=plan.values("pk"))
        return {
            "plan": whole,
            "clocks": clocks,
            "heard": heard.order_by().values("user").annotate(last=Max("received_at")),
            "held": PhoneHolding.objects.for_user(user).told(),
        }

    def rows(self) -> list[Whereabouts]:
        clocks = {one["technician"]: one["started_at"] for one in self.clocks}
        heard = {one["user"]: one["last"] for one in self.heard}
        held = {one["user"]: one for one in self.held}
        by_technician: dict[int, list[Any]] = {}
        for row in self.plan:
            by_technician.setdefault(row["technician"], []).append(row)
        found = [
            self._row(
                rows,
                clocks.get(technician),
                heard.get(rows[0]["technician__user"]),
                held.get(rows[0]["technician__user"]),
            )
            for technician, rows in by_technician.items()
        ]
        return sorted(found, key=lambda one: (one.tone != "red", not one.next_is_late, one.name))

    def _row(self, rows: list[Any], since: datetime | None, heard: datetime | None, held: Any) -> Whereabouts:
        stops = [_stop(row) for row in rows]
        now_at = next((one for one in stops if one.status in BUSY), None)
        to_come = next((one for one in stops if one.status not in (*BUSY, *OVER)), None)
        status, tone = self._status(now_at, to_come)
        return Whereabouts(
            name=rows[0]["technician__user__name"],
            status=status,
            tone=tone,
            now_at=now_at,
            since=since if now_at else None,
            next=to_come,
            next_is_late=bool(to_come and to_come.is_late(self.now)),
            done=sum(1 for one in stops if one.status in OVER),
            planned=len(stops),
            heard=max(filter(None, (heard, held and held["heard"])), default=None),
            holds=held_said(held) if held else "",
        )

    def _status(self, now_at: Stop | None, to_come: Stop | None) -> tuple[str | Promise, str]:
        if now_at:
            return DOING[now_at.status], TONES[now_at.status]
        if to_come is None:
            return _("Done for today"), ""
        if to_come.away:
            return _("Technician away"), "red"
        if to_come.is_late(self.now):
            return (_("Not started"), "red") if to_come.end <= self.now else (_("Late"), "red")
        return _("To come"), ""


def _stop(row: dict[str, Any]) -> Stop:
    page = (
        ("workorders:work_order_detail", row["work_order"])
        if row["work_order"]
        else ("intake:request_detail", row["request"])
    )
    return Stop(
        number=row["number"],
        customer=row["customer"],
        page=page,
        start=row["period"].lower,
        end=row["period"].upper,
        status=row["visit_status"] or _of_intake(row["request__status"]),
        away=row["away"],
    )


def _of_intake(status: str | None) -> str:
    """An intake visit has no clock: it is over once its request went on."""
    return "finished" if status and status != "planned" else ""


def most(rows: Iterable[Whereabouts]) -> tuple[list[Whereabouts], int]:
    """Those to show, and how many more there are."""
    found = list(rows)
    return found[:MOST], max(0, len(found) - MOST)
