"""The cast that every test knows, and how it meets the product."""

import gc
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.template.backends.jinja2 import Template
from django.test import Client
from django.test.signals import template_rendered
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker
from xdist.remote import Producer

from apps.accounts.actions import user_create
from apps.accounts.models import User
from apps.accounts.roles import ADMIN, OFFICE, OWNER, TECHNICIAN
from apps.core.actors import SYSTEM
from apps.finance import figures
from apps.technicians.actions import technician_create
from apps.technicians.models import TechnicianKind
from tests.browser import KeptBrowser
from tests.browser import browser as browser
from tests.browser import browser_kept as browser_kept
from tests.emptied import emptied_quickly
from tests.kept import GROUND, alike_together, kept
from tests.live import Answering
from tests.moments import FEW, MOMENTS, parsed
from tests.second_look import Failures
from tests.workers import Worlds, long_first, template_use

# How fast an example ran says nothing about its outcome, and a machine may be busy. Whether a run is green is no matter of
# luck: it tries the same examples each time. HYPOTHESIS=search tries new ones, which is how a fault is looked for.
hypothesis_settings.register_profile(
    "tests", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
hypothesis_settings.register_profile(
    "search", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=False
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS", "tests"))


def tell_what_was_shown() -> None:
    """Let the test client know the context of a page, as Django's own templates do."""
    plain = Template.render

    def render(self: Any, context: Any = None, request: Any = None) -> Any:
        template_rendered.send(sender=self, template=self, context=context or {})
        return plain(self, context=context, request=request)

    Template.render = render


tell_what_was_shown()
emptied_quickly()

PASSWORD = "correct horse battery staple"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-moment", action="store_true", help="tests that hold at any moment: try all twelve"
    )
    parser.addoption(
        "--write-access-table", action="store_true", help="write what tests/access/table should say"
    )
    parser.addoption(
        "--failures", metavar="FILE", type=Path, help="write the names of what failed to this file"
    )
    parser.addoption("--at", metavar="MOMENT", help="run as if it were then, such as 2026-12-31T23:30")


def pytest_configure(config: pytest.Config) -> None:
    """With --at the clock of this process is set before a test is imported; it goes on from there."""
    if (file := config.getoption("--failures")) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Failures(file))
    if text := config.getoption("--at"):
        traveller = time_machine.travel(parsed(text).astimezone(UTC), tick=True)
        traveller.start()
        config.add_cleanup(traveller.stop)
    gc.set_threshold(50_000, 10, 10)  # looking for circles often cost 7 % of a run


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `any_moment` runs at some of the moments, or at each with --every-moment."""
    if "any_moment" in metafunc.fixturenames:
        names = list(MOMENTS) if metafunc.config.getoption("--every-moment") else FEW
        metafunc.parametrize("any_moment", [MOMENTS[name] for name in names], ids=names)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Worlds:
    return Worlds(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Beside each other: files that take long begin first. Else in random order, and in a file by what tests start from."""
    for item in items:
        if "django_db_setup" in item.fixturenames and not item.get_closest_marker("django_db"):
            item.add_marker(
                pytest.mark.django_db
            )  # a file that loads a company: without a mark nobody makes a database
    yield
    alike_together(items)
    if hasattr(config, "workerinput"):
        long_first(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    GROUND.stand_for(item)


@dataclass
class Cast:
    """Olga owns, Bram is back office, Petra plans, Tim is assigned, Tessa is not, Zeno is ZZP, Ada is admin."""

    olga: User
    bram: User
    petra: User
    tim: User
    tessa: User
    zeno: User
    ada: User

    @property
    def everyone(self) -> dict[str, User]:
        return vars(self)


def user_make(name: str, *roles: str) -> User:
    return user_create(
        by=SYSTEM, email=f"{name.lower()}@watertight.example", name=name, initials=name[:2].upper(), language="en",
        password=PASSWORD, user_roles=roles,
    )  # fmt: skip


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """The databases of the workers are copies of one that was migrated once."""
    if hasattr(request.config, "workerinput"):
        with django_db_blocker.unblock():
            template_use(request.config.workerinput["testrunuid"], request.config.getoption("create_db"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A test database is emptied after a test with threads, also of what may not be emptied elsewhere."""
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        if not name.startswith("test_"):
            yield  # no test of this run asks for a database: this is somebody's own
            return
        with connection.cursor() as cursor:
            cursor.execute(f"""ALTER DATABASE "{name}" SET app.rebuild = '{name}'""")
        connection.close()  # the next one begins with it
    GROUND.blocker = django_db_blocker
    yield
    GROUND.leave()


@pytest.fixture(autouse=True)
def living_connection(django_db_blocker: Any) -> None:
    """A test before this one may have had the connection broken on purpose; Django keeps a dead one until it is closed."""
    if connection.connection is not None and not connection.in_atomic_block:
        with django_db_blocker.unblock():
            if not connection.is_usable():
                connection.close()


@pytest.fixture(autouse=True)
def no_figures_kept() -> None:
    """The figures of finance are kept for a minute: not from one test to the next."""
    figures._kept.clear()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Each test begins in English, whatever language the one before it was read in."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def queue_left_empty(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What a test that really commits put on the queue goes with it: Django empties only the tables it made itself."""
    yield
    mark = request.node.get_closest_marker("django_db")
    if (mark and mark.kwargs.get("transaction")) or {"transactional_db", "live_server"} & {
        *request.fixturenames
    }:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs; DELETE FROM procrastinate_workers")


@kept
def cast(db: None) -> Cast:
    people = Cast(
        olga=user_make("Olga", OWNER),
        bram=user_make("Bram", OFFICE),
        petra=user_make("Petra", OFFICE),
        tim=user_make("Tim", TECHNICIAN),
        tessa=user_make("Tessa", TECHNICIAN),
        zeno=user_make("Zeno", TECHNICIAN),
        ada=user_make("Ada", ADMIN),
    )
    for user in (people.tim, people.tessa, people.zeno):
        kind = TechnicianKind.CONTRACTOR if user is people.zeno else TechnicianKind.INTERNAL
        technician_create(by=SYSTEM, user=user, kind=kind)
    return people


@pytest.fixture
def client_as() -> Callable[[User], Client]:
    """A browser in which the user is logged in."""

    def log_in(user: User, **kwargs: Any) -> Client:
        client = Client(**kwargs)
        client.force_login(user, backend="apps.accounts.backends.AccountBackend")
        return client

    return log_in


@pytest.fixture
def live_server(live_server: Any, transactional_db: None, browser_kept: KeptBrowser) -> Iterator[Any]:
    """The product behind an address. Before its database is emptied everybody goes home, and all is answered."""
    server = live_server.thread.httpd
    if not isinstance(server.get_app(), Answering):
        server.set_app(Answering(server.get_app()))
    yield live_server
    browser_kept.leave()
    assert server.get_app().wait(), "The server still answers what was asked in the test."


@pytest.fixture
def transactional_cast(transactional_db: None, request: pytest.FixtureRequest) -> Cast:
    """The cast for tests with threads: really committed."""
    connection.close()  # a test before this one may have had it broken on purpose
    return request.getfixturevalue("cast")
