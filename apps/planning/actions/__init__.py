"""Every write to the plan, and the only writer of the rights that follow from it."""

from apps.planning.actions.absences import AwayAlready, absence_add, absence_remove
from apps.planning.actions.assignments import assignment_cancel, assignment_move, assignment_place, visits_of
from apps.planning.actions.jobs import job_cancel, job_hold, job_share, job_unshare
from apps.planning.actions.refusals import (
    DoubleBooking,
    MovedMeanwhile,
    OddBooking,
    PlannedMeanwhile,
    planned_sentence,
)
from apps.planning.actions.rows import row_move, week_view_set
from apps.planning.actions.undo import plan_undo

__all__ = [
    "AwayAlready",
    "DoubleBooking",
    "MovedMeanwhile",
    "OddBooking",
    "PlannedMeanwhile",
    "absence_add",
    "absence_remove",
    "assignment_cancel",
    "assignment_move",
    "assignment_place",
    "job_cancel",
    "job_hold",
    "job_share",
    "job_unshare",
    "plan_undo",
    "planned_sentence",
    "row_move",
    "visits_of",
    "week_view_set",
]
