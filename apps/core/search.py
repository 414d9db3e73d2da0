"""Indexed text search with plain PostgreSQL: `simple` full-text prefixes of stored words, no extension needed."""

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import TextField
from django.db.models.expressions import Combinable

CONFIG = "simple"
# As `core.numbering` makes them: letters and the year, then the running number.
NUMBER = r"[^\W\d_]+\d+-\d+"


class Searched:
    """A column that Postgres makes of a record's text, and that only a search reads.

    It is no part of the row: nothing loads or writes it, and a role may add rows that it may not read. A migration
    makes it.
    """

    generated = True
    attname: str

    def __init__(self) -> None:
        super().__init__(editable=False)  # type: ignore[call-arg]

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = True) -> None:
        super().contribute_to_class(cls, name, private_only=True)  # type: ignore[misc]
        self.concrete = False


class SearchWords(Searched, SearchVectorField):
    """What a record is found by: the words of its text, with an index of them (`search_words_sql`)."""


class SearchFolded(Searched, TextField):
    """The text itself, spelled in one way, to search in the middle of words."""


def search_words_sql(table: str, text: str, index: str) -> str:
    """The statement that gives a table such a column, of the SQL expression `text`, and its index."""
    return (
        f'ALTER TABLE "{table}" ADD COLUMN search_words tsvector GENERATED ALWAYS AS (wt_words({text})) STORED;'
        f' CREATE INDEX "{index}" ON "{table}" USING gin (search_words)'
    )


def search_words_of(model: Any) -> list[str]:
    """The columns of a model that are there to be searched."""
    return [one.attname for one in model._meta.private_fields if isinstance(one, Searched)]


def words_asked(text: str) -> str:
    """Each word of `text` as a prefix, all of them required. Empty when nothing is searched for."""
    words = re.findall(NUMBER + r"|\w+", text.lower())[:8]
    # The parts of a number stand behind each other: an invoice's F26-0867 is not found by the job W26-0867 on it.
    asked = (word.replace("-", " <-> ") for word in words)
    return " & ".join(f"{word}:*" for word in asked)


class SearchedRows:
    """A queryset of rows that have stored words."""

    def search(self, text: str) -> Any:
        """Those that hold every word of `text`, or all when it holds no word."""
        words = words_asked(text)
        return self.matching(words) if words else self

    def matching(self: Any, words: str | Combinable) -> Any:
        """Those that hold `words`, as `words_asked` puts them."""
        return self.filter(search_words=SearchQuery(words, config=CONFIG, search_type="raw"))
