from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from tests.builders import Shop
from tests.kept import kept


@kept
def shop(cast: Any) -> Shop:
    return Shop(cast)


class Calendar:
    """The day that it is: nine in the morning where the company is."""

    def __init__(self, traveller: Any) -> None:
        self.traveller = traveller

    def be(self, day: date) -> None:
        self.traveller.move_to(datetime.combine(day, time(9), tzinfo=ZoneInfo("Europe/Amsterdam")))

    def later(self, days: int) -> None:
        self.traveller.shift(timedelta(days=days))


@pytest.fixture
def calendar() -> Iterator[Calendar]:
    with time_machine.travel(datetime(2026, 11, 16, 8, tzinfo=UTC), tick=False) as traveller:
        found = Calendar(traveller)
        found.be(date(2026, 11, 16))
        yield found
