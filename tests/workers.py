"""How a run spreads over workers: a file stays together, what takes long goes first, databases are copies."""

import fcntl
from collections import Counter
from math import log2

import pytest
from django.conf import settings
from django.db import connection
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TEMPLATE = "test_watertight_template"
# Files, and a folder, that load a whole company, once for all their tests.
COMPANIES = ("tests/acceptance/test_believable.py", "tests/acceptance/loaded/")
# What takes a minute or more, in this order. What needs no test database begins beside the worker that migrates one.
LONGEST = (
    "tests/acceptance/test_believable.py", "tests/scripts/test_server.py", "tests/trouble/", "tests/acceptance/test_any_moment.py",
    "tests/access/test_forms_walk.py", "tests/access/test_access.py", "tests/field/test_outbox.py", "tests/access/test_odd_addresses.py",
    "tests/design/test_in_reach.py", "tests/acceptance/loaded/", "tests/properties/", "tests/price_wall/test_crawl.py",
)  # fmt: skip
SLOW, BROWSER, USUAL = 8.0, 4.0, 0.4  # seconds, about


class Worlds(LoadScopeScheduling):
    """Give a worker all of a file at once, in the order of the run: what its tests share is made once.

    The mark `xdist_group` would say the same, but xdist 3.8 writes it into a field that pytest 9 no longer reads.
    """

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the order is that of `long_first`

    def _split_scope(self, nodeid: str) -> str:
        return world(nodeid)


def world(nodeid: str) -> str:
    """What a test shares records with: its file, or the folder that loads one company."""
    file = nodeid.partition("::")[0]
    return next((one for one in COMPANIES if file.startswith(one)), file)


def long_first(items: list[pytest.Item]) -> None:
    """What begins last shall not be what all others wait for. Files that take about as long are in the order they were in."""
    seconds: Counter[str] = Counter()
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        seconds[world(item.nodeid)] += SLOW if "slow" in marks else BROWSER if "browser" in marks else USUAL

    def place(item: pytest.Item) -> tuple[int, int]:
        rank = next((at for at, one in enumerate(LONGEST) if item.nodeid.startswith(one)), len(LONGEST))
        return rank, -int(log2(seconds[world(item.nodeid)] + 1))

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
