"""Two records that turn out to be one: each app registers what hangs on a record that may be merged away.

`Part`s are registered in AppConfig.ready, beside what is held (`holdings.py`). The database gives each table that moves
a trigger by which no row hangs on a record that was merged away. docs/adr/0022-merging.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.models import Merge, Mergeable
from apps.core.refusals import Refused

UNDO_WITHIN = timedelta(days=1)
# The name under which the database refuses a row that hangs on a record which was merged away.
RULE = "merged_away"
Text = str | Promise


@dataclass(frozen=True)
class Part:
    """Records that hang on a `subject` by `holder`.

    They move to the record that theirs becomes, unless the lookup leads over another record, with which they come
    along, or `stays` says why they hang on the old one for good. `ties` lead to the subject by another way, such as
    that of a request's site: after a merge is undone both must lead to the same.
    """

    subject: str
    model: str
    holder: str
    label: Text
    order: int = 50
    ties: tuple[str, ...] = ()
    stays: str = ""

    @property
    def moves(self) -> bool:
        return "__" not in self.holder and not self.stays

    @property
    def name(self) -> str:
        return f"{self.model}.{self.holder}"

    @property
    def rows(self) -> QuerySet:
        return apps.get_model(self.model)._base_manager.order_by("pk")

    def of(self, pk: int) -> QuerySet:
        return self.rows.filter(**{self.holder: pk})

    def crossed(self, one: int, other: int) -> QuerySet:
        """Rows of one of the two that are tied to the other."""
        found = Q()
        for tie in self.ties:
            found |= Q(**{self.holder: one, tie: other}) | Q(**{self.holder: other, tie: one})
        return self.rows.filter(found).distinct() if found else self.rows.none()


_parts: dict[str, list[Part]] = {}


def register(*parts: Part) -> None:
    for part in parts:
        _parts.setdefault(part.subject, []).append(part)


def parts_of(label: str) -> list[Part]:
    return sorted(_parts.get(label, ()), key=lambda part: (part.order, part.name))


def moving(label: str) -> Iterator[Part]:
    return (part for part in parts_of(label) if part.moves)


def triggers() -> Iterator[tuple[str, str, str, str]]:
    """Of each table that moves: its name and its column, the table of what it hangs on, and what that is called."""
    for label in _parts:
        subject = apps.get_model(label)
        for part in moving(label):
            meta = apps.get_model(part.model)._meta
            yield meta.db_table, meta.get_field(part.holder).column, subject._meta.db_table, label


@dataclass(frozen=True)
class Count:
    """How many of one kind go along."""

    part: Part
    number: int


def counts(gone: Mergeable) -> list[Count]:
    """What would go along with a record, for a person to read; nothing that is not there."""
    found = [
        Count(part, part.of(gone.pk).count()) for part in parts_of(gone._meta.label_lower) if not part.stays
    ]
    return [one for one in found if one.number]


def rows_lock(gone: Mergeable) -> None:
    """Wait for whoever is at a record that will move: everybody locks a record before what it hangs on."""
    for part in moving(gone._meta.label_lower):
        list(part.of(gone.pk).select_for_update(of=("self",)).values_list("pk"))


def merge(*, kept: Any, gone: Any, by: Actor, before: dict[str, Any], after: dict[str, Any]) -> Merge:
    """Move all that hangs on `gone` to `kept`, both locked. `before` and `after` say what the merge makes of the values of
    `kept`, to be undone."""
    label = kept._meta.label_lower
    made = Merge(
        subject_type=label, gone_id=gone.pk, gone_label=str(gone)[:200], kept_id=kept.pk, at=clock.now(), by_id=by.pk, by_label=by.actor_label[:120],
        was_active=gone.active, before=before, after=after,
        moved={part.name: list(part.of(gone.pk).values_list("pk", flat=True)) for part in moving(label)},
        crossed={part.name: _crossed(part, kept, gone) for part in moving(label) if part.ties},
    )  # fmt: skip
    made.save(force_insert=True)
    gone.active, gone.merged_into = False, kept
    gone.save(update_fields=["active", "merged_into"])
    for part in moving(label):
        part.rows.filter(pk__in=made.moved[part.name]).update(**{part.holder: kept.pk})
    return made


def merge_undo(*, merge: Merge, kept: Any, gone: Any, by: Actor) -> list[str]:
    """Bring back what the merge moved; gives the names of the values of `kept` to set back. All three are locked.

    Raises Refused after a day, after a later merge, and when something made since hangs on both.
    """
    if merge.undone_at is not None:
        raise Refused(_("This was undone already."))
    if clock.now() > merge.at + UNDO_WITHIN:
        raise Refused(_("A merge can be undone for a day."))
    if gone.merged_into_id != kept.pk or kept.merged_into_id is not None:
        raise Refused(_("One of the two was merged again since. Undo that first."))
    gone.active, gone.merged_into = merge.was_active, None
    gone.save(update_fields=["active", "merged_into"])
    parts = list(moving(merge.subject_type))
    for part in parts:
        # What somebody gave to a third one since stays there.
        back = part.of(kept.pk).filter(pk__in=merge.moved.get(part.name, ()))
        back.update(**{part.holder: gone.pk})
    tied = [
        row
        for part in parts
        for row in part.crossed(kept.pk, gone.pk).exclude(pk__in=merge.crossed.get(part.name, ()))[:3]
    ]
    if tied:
        raise Refused(
            _(
                "Since the merge something was made that belongs to both: %(records)s. It can no longer be undone."
            )
            % {"records": ", ".join(str(row) for row in tied)}
        )
    merge.undone_at, merge.undone_by_id = clock.now(), by.pk
    merge.save(update_fields=["undone_at", "undone_by"])
    return [name for name, value in merge.after.items() if getattr(kept, name) == value]


def _crossed(part: Part, kept: Mergeable, gone: Mergeable) -> list[int]:
    return list(part.crossed(kept.pk, gone.pk).values_list("pk", flat=True))


def undoable(kept: Mergeable) -> QuerySet:
    """The merges into a record that can still be undone, the latest first."""
    return Merge.objects.filter(
        subject_type=kept._meta.label_lower,
        kept_id=kept.pk,
        undone_at=None,
        at__gte=clock.now() - UNDO_WITHIN,
    ).order_by("-at")
