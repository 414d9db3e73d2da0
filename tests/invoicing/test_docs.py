"""The worked examples of docs/algorithms are run, so that they stay true."""

import doctest
from pathlib import Path

import pytest
from django.conf import settings

DOCS = Path(settings.BASE_DIR) / "docs" / "algorithms"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["vat.md", "numbering.md", "rates.md"])
def test_the_worked_example_is_true(name: str) -> None:
    failed, tried = doctest.testfile(str(DOCS / name), module_relative=False)
    assert tried > 3
    assert failed == 0
