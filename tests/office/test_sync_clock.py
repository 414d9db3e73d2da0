"""The sync check on clocks: work that goes on for a night was forgotten, and a pause lasts until somebody goes on."""

from datetime import timedelta
from typing import Any

import pytest

from apps.core import clock
from apps.office.sync import disagreements
from tests.field.conftest import customer, form, order, order_make, phone, site

__all__ = ["customer", "form", "order", "order_make", "phone", "site"]
pytestmark = pytest.mark.django_db


def left_running() -> list[str]:
    return [one.record for one in disagreements() if "fourteen hours" in str(one.what)]


@pytest.mark.parametrize("paused", [False, True])
def test_a_forgotten_clock_is_told_and_a_pause_over_the_weekend_is_not(
    phone: Any, order: Any, paused: bool
) -> None:
    phone.begin()
    if paused:
        phone.done("pause")
    with clock.at(clock.now() + timedelta(days=3)):
        assert left_running() == ([] if paused else [order.number])
