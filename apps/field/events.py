"""The kinds of event: everything that a phone reports, each said once.

A new kind is one line here, the action that records it (`@records` in `actions`) and its test. Nothing else knows kinds by
name, but for what one of them alone does.
"""

from dataclasses import dataclass
from enum import Enum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.field.rules import BEGUN, OPEN


class About(Enum):
    """What of a visit an event writes: the office reads what stands there beside what the phone says."""

    CLOCK = auto()
    PHOTOS = auto()
    CHECKLIST = auto()
    WORK_DONE = auto()
    MATERIALS = auto()
    EXTRA_WORK = auto()
    ISSUES = auto()
    SIGNATURE = auto()
    RETURNED = auto()


@dataclass(frozen=True)
class EventKind:
    """`fits`: the statuses of the visit in which it can be recorded.

    `begins`, `ends`: a stretch of the clock. `changes_the_work`: what a customer was shown to sign. `correctable`: what
    the office may put right in its payload before it takes it. `address`: of the page that makes it, where that has
    another name.
    """

    key: str
    label: str | Promise
    fits: frozenset[str]
    about: About
    begins: bool = False
    ends: bool = False
    changes_the_work: bool = False
    correctable: tuple[str, ...] = ()
    address: str = ""

    def __str__(self) -> str:
        return self.key


_EVENTS = (
    EventKind("travel", _("On the way"), frozenset({"assigned"}), About.CLOCK, begins=True),
    EventKind("turn_back", _("Trip broken off"), frozenset({"travelling"}), About.CLOCK, ends=True),
    EventKind("before_photo", _("Before photo"), OPEN, About.PHOTOS),
    EventKind("start", _("Start of work"), frozenset({"assigned", "travelling"}), About.CLOCK, begins=True),
    EventKind("pause", _("Pause"), frozenset({"started"}), About.CLOCK, ends=True),
    EventKind("stop", _("Stop of work"), frozenset({"started"}), About.CLOCK, ends=True),
    EventKind("resume", _("Work resumed"), frozenset({"paused"}), About.CLOCK, begins=True),
    EventKind(
        "answer",
        _("Answer on the checklist"),
        BEGUN,
        About.CHECKLIST,
        changes_the_work=True,
        correctable=("value",),
        address="checklist",
    ),
    EventKind(
        "work_done",
        _("Work done"),
        BEGUN,
        About.WORK_DONE,
        changes_the_work=True,
        correctable=("text",),
    ),
    EventKind(
        "material",
        _("Material used"),
        BEGUN,
        About.MATERIALS,
        changes_the_work=True,
        correctable=("quantity",),
        address="materials",
    ),
    EventKind(
        "material_other",
        _("Part that is not in the catalogue"),
        BEGUN,
        About.MATERIALS,
        changes_the_work=True,
        correctable=("description", "quantity", "unit"),
    ),
    EventKind("material_remove", _("Material taken off"), BEGUN, About.MATERIALS, changes_the_work=True),
    EventKind("material_extra", _("Material belongs to extra work"), BEGUN, About.MATERIALS),
    EventKind("no_materials", _("No materials used"), BEGUN, About.MATERIALS, changes_the_work=True),
    EventKind(
        "extra_work",
        _("Extra work"),
        BEGUN,
        About.EXTRA_WORK,
        changes_the_work=True,
        correctable=("description", "hours"),
    ),
    EventKind("extra_work_remove", _("Extra work taken off"), BEGUN, About.EXTRA_WORK, changes_the_work=True),
    EventKind("no_extra_work", _("No extra work"), BEGUN, About.EXTRA_WORK, changes_the_work=True),
    EventKind(
        "deviation",
        _("Issue"),
        BEGUN,
        About.ISSUES,
        changes_the_work=True,
        correctable=("text",),
        address="issue",
    ),
    EventKind("no_deviation", _("No deviation"), BEGUN, About.ISSUES, changes_the_work=True),
    EventKind("issue_photo", _("Photo of an issue"), BEGUN, About.PHOTOS),
    EventKind("after_photo", _("After photo"), BEGUN, About.PHOTOS),
    EventKind("sign_off", _("Signature"), BEGUN, About.SIGNATURE, correctable=("reason",)),
    EventKind("returned_fixed", _("Returned item corrected"), BEGUN, About.RETURNED),
    EventKind("finish", _("Ready for back office"), BEGUN, About.CLOCK, ends=True),
    EventKind(
        "goes_on",
        _("Visit done, the job goes on"),
        BEGUN,
        About.CLOCK,
        ends=True,
        correctable=("left_over", "hours_left"),
    ),
    EventKind(
        "no_access",
        _("No access"),
        frozenset({"assigned", "travelling", "started"}),
        About.CLOCK,
        ends=True,
        correctable=("reason",),
    ),
    EventKind("hold", _("On hold"), OPEN, About.CLOCK, ends=True, correctable=("reason",)),
    EventKind(
        "time_proposal",
        _("Proposed end of work"),
        OPEN | {"finished", "no_access"},
        About.CLOCK,
        correctable=("ended_at", "reason"),
        address="time",
    ),
)
EVENTS = {one.key: one for one in _EVENTS}
BY_ADDRESS = {one.address: one.key for one in _EVENTS if one.address}
CHANGES_THE_WORK = frozenset(one.key for one in _EVENTS if one.changes_the_work)
BEGINS = tuple(one.key for one in _EVENTS if one.begins)
MOVES_THE_CLOCK = (*BEGINS, *(one.key for one in _EVENTS if one.ends))


def event_label(key: str) -> str | Promise:
    """What a kind of event is called; one that a newer phone sent by the name that it gave."""
    return EVENTS[key].label if key in EVENTS else key


def fits(key: str, status: str) -> bool:
    """Whether such an event can be recorded at a visit that stands so."""
    return status in EVENTS[key].fits
