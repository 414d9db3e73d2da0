"""Why the plan is not changed as asked, with what a planner needs to decide."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core import clock, formats
from apps.core.refusals import Refused
from apps.core.versions import last_change
from apps.intake.models import Request
from apps.planning.models import Assignment
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder


class DoubleBooking(Refused):
    """The technician is already booked then. `clashes` are the bookings that were not seen and accepted."""

    def __init__(self, technician: Technician, clashes: Sequence[Assignment]) -> None:
        self.technician = technician
        self.clashes = list(clashes)
        listed = ", ".join(f"{one.job} {formats.period(one.starts_at, one.ends_at)}" for one in self.clashes)
        super().__init__(
            _("%(technician)s is already booked then: %(clashes)s.")
            % {"technician": technician, "clashes": listed or "?"}
        )


class PlannedMeanwhile(Refused):
    """The job has visits on the plan that the planner did not see. A work order may get a second one on purpose."""

    def __init__(self, job: WorkOrder | Request, visits: Sequence[Assignment]) -> None:
        self.visits = list(visits)
        self.takes_another = isinstance(job, WorkOrder)
        super().__init__(" ".join(planned_sentence(one) for one in self.visits))


class MovedMeanwhile(Refused):
    """Somebody else changed this booking after the planner saw it. `current` is how it is now."""

    def __init__(self, current: Assignment) -> None:
        self.current = current
        if not current.active:
            where = _("it is no longer on the plan")
        else:
            where = _("it is now with %(technician)s, %(when)s") % {
                "technician": current.technician,
                "when": formats.moment(current.starts_at),
            }
        change = last_change(current)
        words = {"where": where, "who": change.by if change else ""}
        super().__init__(
            _("%(who)s changed this booking meanwhile: %(where)s. Look again.") % words
            if change
            else _("Somebody else changed this booking meanwhile: %(where)s. Look again.") % words
        )


class OddBooking(Refused):
    """The booking is possible, but odd. `warnings` are the codes that were not accepted yet."""

    def __init__(self, warnings: Sequence[str]) -> None:
        self.warnings = list(warnings)
        super().__init__(_("Something about this booking is odd. Give a reason to book it all the same."))


def planned_sentence(visit: Assignment) -> str:
    """Who planned it for whom and when, and at what time that was."""
    made = visit.created_at
    is_today = timezone.localtime(made).date() == clock.today()
    words = {
        "who": visit.created_by.name if visit.created_by else "Watertight",
        "job": visit.job,
        "technician": visit.technician,
        "when": formats.moment(visit.starts_at),
        "at": formats.clock_time(made) if is_today else formats.moment(made),
    }
    return _("%(who)s planned %(job)s for %(technician)s, %(when)s, at %(at)s.") % words


class LeftByThen(Refused):
    """The visit begins after the last day of the technician: `booked_by_the_last_day` in the database."""

    def __init__(self, technician: Technician) -> None:
        words = {"technician": technician, "day": formats.day(technician.last_day)}
        super().__init__(_("The last day of %(technician)s is %(day)s.") % words)


def technician_check(technician: Technician, start: datetime) -> None:
    """Under the lock of the technician's plan, which whoever takes them out of service holds too."""
    found = Technician.objects.active().filter(pk=technician.pk).first()
    if found is None:
        raise technician_left(technician)
    if found.has_left(timezone.localdate(start)):
        raise LeftByThen(found)


def technician_left(technician: Technician) -> Refused:
    return Refused(_("%(technician)s is no longer in service.") % {"technician": technician})
