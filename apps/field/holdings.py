"""What technicians hold: clocks, visits that they began or that were returned to them, visits to come."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import formats
from apps.core.compiled import ThisMoment
from apps.core.holdings import Choice, Clash, Kind, Leaving, Line, register
from apps.core.refusals import Refused
from apps.field.actions import (
    holdings_give_up,
    running_clock_stop,
    visit_leave,
    visit_take_back,
    work_order_settle,
)
from apps.field.models import FieldEvent, PhoneHolding, ReturnedItem, TimeEntry, Visit
from apps.field.rules import RECORDABLE
from apps.intake.actions import request_change
from apps.intake.states import RequestStatus
from apps.planning.actions import DoubleBooking, assignment_cancel, assignment_move
from apps.planning.models import Assignment
from apps.planning.states import WARNINGS
from apps.workorders.states import CHANGEABLE

TECHNICIAN = "technicians.technician"


def _job_line(assignment: Assignment) -> Line:
    day = formats.day(assignment.starts_at)
    when = formats.period(assignment.starts_at, assignment.ends_at)
    return Line(
        f"{assignment.job} {assignment.job.customer}",
        f"{day} {when}",
        reverse("planning:assignment_detail", args=[assignment.pk]),
    )


class _Visits(Kind):
    """Visits that were begun, with their job."""

    subject = TECHNICIAN
    holder = "technician"
    since = "assignment__created_at"

    def rows(self) -> QuerySet:
        begun = Visit.objects.filter(status__in=["travelling", "started", "paused"], held_at__isnull=True)
        # A visit that was given to a colleague is theirs; what its first technician recorded stays.
        own = begun.filter(assignment__technician=F("technician"), work_order__status__in=RECORDABLE)
        return own.select_related("work_order__customer", "technician__user").order_by("assignment__period")

    def line(self, row: Visit) -> Line:
        url = reverse("workorders:work_order_detail", args=[row.work_order_id])
        return Line(f"{row.work_order} {row.work_order.customer}", str(row.get_status_display()), url)


def _returned() -> Exists:
    return Exists(ReturnedItem.objects.filter(visit=OuterRef("pk"), resolved_at__isnull=True))


@register
class RunningClocks(Kind):
    name = "field.clocks"
    subject = TECHNICIAN
    holder = "visit__technician"
    label = gettext_lazy("Running clocks")
    stays = gettext_lazy("They run on, and count as leaks.")
    order = 10
    since = "started_at"
    ways = {"stop": gettext_lazy("Stop them at the time below")}
    asks_moment = True
    ability = "manage_work_orders"

    def rows(self) -> QuerySet:
        rows = TimeEntry.objects.filter(ended_at__isnull=True)
        return rows.select_related("visit__work_order__customer").order_by("started_at")

    def line(self, row: TimeEntry) -> Line:
        order = row.visit.work_order
        since = _("%(kind)s, since %(when)s") % {
            "kind": row.get_kind_display(),
            "when": formats.moment(row.started_at),
        }
        return Line(
            f"{order} {order.customer}", since, reverse("workorders:work_order_detail", args=[order.pk])
        )

    def hand_over(self, row: TimeEntry, choice: Choice, leaving: Leaving) -> None:
        at = leaving.wishes.stopped_at
        if at is None:
            raise Refused(_("Say when the clock stopped."))
        running_clock_stop(entry=row, at=at, by=leaving.by, reason=leaving.reason)


@register
class BegunVisits(_Visits):
    name = "field.begun"
    label = gettext_lazy("Visits that were begun")
    stays = gettext_lazy("They stay open, and nobody goes on with them.")
    order = 20
    ways = {"back": gettext_lazy("Back to planning; what was recorded stays")}
    ability = "manage_work_orders"

    def rows(self) -> QuerySet:
        return super().rows().filter(~_returned())

    def hand_over(self, row: Visit, choice: Choice, leaving: Leaving) -> None:
        visit_leave(visit=row, by=leaving.by, reason=leaving.reason)


@register
class ReturnedVisits(_Visits):
    name = "field.returned"
    label = gettext_lazy("Returned for correction")
    stays = gettext_lazy("They wait for a correction that nobody makes.")
    order = 21
    ways = {"review": gettext_lazy("Back to review: the office corrects it")}
    ability = "review_work"

    def rows(self) -> QuerySet:
        return super().rows().filter(_returned())

    def hand_over(self, row: Visit, choice: Choice, leaving: Leaving) -> None:
        visit_take_back(visit=row, by=leaving.by, reason=leaving.reason)


class _Bookings(Kind):
    """Bookings on which nothing was recorded yet."""

    subject = TECHNICIAN
    holder = "technician"
    since = "created_at"
    tells_customers = True
    ability = "plan_work"

    def rows(self) -> QuerySet:
        begun = Visit.objects.filter(assignment=OuterRef("pk"), technician=OuterRef("technician"))
        rows = Assignment.objects.active().exclude(Exists(begun.exclude(status="assigned")))
        return rows.with_job().order_by("period")

    def line(self, row: Assignment) -> Line:
        return _job_line(row)

    def hand_over(self, row: Assignment, choice: Choice, leaving: Leaving) -> None:
        if choice.to:
            self._give(row, choice.to, leaving)
        else:
            self._back(row, leaving)

    def _give(self, row: Assignment, to: Any, leaving: Leaving) -> None:
        wishes = leaving.wishes
        try:
            assignment_move(
                assignment=row,
                technician=to.technician,
                start=row.starts_at,
                end=row.ends_at,
                by=leaving.by,
                version=row.version,
                seen=wishes.seen if wishes.clashes == "double" else (),
                reason=leaving.reason,
                accepted=list(WARNINGS),
                confirm=None if wishes.tell_customers else False,
                past_start=True,
            )
        except DoubleBooking as clash:
            if wishes.clashes != "back":
                raise Clash(str(clash), [one.pk for one in clash.clashes]) from clash
            self._back(row, leaving)

    def _back(self, row: Assignment, leaving: Leaving) -> None:
        assignment_cancel(
            assignment=row,
            by=leaving.by,
            reason=leaving.reason,
            version=row.version,
            confirm=None if leaving.wishes.tell_customers else False,
            past_start=True,
        )
        if row.work_order is not None:
            work_order_settle(work_order=row.work_order)  # it may have been the last that was waited for
        if row.request is not None:
            request_change(request=row.request, technician=None, by=leaving.by)


@register
class PlannedVisits(_Bookings):
    name = "planning.visits"
    label = gettext_lazy("Planned visits")
    stays = gettext_lazy("They stay on the plan, and stand in the planning review.")
    order = 30
    ways = {"back": gettext_lazy("Back to planning")}
    to_colleague = True

    def rows(self) -> QuerySet:
        open_job = Q(work_order__status__in=CHANGEABLE) | Q(request__status=RequestStatus.PLANNED)
        return super().rows().filter(open_job, period__endswith__gt=ThisMoment())


@register
class MissedVisits(_Bookings):
    name = "planning.missed"
    label = gettext_lazy("Visits that never happened")
    stays = gettext_lazy("They stay on the plan of a day that is over, and count as leaks.")
    order = 31
    ways = {"back": gettext_lazy("Back to planning")}

    def rows(self) -> QuerySet:
        waiting = Q(work_order__status__in=["planned", "in_progress"]) | Q(
            request__status=RequestStatus.PLANNED
        )
        return super().rows().filter(waiting, period__endswith__lte=ThisMoment())


@register
class PhoneEvents(Kind):
    name = "field.events"
    subject = TECHNICIAN
    holder = "user__technician"
    label = gettext_lazy("From the phone, to decide by the office")
    stays = gettext_lazy("They stay on the task list until the office decides.")
    order = 60
    since = "received_at"

    def rows(self) -> QuerySet:
        return FieldEvent.objects.to_decide().select_related("assignment__work_order").order_by("received_at")

    def line(self, row: FieldEvent) -> Line:
        about = str(row.assignment.job) if row.assignment else ""
        return Line(str(row.kind_label), about, reverse("field:event_detail", args=[row.pk]))


@register
class UnsentWork(Kind):
    """What a phone said that it holds: only who can log in on it can send it."""

    name = "field.phones"
    subject = TECHNICIAN
    holder = "user__technician"
    label = gettext_lazy("Work on a phone that is not sent yet")
    stays = gettext_lazy("It waits on the phone, and nobody can send it without the login.")
    order = 61
    since = "since"
    ways = {"lost": gettext_lazy("Give it up: the phone is lost or was emptied")}
    ability = "manage_work_orders"

    def rows(self) -> QuerySet:
        return PhoneHolding.objects.select_related("user__technician").order_by("since", "pk")

    def line(self, row: PhoneHolding) -> Line:
        url = reverse("field:holdings_give_up", args=[row.user.technician.pk])
        return Line(row.sentence, "", url)

    def hand_over(self, row: PhoneHolding, choice: Choice, leaving: Leaving) -> None:
        if PhoneHolding.objects.filter(pk=row.pk).exists():  # what the phones hold goes at once
            holdings_give_up(technician=row.user.technician, by=leaving.by, reason=leaving.reason)
