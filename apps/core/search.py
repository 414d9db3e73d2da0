"""Search as people say it, in plain PostgreSQL: stored words and the ends of them, no extension needed.

docs/algorithms/search.md says what is found by what.
"""

import re
import unicodedata
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import BooleanField, Case, Value, When
from django.db.models.expressions import Combinable

from apps.core.spelling import forgiven

CONFIG = "simple"
MOST_WORDS = 8
# Letters that no accent was set on; as `wt_plain` spells them.
_SPELT = str.maketrans({"×": "x", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"})
_NUMBER = re.compile(r"([a-z]+)(\d\d)(\d{4,})")  # of a record, written without its hyphen: W260203
_LETTERS, _DIGITS = re.compile(r"([^\W\d_]+):\*"), re.compile(r"(\d+):\*")
_PHONE = re.compile(r"\+?[\d\s().\-/]*")
_ABROAD = re.compile(r"(?:\+|00)(?:31)?0?|0")  # what stands before a Dutch number, at home and abroad


class SearchWords(SearchVectorField):
    """What a record is found by: a column that a trigger of the database writes, with an index of the words in it.

    `sql/searched.sql` of its app says what it is made of; `NULL` written into it has it made anew. Only a search reads it. It is
    no part of the row: nothing loads it, and a role may add rows that it may not read.
    """

    generated = True

    def __init__(self) -> None:
        super().__init__(editable=False)

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = True) -> None:
        super().contribute_to_class(cls, name, private_only=True)
        self.concrete = False


def search_words_sql(table: str, text: str, index: str) -> str:
    """The statement that gives a table such a column, of the SQL expression `text`, and its index."""
    return (
        f'ALTER TABLE "{table}" ADD COLUMN search_words tsvector GENERATED ALWAYS AS (wt_words({text})) STORED;'
        f' CREATE INDEX "{index}" ON "{table}" USING gin (search_words)'
    )


def searched_sql(table: str, triggers: str) -> str:
    """The statements by which the column is no longer made of the row alone: `triggers` make it, for all rows anew.

    Nothing else of a row changes meanwhile, so no other trigger need look.
    """
    return (
        f'ALTER TABLE "{table}" ALTER COLUMN search_words DROP EXPRESSION;\n{triggers}\n'
        f'ALTER TABLE "{table}" DISABLE TRIGGER USER; ALTER TABLE "{table}" ENABLE TRIGGER searched;'
        f' UPDATE "{table}" SET search_words = NULL;'
        f' ALTER TABLE "{table}" ENABLE TRIGGER USER'
    )


def search_words_of(model: Any) -> list[str]:
    """The columns of a model that hold words."""
    return [one.attname for one in model._meta.private_fields if isinstance(one, SearchWords)]


def plain(text: str) -> str:
    """Text as it is compared: no accents, no case. The same as `wt_plain` in the database."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(one for one in apart if not "\u0300" <= one <= "\u036f").lower().translate(_SPELT)


def words_asked(text: str) -> str:
    """What `text` asks for, for `to_tsquery`: each word as the beginning of a word or of the end of one, all of them required.

    Empty when nothing is searched for.
    """
    asked = " & ".join(filter(None, (_joined(one) for one in plain(text).split()[:MOST_WORDS])))
    number = phone_asked(text)
    return f"({asked}) | {number}:*" if number else asked


def words_begun(asked: str) -> str:
    """The same, where words begin with what was typed and numbers end in it: what people mean first."""
    return _DIGITS.sub(r"\1", _LETTERS.sub(r"\1:*A", asked))


def phone_asked(text: str) -> str:
    """The digits that a telephone number ends in, however it is written: 06 80…, +31 6 80…, 0031680…. Empty if it is none."""
    text = text.strip()
    if not _PHONE.fullmatch(text):
        return ""
    bare = re.sub(r"[^\d+]", "", text.replace("(0)", ""))
    digits = re.sub(r"\D", "", _ABROAD.sub("", bare, count=1) if _ABROAD.match(bare) else bare)
    begun = not text.isalnum() and bare[:1] in ("+", "0") and len(bare) >= 4  # 06-80: nothing else begins so
    return digits if len(digits) >= 5 or (begun and digits) else ""


def _joined(word: str) -> str:
    """Letters and digits apart, behind each other: an invoice's F26-0867 is not found by the job W26-0867 on it."""
    parts = re.findall(r"\d+|[^\W\d_]+", word)
    if len(parts) == 1 and re.fullmatch(r"\d{1,2}", parts[0]):
        return parts[0]  # a short number means itself: a house number, a size
    asked = " <-> ".join([*parts[:-1], f"{parts[-1]}:*"]) if parts else ""
    if number := _NUMBER.fullmatch(word):
        letters, year, running = number.groups()
        return f"({asked} | {letters} <-> {year} <-> {running}:*)"
    return asked


class SearchedRows:
    """A queryset of rows that have stored words."""

    def search(self, text: str) -> Any:
        """Those that hold every word of `text`, or all when it holds no word."""
        words = words_asked(text)
        return self.matching(words) if words else self

    def matching(self: Any, words: str | Combinable) -> Any:
        """Those that hold `words`, as `words_asked` puts them."""
        return self.filter(search_words=SearchQuery(words, config=CONFIG, search_type="raw"))

    def begun_first(self: Any, begun: str | Combinable, *order: str) -> Any:
        """Of rows that match, first those that hold what `words_begun` says."""
        asked = SearchQuery(begun, config=CONFIG, search_type="raw")
        begins = Case(
            When(search_words=asked, then=Value(True)), default=Value(False), output_field=BooleanField()
        )
        return self.order_by(begins.desc(), *order)

    def found(self: Any, text: str, *order: str, most: int) -> list[Any]:
        """What a picker shows: at most so many of what `text` asks for, the best first; where there is none, what it nearly asks for."""
        words = words_asked(text)
        if not words:
            return list(self.order_by(*order)[:most])
        rows = list(self.matching(words).begun_first(words_begun(words), *order)[:most])
        if not rows and (near := forgiven(words)):
            rows = list(self.matching(near.asked).order_by(*order)[:most])
        return rows
