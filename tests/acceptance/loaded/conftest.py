"""One load of a company for all tests of this folder: most of what a load takes is telling its first jobs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from apps.acceptance.cast import picture, signature
from apps.acceptance.scale.company import firm_ensure, technicians_ensure
from apps.acceptance.scale.loader import PHOTOS, scale_load
from apps.acceptance.scale.size import Size
from apps.acceptance.scale.telling import Told, weeks_tell
from apps.core.actors import SYSTEM
from apps.core.numbering import series_sync
from tests.acceptance.loaded.counting import Counts, statements_counted

FEW, ORDERS = 10, 300


@dataclass(frozen=True)
class Loaded:
    told: Told
    statements_of_few: Counts  # what each page asked when the company had few orders


@pytest.fixture(scope="package")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[Loaded]:
    """The load, taken back at the end; before it a small one of the same weeks, of which only the statements are kept."""
    with django_db_blocker.unblock(), transaction.atomic():
        told = weeks_told()
        with transaction.atomic():
            scale_load(FEW, told=told)
            few = statements_counted()
            transaction.set_rollback(True)
        scale_load(ORDERS, told=told)
        yield Loaded(told, few)
        transaction.set_rollback(True)


def weeks_told() -> Told:
    """As a load of so many orders tells them, in the company that it makes."""
    size = Size(ORDERS)
    series_sync()
    firm, _passwords = firm_ensure(size.start)
    technicians_ensure(firm, size.technicians, size.start)
    return weeks_tell(firm, size, [picture(SYSTEM) for _ in range(PHOTOS)], signature(SYSTEM))
