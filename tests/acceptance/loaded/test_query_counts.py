"""What a page may ask of the database: at most its budget, and no more when there are more rows."""

from apps.acceptance.bench.pages import users_by_role
from tests.acceptance.loaded.conftest import Loaded
from tests.acceptance.loaded.counting import pages_of, statements_counted

# Statements of a whole page, with session, user, transaction, role and rail. The job on the phone has 12.
BUDGET = 15


def test_every_page_stays_within_its_budget_and_none_grows_with_its_rows(loaded: Loaded) -> None:
    many = statements_counted()
    limits = {(page.role, page.label): page.budget.queries or BUDGET for page in pages_of(users_by_role())}
    over = {name: count for name, count in many.items() if count > limits.get(name, BUDGET)}
    assert over == {}
    # Another statement is one that had nothing to fetch before; a statement per row would be many more.
    few = loaded.statements_of_few
    grown = {name: (few[name], many[name]) for name in few if many[name] > few[name] + 2}
    assert grown == {}
    assert len(many) > 40
