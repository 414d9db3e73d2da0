"""Two people at one draft: its texts field by field, its lines each as a whole, as they are stored and as they were typed."""

from collections.abc import Mapping

from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.core.editing import seen_read
from apps.core.meanwhile import Meanwhile
from apps.core.numbers import pk_read
from apps.core.parts import NOTHING, Part, TypedValues, meaning, parts_of, said, shown_by
from apps.pricing.models import VatCode
from apps.quotes.forms import BuilderForm, LineForm

LINE = "line"


class LinePart(Part):
    """A line of the draft: there or not, and what it says."""

    def __init__(self, form: LineForm, place: int) -> None:
        self.form, self.name = form, f"{LINE}-{form.key}"
        self.label = _("Line %(n)s") % {"n": place} if place else _("A line that was removed")

    def covers(self, name: str) -> bool:
        return name.startswith(f"{self.name}-")

    def is_there(self, values: TypedValues) -> bool:
        return self.form.key in values.getlist(LINE)

    def is_unknown(self, before: TypedValues, given: TypedValues) -> bool:
        """A colleague added it since: it stays, as nobody here has taken it out."""
        return bool(before) and not self.is_there(before) and not self.is_there(given)

    def same(self, one: TypedValues, other: TypedValues) -> bool:
        if self.is_there(one) != self.is_there(other):
            return False
        return all(
            meaning(field, one, self.form.add_prefix(name))
            == meaning(field, other, self.form.add_prefix(name))
            for name, field in self.form.fields.items()
        )

    def said(self, values: TypedValues) -> list[str]:
        if not self.is_there(values):
            return [_("Not there")]
        shown = [
            (name, field)
            for name, field in self.form.fields.items()
            if not field.widget.is_hidden and name != "optional"
        ]
        words = {name: " ".join(said(field, values, self.form.add_prefix(name))) for name, field in shown}
        first = words.pop("description")
        return [first, " · ".join(word for word in words.values() if word != NOTHING)]

    def put(self, values: QueryDict, wanted: TypedValues) -> None:
        kept = [key for key in values.getlist(LINE) if key != self.form.key or self.is_there(wanted)]
        if self.is_there(wanted) and self.form.key not in kept:
            kept.append(self.form.key)
        values.setlist(LINE, kept)
        for name in [one for one in values if self.covers(one)]:
            del values[name]
        for name in wanted:
            if self.covers(name):
                values.setlist(name, wanted.getlist(name))


def shown_of(stored: BuilderForm) -> TypedValues:
    """What the builder shows of a draft."""
    values = shown_by(stored.forms)
    values.setlist(LINE, [line.key for line in stored.lines])
    return values


def meanwhile(
    stored: BuilderForm, typed: QueryDict, codes: Mapping[int, VatCode], *, margin: bool
) -> Meanwhile:
    """What differs between the draft as it is now and as it was typed; `typed` is changed by what was chosen."""
    before, now = seen_read(typed), shown_of(stored)
    known = {line.key: line for line in stored.lines}
    gone = [
        key for key in dict.fromkeys(typed.getlist(LINE)) if pk_read(key) is not None and key not in known
    ]
    lines: list[Part] = [LinePart(line, place) for place, line in enumerate(stored.lines, 1)]
    lines += [LinePart(LineForm(key, codes, margin=margin), 0) for key in gone]
    return Meanwhile([*parts_of([stored.texts]), *lines], before, now, typed)
