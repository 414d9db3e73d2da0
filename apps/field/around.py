"""What stands around a job on the phone: when it is, with whom, what comes after it, what was done there before."""

from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from apps.core import clock, formats
from apps.core.together import Question, number_of
from apps.customers.models import Equipment
from apps.field.models import Visit
from apps.planning.models import Assignment
from apps.workorders.models import WorkOrder, WorkOrderFile


class Around:
    """What must be asked, in one statement, and the answers."""

    def __init__(self, assignment: Assignment, order: WorkOrder, user: Any) -> None:
        self.assignment = assignment
        start, end = clock.day_bounds(localdate(assignment.starts_at))
        day = Assignment.objects.active().between(start, end)
        self.to_bring = order.to_bring.select_related("material")
        self.files = WorkOrderFile.objects.for_user(user).filter(work_order=order).select_related("file")
        self.colleagues = (
            day.filter(work_order=order)
            .exclude(technician=assignment.technician_id)
            .order_by("technician__user__name__by_name")
            .values("technician__user__name")
            .distinct()
        )
        own = day.filter(technician__user=user, period__startswith__gte=assignment.ends_at).order_by("period")
        self.after = own.select_related(
            "work_order__site", "work_order__customer", "request__site", "request__customer"
        )[:1]
        self.before = number_of(visits_before(order))
        self.devices = WorkOrder.objects.filter(pk=order.pk).equipment()
        self.questions: list[Question] = [
            self.to_bring, self.files, self.colleagues, self.after, self.before, self.devices,
        ]  # fmt: skip

    @property
    def when(self) -> str:
        """Today 08:00 – 12:00; the day when it is another one."""
        day = localdate(self.assignment.starts_at)
        said = _("Today") if day == clock.today() else formats.day(self.assignment.starts_at)
        return f"{said} {formats.period(self.assignment.starts_at, self.assignment.ends_at)}"

    @property
    def nothing_after(self) -> str:
        """What is said when this is the last visit of its day."""
        is_today = localdate(self.assignment.starts_at) == clock.today()
        return _("Nothing after this today") if is_today else _("Nothing after this on that day")

    @property
    def names(self) -> list[str]:
        return [one["technician__user__name"] for one in self.colleagues]

    @property
    def next(self) -> Assignment | None:
        return next(iter(self.after), None)


def visits_before(order: WorkOrder) -> Any:
    """Visits of other jobs at the same address, the last one first."""
    done = Visit.objects.filter(work_order__site=order.site_id, status__in=["finished", "no_access"])
    return done.exclude(work_order=order).order_by("-assignment__period")


def visits_at(device: Equipment) -> Any:
    """Visits that were about a device, the last one first."""
    jobs = WorkOrder.objects.of_equipment(device).order_by().values("pk")
    done = Visit.objects.filter(work_order__in=jobs, status__in=["finished", "no_access"])
    return done.order_by("-assignment__period")
