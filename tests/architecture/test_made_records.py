"""What a test starts from is made by the action that makes it in the product: `tests.builders`."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKES = {"create", "get_or_create", "update_or_create", "bulk_create"}
# Where a test writes a row by itself, and why.
THE_DATABASE = "what the database says to it is what is tested"
MANY = "hundreds of odd texts, which no form would take one by one in time"
ALLOWED = {
    "tests/accounts/people.py": "a passkey, which only a device can make",
    "tests/builders/jobs.py": "an SLA class: they come with an installation",
    "tests/builders/phone.py": "a photo whose picture nobody looks at",
    "tests/core/form_key_urls.py": "pages of the test's own, with a row for each press",
    "tests/core/test_audit.py": THE_DATABASE,
    "tests/core/test_edit_pages.py": "the one row of the settings, which the page makes when it is opened",
    "tests/core/test_search.py": THE_DATABASE,
    "tests/core/test_transitions.py": "a message of a kind of the test's own",
    "tests/customers/test_hostile.py": MANY,
    "tests/field/test_event_record.py": THE_DATABASE,
    "tests/field/test_one_clock.py": THE_DATABASE,
    "tests/intake/test_hostile_text.py": MANY,
    "tests/invoicing/test_frozen.py": THE_DATABASE,
    "tests/planning/test_certificates.py": THE_DATABASE,
    "tests/planning/test_absence_once.py": THE_DATABASE,
    "tests/planning/test_days_off.py": THE_DATABASE,
    "tests/planning/test_assignment_place.py": THE_DATABASE,
    "tests/pricing/test_rate_hours.py": THE_DATABASE,
    "tests/quotes/test_freeze.py": THE_DATABASE,
    "tests/quotes/test_hostile.py": MANY,
    "tests/timesheets/test_frozen_hours.py": THE_DATABASE,
    "tests/quotes/test_new_quote.py": "a customer with a high number",
}


def made(text: str) -> Iterator[int]:
    """The lines that write a row past the actions."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="objects"), attr=name)) if (
                name in MAKES
            ):
                yield node.lineno


def test_no_test_starts_from_what_no_action_made() -> None:
    found = [
        f"{path}:{line}"
        for file in sorted((ROOT / "tests").rglob("*.py"))
        if (path := str(file.relative_to(ROOT))) not in ALLOWED
        for line in made(file.read_text())
    ]
    assert found == []


def test_each_exception_is_one() -> None:
    assert [path for path in ALLOWED if not list(made((ROOT / path).read_text()))] == []


def test_the_control() -> None:
    assert list(made('Customer.objects.create(name="A")')) == [1]
    assert list(made('CustomerFactory(name="A")')) == []
