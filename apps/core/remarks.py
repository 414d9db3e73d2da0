"""What an app says at the top of a record of a lower one, such as that a phone still holds work of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from apps.core.together import Question, together

Ask = Callable[[Any, Any], models.QuerySet]


@dataclass(frozen=True)
class Remark:
    text: str
    url: str = ""
    go: str = ""


Tell = Callable[[Sequence[Any], Any, Any], list[Remark]]
_told: dict[str, list[tuple[Ask, Tell]]] = {}


def register(label: str, ask: Ask, tell: Tell) -> None:
    """Let an app remark on records of the model `label`: `ask(obj, user)` says which rows are needed, and
    `tell(rows, obj, user)` makes remarks of them."""
    _told.setdefault(label, []).append((ask, tell))


class Remarks:
    """What all apps have to say of `obj`. One statement, or none when its questions were asked along."""

    def __init__(self, obj: Any, user: Any) -> None:
        self.obj, self.user = obj, user
        self._rows = [(ask(obj, user), tell) for ask, tell in _told.get(obj._meta.label_lower, ())]

    @property
    def questions(self) -> list[Question]:
        return [rows for rows, _tell in self._rows]

    @property
    def found(self) -> list[Remark]:
        together(*self.questions)
        return [one for rows, tell in self._rows for one in tell(list(rows), self.obj, self.user)]
