"""Indexed text search with plain PostgreSQL: `simple` full-text prefixes, no extension needed."""

import re
from typing import Any, TypeVar, cast

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models

CONFIG = "simple"
Rows = TypeVar("Rows", bound=models.QuerySet)


class SearchTextField(models.GeneratedField):
    """A generated text to search in. An INSERT does not read it back, so a role may add rows that it may not read."""

    db_returning = False  # type: ignore[assignment]

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.GeneratedField", args, kwargs  # to the database it is nothing else


def search_vector(field: str) -> models.Func:
    """What an index and a search must both use, to the letter, for the index to serve: see sql/words.sql."""
    return models.Func(models.F(field), function="wt_words", output_field=SearchVectorField())


def search_query(text: str) -> SearchQuery | None:
    """Each word of `text` as a prefix, all of them required. None when nothing is searched for."""
    words = re.findall(r"\w+", text.lower())[:8]
    if not words:
        return None
    return SearchQuery(" & ".join(f"{word}:*" for word in words), config=CONFIG, search_type="raw")


def matching(queryset: Rows, field: str, text: str) -> Rows:
    """The rows of which `field` holds every word of `text`, or all rows when `text` holds no word."""
    query = search_query(text)
    if query is None:
        return queryset
    found = queryset.alias(search_vector=search_vector(field)).filter(search_vector=query)
    return cast("Rows", found)
