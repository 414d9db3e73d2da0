"""When the machine fails in the middle of a request: a page that says so, and nothing lost and nothing done twice."""

import errno
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.core.database import database_is_away
from apps.core.idempotency import FIELD
from apps.core.trouble import disk_is_full
from apps.customers.models import Customer
from tests.conftest import Cast
from tests.pages import key_given, post_by_hand, submit

ClientAs = Callable[..., Client]


@contextmanager
def another_connection() -> Iterator[psycopg.Connection]:
    given = connection.get_connection_params()
    wanted = {name: given[name] for name in ("host", "port", "user", "password", "dbname") if given.get(name)}
    with psycopg.connect(**wanted, autocommit=True) as other:
        yield other


def answer_of(request: Callable[[], Any]) -> tuple[Thread, list[Any]]:
    """The request in a thread of its own, as the web server would run it."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(request())
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread, answers


KILL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()
"""


def killed_in_the_middle(table: str, request: Callable[[], Any]) -> Any:
    """The answer to a request whose database connection dies while it waits for `table`."""
    with another_connection() as other, other.transaction():
        other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")  # type: ignore[arg-type]
        thread, answers = answer_of(request)
        deadline = time.monotonic() + 60
        while not other.execute(KILL).fetchone():
            assert thread.is_alive(), answers
            assert time.monotonic() < deadline
            other.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees what it saw before
    thread.join(60)
    return answers[0]


def typed() -> dict[str, str]:
    return {
        "name": "Anna de Wit", "street": "Ginnekenweg", "house_number": "12", "postal_code": "4811 AA", "city": "Breda",
    }  # fmt: skip


def test_a_form_that_loses_the_database_is_kept_and_sent_again_from_the_page_that_says_so(
    transactional_cast: Cast, client_as: ClientAs
) -> None:
    client = client_as(transactional_cast.bram, raise_request_exception=False)
    page = client.get(reverse("customers:customer_create"))
    answer = killed_in_the_middle("customers_customer", lambda: submit(page, client=client, **typed()))
    assert answer.status_code == 503
    assert answer["Retry-After"] == "3"
    text = answer.content.decode()
    assert "cannot reach its database" in text
    assert "it is done once" in text
    assert "Traceback" not in text
    assert not Customer.objects.exists()

    assert submit(answer, client=client, press="Send again").status_code == 302
    assert submit(answer, client=client, press="Send again").status_code == 302
    assert Customer.objects.get().name == "Anna de Wit"


def test_htmx_hears_it_too_and_keeps_its_form(transactional_cast: Cast, client_as: ClientAs) -> None:
    client = client_as(transactional_cast.bram, raise_request_exception=False)
    address = reverse("customers:customer_create")
    data = typed() | {"kind": "person", "country": "NL", "language": "nl", FIELD: key_given(client)}
    headers = {"hx-request": "true"}
    answer = killed_in_the_middle(
        "customers_customer", lambda: post_by_hand(client, address, data, headers=headers)
    )
    assert answer.status_code == 503
    assert "data-message" in answer.content.decode()


def test_a_page_that_loses_the_database_comes_by_itself(
    transactional_cast: Cast, client_as: ClientAs
) -> None:
    client = client_as(transactional_cast.bram, raise_request_exception=False)

    def read() -> Any:
        return client.get(reverse("customers:customer_list"))

    answer = killed_in_the_middle("customers_customer", read)
    assert (answer.status_code, answer["Refresh"]) == (503, "3")
    assert read().status_code == 200


def test_a_connection_that_died_between_two_requests_is_replaced_in_silence(
    transactional_cast: Cast, client_as: ClientAs
) -> None:
    client = client_as(transactional_cast.bram)
    assert client.get(reverse("customers:customer_list")).status_code == 200
    with another_connection() as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert client.get(reverse("customers:customer_list")).status_code == 200


def test_a_password_never_comes_back_on_a_page(transactional_cast: Cast) -> None:
    client = Client(raise_request_exception=False)
    page = client.get(reverse("account_login"))

    def log_in() -> Any:
        return submit(
            page, client=client, login=transactional_cast.bram.email, password="secret words of Bram"
        )

    answer = killed_in_the_middle("accounts_user", log_in)
    assert answer.status_code == 503
    assert "secret words" not in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (psycopg.OperationalError("server closed the connection unexpectedly"), True),
        (psycopg.InterfaceError("the connection is closed"), True),
        (psycopg.errors.AdminShutdown(), True),
        (psycopg.errors.CannotConnectNow(), True),
        (psycopg.errors.TooManyConnections(), True),
        (psycopg.errors.DeadlockDetected(), False),
        (psycopg.errors.QueryCanceled(), False),
        (psycopg.errors.DiskFull(), False),
        (psycopg.errors.UniqueViolation(), False),
        (ValueError(), False),
    ],
)
def test_what_counts_as_a_database_that_is_away(error: Exception, away: bool) -> None:
    assert database_is_away(error) is away


def test_a_disk_that_fills_up_is_told_from_another_fault() -> None:
    assert disk_is_full(OSError(errno.ENOSPC, "No space left on device"))
    assert disk_is_full(psycopg.errors.DiskFull())
    assert not disk_is_full(OSError(errno.EACCES, "Permission denied"))
    assert not disk_is_full(ValueError())
