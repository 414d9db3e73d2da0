"""Every write to the plan, and the only writer of the rights that follow from it."""

from apps.planning.actions.absences import absence_add, absence_remove
from apps.planning.actions.assignments import (
    DoubleBooking,
    MovedMeanwhile,
    OddBooking,
    assignment_cancel,
    assignment_move,
    assignment_place,
)
from apps.planning.actions.jobs import job_cancel, job_hold, job_share, job_unshare

__all__ = [
    "DoubleBooking",
    "MovedMeanwhile",
    "OddBooking",
    "absence_add",
    "absence_remove",
    "assignment_cancel",
    "assignment_move",
    "assignment_place",
    "job_cancel",
    "job_hold",
    "job_share",
    "job_unshare",
]
