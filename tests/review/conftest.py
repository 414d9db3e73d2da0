"""A job that was done: with a crew, evidence, prices and, if wanted, an accepted quote."""

from tests.builders import Shop
from tests.conftest import Cast
from tests.kept import kept


@kept
def shop(cast: Cast) -> Shop:
    return Shop(cast)
