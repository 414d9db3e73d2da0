"""What each source of tasks gives its rows: a key, how soon it is, and since when it waits."""

from typing import Any

from django.db.models import Case, CharField, F, Func, IntegerField, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat

from apps.tasks.rules import URGENT


def keyed(rows: QuerySet, name: Any, place: Any, waits: str, rank: Any) -> QuerySet:
    """With the key of the task: the record, where it stands and since which second."""
    since = Func(
        F(waits),
        template="floor(extract(epoch FROM %(expressions)s))::bigint::text",
        output_field=TextField(),
    )
    key = Concat(name, Value("."), place, Value("."), since, output_field=CharField())
    return rows.annotate(task_key=key, rank=rank)


def key_of(name: str) -> Concat:
    return Concat(Value(f"{name}-"), Cast("pk", TextField()), output_field=TextField())


def ranked(urgent: Any, otherwise: Any) -> Case:
    return Case(When(urgent, then=Value(URGENT)), default=otherwise, output_field=IntegerField())
