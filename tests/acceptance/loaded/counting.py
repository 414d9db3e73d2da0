"""How many statements each page of the product takes."""

from collections.abc import Iterator

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.acceptance.bench.pages import Page, pages, users_by_role
from apps.accounts.models import User
from apps.accounts.roles import ADMIN, OFFICE, OWNER
from apps.materials.models import Material
from apps.technicians.models import Technician
from tests.world import routes

# Within a test's own transaction the role is read and given back: two statements that no real request makes.
IN_A_TEST = 2
Counts = dict[tuple[str, str], int]  # by role and page


def statements_counted() -> Counts:
    """Nothing of the visits stays."""
    with transaction.atomic():
        users = users_by_role()
        found = {
            (role, name): count
            for role, name, path in each_list()
            if (count := asked(users[role], path)) is not None
        }
        for page in pages_of(users):
            count = asked(users[page.role], page.path)
            assert count is not None, page
            found[(page.role, page.label)] = count
        transaction.set_rollback(True)
    return found


def asked(user: User, path: str) -> int | None:
    """How many statements the page makes the second time; None when this user has no such page."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="apps.accounts.backends.AccountBackend")
    if client.get(path).status_code != 200:
        return None
    with CaptureQueriesContext(connection) as caught:
        client.get(path)
    return len(caught) - IN_A_TEST


def each_list() -> Iterator[tuple[str, str, str]]:
    """Every list of the office as the first role that may open it."""
    for name, _route, pattern in routes():
        if name.endswith("_list") and not pattern.pattern.converters and not name.startswith("phone"):
            yield OFFICE, name, reverse(name)
    for role, name in ((OWNER, "finance:overview"), (ADMIN, "accounts:invitation_list")):
        yield role, name, reverse(name)


def pages_of(users: dict[str, User]) -> list[Page]:
    more = {
        "material": reverse("materials:material_detail", args=[Material.objects.values_list("pk")[0][0]]),
        "technician": reverse(
            "technicians:technician_detail", args=[Technician.objects.values_list("pk")[0][0]]
        ),
    }
    listed = pages(users)
    return [*listed, *(Page(OFFICE, label, path, listed[1].budget) for label, path in more.items())]
