"""What a work order's dates and texts are, from plain values."""

from datetime import datetime, timedelta
from typing import Literal

Clock = Literal["none", "done", "fine", "soon", "late"]
SOON = timedelta(days=1)


def due_times(start: datetime, *, respond_hours: int, complete_hours: int) -> tuple[datetime, datetime]:
    """Until when to respond and to complete. Hours are real time that passes, so also through a change of clocks."""
    return start + timedelta(hours=respond_hours), start + timedelta(hours=complete_hours)


def sla_clock(due: datetime | None, now: datetime, *, done: bool) -> Clock:
    """How a due time stands: `soon` is within a day."""
    if due is None:
        return "none"
    if done:
        return "done"
    if now >= due:
        return "late"
    return "soon" if due - now < SOON else "fine"
