"""A job as a form to fill in: each of its rows once, with numbered gaps where every copy says something of its own."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Hashable
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

from django.db.models import Model
from django.utils import timezone

from apps.acceptance.copies import tables
from apps.acceptance.copies.jobs import AHEAD, Job, Row
from apps.acceptance.copies.special import SPECIAL, VERBATIM
from apps.acceptance.copies.texts import Wording, later
from apps.core.canonical import canonical
from apps.customers.models import Customer

# A gap in a text, and one that stands for a whole value of a document, quotes and all: private use characters, so in no text.
_GAP, _WHOLE, _END = "\ue000", "\ue001", "\ue002"
_ANY = re.compile(f'"{_WHOLE}(\\d+){_END}"|[{_GAP}{_WHOLE}](\\d+){_END}')


class Filling(Protocol):
    """What a copy has to say; `told` are the gaps that were filled before."""

    days: int
    told: list[str]
    words: dict[str, str]
    digits: str

    @property
    def customer(self) -> Customer: ...

    def pk(self, model: type[Model], ordinal: int) -> int: ...


Say = Callable[[Filling], str]


class Template:
    """The rows of a job by table, as the tables of templates hold them."""

    def __init__(self, job: Job, words: list[str]) -> None:
        self.gaps: list[Say] = []
        # Rows beside the job that a copy may have another one of: its customer and site, and people.
        self.others: list[tuple[type[Model], Any]] = []
        self.rows: dict[type[Model], list[Row]] = {}
        # From when on a row is there: not before what it points at.
        self.first: dict[type[Model], list[datetime | None]] = {}
        self._known: dict[Hashable, int] = {}
        self._place = {
            (model, row["id"]): place for model, rows in job.rows.items() for place, row in enumerate(rows)
        }
        wording = Wording(words, self._word, self._when)
        for model in tables.job_models():
            if old := job.rows.get(model):
                self.rows[model] = [self._row(model, one, wording) for one in old]
                self._firsts(model, old)

    # -- gaps --------------------------------------------------------------------

    def _gap(self, key: Hashable, say: Say, mark: str = _GAP) -> str:
        if key not in self._known:
            self._known[key] = len(self.gaps)
            self.gaps.append(say)
        return f"{mark}{self._known[key]}{_END}"

    def _word(self, word: str) -> str:
        return self._gap(("word", word), lambda copy: copy.words[word])

    def _when(self, text: str) -> str:
        return self._gap(("when", text), lambda copy: later(text, copy.days))

    def pk(self, model: type[Model], old: Any) -> Any:
        place = self._place.get((model, old))
        if place is None:
            return old
        return self._gap(("pk", model, old), lambda copy: str(copy.pk(model, place)), _WHOLE)

    def hash_of(self, value: Any) -> str:
        parts = parts_of(canonical(value))
        return self._gap(
            ("hash", len(self.gaps)), lambda copy: sha256(filled(parts, copy.told).encode()).hexdigest()
        )

    def fresh(self, say: Callable[[str], str]) -> str:
        return self._gap(("fresh", len(self.gaps)), lambda copy: say(copy.digits))

    def customers(self, say: Callable[[Customer], Any]) -> str:
        return self._gap(("customer", say), lambda copy: _json(say(copy.customer)), _WHOLE)

    # -- rows --------------------------------------------------------------------

    def _row(self, model: type[Model], old: Row, wording: Wording) -> Row:
        row = dict(old)
        documents = tables.documents(model)
        for name, value in old.items():
            if name in documents:
                row[name] = wording.value(value)
            elif isinstance(value, str) and name not in VERBATIM:
                row[name] = wording.text(value)
        if special := SPECIAL.get(model):
            special(row, self)
        for name in documents:
            row[name] = None if row[name] is None else _json(row[name])
        for name in tables.moments(model):
            row[name] = _local(row[name])
        for name in tables.spans(model):
            row[name] = _span(row[name])
        for name, to in tables.points_at(model).items():
            if old[name] is not None:
                row[name] = self._reference(to, old[name])
        for kind, pk in tables.told_of(model):
            about = tables.by_label().get(old[kind])
            place = self._place.get((about, old[pk])) if about else None
            row[f"{pk} of"] = tables.number_of(about) if about and place is not None else None
            row[pk] = old[pk] if place is None else place
        return row

    def _reference(self, to: type[Model], pk: Any) -> Any:
        """Where the row stands that it points at: in the job, beside it, or where it always did."""
        if to in tables.STAND_INS:
            if (to, pk) not in self.others:
                self.others.append((to, pk))
            return self.others.index((to, pk)) + 1
        if to in tables.job_models():
            return self._place[to, pk]
        return pk

    def _firsts(self, model: type[Model], rows: list[Row]) -> None:
        found: list[datetime | None] = []
        for row in rows:
            moments = [row[name] for name in tables.moments(model) if row[name] and name not in AHEAD]
            firsts = [_local(min(moments))] if moments else []
            for name, to in tables.points_at(model).items():
                if to in self.first and row[name] is not None:
                    firsts.append(self.first[to][self._place[to, row[name]]])
            found.append(max((one for one in firsts if one), default=None))
        self.first[model] = found


def parts_of(text: str) -> list[str | int]:
    """The text as what stands fast and the numbers of its gaps, in turns."""
    found: list[str | int] = []
    end = 0
    for gap in _ANY.finditer(text):
        found += [text[end : gap.start()], int(gap[1] or gap[2])]
        end = gap.end()
    return [*found, text[end:]]


def filled(parts: list[str | int], told: list[str]) -> str:
    return "".join(told[one] if isinstance(one, int) else one for one in parts)


def has_gap(value: Any) -> bool:
    return isinstance(value, str) and _END in value


def form_of(text: str) -> str:
    """The text as a form of Postgres's `format`, gaps counted from one."""
    return "".join(
        f"%{one + 1}$s" if isinstance(one, int) else one.replace("%", "%%") for one in parts_of(text)
    )


def by_table(templates: list[Template]) -> dict[type[Model], list[tuple[int, int, datetime | None, Row]]]:
    """Per table: (template, place in it, from when on, row)."""
    found = defaultdict(list)
    for number, one in enumerate(templates):
        for model, rows in one.rows.items():
            for place, row in enumerate(rows):
                found[model].append((number, place, one.first[model][place], row))
    return found


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _local(moment: datetime | None) -> datetime | None:
    return None if moment is None else timezone.localtime(moment).replace(tzinfo=None)


def _span(span: Any) -> str | None:
    if span is None:
        return None
    assert span.bounds == "[)"
    return f"[{_local(span.lower).isoformat()},{_local(span.upper).isoformat()})"  # type: ignore[union-attr]
