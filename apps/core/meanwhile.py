"""Three versions of a page: as it was shown, as it is stored now, and as it was typed; and the choice between the last two."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import formats
from apps.core.parts import GonePart, Part, TypedValues
from apps.core.versions import Change

TAKE, THEIRS, MINE = "take", "theirs", "mine"
# Per part: whether the other changed it, and whether you did.
NOTES = {
    (True, True): gettext_lazy("You both changed this."),
    (True, False): gettext_lazy("You did not touch this."),
    (False, True): gettext_lazy("Only you changed this."),
    (False, False): "",
}


@dataclass
class Meanwhile:
    parts: list[Part]
    before: TypedValues
    stored: TypedValues
    typed: QueryDict

    def choose(self) -> None:
        """Put what was chosen in the place of what was typed; and what the form has never heard of, as it is stored."""
        every = self.typed.get(TAKE)
        added = {part.name for part in self.parts if part.is_unknown(self.before, self.typed)}
        for part in self.parts:
            wanted = every if every in (THEIRS, MINE) else self.typed.get(f"{TAKE}-{part.name}")
            if wanted == THEIRS or part.name in added:
                part.put(self.typed, self.stored)

    def differs(self, part: Part) -> bool:
        return not part.same(self.stored, self.typed)

    @property
    def is_open(self) -> bool:
        """Whether somebody else changed something of which what was typed says otherwise."""
        return any(not part.same(self.stored, self.before) and self.differs(part) for part in self.parts)

    def rows(
        self, *, since: Mapping[str, Change] | None = None, newest: Change | None = None, undecided: str = ""
    ) -> list[dict[str, Any]]:
        """Each part in which the two versions differ. What only one of the two changed is chosen beforehand; of what
        both changed, `undecided`."""
        return [self._row(part, since or {}, newest, undecided) for part in self.parts if self.differs(part)]

    def _row(
        self, part: Part, since: Mapping[str, Change], newest: Change | None, undecided: str
    ) -> dict[str, Any]:
        by_them = not part.same(self.stored, self.before)
        by_me = not part.same(self.typed, self.before)
        name = f"{TAKE}-{part.name}"
        proposed = undecided if by_them and by_me else THEIRS if by_them else MINE
        who = next((since[one] for one in part.columns if one in since), None)
        return {
            "name": name,
            "label": part.label,
            "theirs": part.said(self.stored),
            "mine": part.said(self.typed),
            "who": who if str(who) != str(newest) else None,  # the sentence above says the newest
            "note": NOTES[by_them, by_me],
            "chosen": (undecided and self.typed.get(name)) or proposed,
            "is_gone": isinstance(part, GonePart),
        }


def first_said(change: Change | None, user_id: int | None) -> tuple[str, str]:
    """Who was first, as a sentence and as the heading of that version. Two tabs of one person count too."""
    if change is None:
        return _("This was changed while you had it open."), _("What is saved now")
    at = {"name": change.by, "at": formats.moment(change.at)}
    if change.by_id == user_id:
        return _("You changed this yourself, in another tab: %(at)s.") % at, _("What you saved there")
    return _("%(name)s changed this while you had it open: %(at)s.") % at, _("What %(name)s saved") % at
