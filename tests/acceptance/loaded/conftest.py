"""One load of a company for all tests of this folder: most of what a load takes is telling its first jobs."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from apps.acceptance.scale.loader import scale_load
from apps.acceptance.scale.telling import Told

ORDERS = 300


@pytest.fixture(scope="package")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[Told]:
    """The load, taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield scale_load(ORDERS)
        transaction.set_rollback(True)
