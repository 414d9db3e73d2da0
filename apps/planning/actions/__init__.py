"""Every write to the plan, and the only writer of the rights that follow from it."""

from apps.planning.actions.absence_requests import (
    AskedAlready,
    HitsMore,
    absence_request_add,
    absence_request_decline,
    absence_request_grant,
    absence_request_withdraw,
)
from apps.planning.actions.absences import AwayAlready, absence_add, absence_remove
from apps.planning.actions.appointments import (
    OtherTime,
    appointment_confirm,
    appointments_remind,
    change_request_add,
    change_request_decline,
    change_request_grant,
    was_moved,
)
from apps.planning.actions.assignments import assignment_cancel, assignment_move, assignment_place, visits_of
from apps.planning.actions.illness import NotHandedOver, day_hand_over
from apps.planning.actions.jobs import coming_visits_cancel, job_cancel, job_hold, job_share, job_unshare
from apps.planning.actions.refusals import (
    DoubleBooking,
    LeftByThen,
    MovedMeanwhile,
    OddBooking,
    PlannedMeanwhile,
    planned_sentence,
)
from apps.planning.actions.routes import DayChanged, Move, day_routes_apply, day_routes_undo
from apps.planning.actions.rows import row_move, week_view_set
from apps.planning.actions.telling import (
    GRACE,
    HELD,
    appointment_seen,
    appointment_tell,
    appointments_tell,
    quiet_time,
)
from apps.planning.actions.undo import plan_undo

__all__ = [
    "GRACE",
    "HELD",
    "AskedAlready",
    "AwayAlready",
    "DayChanged",
    "DoubleBooking",
    "HitsMore",
    "LeftByThen",
    "Move",
    "MovedMeanwhile",
    "NotHandedOver",
    "OddBooking",
    "OtherTime",
    "PlannedMeanwhile",
    "absence_add",
    "absence_remove",
    "absence_request_add",
    "absence_request_decline",
    "absence_request_grant",
    "absence_request_withdraw",
    "appointment_confirm",
    "appointment_seen",
    "appointment_tell",
    "appointments_remind",
    "appointments_tell",
    "assignment_cancel",
    "assignment_move",
    "assignment_place",
    "change_request_add",
    "change_request_decline",
    "change_request_grant",
    "coming_visits_cancel",
    "day_hand_over",
    "day_routes_apply",
    "day_routes_undo",
    "job_cancel",
    "job_hold",
    "job_share",
    "job_unshare",
    "plan_undo",
    "planned_sentence",
    "quiet_time",
    "row_move",
    "visits_of",
    "was_moved",
    "week_view_set",
]
