"""The doors to what the field recorded."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Count, F, Max, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from apps.field.rules import LONG_STRETCH, PROPOSABLE, TOLD_FOR

USUAL = 24  # parts that a technician is offered first


class VisitQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """All for the office; otherwise one's own."""
        return self if user.may("see_office") else self.filter(technician__user=user)

    def open(self) -> Self:
        return self.exclude(status__in=["finished", "no_access"])

    def signed(self) -> Self:
        """With a signature, or the reason why not, that is still of what was recorded at the whole job."""
        return self.filter(
            sign_off__isnull=False, sign_off_outdated_at__isnull=True, sign_off_overtaken_at__isnull=True
        )

    def unfinished(self) -> Self:
        """Begun, or given back by the office, and not left on hold."""
        begun = Q(status__in=["travelling", "started", "paused"])
        return self.filter(begun, held_at__isnull=True)


class EvidenceQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """Evidence is seen by whoever sees its visit."""
        return self if user.may("see_office") else self.filter(visit__technician__user=user)

    def of_work_order(self, work_order: Any) -> Self:
        return self.filter(visit__work_order=work_order)


class MaterialUsageQuerySet(EvidenceQuerySet):
    def usual_of(self, technician: Any, since: datetime) -> dict[int, int]:
        """The parts of the catalogue that this technician used since, each with the number of jobs: what lies in the van."""
        own = self.filter(visit__technician=technician, material__isnull=False, at__gte=since)
        counted = own.order_by().values("material").annotate(n=Count("visit__work_order", distinct=True))
        return dict(counted.order_by("-n", "material").values_list("material", "n")[:USUAL])


class TimeEntryQuerySet(EvidenceQuerySet):
    def running(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def clocked(self) -> Self:
        """What a clock recorded: hours that the office noted start and stop none."""
        return self.filter(added_by__isnull=True)

    def to_explain(self) -> Self:
        """Longer than a working day by the clock, and nobody said yet when the work ended."""
        long = self.clocked().filter(ended_at__gt=F("started_at") + LONG_STRETCH)
        return long.exclude(kind="pause").filter(proposals__isnull=True)

    def with_closing(self) -> Self:
        """With the number of the job whose start closed it, and of the one whose clock its own start closed."""
        closed = self.model._base_manager.filter(closed_by=OuterRef("pk")).order_by("-started_at")
        return self.annotate(
            closed_by_number=F("closed_by__visit__work_order__number"),
            closed_number=Subquery(closed.values("visit__work_order__number")[:1]),
        )

    def to_explain_by(self, technician: Any) -> Self:
        """Of this technician, on visits that still are theirs and whose review is not done: the answer would be taken."""
        theirs = self.filter(technician=technician, visit__assignment__technician=technician)
        open_ones = theirs.filter(visit__assignment__active=True, visit__work_order__status__in=PROPOSABLE)
        return open_ones.to_explain()

    def with_stop(self) -> Self:
        """With when it ended: as the technician says where the clock ran on; None while it runs."""
        return self.with_proposal().annotate(stop=Coalesce("proposed_end", "ended_at"))

    def with_proposal(self) -> Self:
        """With the end that the technician proposed last, why, and when they said so."""
        proposals: Any = self.model._meta.get_field("proposals").related_model
        last = proposals._base_manager.filter(entry=OuterRef("pk")).order_by("-id")
        return self.annotate(
            proposed_end=Subquery(last.values("ended_at")[:1]),
            proposed_why=Subquery(last.values("reason")[:1]),
            proposed_at=Subquery(last.values("at")[:1]),
        )


class FieldEventQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("see_office") else self.filter(user=user)

    def to_decide(self) -> Self:
        return self.filter(state="to_decide")

    def of_late(self, now: datetime) -> Self:
        """What the office has to decide, and what it decided lately: the technician sees what became of it."""
        return self.filter(Q(state="to_decide") | Q(state="decided", decided_at__gte=now - TOLD_FOR))

    def search(self, text: str) -> Self:
        """By the number of the work order, the customer, or the technician."""
        found = self
        for word in text.split()[:6]:
            found = found.filter(
                Q(assignment__work_order__number__icontains=word)
                | Q(assignment__work_order__customer__name__icontains=word)
                | Q(user__name__icontains=word)
            )
        return found


class PhoneHoldingQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("see_office") else self.filter(user=user)

    def told(self) -> Any:
        """One row per person: how many photos and other things their phones hold, since when, and last heard when."""
        rows = self.order_by().values("user", "user__name")
        return rows.annotate(
            n_photos=Sum("photos"), n_things=Sum("things"), held_since=Min("since"), heard=Max("reported_at")
        ).order_by("held_since", "user__name__by_name")
