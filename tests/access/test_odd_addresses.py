"""Nothing that stands in an address brings a page down: it answers, or there is no such thing."""

import inspect
import re
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db import transaction
from django.test import Client, TestCase

from tests.access.table import table_read
from tests.access.test_access import address
from tests.world import World, routes, world_make

ODD = (
    "²", "٣", "-1", "0", "1e400", "NaN", "9" * 30, str(2**63), "w²", "w" + "9" * 25, "r-1", "²-W²", "9999-W52", "0001-W01",
    "2026-W99", "0001-01-01", "9999-12-31", "2026-02-30", "25:61", "x" * 300, "a=1&b", "--", "%00", "\x00",
)  # fmt: skip
ODD_PKS = (0, 2**31, 2**63 - 1, 2**63, 10**30)
READS = re.compile(r"""(?:GET|query)(?:\.get\(|\.getlist\(|\[)["'](\w+)["']|Filter\(\s*["'](\w+)["']""")
ALWAYS = {"page", "sort", "q", "export"}
ROLES = ("", "olga", "bram", "ada", "tim", "zeno")


@cache
def names_read(view: Any) -> set[str]:
    """What the view's module and the lists of its app read from an address."""
    module = inspect.getmodule(inspect.unwrap(view))
    if module is None:
        return ALWAYS
    app = ".".join(module.__name__.split(".")[:2])
    sources = [
        module,
        *(one for name, one in sys.modules.items() if name in (f"{app}.lists", f"{app}.board")),
    ]
    found = {name for source in sources for pair in READS.findall(inspect.getsource(source)) for name in pair}
    return (found | ALWAYS) - {""}


# Of no job: it takes what a phone did at a job that is not there any more; the list of one's devices; one's days off.
OF_NO_JOB = {"phone:act_keep", "phone:push_remove", "phone:absence_request_withdraw"}


def code_of_nothing(name: str, said: str) -> int:
    """What an address answers where no such record is, by what the access table says of one that is."""
    if said == "302" and name.startswith("phone:") and name not in OF_NO_JOB:
        return 404  # from a step of a job to the one that is due: the job is looked up first
    return {"login": 302, "302": 302, "403": 403}.get(said, 404)


class OddAddresses(TestCase):
    world: World
    known: list[tuple[str, Any, str]] = []

    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = world_make()

    def setUp(self) -> None:
        self.broken: list[str] = []

    def client_of(self, who: str) -> Client:
        client = Client()
        if who:
            client.force_login(self.world.users[who], backend="apps.accounts.backends.AccountBackend")
        return client

    def addresses(self) -> list[tuple[str, Any, str]]:
        if not type(self).known:
            type(self).known = list(self._addresses())
        return self.known

    def _addresses(self) -> Iterator[tuple[str, Any, str]]:
        """Each of our own addresses, with the first id that opens a page there, where any does so for the owner."""
        olga = self.client_of("olga")
        opens = {row.name for row in table_read() if row.codes["GET"]["olga"] == "200"}
        for name, _route, pattern in routes():
            if not getattr(pattern.callback, "__module__", "").startswith("apps."):
                continue
            urls = [address(name, pattern, pk) for pk in self.world.candidates]
            found = [url for url in dict.fromkeys(urls) if url]
            looked = found if name in opens else []
            opened = next((url for url in looked if self.status(olga, url) == 200), None)
            if found:
                yield name, pattern, opened or found[0]

    def status(
        self, client: Client, url: str, data: dict[str, Any] | None = None, method: str = "get"
    ) -> int:
        """What it answers; nothing that it does stays. What breaks is noted."""
        try:
            with transaction.atomic():
                answer = getattr(client, method)(url, data or {})
                transaction.set_rollback(True)
            status = answer.status_code
        except Exception as fault:  # whatever a page makes of it
            self.broken.append(f"{method} {url} {data}: {fault!r}"[:300])
            return 500
        if status >= 500 and url != "/health/":  # which says so itself: no worker runs in a test
            self.broken.append(f"{method} {url} {data}: {status}"[:300])
        return status

    def test_no_role_breaks_a_page(self) -> None:
        """Every address, with one odd value at every name that it reads; the next address has the next value."""
        every = self.addresses()
        for who in ROLES:
            client = self.client_of(who)
            for number, (_name, pattern, url) in enumerate(every):
                value = ODD[number % len(ODD)]
                self.status(client, url, dict.fromkeys(names_read(pattern.callback), value))
        assert not self.broken, "\n".join(self.broken)

    def test_an_id_of_nothing_is_not_found_by_who_may_look(self) -> None:
        """Each role tries two of the odd ids at each address, and the next address has the next two."""
        table, wrong = {row.name: row for row in table_read()}, []
        for who in ROLES:
            client = self.client_of(who)
            for number, (name, _route, pattern) in enumerate(routes()):
                if not name or not pattern.pattern.converters:
                    continue
                kinds = {type(one).__name__ for one in pattern.pattern.converters.values()}
                if "IntConverter" not in kinds:
                    continue
                said = code_of_nothing(name, table[name].codes["GET"][who or "nobody"])
                wrong += [
                    f"{who or 'nobody'} {name} {url}: {status}, not {said}"
                    for pk in (ODD_PKS[number % len(ODD_PKS)], ODD_PKS[(number + 1) % len(ODD_PKS)])
                    if (url := address(name, pattern, pk)) and (status := self.status(client, url)) != said
                ]
        assert not self.broken, "\n".join(self.broken)
        assert not wrong, "\n".join(wrong)

    def test_ids_in_an_address_are_ascii_digits(self) -> None:
        """`\\d` in a pattern would take the digits of every script, and int() some of them."""
        loose = [name for name, route, _pattern in routes() if r"\d" in route]
        assert loose == []


def test_every_odd_value_is_tried_at_the_names_that_are_read() -> None:
    """The control: the names are found in the sources."""
    found = {
        name: names_read(pattern.callback)
        for name, _route, pattern in routes()
        if name.startswith("planning:")
    }
    assert {"week", "job"} <= found["planning:week"]
    assert {"kind", "material"} <= {
        name
        for one, _route, pattern in routes()
        if one == "quotes:line_add"
        for name in names_read(pattern.callback)
    }
