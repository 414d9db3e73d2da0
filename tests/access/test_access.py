"""Every address × every role × every method: the exact answer, as `tests/access/table` says it."""

from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, TestCase
from django.urls import reverse
from django.urls.exceptions import NoReverseMatch
from django.utils import timezone

from apps.accounts.roles import ABILITIES, ADMIN, OFFICE, OWNER, TECHNICIAN
from apps.core import clock
from tests.access.records import Records
from tests.access.table import METHODS, ROLES, Row, table_read, table_write
from tests.pages import post_by_hand
from tests.stages import Stages
from tests.world import World, routes, world_make

NOON = datetime(2026, 11, 18, 12, 20, tzinfo=timezone.get_default_timezone())
ROLE_OF = {
    "tim": TECHNICIAN, "tessa": TECHNICIAN, "zeno": TECHNICIAN, "bram": OFFICE, "olga": OWNER, "ada": ADMIN,
}  # fmt: skip

# Open to the world, each for its own reason: login, the public form, private links (which look their token up), the
# photos of a refused form (for whoever sent them), and the label of a device (which tells a stranger whom to call).
PUBLIC = ("account_", "mfa_login", "mfa_authenticate", "request:", "quote:", "extra-work:", "pay:", "join:", "appointment:", "company:logo", "documents:kept", "health", "phone:worker", "phone:manifest",
          "phone:equipment")  # fmt: skip
# For everyone who is logged in: it shows no more than one's own.
OWN = {
    # a technician opens those of their own jobs; the queryset decides
    "workorders:work_order_pdf",
    "workorders:work_order_file",
    "account", "set_language", "office:home", "office:theme", "office:language", "messaging:notice_list", "messaging:notice_open",
    "messaging:notice_mark", "messaging:notice_mark_all",
}  # fmt: skip
# Of the login's library and of Django: they take PUT for another method, and do nothing by it.
NOT_OURS = {"account", "set_language"}
VALUES = {
    "token": "x" * 43,
    "about": "workorders.workorder",
    "number": "W26-1190",
    "series": "quote",
    "key": "k",
}


def address(name: str, pattern: Any, pk: int) -> str | None:
    """The address of a route with likely values in it; None when it needs something that we do not have."""
    kwargs = {}
    for parameter, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__
        if parameter in VALUES:
            kwargs[parameter] = VALUES[parameter]
        elif kind == "IntConverter":
            kwargs[parameter] = pk
        elif kind == "UUIDConverter":
            kwargs[parameter] = "7d3c1c8e-0d5c-4b7a-9c54-2f3c1f0a9d11"
        else:
            kwargs[parameter] = "x"
    try:
        return reverse(name, kwargs=kwargs)
    except NoReverseMatch:
        return None


def is_fragment(answer: Any) -> bool:
    """HTML that is no page: without a head, a sheet, or a way on."""
    kind = answer.headers.get("Content-Type", "")
    return kind.startswith("text/html") and b"<html" not in b"".join(answer)[:2000].lower()


class AccessTest(TestCase):
    world: World
    records: Records

    @pytest.fixture(autouse=True)
    def _writes(self, request: pytest.FixtureRequest) -> None:
        self.writes = request.config.getoption("--write-access-table")

    @classmethod
    def setUpTestData(cls) -> None:
        with clock.at(NOON):
            cls.world = world_make()
            stages = Stages(cls.world)
            stages.make()
            cls.records = Records(cls.world, stages)

    def client_of(self, who: str, **kwargs: Any) -> Client:
        client = Client(**kwargs)
        if who != "nobody":
            client.force_login(self.world.users[who], backend="apps.accounts.backends.AccountBackend")
        return client

    def code(self, client: Client, url: str, method: str) -> str:
        """What it answers; nothing that it does stays."""
        cookies = deepcopy(client.cookies)
        with transaction.atomic():
            answer = post_by_hand(client, url) if method == "POST" else client.generic(method, url)
            transaction.set_rollback(True)
        client.cookies = cookies
        if method == "GET" and answer.status_code == 200 and is_fragment(answer):
            return "200, a fragment: whoever opens the address gets no page"
        login = answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
        return "login" if login else str(answer.status_code)

    def check_role(self, who: str) -> None:
        """The whole column of the table."""
        patterns = {name: pattern for name, _route, pattern in routes()}
        rows, wrong = table_read(), []
        client = self.client_of(who, raise_request_exception=False)
        for row in rows:
            if row.name not in patterns:
                continue  # said by the test below
            url = self.records.address(row.name, row.record, patterns[row.name])
            for method in METHODS:
                with clock.at(NOON):
                    found = self.code(client, url, method)
                if found != (said := row.codes[method].get(who, "nothing")):
                    wrong.append(
                        f"{method} {row.name} {row.record} ({url}): the table says {said}, it is {found}"
                    )
                row.codes[method][who] = found
        if self.writes:
            table_write(rows)
        elif wrong:
            raise AssertionError("\n".join(wrong))

    def test_a_stranger(self) -> None:
        self.check_role("nobody")

    def test_the_technician(self) -> None:
        self.check_role("tim")

    def test_the_technician_who_is_not_assigned(self) -> None:
        self.check_role("tessa")

    def test_the_contractor(self) -> None:
        self.check_role("zeno")

    def test_the_back_office(self) -> None:
        self.check_role("bram")

    def test_the_owner(self) -> None:
        self.check_role("olga")

    def test_the_admin(self) -> None:
        self.check_role("ada")

    def test_a_stranger_asks_with_head_what_get_would_answer(self) -> None:
        """A link checker, or the preview of a mail program; nothing of the page comes along."""
        patterns, wrong = named(), []
        client = self.client_of("nobody", raise_request_exception=False)
        for row in table_read():
            url = self.records.address(row.name, row.record, patterns[row.name])
            with clock.at(NOON):
                found = self.code(client, url, "HEAD")
            if found != (said := row.codes["GET"]["nobody"]):
                wrong.append(f"HEAD {row.name} {row.record}: GET is {said}, this is {found}")
        assert wrong == []

    def test_a_technician_who_is_not_assigned_finds_none_of_the_job(self) -> None:
        """Out of scope is 404: not even that it exists is told."""
        chain = self.world.chain
        for who, code in (("tim", 200), ("tessa", 404)):
            client = self.client_of(who)
            for name, pk in (("phone:job", chain.assignment.pk), ("phone-intake:report", chain.request.pk)):
                with self.subTest(who=who, name=name):
                    assert client.get(reverse(name, args=[pk])).status_code == code

    def test_a_user_who_was_deactivated_is_out_at_once(self) -> None:
        client = self.client_of("bram")
        user = self.world.users["bram"]
        user.is_active = False
        user.save(update_fields=["is_active"])
        assert client.get(reverse("office:dashboard")).status_code == 302

    def test_somebody_without_any_role_sees_nothing(self) -> None:
        user = self.world.users["bram"]
        user.groups.clear()
        assert self.client_of("bram").get(reverse("office:dashboard")).status_code == 403


def named() -> dict[str, Any]:
    return {name: pattern for name, _route, pattern in routes()}


def test_every_address_has_a_name_and_a_row() -> None:
    """A new address is written down with what it answers to whom: `name record`, then --write-access-table."""
    names = [name for name, _route, _pattern in routes()]
    rows = {row.name for row in table_read()}
    assert [route for name, route, _pattern in routes() if not name] == []
    assert sorted(name for name in set(names) if names.count(name) > 1) == []
    assert sorted(set(names) - rows) == []
    assert sorted(rows - set(names)) == []


def test_every_row_says_what_each_role_gets_by_each_method() -> None:
    rows = table_read()
    assert len({row.key for row in rows}) == len(rows)
    short = [(row.key, method) for row in rows for method in METHODS if set(row.codes[method]) != set(ROLES)]
    assert short == []


def refused_by_right(row: Row, ability: str) -> list[str]:
    """Where the table does not say what the matrix of abilities does."""
    wrong = []
    for method in METHODS:
        for who in ROLES:
            may = who != "nobody" and ROLE_OF[who] in ABILITIES[ability][1]
            expected = "login" if who == "nobody" else "403"
            found = row.codes[method][who]
            if may and found in ("login", "403"):
                wrong.append(f"{method} {row.name}: {who} may {ability}, and gets {found}")
            if not may and found != expected:
                wrong.append(f"{method} {row.name}: {who} may not {ability}, and gets {found}")
    return wrong


def test_the_table_agrees_with_the_matrix_of_abilities() -> None:
    patterns, wrong, undeclared = named(), [], set()
    for row in table_read():
        ability = getattr(patterns[row.name].callback, "ability", "")
        if ability:
            wrong += refused_by_right(row, ability)
        elif row.name not in OWN and not row.name.startswith((*PUBLIC, "mfa_")):
            undeclared.add(row.name)
    assert wrong == []
    assert undeclared == set()


def test_a_stranger_comes_in_at_the_open_pages_only() -> None:
    inside = {row.name for row in table_read() if any(row.codes[one]["nobody"] != "login" for one in METHODS)}
    assert sorted(name for name in inside if not name.startswith(PUBLIC)) == []


def test_no_page_takes_a_method_that_it_does_not_have() -> None:
    """To who may come in PUT is 405, and what only does something brings whoever opens it to its button."""
    ours = [
        row
        for row in table_read()
        if row.name not in NOT_OURS and not row.name.startswith(("account_", "mfa_"))
    ]
    taken = [
        (row.key, who, code)
        for row in ours
        for who, code in row.codes["PUT"].items()
        if code not in ("405", "403", "404", "login")
    ]
    assert taken == []
    assert [row.key for row in ours if "405" in row.codes["GET"].values()] == []


def test_nothing_breaks() -> None:
    """Health says by itself that no worker runs in a test."""
    broken = {
        row.key
        for row in table_read()
        for method in METHODS
        for code in row.codes[method].values()
        if code.startswith("5")
    }
    assert broken == {("health", "-")}
