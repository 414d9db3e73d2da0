"""The path of a whole job, from request to package, as every page of it shows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils.functional import Promise

from apps.core.together import together

State = Literal["done", "current", "todo", "skipped"]


@dataclass(frozen=True)
class ChainKey:
    """What ties the records of one job together: the request that it began with, and its work orders."""

    request_id: int | None = None
    work_order_ids: tuple[int, ...] = ()


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


class Chain:
    """The links of the job that `obj` belongs to, as far as `user` may see them. One statement for all apps' rows."""

    def __init__(self, obj: Any, user: Any) -> None:
        self.key: ChainKey = obj.chain_key
        self.user = user
        self._rows = {position: ask(self.key, user) for position, (ask, _tell) in sorted(_links.items())}

    @property
    def questions(self) -> list[QuerySet | None]:
        """What must be asked, for whoever has more to ask in the same statement."""
        return list(self._rows.values())

    @property
    def steps(self) -> list[ChainStep]:
        together(*self.questions)
        found = []
        for position, rows in self._rows.items():
            _ask, tell = _links[position]
            found += tell(() if rows is None else list(rows), self.key, self.user)
        return found


def chain(obj: Any, user: Any) -> list[ChainStep]:
    return Chain(obj, user).steps
