"""Whoever opens an address that only does something is brought to the page with its button."""

import pytest
from django.urls import reverse

from apps.core.post_only import page_above
from tests.access.table import table_read


def test_no_address_answers_that_the_method_is_wrong() -> None:
    """The table says what each address answers to each role, and `test_access` that it does."""
    assert [row.key for row in table_read() if "405" in row.codes["GET"].values()] == []


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("intake:request_accept", "intake:request_detail"),
        ("invoicing:invoice_issue", "invoicing:invoice_detail"),
        ("workorders:work_order_resume", "workorders:work_order_detail"),
        ("quotes:quote_revise", "quotes:quote_detail"),
    ],
)
def test_it_is_the_page_of_the_record(name: str, above: str) -> None:
    assert page_above(reverse(name, args=[7])) == reverse(above, args=[7])


def test_a_photo_is_no_page() -> None:
    assert page_above("/phone/intake/5/photos/3/remove/") == reverse("phone-intake:report", args=[5])
