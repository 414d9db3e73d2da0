"""What a page may ask of the database: at most its budget, and no more when there are more rows."""

from collections.abc import Iterator
from typing import ClassVar

from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.acceptance.bench.pages import Page, pages, users_by_role
from apps.acceptance.scale.loader import scale_load
from apps.acceptance.scale.telling import Told
from apps.accounts.models import User
from apps.accounts.roles import ADMIN, OFFICE, OWNER
from apps.materials.models import Material
from apps.technicians.models import Technician
from tests.world import routes

# Statements of a whole page, with session, user, transaction, role and rail. The job on the phone has 12.
BUDGET = 15
# Within a test's own transaction the role is read and given back: two statements that no real request makes.
IN_A_TEST = 2


class QueriesTest(TestCase):
    users: dict[str, User]
    told: ClassVar[Told]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.told = scale_load(10)
        cls.users = users_by_role()

    def asked(self, role: str, path: str) -> int | None:
        """How many statements the page makes the second time; None when this role has no such page."""
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(self.users[role], backend="apps.accounts.backends.AccountBackend")
        if client.get(path).status_code != 200:
            return None
        with CaptureQueriesContext(connection) as caught:
            client.get(path)
        return len(caught) - IN_A_TEST

    def each_list(self) -> Iterator[tuple[str, str, str]]:
        """Every list of the office as the first role that may open it."""
        for name, _route, pattern in routes():
            if name.endswith("_list") and not pattern.pattern.converters and not name.startswith("phone"):
                yield OFFICE, name, reverse(name)
        for role, name in ((OWNER, "finance:overview"), (ADMIN, "accounts:invitation_list")):
            yield role, name, reverse(name)

    def measured(self) -> dict[tuple[str, str], int]:
        found = {
            (role, name): count
            for role, name, path in self.each_list()
            if (count := self.asked(role, path)) is not None
        }
        for page in self.pages():
            count = self.asked(page.role, page.path)
            assert count is not None, page
            found[(page.role, page.label)] = count
        return found

    def pages(self) -> list[Page]:
        more = {
            "material": reverse("materials:material_detail", args=[Material.objects.values_list("pk")[0][0]]),
            "technician": reverse(
                "technicians:technician_detail", args=[Technician.objects.values_list("pk")[0][0]]
            ),
        }
        listed = pages(self.users)
        return [*listed, *(Page(OFFICE, label, path, listed[1].budget) for label, path in more.items())]

    def test_every_page_stays_within_its_budget_and_none_grows_with_its_rows(self) -> None:
        few = self.measured()
        scale_load(40, told=self.told)
        many = self.measured()
        limits = {(page.role, page.label): page.budget.queries or BUDGET for page in self.pages()}
        over = {name: count for name, count in many.items() if count > limits.get(name, BUDGET)}
        assert over == {}
        # Another statement is one that had nothing to fetch before; a statement per row would be many more.
        grown = {name: (few[name], many[name]) for name in few if many[name] > few[name] + 2}
        assert grown == {}
        assert len(many) > 40
