"""What there is of a visit and of its job, counted by the database in the query that fetches the visit."""

from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.field import rules
from apps.field.models import (
    Deviation,
    ExtraWork,
    FormAnswer,
    MaterialUsage,
    PhotoKind,
    ReturnedItem,
    TimeEntry,
    Visit,
    VisitPhoto,
)
from apps.workorders.models import FieldKind, JobFormField


def _number(rows: QuerySet, per: str = "visit") -> Coalesce:
    counted = rows.order_by().values(per).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def with_facts(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """The visits with everything that their steps depend on: no further query per visit."""
    own, job = {"visit": OuterRef("pk")}, {"visit__work_order": OuterRef("work_order")}
    questions = JobFormField.objects.filter(version=OuterRef("work_order__job_form_version"))
    answers = FormAnswer.objects.filter(
        visit__work_order=OuterRef(OuterRef("work_order")), field=OuterRef("pk")
    )
    last = Subquery(answers.order_by("-at", "-pk").values("value")[:1])
    is_open = Q(standing__isnull=True) | Q(kind=FieldKind.TICK, standing=False)
    running = TimeEntry.objects.filter(ended_at__isnull=True, **own)
    others = Visit.objects.filter(work_order=OuterRef("work_order"))
    before = VisitPhoto.objects.filter(kind=PhotoKind.BEFORE)
    return visits.annotate(
        n_before=_number(before.filter(**job), "visit__work_order"),
        n_own_before=_number(before.filter(**own)),
        n_after=_number(VisitPhoto.objects.filter(kind=PhotoKind.AFTER, **job), "visit__work_order"),
        n_questions=_number(questions, "version"),
        n_open=_number(questions.filter(required=True).annotate(standing=last).filter(is_open), "version"),
        job_signed=Exists(others.filter(sign_off__isnull=False)),
        job_signature_stands=Exists(others.signed()),
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
        return _facts_before(visit)
    one: Any = visit if hasattr(visit, "n_before") else with_facts(Visit.objects.filter(pk=visit.pk)).get()
    own_stands = one.sign_off_id is not None and one.sign_off_outdated_at is None
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
        signed=one.job_signed,
        signature_outdated=one.job_signed and not (one.job_signature_stands or own_stands),
        returned_open=one.n_returned,
        own_before_photos=one.n_own_before,
    )


def _facts_before(visit: Visit) -> rules.Facts:
    """Of a visit at which nothing was recorded: what its job needs, less what the others recorded."""
    questions = JobFormField.objects.filter(version=visit.work_order.job_form_version_id)
    others = facts_of(other) if (other := Visit.objects.filter(work_order=visit.work_order).first()) else None
    needed = questions.filter(required=True).count()
    return rules.Facts(
        before_photos=others.before_photos if others else 0,
        after_photos=others.after_photos if others else 0,
        questions=questions.count(),
        questions_open=others.questions_open if others else needed,
        may_add_extra_work=visit.technician.may_add_extra_work,
        signed=others.signed if others else False,
        signature_outdated=others.signature_outdated if others else False,
    )
