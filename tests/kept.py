"""What many tests start from is made once: it stands in a transaction, and each test works on top of it, in a savepoint.

A fixture that is `@kept` makes records by actions and gives them, from nothing but the database and other kept fixtures. Tests that
follow each other share what it made, as far as they ask for the same; each gets a copy of the objects, and what it does
to the rows is rolled back. A test that commits finds nothing of it: before it everything is taken back.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import wraps
from itertools import groupby
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import translation
from pytest_django import DjangoDbBlocker
from pytest_django.plugin import validate_django_db

from apps.core import clock
from tests.workers import COMPANIES

Making = Callable[..., Any]
Needs = dict[str, Making | None]  # by the name of the argument


def database() -> None:
    """What every kept fixture needs at last; it is there."""


@dataclass
class Layer:
    """What one fixture made: the savepoint of its rows, and its objects beside those of the layers below, as it left them."""

    making: Making
    block: transaction.Atomic
    values: dict[Making, Any]


class Ground:
    """The layers that stand, each made on top of the one before it."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.copies: dict[int, Any] = {}
        self.hour = clock.now()
        self.blocker: DjangoDbBlocker | None = None  # none as long as there is no test database

    def stand_for(self, item: pytest.Item) -> None:
        """Leave of what stands what this test starts from, and make what it lacks."""
        self.copies = {}
        if self.blocker is None:
            return
        wanted = wanted_by(item)
        with self.blocker.unblock(), translation.override("en"):
            hour = clock.now().replace(minute=0, second=0, microsecond=0)
            if not self.sound() or hour != self.hour:
                self.take_back(0)  # what begins at the full hour shall not begin at that of another test
            self.hour = hour
            self.take_back(self.shared(list(wanted)))
            for making, needs in list(wanted.items())[len(self.layers) :]:
                self.put(making, needs)

    def shared(self, wanted: list[Making]) -> int:
        """How many of the layers, from the lowest on, are what is wanted."""
        pairs = zip((layer.making for layer in self.layers), wanted, strict=False)
        return next(
            (at for at, (one, other) in enumerate(pairs) if one is not other),
            min(len(self.layers), len(wanted)),
        )

    def sound(self) -> bool:
        """Whether the transaction of the layers still goes on: a test may have had its connection broken."""
        return not self.layers or not (
            connection.connection is None or connection.needs_rollback or connection.closed_in_transaction
        )

    def put(self, making: Making, needs: Needs) -> None:
        block = transaction.atomic()
        block._from_testcase = (
            True  # as the transactions of a TestCase: what asks to be outermost may be in it
        )
        block.__enter__()
        layer = Layer(
            making, block, deepcopy(self.values)
        )  # a copy: what is made here may change what stands below
        self.layers.append(layer)
        try:
            made = making(**{name: layer.values.get(one) for name, one in needs.items()})
        except BaseException:
            self.take_back(len(self.layers) - 1)
            raise
        assert not callable(made), f"{making.__name__} gives a function, which is not copied with its records"
        layer.values[making] = made

    @property
    def values(self) -> dict[Making, Any]:
        return self.layers[-1].values if self.layers else {}

    def take_back(self, height: int) -> None:
        while len(self.layers) > height:
            transaction.set_rollback(True)
            self.layers.pop().block.__exit__(None, None, None)

    def leave(self) -> None:
        if self.blocker is not None:
            with self.blocker.unblock():
                self.take_back(0)
        self.blocker = None


GROUND = Ground()


def kept(making: Making) -> Any:
    """A fixture whose records tests share, as said above."""

    @wraps(making)
    def copied(**needs: Any) -> Any:
        if making in GROUND.values:
            return deepcopy(
                GROUND.values[making], GROUND.copies
            )  # what two share is one object in the copies too
        return making(**needs)

    copied.kept = making  # type: ignore[attr-defined]
    return pytest.fixture(copied)


def wanted_by(item: pytest.Item) -> dict[Making, Needs]:
    """The kept fixtures that a test starts from, what needs least first: the makings by the names of their arguments."""
    if commits(item) or item.nodeid.startswith(COMPANIES):
        return {}
    definitions = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    wanted: dict[Making, Needs] = {}
    depths: dict[Making, int] = {database: 0}

    def reach(name: str) -> Making | None:
        if name == "db":
            return database
        making = getattr(definitions[name][-1].func, "kept", None) if name in definitions else None
        if making is None or making in wanted:
            return making
        needs = {one: reach(one) for one in definitions[name][-1].argnames}
        if None in needs.values():
            return None
        wanted[making] = needs
        depths[making] = 1 + max(depths[one] for one in needs.values() if one)
        return making

    for name in item.fixturenames:  # type: ignore[attr-defined]
        reach(name)
    return {one: wanted[one] for one in sorted(wanted, key=lambda one: (depths[one], one.__name__))}


def alike_together(items: list[pytest.Item]) -> None:
    """Within each file the tests that start from the same come after each other, in the order that they were in."""
    alike = [[one.__name__ for one in wanted_by(item)] for item in items]
    keyed = zip(alike, items, strict=True)
    items[:] = [
        item
        for _file, group in groupby(keyed, key=lambda pair: pair[1].path)
        for _alike, item in sorted(group, key=lambda pair: pair[0])
    ]


def commits(item: pytest.Item) -> bool:
    """Whether the test really commits, as pytest-django sees it."""
    mark = item.get_closest_marker("django_db")
    names = item.fixturenames  # type: ignore[attr-defined]
    return (
        "transactional_db" in names
        or "live_server" in names
        or bool(mark and any(validate_django_db(mark)[:2]))
    )
