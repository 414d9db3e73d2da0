"""How a run spreads over workers: what shares a world stays together, what takes long goes first, databases are copies."""

import fcntl

import pytest
from django.conf import settings
from django.db import connection
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TEMPLATE = "test_watertight_template"
# Files, and a folder, that load a whole company, once for all their tests.
COMPANIES = ("tests/acceptance/test_believable.py", "tests/acceptance/loaded/")
# What takes half a minute or more; a test that takes more than five seconds has the mark `slow`.
LONGEST = (
    *COMPANIES, "tests/acceptance/test_any_moment.py", "tests/access/test_forms_walk.py", "tests/access/test_access.py",
    "tests/access/test_odd_addresses.py", "tests/price_wall/test_crawl.py", "tests/trouble/", "tests/scripts/test_server.py",
)  # fmt: skip


class Worlds(LoadScopeScheduling):
    """Give a worker what shares a world at once, in the order of the run; everything else test by test.

    The mark `xdist_group` would say the same, but xdist 3.8 writes it into a field that pytest 9 no longer reads.
    """

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the order is that of `long_first`

    def _split_scope(self, nodeid: str) -> str:
        return world(nodeid)


def world(nodeid: str) -> str:
    """What a test shares: the company that its file loads once, the records of its class, or nothing."""
    file, *rest = nodeid.partition("[")[0].split("::")
    for company in COMPANIES:
        if file.startswith(company):
            return company
    return f"{file}::{rest[0]}" if len(rest) > 1 else nodeid


def long_first(items: list[pytest.Item]) -> None:
    """What begins last shall not be what all others wait for. Within each kind the order is as random as it was."""

    def place(item: pytest.Item) -> int:
        if item.nodeid.startswith(LONGEST):
            return 0
        return 1 if item.get_closest_marker("slow") or world(item.nodeid) != item.nodeid else 2

    items.sort(key=place)


def template_use(run: str, afresh: bool) -> None:
    """Let the test database of this worker be made as a copy of one that the first worker of the run migrates."""
    test = connection.settings_dict["TEST"]
    if _exists(test["NAME"]) and not afresh:
        return  # as the run before left it
    folder = settings.VAR_DIR
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "template.run").open("a+") as stamp:
        fcntl.flock(stamp, fcntl.LOCK_EX)
        stamp.seek(0)
        if stamp.read() != run:
            _migrated(keep=not afresh)
            stamp.truncate(0)
            stamp.write(run)
    test["TEMPLATE"] = TEMPLATE


def _exists(name: str) -> bool:
    with connection._nodb_cursor() as cursor:
        return connection.creation._database_exists(cursor, name)


def _migrated(keep: bool) -> None:
    """Bring the template up to date, and leave it: a database that somebody is in cannot be copied."""
    test, name = connection.settings_dict["TEST"], connection.settings_dict["NAME"]
    worker = test["NAME"]
    test["NAME"] = TEMPLATE
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
    connection.close()
    test["NAME"] = worker
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
