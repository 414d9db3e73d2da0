"""What the app that writes a kind of mail has to say about it: what it carries, and what is known once it has left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """`attach` makes and gives the files, when the mail goes out; `sent` is told in the transaction that says it went.
    `wanted` says, when it is to go, whether it is still so: a mail that is not is taken back."""

    attach: Callable[[Any], Sequence[Any]] | None = None
    sent: Callable[[Any], None] | None = None
    wanted: Callable[[Any], bool] | None = None


_kinds: dict[str, Kind] = {}


def register(*names: str, attach: Callable[[Any], Sequence[Any]] | None = None,
             sent: Callable[[Any], None] | None = None, wanted: Callable[[Any], bool] | None = None) -> None:  # fmt: skip
    for name in names:
        _kinds[name] = Kind(attach, sent, wanted)


def kind_of(name: str) -> Kind:
    return _kinds.get(name, Kind())
