"""What a task is, and how soon it has to be done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

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
TONES = {URGENT: "red", LATE: "red", IN_TIME: "amber", BOOKS: "blue"}


@dataclass(frozen=True)
class Task:
    """One thing to do. `amount` is in euros without VAT; None where none is known."""

    key: str
    rank: int
    since: datetime
    record: str
    about: str
    status: Any
    action: Any
    url: str
    amount: Decimal | None = None

    @property
    def tone(self) -> str:
        return TONES[self.rank]
