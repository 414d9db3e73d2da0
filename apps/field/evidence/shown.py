"""What the customer is shown to sign: the work of all visits of the job, in plain values."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate

from apps.core import formats
from apps.field import rules
from apps.field.evidence.answers import answer_text
from apps.field.models import Deviation, ExtraWork, FormAnswer, MaterialUsage, TimeEntry, TimeKind, Visit
from apps.workorders.models import FieldKind, WorkOrder


def duration_of(entries: Iterable[TimeEntry], kind: str, now: datetime) -> timedelta:
    """How long the clock of this kind ran, running ones until `now`."""
    return rules.total(
        (entry.started_at, entry.ended_at or max(now, entry.started_at))
        for entry in entries
        if entry.kind == kind
    )


def answers_of(work_order: WorkOrder) -> dict[int, FormAnswer]:
    """By question the answer that stands for the job: the last one by the moment it was given, whoever gave it."""
    rows = FormAnswer.objects.filter(visit__work_order=work_order).select_related("field", "file")
    return {answer.field_id: answer for answer in rows.order_by("field__position", "at", "pk")}


def shown_of(visit: Visit, *, at: datetime, on_phone: str = "") -> dict[str, Any]:
    """What a customer signs for: plain values, no amounts, the same each time for the same moment.

    It is the work of the whole job, whichever of its visits is signed. `on_phone` are the words that stood on the screen,
    where the phone had no network and knew more than we did.

    A clock that was forgotten ends where its technician says that the work did; what is recorded stays as it is.
    """
    order = visit.work_order
    visits = Visit.objects.filter(work_order=order, status__in=["started", "paused", "finished"])
    visits = visits.select_related("technician__user", "assignment").order_by("assignment__period", "pk")
    names = [one.technician.user.name for one in visits]
    done = [one for one in visits if one.work_done]
    answers = list(answers_of(order).values())
    job: dict[str, Any] = {"visit__work_order": order}
    entries: Iterable[Any] = TimeEntry.objects.filter(**job).with_proposal().order_by("started_at", "id")
    ends = [(entry, entry.proposed_end or entry.ended_at) for entry in entries if entry.started_at <= at]
    stretches = [
        {
            "kind": entry.kind,
            "from": entry.started_at.isoformat(),
            "until": end.isoformat() if end and end <= at else "",
        }
        for entry, end in ends
    ]
    used = MaterialUsage.objects.filter(**job).select_related("material")
    return ({"on_phone": on_phone} if on_phone else {}) | {
        "version": 2,
        "work_order": order.number,
        "title": order.title,
        "scope": order.scope,
        "customer": order.customer.name,
        "site": str(order.site),
        "technician": ", ".join(dict.fromkeys(names)) or visit.technician.user.name,
        "shown_at": at.astimezone(UTC).isoformat(),
        "time": stretches,
        "work_done": "\n\n".join(one.work_done for one in done),
        "visits": [
            {
                "visit": one.pk,
                "technician": one.technician.user.name,
                "day": formats.day_on_paper(localdate(one.assignment.starts_at)),
                "work_done": one.work_done,
            }
            for one in done
        ],
        "materials": [
            {"name": one.name, "quantity": rules.plain(one.quantity), "unit": one.unit_label} for one in used
        ],
        "extra_work": [
            {"text": extra.description, "hours": rules.plain(extra.hours), "status": extra.status}
            for extra in ExtraWork.objects.filter(**job)
        ],
        "deviations": [one.text for one in _holding(Deviation.objects.filter(**job), answers)],
        "checklist": [
            {"label": answer.field.label, "answer": answer_text(answer.field, answer.value)}
            for answer in answers
        ],
    }


def _holding(deviations: Iterable[Deviation], answers: Iterable[FormAnswer]) -> list[Deviation]:
    """Without those that the product noticed in an answer that was corrected since. The office sees these too."""
    beyond = {
        answer.field_id
        for answer in answers
        if answer.field.kind in (FieldKind.NUMBER, FieldKind.READING)
        and rules.outside(Decimal(answer.value), answer.field.minimum, answer.field.maximum)
    }
    rows = list(deviations)
    last = {one.field_id: one for one in rows}
    return [
        one for one in rows if one.field_id is None or (one.field_id in beyond and last[one.field_id] is one)
    ]


def shown_durations(shown: dict[str, Any]) -> dict[str, timedelta]:
    """Travel and work of what was shown, up to the moment that it was shown."""
    end = shown["shown_at"]
    found = {}
    for kind in (TimeKind.TRAVEL, TimeKind.WORK):
        found[str(kind)] = rules.total(
            (datetime.fromisoformat(one["from"]), datetime.fromisoformat(one["until"] or end))
            for one in shown["time"]
            if one["kind"] == kind
        )
    return found
