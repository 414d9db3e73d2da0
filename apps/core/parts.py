"""What a form would send, part by part: enough to tell two versions of it apart and to show them to a person.

Values are those of a browser, lists of text under the names of fields, so that what was shown, what is stored now and
what was typed can be compared whatever kind of form they come from.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import ForeignKey
from django.forms import BaseForm, BoundField, CheckboxInput, Field, FileField, ModelForm, Select
from django.forms.formsets import BaseFormSet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.core import formats
from apps.core.numbers import pk_read

TypedValues = MultiValueDict
Words = str | Promise
NOTHING = "–"
MOST_ROWS = 1000


class Part:
    """Something on a page of which one version is taken as a whole. `name` is unique on the page."""

    name: str
    label: Words
    columns: tuple[str, ...] = ()  # of the record's row, where it has them

    def same(self, one: TypedValues, other: TypedValues) -> bool:
        raise NotImplementedError

    def said(self, values: TypedValues) -> list[str]:
        """The values in words, a line each."""
        raise NotImplementedError

    def put(self, values: QueryDict, wanted: TypedValues) -> None:
        """Write what `wanted` has of this part into `values`."""
        raise NotImplementedError

    def covers(self, name: str) -> bool:
        """Whether the field of this name belongs to it."""
        return name == self.name

    def is_unknown(self, before: TypedValues, given: TypedValues) -> bool:
        """Whether the form that came back has never heard of this part: it was added since."""
        return False


class FieldPart(Part):
    """One field."""

    def __init__(self, bound: BoundField) -> None:
        self.bound, self.field, self.name = bound, bound.field, bound.html_name
        about = getattr(bound.form, "about", "")
        self.label = f"{about}: {bound.label}" if about else bound.label or ""
        self.columns = _columns(bound)

    def meaning(self, values: TypedValues) -> Any:
        """What the field reads; what it cannot read stays as it was typed."""
        return meaning(self.field, values, self.name)

    def same(self, one: TypedValues, other: TypedValues) -> bool:
        return _plain(one, self.name) == _plain(other, self.name) or self.meaning(one) == self.meaning(other)

    def said(self, values: TypedValues) -> list[str]:
        return said(self.field, values, self.name)

    def put(self, values: QueryDict, wanted: TypedValues) -> None:
        if self.name in wanted:
            values.setlist(self.name, wanted.getlist(self.name))
        else:
            values.pop(self.name, None)

    def is_unknown(self, before: TypedValues, given: TypedValues) -> bool:
        prefix = self.bound.form.prefix
        if not prefix or not before:
            return False
        return not any(name.startswith(f"{prefix}-") for values in (before, given) for name in values)


class TickPart(Part):
    """One of the choices of a field that takes several."""

    def __init__(self, bound: BoundField, value: str, label: Words) -> None:
        self.field_name, self.value = bound.html_name, value
        self.name = f"{bound.html_name}-{value}"
        self.label = f"{bound.label}: {label}"

    def covers(self, name: str) -> bool:
        return name == self.field_name

    def ticked(self, values: TypedValues) -> bool:
        return self.value in values.getlist(self.field_name)

    def same(self, one: TypedValues, other: TypedValues) -> bool:
        return self.ticked(one) == self.ticked(other)

    def said(self, values: TypedValues) -> list[str]:
        return [_yes_or_no(self.ticked(values))]

    def put(self, values: QueryDict, wanted: TypedValues) -> None:
        kept = [one for one in values.getlist(self.field_name) if one != self.value]
        values.setlist(self.field_name, [*kept, self.value] if self.ticked(wanted) else kept)


class GroupPart(Part):
    """Fields that mean something only together, such as the hours of a day."""

    def __init__(self, label: Words, parts: list[FieldPart]) -> None:
        self.label, self.parts, self.name = label, parts, parts[0].name

    def covers(self, name: str) -> bool:
        return any(part.covers(name) for part in self.parts)

    def same(self, one: TypedValues, other: TypedValues) -> bool:
        return all(part.same(one, other) for part in self.parts)

    def said(self, values: TypedValues) -> list[str]:
        words = [word for part in self.parts for word in part.said(values) if word != NOTHING]
        return [" – ".join(words[at : at + 2]) for at in range(0, len(words), 2)] or [NOTHING]

    def put(self, values: QueryDict, wanted: TypedValues) -> None:
        for part in self.parts:
            part.put(values, wanted)


class RowsPart(Part):
    """A list of rows of which the order and the number may differ."""

    def __init__(self, formset: BaseFormSet) -> None:
        self.prefix = self.name = str(formset.prefix)
        self.label = getattr(formset, "label", "") or _("Lines")
        self.empty: BaseForm = formset.empty_form
        self.fields = {
            name: one for name, one in self.empty.fields.items() if name not in ("DELETE", "ORDER")
        }
        chosen = (CheckboxInput, Select)  # a browser sends these of an empty row too
        self.typed = [
            name
            for name, one in self.fields.items()
            if not one.widget.is_hidden and not isinstance(one.widget, chosen)
        ]

    def covers(self, name: str) -> bool:
        return name.startswith(f"{self.prefix}-")

    def rows(self, values: TypedValues) -> list[str]:
        """The numbers of the rows in which something stands, in their order."""
        total = pk_read(values.get(f"{self.prefix}-TOTAL_FORMS")) or 0
        blank, found = shown_by([self.empty]), []
        for number in range(min(total, MOST_ROWS)):
            start = f"{self.prefix}-{number}"
            if f"{start}-DELETE" in values:
                continue
            if any(
                _plain(values, f"{start}-{name}") != _plain(blank, self.empty.add_prefix(name))
                for name in self.typed
            ):
                place = pk_read(values.get(f"{start}-ORDER"))
                found.append((MOST_ROWS if place is None else place, number, start))
        return [start for _place, _number, start in sorted(found)]

    def same(self, one: TypedValues, other: TypedValues) -> bool:
        return self._meaning(one) == self._meaning(other)

    def _meaning(self, values: TypedValues) -> list[list[Any]]:
        return [
            [meaning(field, values, f"{start}-{name}") for name, field in self.fields.items()]
            for start in self.rows(values)
        ]

    def said(self, values: TypedValues) -> list[str]:
        visible = {name: field for name, field in self.fields.items() if not field.widget.is_hidden}
        found = []
        for start in self.rows(values):
            words = [
                word for name, field in visible.items() for word in said(field, values, f"{start}-{name}")
            ]
            found.append(" · ".join(word for word in words if word != NOTHING))
        return found or [NOTHING]

    def put(self, values: QueryDict, wanted: TypedValues) -> None:
        for name in [one for one in values if one.startswith(f"{self.prefix}-")]:
            del values[name]
        for name in wanted:
            if name.startswith(f"{self.prefix}-"):
                values.setlist(name, wanted.getlist(name))


class GonePart(Part):
    """A line that was shown and that somebody else has taken away."""

    def __init__(self, prefix: str, names: list[str]) -> None:
        self.name, self.names, self.label = prefix, names, _("A line that was removed")

    def same(self, one: TypedValues, other: TypedValues) -> bool:
        return self._is_there(one) == self._is_there(other)

    def _is_there(self, values: TypedValues) -> bool:
        return any(name in values for name in self.names)

    def said(self, values: TypedValues) -> list[str]:
        return [word for name in self.names for word in _plain(values, name)] or [_("Not there")]

    def put(self, values: QueryDict, wanted: TypedValues) -> None:
        for name in self.names:
            values.pop(name, None)


def parts_of(forms: Iterable[BaseForm | BaseFormSet]) -> list[Part]:
    """The parts of a page, in its order. Fields that nobody can change are none."""
    return [part for form in forms for part in _parts(form)]


def parts_gone(before: TypedValues, shown: TypedValues, parts: Iterable[Part]) -> list[Part]:
    """The lines that stood on the page and do no longer."""
    known, found = list(parts), MultiValueDict[str, str]()
    for name in before:
        if "-" in name and name not in shown and not any(part.covers(name) for part in known):
            found.appendlist(name.rpartition("-")[0], name)
    return [GonePart(prefix, names) for prefix, names in found.lists()]


@dataclass(frozen=True)
class Upload:
    """A field for files: a browser cannot be given a file back."""

    name: str
    label: Words
    many: bool = True


def uploads_of(forms: Iterable[BaseForm | BaseFormSet]) -> list[Upload]:
    single = [form for form in forms if isinstance(form, BaseForm)]
    return [
        Upload(bound.html_name, bound.label, getattr(bound.field.widget, "allow_multiple_selected", False))
        for form in single
        for bound in form
        if isinstance(bound.field, FileField)
    ]


def shown_by(forms: Iterable[BaseForm | BaseFormSet]) -> TypedValues:
    """What a browser would send when nobody touched these forms."""
    values: TypedValues = MultiValueDict()
    for form in forms:
        if isinstance(form, BaseFormSet):
            values.update(shown_by([form.management_form, *form.forms]))
            continue
        for bound in form:
            is_sent = not bound.field.disabled and not isinstance(bound.field, FileField)
            if is_sent and (sent := _sent(bound)):
                values.setlist(bound.html_name, sent)
    return values


def _sent(bound: BoundField) -> list[str]:
    widget, value = bound.field.widget, bound.value()
    if isinstance(widget, CheckboxInput):
        return ["on"] if widget.check_test(value) else []
    formatted = widget.format_value(value)
    if isinstance(formatted, (list, tuple)):
        return [str(one) for one in formatted]
    return ["" if formatted is None else str(formatted)]


def _parts(form: BaseForm | BaseFormSet) -> Iterator[Part]:
    if isinstance(form, BaseFormSet):
        yield RowsPart(form)
        return
    together: Mapping[Words, Iterable[str]] = getattr(form, "together", {})
    grouped = {name for names in together.values() for name in names}
    for label, names in together.items():
        yield GroupPart(label, [FieldPart(form[name]) for name in names])
    for bound in form:
        field = bound.field
        if bound.name in grouped or field.disabled or bound.is_hidden or isinstance(field, FileField):
            continue
        if getattr(field.widget, "allow_multiple_selected", False):
            yield from (TickPart(bound, value, label) for value, label in _choices(field))
        else:
            yield FieldPart(bound)


def _columns(bound: BoundField) -> tuple[str, ...]:
    form = bound.form
    if not isinstance(form, ModelForm):
        return ()
    known = {field.name: field for field in form._meta.model._meta.concrete_fields}
    field = known.get(bound.name)
    return (field.column if isinstance(field, ForeignKey) else field.name,) if field is not None else ()


def _plain(values: TypedValues, name: str) -> list[str]:
    """As one compares text: a browser ends lines in its own way, and spaces around a word mean nothing."""
    return [text for one in values.getlist(name) if (text := one.replace("\r\n", "\n").strip())]


def meaning(field: Field, values: TypedValues, name: str) -> Any:
    """What the field reads in `values`; what it cannot read stays as it was typed."""
    if getattr(field.widget, "allow_multiple_selected", False):
        return sorted(values.getlist(name))
    try:
        return field.clean(field.widget.value_from_datadict(values, MultiValueDict(), name))
    except ValidationError:
        return _plain(values, name)


def said(field: Field, values: TypedValues, name: str) -> list[str]:
    """What stands in the field, in words."""
    if isinstance(field.widget, CheckboxInput):
        return [_yes_or_no(name in values)]
    typed = _plain(values, name)
    if hasattr(field, "choices"):
        known = dict(_choices(field))
        return [str(known.get(one, one)) for one in typed] or [NOTHING]
    value = meaning(field, values, name) if typed else None
    return [formats.day(value)] if isinstance(value, date) else typed or [NOTHING]


def _choices(field: Any) -> Iterator[tuple[str, Words]]:
    for value, label in field.choices:
        if isinstance(label, (list, tuple)):
            yield from ((str(inner), words) for inner, words in label)
        elif str(value):
            yield str(value), label


def _yes_or_no(value: bool) -> str:
    return pgettext("a box that is ticked", "Yes") if value else pgettext("a box that is not ticked", "No")
