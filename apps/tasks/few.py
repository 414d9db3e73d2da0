"""The tasks of which there are never many: each of them is about many records."""

from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.holdings import Left, left_questions, left_told, subject_of
from apps.core.web import may_open
from apps.pipeline.states import STAGES, next_step, page_of
from apps.tasks.rules import BOOKS, URGENT, Task

# Whose work somebody else must go on with once they left.
LEAVERS = ("technicians.technician", "accounts.user")


class Few:
    """The tasks of which there are never many: each of them is about many records."""

    def __init__(self, asked: dict[str, QuerySet], user: Any) -> None:
        self.user, self.asked = user, asked
        self.questions = list(asked.values())

    def tasks(self) -> list[Task]:
        found = [_of_many(row, self.user) for row in self.asked["many"]]
        for label in LEAVERS:
            rows = [one for name, one in self.asked.items() if name.startswith(f"{label} ")]
            found += [_left(one) for one in left_told(label, rows)] if rows else []
        return found


def few_questions(standing_now: QuerySet, user: Any) -> dict[str, QuerySet]:
    found = {"many": _many(standing_now, user)}
    for label in LEAVERS:
        if user.may(subject_of(label).ability):
            found |= {f"{label} {place}": rows for place, rows in enumerate(left_questions(label))}
    return found


def _many(standing_now: QuerySet, user: Any) -> QuerySet:
    """What is moved on for many records at once: how many of a stage wait too long, and since when."""
    stages = [name for name, stage in STAGES.items() if not stage.about_record and user.may(stage.ability)]
    rows = standing_now.filter(stage__in=stages, place__in=stages, late=True).order_by()
    return rows.values("place").annotate(many=Count("pk"), oldest=Min("waits"))


def _of_many(row: dict[str, Any], user: Any) -> Task:
    stage = STAGES[row["place"]]
    url = page_of(next_step(stage, ""), 0)
    return Task(
        key=f"all.{stage.name}.{int(row['oldest'].timestamp())}",
        rank=BOOKS,
        since=row["oldest"],
        record=ngettext("%(n)s record", "%(n)s records", row["many"]) % {"n": row["many"]},
        about=str(stage.cause),
        status=stage.label,
        action=stage.action,
        url=url if may_open(user, url) else "",
    )


def _left(row: Left) -> Task:
    return Task(
        key=f"left-{row.subject}-{row.subject_id}.{int(row.since.timestamp())}",
        rank=URGENT,
        since=row.since,
        record=row.name,
        about=ngettext(
            "%(n)s thing that nobody goes on with", "%(n)s things that nobody goes on with", row.count
        )
        % {"n": row.count},
        status=_("No longer in service"),
        action=_("Hand over"),
        url=reverse(subject_of(row.subject).page, args=[row.subject_id]),
    )
