"""The path of a whole job, from request to package, as every page of it shows it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils.functional import Promise

from apps.core.compiled import Given
from apps.core.together import together

State = Literal["done", "current", "todo", "skipped"]


@dataclass(frozen=True)
class ChainKey:
    """What ties the records of one job together: the request that it began with, and its work orders."""

    request_id: Any = None
    work_order_ids: tuple[Any, ...] = ()

    @property
    def shape(self) -> tuple[bool, int]:
        """What the questions about a job hang on beside the values."""
        return self.request_id is not None, len(self.work_order_ids)

    @property
    def given(self) -> dict[str, int]:
        orders = {f"order_{place}": pk for place, pk in enumerate(self.work_order_ids)}
        return orders if self.request_id is None else orders | {"request": self.request_id}

    def of_shape(self) -> "ChainKey":
        """The same with its values left open, for questions that are compiled once."""
        orders = tuple(Given(f"order_{place}") for place, _pk in enumerate(self.work_order_ids))
        return ChainKey(None if self.request_id is None else Given("request"), orders)


@dataclass(frozen=True)
class ChainStep:
    """One link. `detail` is a short word such as a number or a status; never an amount."""

    label: str | Promise
    url: str
    state: State
    detail: str | Promise = ""


Ask = Callable[[ChainKey, Any], QuerySet | None]
Tell = Callable[[Sequence[Any], ChainKey, Any], list[ChainStep]]
_links: dict[int, tuple[Ask, Tell]] = {}


def register(position: int, ask: Ask, tell: Tell) -> None:
    """Let an app give its links of the chain; `position` orders them.

    `ask(key, user)` says which rows are needed, or None for none; `tell(rows, key, user)` makes links of them.
    """
    _links[position] = (ask, tell)


def chain_questions(key: ChainKey, user: Any) -> dict[str, QuerySet]:
    """What must be asked for the links of a job, as far as `user` may see them."""
    asked = {f"chain {position}": ask(key, user) for position, (ask, _tell) in _links.items()}
    return {name: rows for name, rows in asked.items() if rows is not None}


class Chain:
    """The links of the job that `obj` belongs to. One statement for all apps' rows, or none when they were `asked` along."""

    def __init__(self, obj: Any, user: Any, asked: Mapping[str, Any] | None = None) -> None:
        self.key: ChainKey = obj.chain_key
        self.user = user
        self._rows = chain_questions(self.key, user) if asked is None else asked

    @property
    def steps(self) -> list[ChainStep]:
        together(*self._rows.values())
        found = []
        for position, (_ask, tell) in sorted(_links.items()):
            found += tell(list(self._rows.get(f"chain {position}", ())), self.key, self.user)
        return found


def chain(obj: Any, user: Any) -> list[ChainStep]:
    return Chain(obj, user).steps
