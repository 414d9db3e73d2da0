"""What was recorded, gathered: for the phone's steps, for the customer's signature, for the office's review."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from apps.core import clock, formats
from apps.core.together import together
from apps.field import rules
from apps.field.models import (
    Deviation,
    ExtraWork,
    FieldEvent,
    FormAnswer,
    MaterialUsage,
    PhotoKind,
    ReturnedItem,
    SignOff,
    TimeEntry,
    TimeKind,
    Visit,
    VisitPhoto,
)
from apps.workorders.models import FieldKind, JobFormField, WorkOrder

# -- facts: counted by the database, in the query that fetches the visit ---------------


def _number(rows: QuerySet, per: str = "visit") -> Coalesce:
    counted = rows.order_by().values(per).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def with_facts(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """The visits with everything that their steps depend on: no further query per visit."""
    own = {"visit": OuterRef("pk")}
    questions = JobFormField.objects.filter(version=OuterRef("work_order__job_form_version"))
    answered = FormAnswer.objects.filter(visit=OuterRef(OuterRef("pk")), field=OuterRef("pk"))
    ticked = answered.exclude(field__kind=FieldKind.TICK, value=False)
    running = TimeEntry.objects.filter(ended_at__isnull=True, **own)
    return visits.annotate(
        n_before=_number(VisitPhoto.objects.filter(kind=PhotoKind.BEFORE, **own)),
        n_after=_number(VisitPhoto.objects.filter(kind=PhotoKind.AFTER, **own)),
        n_questions=_number(questions, "version"),
        n_open=_number(questions.filter(required=True).filter(~Exists(ticked)), "version"),
        n_answered=_number(FormAnswer.objects.filter(**own)),
        n_materials=_number(MaterialUsage.objects.filter(**own)),
        n_extra=_number(ExtraWork.objects.filter(**own)),
        n_extra_approved=_number(ExtraWork.objects.filter(status="approved", **own)),
        n_extra_declined=_number(ExtraWork.objects.filter(status="declined", **own)),
        n_deviations=_number(Deviation.objects.filter(**own)),
        n_returned=_number(ReturnedItem.objects.filter(resolved_at__isnull=True, **own)),
        running_kind=Subquery(running.values("kind")[:1]),
        running_since=Subquery(running.values("started_at")[:1]),
        may_extra=F("technician__may_add_extra_work"),
    )


def facts_of(visit: Visit) -> rules.Facts:
    """The facts of a visit, from its annotations, or fetched now."""
    if visit.pk is None:
        questions = JobFormField.objects.filter(version=visit.work_order.job_form_version_id)
        return rules.Facts(
            questions=questions.count(),
            questions_open=questions.filter(required=True).count(),
            may_add_extra_work=visit.technician.may_add_extra_work,
        )
    one: Any = visit if hasattr(visit, "n_before") else with_facts(Visit.objects.filter(pk=visit.pk)).get()
    return rules.Facts(
        status=one.status,
        running=one.running_kind or "",
        before_photos=one.n_before,
        after_photos=one.n_after,
        questions=one.n_questions,
        questions_open=one.n_open,
        work_done=bool(one.work_done),
        materials=one.n_materials,
        no_materials=one.no_materials,
        extra_work=one.n_extra,
        no_extra_work=one.no_extra_work,
        may_add_extra_work=one.may_extra,
        deviations=one.n_deviations,
        no_deviation=one.no_deviation,
        signed=one.sign_off_id is not None,
        signature_outdated=one.sign_off_outdated_at is not None,
        returned_open=one.n_returned,
    )


# -- times -------------------------------------------------------------------------------


def duration_of(entries: Iterable[TimeEntry], kind: str, now: datetime) -> timedelta:
    """How long the clock of this kind ran, running ones until `now`."""
    return rules.total(
        (entry.started_at, entry.ended_at or max(now, entry.started_at))
        for entry in entries
        if entry.kind == kind
    )


# -- what the customer is shown to sign -----------------------------------------------------


def answer_text(question: JobFormField, value: Any) -> str:
    """An answer for a reader."""
    if question.kind == FieldKind.TICK:
        return _("yes") if value else _("no")
    if question.kind == FieldKind.PHOTO:
        return _("photo")
    if question.kind in (FieldKind.NUMBER, FieldKind.READING):
        return formats.quantity(value, question.unit)
    return str(value)


def shown_of(visit: Visit, *, at: datetime, on_phone: str = "") -> dict[str, Any]:
    """What a customer signs for: plain values, no amounts, the same each time for the same moment.

    `on_phone` are the words that stood on the screen, where the phone had no network and knew more than we did.

    A clock that was forgotten ends where its technician says that the work did; what is recorded stays as it is.
    """
    if visit.pk is None:  # a page that is kept before the visit begins
        return _shown_before(visit, at=at)
    answers = list(visit.answers.select_related("field").order_by("field__position"))
    entries: Iterable[Any] = visit.time_entries.with_proposal()
    ends = [(entry, entry.proposed_end or entry.ended_at) for entry in entries if entry.started_at <= at]
    stretches = [
        {
            "kind": entry.kind,
            "from": entry.started_at.isoformat(),
            "until": end.isoformat() if end and end <= at else "",
        }
        for entry, end in ends
    ]
    words = {"on_phone": on_phone} if on_phone else {}
    return (
        _shown_before(visit, at=at)
        | words
        | {
            "time": stretches,
            "work_done": visit.work_done,
            "materials": [
                {
                    "name": used.name,
                    "quantity": rules.plain(used.quantity),
                    "unit": used.unit_label,
                }
                for used in visit.materials.select_related("material")
            ],
            "extra_work": [
                {"text": extra.description, "hours": rules.plain(extra.hours), "status": extra.status}
                for extra in visit.extra_work.all()
            ],
            "deviations": [deviation.text for deviation in _holding(visit.deviations.all(), answers)],
            "checklist": [
                {"label": answer.field.label, "answer": answer_text(answer.field, answer.value)}
                for answer in answers
            ],
        }
    )


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


def _shown_before(visit: Visit, *, at: datetime) -> dict[str, Any]:
    """What stands above the work, and no work yet."""
    order = visit.work_order
    return {
        "version": 1,
        "work_order": order.number,
        "title": order.title,
        "scope": order.scope,
        "customer": order.customer.name,
        "site": str(order.site),
        "technician": visit.technician.user.name,
        "shown_at": at.astimezone(UTC).isoformat(),
        "time": [],
        "work_done": "",
    } | {name: [] for name in ("materials", "extra_work", "deviations", "checklist")}


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


# -- the evidence of a job, for the review ----------------------------------------------------


@dataclass(frozen=True)
class VisitEvidence:
    """What one technician recorded. Durations in UTC; running clocks count until now."""

    visit: Visit
    technician: Any
    times: list[TimeEntry]
    travel: timedelta
    work: timedelta
    pause: timedelta
    materials: list[MaterialUsage]
    extra_work: list[ExtraWork]
    deviations: list[Deviation]
    photos: list[VisitPhoto]
    answers: list[FormAnswer]
    sign_off: SignOff | None
    sign_off_outdated: bool
    returned_items: list[ReturnedItem]
    missing: list[str]

    @property
    def running(self) -> TimeEntry | None:
        return next((entry for entry in self.times if entry.ended_at is None), None)

    @property
    def travel_minutes(self) -> int:
        return rules.minutes(self.travel)

    @property
    def work_minutes(self) -> int:
        return rules.minutes(self.work)


@dataclass(frozen=True)
class Evidence:
    """Everything that the field recorded for one job."""

    work_order: WorkOrder
    visits: list[VisitEvidence]
    questions: list[JobFormField] = field(default_factory=list)
    # Events whose phone had its clock more than two minutes off, and events that wait for a decision.
    clock_off: list[FieldEvent] = field(default_factory=list)
    to_decide: list[FieldEvent] = field(default_factory=list)

    def _all(self, name: str) -> list[Any]:
        return [one for visit in self.visits for one in getattr(visit, name)]

    @property
    def times(self) -> list[TimeEntry]:
        return self._all("times")

    @property
    def materials(self) -> list[MaterialUsage]:
        return self._all("materials")

    @property
    def extra_work(self) -> list[ExtraWork]:
        return self._all("extra_work")

    @property
    def deviations(self) -> list[Deviation]:
        return self._all("deviations")

    @property
    def photos(self) -> list[VisitPhoto]:
        return self._all("photos")

    @property
    def answers(self) -> list[FormAnswer]:
        return self._all("answers")

    @property
    def sign_offs(self) -> list[SignOff]:
        return [visit.sign_off for visit in self.visits if visit.sign_off]

    @property
    def work(self) -> timedelta:
        return sum((visit.work for visit in self.visits), timedelta())

    @property
    def travel(self) -> timedelta:
        return sum((visit.travel for visit in self.visits), timedelta())

    @property
    def work_hours(self) -> Decimal:
        return (Decimal(self.work.total_seconds()) / 3600).quantize(Decimal("0.01"))

    @property
    def missing(self) -> list[str]:
        """What still lacks at some visit, as keys of `states.MISSING`."""
        return list(dict.fromkeys(gap for visit in self.visits for gap in visit.missing))


class EvidenceRows:
    """What must be asked for the evidence of a job, for whoever has more to ask in the same statement."""

    def __init__(self, work_order: WorkOrder) -> None:
        self.work_order = work_order
        job = {"visit__work_order": work_order}
        self.visits = with_facts(Visit.objects.filter(work_order=work_order)).select_related(
            "technician__user", "assignment", "sign_off__signature"
        )
        # What each visit holds, by the name that a visit knows it by.
        self.of_visits: dict[str, QuerySet] = {
            "time_entries": TimeEntry.objects.filter(**job).with_closing().with_proposal(),
            "materials": MaterialUsage.objects.filter(**job).select_related("material", "photo"),
            "extra_work": ExtraWork.objects.filter(**job),
            "deviations": Deviation.objects.filter(**job),
            "photos": VisitPhoto.objects.filter(**job).select_related("file"),
            "answers": FormAnswer.objects.filter(**job)
            .select_related("field", "file")
            .order_by("field__position"),
            "returned_items": ReturnedItem.objects.filter(**job),
        }
        self.events = (
            FieldEvent.objects.filter(assignment__work_order=work_order)
            .select_related("user")
            .order_by("received_at")
        )
        self.questions = JobFormField.objects.filter(version=work_order.job_form_version_id)

    def all(self) -> list[QuerySet]:
        return [self.visits, *self.of_visits.values(), self.events, self.questions]


def evidence_for(work_order: WorkOrder, rows: EvidenceRows | None = None) -> Evidence:
    """The evidence of a job, in one statement whatever its size; none when its `rows` were asked already."""
    rows = rows or EvidenceRows(work_order)
    together(*rows.all())
    now = clock.now()
    visits = {visit.pk: visit for visit in rows.visits}
    held: dict[int, dict[str, list[Any]]] = {pk: {name: [] for name in rows.of_visits} for pk in visits}
    for name, found in rows.of_visits.items():
        for one in found:
            one.visit = visits[one.visit_id]
            held[one.visit_id][name].append(one)
    return Evidence(
        work_order=work_order,
        visits=[_visit_evidence(visit, held[pk], now) for pk, visit in visits.items()],
        questions=list(rows.questions),
        clock_off=[event for event in rows.events if event.clock_is_off],
        to_decide=[event for event in rows.events if event.state == "to_decide"],
    )


def _visit_evidence(visit: Visit, held: dict[str, list[Any]], now: datetime) -> VisitEvidence:
    times = held["time_entries"]
    return VisitEvidence(
        visit=visit,
        technician=visit.technician,
        times=times,
        travel=duration_of(times, TimeKind.TRAVEL, now),
        work=duration_of(times, TimeKind.WORK, now),
        pause=duration_of(times, TimeKind.PAUSE, now),
        materials=held["materials"],
        extra_work=held["extra_work"],
        deviations=held["deviations"],
        photos=held["photos"],
        answers=held["answers"],
        sign_off=visit.sign_off,
        sign_off_outdated=visit.sign_off_outdated_at is not None,
        returned_items=held["returned_items"],
        missing=rules.missing(facts_of(visit)) if visit.status != "no_access" else [],
    )
