import pytest

from apps.finance import figures
from tests.review.conftest import shop

__all__ = ["shop"]


@pytest.fixture(autouse=True)
def _nothing_kept():
    """Each test begins without the figures that the last one kept for a minute."""
    figures._kept.clear()
