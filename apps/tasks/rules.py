"""How soon a task has to be done."""

from datetime import timedelta

# The lower, the sooner. Somebody at a closed door comes before what waits too long, that before what is in time, and the
# books last: no money is lost while they wait.
URGENT, LATE, IN_TIME, BOOKS = 0, 1, 2, 3
# The stages in which the office acts as soon as a record comes there; in any other, only when it stays too long.
AT_ONCE = (
    "quote_unsent", "unplanned", "missed", "action_required", "unreviewed", "in_review", "approved", "drafted", "unsent",
    "owed",
)  # fmt: skip
# A visit that nobody will make is urgent this long before it begins.
SOON = timedelta(days=2)
STOPPED = ("missed", "action_required")
NOT_BEGUN = ("unplanned", "visit_past", "on_hold")
