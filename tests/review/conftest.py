"""A job that was done: with a crew, evidence, prices and, if wanted, an accepted quote."""

import pytest

from tests.builders import Shop
from tests.conftest import Cast


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return Shop(cast)
