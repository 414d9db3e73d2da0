"""Who does something: a user, a customer by a private link, or the system itself."""

from dataclasses import dataclass
from typing import Any, Protocol


class Actor(Protocol):
    """What transitions and the audit need to know of whoever acts."""

    @property
    def pk(self) -> Any:
        """A user's; None of whoever is no user."""

    @property
    def actor_kind(self) -> str: ...

    @property
    def actor_label(self) -> str: ...

    def may(self, ability: str) -> bool: ...


@dataclass(frozen=True)
class Customer:
    """Someone who acts through a private link; `actor_label` is the name that they gave."""

    actor_label: str
    actor_kind: str = "customer"
    pk: None = None

    def may(self, ability: str) -> bool:
        return False


@dataclass(frozen=True)
class System:
    """A background job or a command. It may do everything; what it does is said in its label."""

    actor_label: str = "Watertight"
    actor_kind: str = "system"
    pk: None = None

    def may(self, ability: str) -> bool:
        return True


SYSTEM = System()
