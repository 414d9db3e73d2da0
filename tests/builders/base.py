"""What every factory of ours is: a declared call of an action."""

from collections.abc import Callable
from typing import Any, ClassVar

import factory

from apps.core.actors import SYSTEM


class ActionFactory(factory.Factory):
    """Makes a record by `_action`, with the declared values and those that a test gives."""

    _action: ClassVar[Callable[..., Any]]

    class Meta:
        abstract = True

    by = SYSTEM

    @classmethod
    def _create(cls, model_class: type, *args: Any, **kwargs: Any) -> Any:
        return cls._action(*args, **kwargs)
