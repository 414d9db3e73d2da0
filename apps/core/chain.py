"""The path of a whole job, from request to package, as every page of it shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise

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


Provider = Callable[[ChainKey, Any], list[ChainStep]]
_providers: dict[int, Provider] = {}


def register(position: int, provider: Provider) -> None:
    """Let an app give its link of the chain; `position` orders the links."""
    _providers[position] = provider


def chain(obj: Any, user: Any) -> list[ChainStep]:
    """The links of the job that `obj` belongs to, as far as `user` may see them."""
    key: ChainKey = obj.chain_key
    return [step for position in sorted(_providers) for step in _providers[position](key, user)]
