"""The evidence of a job, for the review: all its visits together."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property

from apps.core import clock
from apps.core.together import together
from apps.field import rules
from apps.field.evidence.answers import answer_text, answer_value
from apps.field.evidence.shown import duration_of
from apps.field.models import (
    Deviation,
    ExtraWork,
    FieldEvent,
    FormAnswer,
    MaterialUsage,
    ReturnedItem,
    SignOff,
    TimeEntry,
    TimeKind,
    Visit,
    VisitPhoto,
)
from apps.workorders.models import JobFormField, WorkOrder


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
    said: list[FieldEvent] = field(default_factory=list)

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

    @cached_property
    def ending(self) -> VisitEvidence | None:
        """The visit that has the last word about the job; before any was handed in, the last one of the plan."""
        done = [one for one in self.visits if one.visit.status == "finished"]
        last = sorted(done, key=lambda one: (one.visit.finished_at, one.visit.pk))[-1:] or self.visits[-1:]
        return next(iter(last), None)

    @property
    def signed(self) -> VisitEvidence | None:
        """The visit with the job's signature: the one that stands, or else the last one."""
        found = sorted(
            (one for one in self.visits if one.sign_off),
            key=lambda one: (not one.sign_off_outdated, one.sign_off.at, one.sign_off.pk),  # type: ignore[union-attr]
        )
        return found[-1] if found else None

    @cached_property
    def standing(self) -> dict[int, FormAnswer]:
        """By question the answer that stands for the job: the last one by the moment it was given."""
        rows = sorted(self.answers, key=lambda one: (one.at, one.pk))
        return {one.field_id: one for one in rows}

    def answered_before(self, question: JobFormField) -> list[tuple[FieldEvent, str]]:
        """What else was answered to the question, and by whom: nothing that a phone said is lost."""
        stands = self.standing.get(question.pk)
        found = []
        for event in self.said:
            if event.kind != "answer" or event.visit_id is None or event.said.get("field") != question.pk:
                continue
            try:
                value = answer_value(question, event.said.get("value"), has_file=event.file_id is not None)
            except rules.Unfit:
                continue
            if stands is None or (value, event.file_id) != (stands.value, stands.file_id):
                found.append((event, answer_text(question, value)))
        return found

    @property
    def work(self) -> timedelta:
        return sum((visit.work for visit in self.visits), timedelta())

    @property
    def travel(self) -> timedelta:
        return sum((visit.travel for visit in self.visits), timedelta())

    @property
    def work_hours(self) -> Decimal:
        return (Decimal(self.work.total_seconds()) / 3600).quantize(Decimal("0.01"))


class EvidenceRows:
    """What must be asked for the evidence of a job, for whoever has more to ask in the same statement."""

    def __init__(self, work_order: WorkOrder) -> None:
        self.work_order = work_order
        job = {"visit__work_order": work_order}
        self.visits = Visit.objects.filter(work_order=work_order).select_related(
            "technician__user", "assignment", "sign_off__signature"
        )
        # What each visit holds, by the name that a visit knows it by.
        self.of_visits: dict[str, QuerySet] = {
            "time_entries": TimeEntry.objects.filter(**job)
            .select_related("added_by")
            .with_closing()
            .with_proposal(),
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
        said=list(rows.events),
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
        sign_off_outdated=bool(visit.sign_off_outdated_at or visit.sign_off_overtaken_at),
        returned_items=held["returned_items"],
    )
