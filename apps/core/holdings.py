"""What hangs on a person or a record: who leaves hands it over, and what goes out of use says what uses it.

Each app registers the kinds that it knows, in AppConfig.ready, as it does its links of the chain. The page that takes
somebody out of service, or something out of use, lists them; the task list and the leaks ask for what was left.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.apps import apps
from django.db import models, transaction
from django.db.models import Count, Min, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.refusals import Refused

Text = str | Promise


@dataclass(frozen=True)
class Line:
    """One record that is held, as a person reads it."""

    label: str
    detail: str = ""
    url: str = ""


@dataclass(frozen=True)
class Choice:
    """What becomes of all of one kind: one of its ways, or it goes to a colleague."""

    way: str = ""
    to: Any = None


@dataclass(frozen=True)
class Wishes:
    """What becomes of everything. `clashes` says what becomes of a visit that a colleague has no time for."""

    choices: Mapping[str, Choice] = field(default_factory=dict)
    stopped_at: datetime | None = None
    tell_customers: bool = True
    clashes: str = ""
    seen: Collection[int] = ()

    @property
    def receivers(self) -> list[Any]:
        return [one.to for one in self.choices.values() if one.to is not None]


class Clash(Refused):
    """A colleague has no time for it. `seen` are the records in the way, which a person may accept to overlap."""

    def __init__(self, sentence: str, seen: Collection[int]) -> None:
        self.seen = list(seen)
        super().__init__(sentence)


class Kind:
    """One kind of record that hangs on a person or on another record, as long as something is still to be done with it.

    With `ways`, or `to_colleague`, it is work that somebody has to take over; without either it only says what uses
    the subject, and `stays` what becomes of that.
    """

    name: ClassVar[str]
    subject: ClassVar[str]  # the label of the model that it hangs on
    holder: ClassVar[str]  # the lookup that leads there
    label: ClassVar[Text]
    stays: ClassVar[Text]
    order: ClassVar[int] = 50
    since: ClassVar[str] = ""
    ways: ClassVar[Mapping[str, Text]] = {}
    to_colleague: ClassVar[bool] = False
    asks_moment: ClassVar[bool] = False
    tells_customers: ClassVar[bool] = False
    ability: ClassVar[str] = ""

    def rows(self) -> QuerySet:
        """All of it, whoever holds it."""
        raise NotImplementedError

    def line(self, row: Any) -> Line:
        raise NotImplementedError

    def hand_over(self, row: Any, choice: Choice, leaving: "Leaving") -> None:
        """Do it. Raises Refused for what cannot be handed over in this way."""
        raise NotImplementedError

    def of(self, subject: models.Model) -> QuerySet:
        return self.rows().filter(**{self.holder: subject.pk})

    @property
    def is_work(self) -> bool:
        return bool(self.ways or self.to_colleague)


@dataclass(frozen=True)
class Subject:
    """What can be left, or go out of use. `page` hands over what is left; `also` names what else leaves with it."""

    page: str = ""
    ability: str = ""
    name: str = ""
    lock: Callable[[Any, Collection[Any]], None] | None = None
    receivers: Callable[[], QuerySet] | None = None
    also: Callable[[Any], Iterable[models.Model]] | None = None


_kinds: dict[str, Kind] = {}
_subjects: dict[str, Subject] = {}


def register(kind: type[Kind]) -> type[Kind]:
    _kinds[kind.name] = kind()
    return kind


def register_subject(label: str, subject: Subject) -> None:
    _subjects[label] = subject


def subject_of(label: str) -> Subject:
    return _subjects.get(label, Subject())


@dataclass
class Holding:
    """All of one kind that one subject holds."""

    kind: Kind
    subject: models.Model

    def __post_init__(self) -> None:
        self.count = self.rows.count()

    @property
    def rows(self) -> QuerySet:
        return self.kind.of(self.subject)

    def lines(self, most: int = 8) -> list[Line]:
        return [self.kind.line(row) for row in self.rows[:most]]


def holdings_of(subject: models.Model) -> list[Holding]:
    """What the subject holds, and what leaves with it; nothing that is not there."""
    leaves = [subject, *(subject_of(subject._meta.label_lower).also or _nothing)(subject)]
    found = [
        Holding(kind, one)
        for kind in sorted(_kinds.values(), key=lambda kind: (kind.order, kind.name))
        for one in leaves
        if kind.subject == one._meta.label_lower
    ]
    return [one for one in found if one.count]


def _nothing(subject: models.Model) -> list[models.Model]:
    return []


@dataclass(frozen=True)
class Leaving:
    """One handing over, as it is done."""

    by: Actor
    reason: str
    wishes: Wishes


@dataclass(frozen=True)
class Problem:
    """Something that cannot be handed over as it was asked, and why."""

    kind: Kind
    line: Line
    why: str
    seen: tuple[int, ...] | None = None  # not None: a clash


class NotHandedOver(Refused):
    """Not everything can be handed over as asked; nothing was."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.seen = sorted({pk for one in problems for pk in one.seen or ()})
        words = "; ".join(f"{one.line.label}: {one.why}" for one in problems[:5])
        super().__init__(_("Nothing was handed over. %(problems)s") % {"problems": words})


class StillHeld(Refused):
    """Something is left, and nobody said that it may be."""

    def __init__(self, left: list[Holding]) -> None:
        self.left = left
        words = ", ".join(f"{one.kind.label} ({one.count})" for one in left)
        super().__init__(
            _("This is still there: %(kinds)s. Say what becomes of it, or that it stays.") % {"kinds": words}
        )


def subject_lock(subject: models.Model, wishes: Wishes | None) -> None:
    """Wait for whoever is giving the subject, or a receiver, something to hold; until the transaction ends."""
    if lock := subject_of(subject._meta.label_lower).lock:
        lock(subject, wishes.receivers if wishes else [])


def hand_over(
    subject: models.Model, *, by: Actor, reason: str, wishes: Wishes | None = None, leave: bool = False
) -> list[Holding]:
    """Hand over what `wishes` say, all of it or nothing; gives what is left.

    Call it under `subject_lock`. Raises NotHandedOver when a colleague has no time, or something cannot go where it
    should; StillHeld for what is left, unless `leave` says that it may be.
    """
    leaving = Leaving(by, reason, wishes or Wishes())
    done: dict[str, str] = {}
    with transaction.atomic():
        problems: list[Problem] = []
        for holding in holdings_of(subject):
            kind = holding.kind
            choice = leaving.wishes.choices.get(kind.name, Choice())
            if not (choice.way in kind.ways or (choice.to and kind.to_colleague)) or not _may(kind, by):
                continue
            faults = [one for row in list(holding.rows) if (one := _attempt(kind, row, choice, leaving))]
            problems += faults
            done[kind.name] = f"{choice.way or choice.to}: {holding.count - len(faults)}"
        if problems and (not leave or any(one.seen is not None for one in problems)):
            raise NotHandedOver(problems)
        left = holdings_of(subject)
        if left and not leave:
            raise StillHeld(left)
        if left and not reason.strip():
            raise Refused(_("Give a reason."))
        if done or left:
            audit_record(
                subject,
                verb=f"{subject._meta.model_name}.hand_over",
                by=by,
                reason=reason,
                data={"done": done, "left": {one.kind.name: one.count for one in left}},
            )
    return left


def _may(kind: Kind, by: Actor) -> bool:
    return not kind.ability or by.may(kind.ability)


def _attempt(kind: Kind, row: Any, choice: Choice, leaving: Leaving) -> Problem | None:
    line = kind.line(row)
    try:
        with transaction.atomic():
            kind.hand_over(row, choice, leaving)
    except Clash as clash:
        return Problem(kind, line, str(clash), tuple(clash.seen))
    except Refused as refused:
        return Problem(kind, line, str(refused))
    return None


@dataclass(frozen=True)
class Left:
    """What somebody who left still holds."""

    subject: str
    subject_id: int
    name: str
    count: int
    since: datetime


def left_questions(label: str) -> list[QuerySet]:
    """Per kind of work that hangs on a `label`: who left and still holds some, how many, since when.

    To be asked together; `left_told` makes of the answers what each of them holds.
    """
    model = apps.get_model(label)
    name = subject_of(label).name
    gone = model._default_manager.inactive()  # type: ignore[attr-defined]
    return [
        kind.rows()
        .filter(**{f"{kind.holder}__in": gone})
        .order_by()
        .values_list(kind.holder, f"{kind.holder}__{name}")
        .annotate(n=Count("pk"), first=Min(kind.since))
        for kind in _kinds.values()
        if kind.subject == label and kind.is_work
    ]


def left_told(label: str, answers: Iterable[QuerySet]) -> list[Left]:
    """What each person who left still holds, as one number."""
    found: dict[int, Left] = {}
    for pk, name, count, since in (row for rows in answers for row in rows):
        before = found.get(pk, Left(label, pk, name, 0, since))
        found[pk] = Left(label, pk, name, before.count + count, min(before.since, since))
    return list(found.values())
