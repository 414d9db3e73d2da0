"""What there is of a visit, why a recording does not fit, and how time is reckoned. Times are aware and in UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from apps.core.numbers import Shape

# A phone's clock may be this far off before a person should know of it.
SKEW_TOLERATED = timedelta(minutes=2)

# A stretch of time that lasted longer is asked about: when did the work end?
LONG_STRETCH = timedelta(hours=10)

# The mail that says so waits this long for a technician who is not on the way after all.
UNDOABLE = timedelta(seconds=30)

# What the office decided stands on the phone this long.
TOLD_FOR = timedelta(days=14)

# What a technician used this long ago may still lie in the van.
USUAL_FOR = timedelta(days=180)

# Work orders on which something may still be recorded.
RECORDABLE = frozenset({"planned", "in_progress", "action_required", "missed", "on_hold", "returned"})
# A proposal changes no record: a technician is asked for it until the review is done, and it may come in later.
PROPOSABLE = RECORDABLE | {"to_plan", "ready_for_review", "in_review"}
REVIEWED = frozenset({"ready_for_invoicing", "invoiced", "closed"})
OPEN = frozenset({"assigned", "travelling", "started", "paused"})
BEGUN = frozenset({"started", "paused"})


class Unfit(Exception):
    """The recording does not fit the visit as it stands. `code` is a key of `states.UNFIT`."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(f"{code}:{detail}" if detail else code)


# -- what there is of a visit ----------------------------------------------------


@dataclass(frozen=True)
class Facts:
    """What there is of a visit, counted."""

    status: str = "assigned"
    running: str = ""
    # Of the job, whoever of its technicians recorded it: photos, checklist, signature.
    before_photos: int = 0
    after_photos: int = 0
    questions: int = 0
    questions_open: int = 0
    work_done: bool = False
    materials: int = 0
    no_materials: bool = False
    extra_work: int = 0
    no_extra_work: bool = False
    may_add_extra_work: bool = True
    deviations: int = 0
    no_deviation: bool = False
    signed: bool = False
    signature_outdated: bool = False
    returned_open: int = 0
    own_before_photos: int = 0

    @property
    def begun(self) -> bool:
        return self.status in ("started", "paused", "finished")


def start_fits(facts: Facts) -> bool:
    """Work begins with a photo of how things were found."""
    return facts.before_photos > 0


# -- time ---------------------------------------------------------------------


def time_corrected(occurred_at: datetime, skew_seconds: int, received_at: datetime) -> datetime:
    """The phone's time put right by `skew_seconds` (server minus phone); never after it was received."""
    return min((occurred_at + timedelta(seconds=skew_seconds)).astimezone(UTC), received_at.astimezone(UTC))


def clock_is_off(skew_seconds: int) -> bool:
    return abs(timedelta(seconds=skew_seconds)) > SKEW_TOLERATED


def elapsed(started_at: datetime, ended_at: datetime) -> timedelta:
    """The time that really passed, also over midnight and a change of summer time.

    Two moments in the same zone would be subtracted as the clock on the wall says; hence UTC.
    """
    return ended_at.astimezone(UTC) - started_at.astimezone(UTC)


def total(stretches: Iterable[tuple[datetime, datetime]]) -> timedelta:
    return sum((elapsed(start, end) for start, end in stretches), timedelta())


def minutes(duration: timedelta) -> int:
    """Whole minutes, half a minute up."""
    return int((duration.total_seconds() + 30) // 60)


def end_of(started_at: datetime, at: datetime) -> datetime:
    """The end of a running clock. A little before its start is the jitter of corrected clocks; more is out of order."""
    if at >= started_at:
        return at
    if started_at - at <= SKEW_TOLERATED:
        return started_at
    raise Unfit("before_its_start")


# -- what is kept --------------------------------------------------------------


QUANTITY = Shape(3, Decimal("0.001"), Decimal("999999.999"))
HOURS = Shape(2, Decimal(0), Decimal("999.99"))
ANSWER = Shape(3, -Decimal("999999999.999"), Decimal("999999999.999"))


def plain(value: Decimal) -> str:
    """Without idle zeros, as it is kept in JSON: 2.500 becomes 2.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def outside(value: Decimal, minimum: Decimal | None, maximum: Decimal | None) -> str:
    """Whether a reading is `below` or `above` its limits; empty when it is within."""
    if minimum is not None and value < minimum:
        return "below"
    if maximum is not None and value > maximum:
        return "above"
    return ""
