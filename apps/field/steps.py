"""The steps of a job, as they are walked through on the phone, each said once.

A new step is one object here, the template of its page and its test.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.core import formats
from apps.core.formats import clock_time
from apps.field.evidence import duration_of
from apps.field.models import TimeKind
from apps.field.rules import BEGUN, OPEN, Facts
from apps.field.states import DETAILS, ExtraWorkStatus

Text = str | Promise


@dataclass(frozen=True)
class Seen:
    """What a step's note is about: the visit, with what there is of it and its stretches of time."""

    facts: Facts
    visit: Any
    times: list[Any]
    now: datetime


@dataclass(frozen=True)
class PhoneStep:
    """`press`: what the large button says. `page`: where it is filled in; a step without one is its button.

    `missing`: the step as a sentence of what is still required; empty for one that nobody has to take. `of_the_job`:
    needed once, by the end of the job, whoever of its technicians sees to it; all else each visit needs for itself.
    `opens`: the statuses of the visit in which its page is of use.
    """

    key: str
    label: Text
    icon: str
    press: Text
    is_done: Callable[[Facts], bool]
    note: Callable[[Seen], str]
    missing: Text = ""
    page: str = ""
    of_the_job: bool = False
    is_there: Callable[[Facts], bool] = lambda facts: True
    opens: frozenset[str] = BEGUN


# -- what stands beside a step ---------------------------------------------------


def _trip(seen: Seen) -> str:
    trips = [entry for entry in seen.times if entry.kind == TimeKind.TRAVEL]
    if not trips:
        return _("Skipped") if seen.facts.begun else ""
    end = clock_time(trips[-1].ended_at) if trips[-1].ended_at else ""
    return f"{clock_time(trips[0].started_at)} – {end}".strip()


def _worked(seen: Seen) -> str:
    first = next((entry for entry in seen.times if entry.kind == TimeKind.WORK), None)
    if first is None:
        return ""
    lasted = duration_of(seen.times, TimeKind.WORK, seen.now)
    words: dict[str, str] = {
        TimeKind.WORK: _("working"),
        TimeKind.PAUSE: _("paused"),
        TimeKind.TRAVEL: "",
    }
    word = words.get(seen.facts.running, _("stopped"))
    return f"{clock_time(first.started_at)} · {formats.duration(lasted)} · {word}"


def _photos(number: int) -> str:
    return ngettext("%(n)s photo", "%(n)s photos", number) % {"n": number} if number else _("At least one")


def _questions(seen: Seen) -> str:
    number = seen.facts.questions_open
    if not number:
        return _("Complete")
    return ngettext("%(n)s required question open", "%(n)s required questions open", number) % {"n": number}


def _materials(seen: Seen) -> str:
    number = seen.facts.materials
    if seen.facts.no_materials:
        return _("None used")
    return ngettext("%(n)s material", "%(n)s materials", number) % {"n": number} if number else ""


def _extra_work(seen: Seen) -> str:
    """Only waiting, approved or declined: nothing more exists for a technician."""
    facts, visit = seen.facts, seen.visit
    if facts.no_extra_work:
        return _("None")
    if not facts.extra_work:
        return _("Anything beyond the agreement?")
    approved, declined = visit.n_extra_approved, visit.n_extra_declined
    parts = [
        (ExtraWorkStatus.WAITING, facts.extra_work - approved - declined),
        (ExtraWorkStatus.APPROVED, approved),
        (ExtraWorkStatus.DECLINED, declined),
    ]
    return " · ".join(f"{number} {str(status.label).lower()}" for status, number in parts if number)


def _issues(seen: Seen) -> str:
    number = seen.facts.deviations
    if number:
        return ngettext("%(n)s reported", "%(n)s reported", number) % {"n": number}
    return _("No deviation") if seen.facts.no_deviation else _("Something that the office must know?")


def _signed(seen: Seen) -> str:
    if seen.facts.signature_outdated:
        return _("The work was changed afterwards: show it again")
    return _("Signed, or said why not") if seen.facts.signed else ""


# -- the steps -------------------------------------------------------------------


TRAVEL = PhoneStep(
    key="travel",
    label=gettext_lazy("Travel"),
    icon="truck",
    press=gettext_lazy("On my way"),
    is_done=lambda facts: facts.status != "assigned",
    note=_trip,
)
BEFORE_PHOTO = PhoneStep(
    key="before_photo",
    label=gettext_lazy("Before photo"),
    icon="camera",
    press=gettext_lazy("Take a before photo"),
    missing=gettext_lazy("Take a photo of the situation before the work"),
    page="phone:before_photo",
    is_done=lambda facts: facts.before_photos > 0,
    note=lambda seen: _photos(seen.facts.before_photos),
    opens=OPEN,
)
START = PhoneStep(
    key="start",
    label=gettext_lazy("Start"),
    icon="play",
    press=gettext_lazy("Start the clock"),
    missing=gettext_lazy("Start the clock"),
    is_done=lambda facts: facts.begun,
    note=_worked,
)
CHECKLIST = PhoneStep(
    key="checklist",
    label=gettext_lazy("Checklist"),
    icon="list",
    press=gettext_lazy("Fill in the checklist"),
    missing=gettext_lazy("Answer the required questions of the checklist"),
    page="phone:checklist",
    is_done=lambda facts: facts.questions_open == 0,
    note=_questions,
    of_the_job=True,
    is_there=lambda facts: facts.questions > 0,
)
WORK_DONE = PhoneStep(
    key="work_done",
    label=gettext_lazy("Work done"),
    icon="pen",
    press=gettext_lazy("Describe the work done"),
    missing=gettext_lazy("Describe the work done"),
    page="phone:work_done",
    is_done=lambda facts: facts.work_done,
    note=lambda seen: seen.visit.work_done[:80],
)
MATERIALS = PhoneStep(
    key="materials",
    label=gettext_lazy("Materials"),
    icon="box",
    press=gettext_lazy("Add materials"),
    missing=gettext_lazy("Add the materials, or say that there were none"),
    page="phone:material_list",
    is_done=lambda facts: facts.materials > 0 or facts.no_materials,
    note=_materials,
)
EXTRA_WORK = PhoneStep(
    key="extra_work",
    label=gettext_lazy("Extra work"),
    icon="plus",
    press=gettext_lazy("Extra work, or none"),
    missing=gettext_lazy("Add extra work, or say that there was none"),
    page="phone:extra_work",
    is_done=lambda facts: facts.extra_work > 0 or facts.no_extra_work or not facts.may_add_extra_work,
    note=_extra_work,
    is_there=lambda facts: facts.may_add_extra_work or facts.extra_work > 0,
)
ISSUE = PhoneStep(
    key="issue",
    label=gettext_lazy("Issue"),
    icon="flag",
    press=gettext_lazy("Issue, or none"),
    missing=gettext_lazy("Report an issue, or say that there was no deviation"),
    page="phone:issue",
    is_done=lambda facts: facts.deviations > 0 or facts.no_deviation,
    note=_issues,
)
AFTER_PHOTO = PhoneStep(
    key="after_photo",
    label=gettext_lazy("After photo"),
    icon="camera",
    press=gettext_lazy("Take an after photo"),
    missing=gettext_lazy("Take a photo of the situation after the work"),
    page="phone:after_photo",
    is_done=lambda facts: facts.after_photos > 0,
    note=lambda seen: _photos(seen.facts.after_photos),
    of_the_job=True,
)
SIGN_OFF = PhoneStep(
    key="sign_off",
    label=gettext_lazy("Signature"),
    icon="pen",
    press=gettext_lazy("Let the customer sign"),
    missing=gettext_lazy("Let the customer sign, or give the reason why not"),
    page="phone:sign_off",
    is_done=lambda facts: facts.signed and not facts.signature_outdated,
    note=_signed,
    of_the_job=True,
)
FINISH = PhoneStep(
    key="finish",
    label=gettext_lazy("Ready for back office"),
    icon="send",
    press=gettext_lazy("Yes, the job is done"),
    is_done=lambda facts: facts.status == "finished",
    note=lambda seen: formats.moment(seen.visit.finished_at) if seen.facts.status == "finished" else "",
)
# Not walked through: it stands before all others once the office has returned something.
RETURNED = PhoneStep(
    key="returned",
    label=gettext_lazy("Returned to you"),
    icon="refresh",
    press=gettext_lazy("Correct what was returned"),
    missing=gettext_lazy("Correct what the office returned"),
    is_done=lambda facts: not facts.returned_open,
    note=lambda seen: "",
)

# In the order in which they are walked through.
STEPS = (
    TRAVEL,
    BEFORE_PHOTO,
    START,
    CHECKLIST,
    WORK_DONE,
    MATERIALS,
    EXTRA_WORK,
    ISSUE,
    AFTER_PHOTO,
    SIGN_OFF,
    FINISH,
)
REQUIRED = tuple(step for step in (RETURNED, *STEPS) if step.missing)
DETAILS["incomplete"] = {step.key: step.missing for step in REQUIRED}


def steps_of(facts: Facts) -> list[PhoneStep]:
    """The steps that this job has."""
    return [step for step in STEPS if step.is_there(facts)]


def missing(facts: Facts, *, ends: bool = True) -> list[PhoneStep]:
    """The steps that must be done before the visit can be handed in, in order; what was returned before all.

    A visit that does not end the job (`ends`) asks only what belongs to it.
    """
    needed = [step for step in REQUIRED if ends or not step.of_the_job]
    return [step for step in needed if step.is_there(facts) and not step.is_done(facts)]


def next_step(facts: Facts) -> PhoneStep | None:
    """What the large button does now. Travelling is offered first, but a technician who is there already may skip it."""
    if facts.status in ("finished", "no_access"):
        return None
    if facts.status == "assigned" and not facts.own_before_photos:
        return TRAVEL
    return next(iter(missing(facts)), FINISH)
