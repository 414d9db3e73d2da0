"""Measuring: over the wire as a browser would, and inside this process where queries can be counted."""

import gzip
import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from apps.acceptance.bench.pages import Page
from apps.acceptance.bench.reference import ORM, RAW
from apps.acceptance.bench.server import Served
from apps.accounts.models import User
from apps.core.database import OFFICE, as_role
from apps.invoicing import documents
from apps.invoicing.models import Invoice

SECONDS_IN_TURN = 10.0
IN_A_TURN = 5
SECONDS_TOGETHER = 2.0
_ROLE_MIDDLEWARE = "apps.core.middleware.DatabaseRoleMiddleware"
_PLAIN_MIDDLEWARE = "apps.acceptance.bench.measure.PlainTransactionMiddleware"


@dataclass
class Result:
    """What one page cost one role. Times in milliseconds."""

    role: str
    label: str
    path: str
    http_status: int = 0
    first: float = 0
    median: float = 0
    p95: float = 0
    per_second: float | None = None
    # Milliseconds of processor for one answer: of the web server, and of Postgres for it.
    web: float | None = None
    database: float | None = None
    # Multiples of the reference pages, asked in turns with it: of the raw list in all, of plain Django in the web server.
    of_raw: float | None = None
    of_orm: float | None = None
    queries: int | None = None
    # Milliseconds of its slowest statement.
    slowest: float | None = None
    raw_bytes: int = 0
    gzip_bytes: int = 0
    over: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Browser:
    """One connection that stays open, with a user's cookie."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}", "Accept-Encoding": "gzip"}

    def get(self, path: str) -> tuple[float, int, bytes, str]:
        """(milliseconds, status, body as sent, its encoding)."""
        began = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        response = self.connection.getresponse()
        body = response.read()
        return (
            (time.perf_counter() - began) * 1000,
            response.status,
            body,
            response.headers.get("Content-Encoding", ""),
        )

    def close(self) -> None:
        self.connection.close()


def page_measure(
    page: Page, *, served: Served, reference: Served, session: str, requests: int, clients: int
) -> Result:
    """First answer, then `requests` in turns with the reference pages, then `clients` at once for two seconds."""
    result = Result(page.role, page.label, page.path)
    browser = Browser(served.port, session)
    try:
        result.first, result.http_status, body, encoding = browser.get(page.path)
        if result.http_status != 200:
            return result
        raw = gzip.decompress(body) if encoding == "gzip" else body
        result.raw_bytes, result.gzip_bytes = len(raw), len(gzip.compress(raw, 6))
        browser.get(page.path)
        times = _in_turns(result, served, browser, reference, requests)
    except TimeoutError:
        result.http_status = 0
        return result
    finally:
        browser.close()
    result.median, result.p95 = median(times), percentile_95(times)
    if clients:
        result.per_second = _together(page.path, port=served.port, session=session, clients=clients)
    return result


def _in_turns(
    result: Result, served: Served, browser: Browser, reference: Served, requests: int
) -> list[float]:
    """Milliseconds of each answer, sorted; fewer when they take long. What it costs beside the references goes in `result`."""
    stop = time.perf_counter() + SECONDS_IN_TURN
    plain = Browser(reference.port, "")
    plain.get(RAW)
    plain.get(ORM)
    turns = [(served, browser, result.path), (reference, plain, RAW), (reference, plain, ORM)]
    spent = [[0.0, 0.0] for _ in turns]
    times: list[float] = []
    asked = 0
    try:
        while asked < requests and time.perf_counter() < stop:
            asked += IN_A_TURN
            for place, (server, by, path) in enumerate(turns):
                before = server.cpu()
                took = [by.get(path)[0] for _ in range(IN_A_TURN)]
                for kind, (now, then) in enumerate(zip(server.cpu(), before, strict=True)):
                    spent[place][kind] += now - then
                if place == 0:
                    times += took
    finally:
        plain.close()
    page, raw, orm = ((web / asked, database / asked) for web, database in spent)
    result.web, result.database = page
    result.of_raw = sum(page) / sum(raw) if sum(raw) else None
    result.of_orm = page[0] / orm[0] if orm[0] else None
    return sorted(times)


def percentile_95(times: list[float]) -> float:
    return quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def _together(path: str, *, port: int, session: str, clients: int) -> float:
    """Answers per second that `clients` get who ask again as soon as they are answered."""
    done = [0] * clients
    stop = time.perf_counter() + SECONDS_TOGETHER
    failures: list[BaseException] = []

    def ask(number: int) -> None:
        browser = Browser(port, session)
        try:
            while time.perf_counter() < stop:
                _ms, status, _body, _encoding = browser.get(path)
                if status != 200:
                    raise RuntimeError(f"{path} answered {status} under load")
                done[number] += 1
        except TimeoutError:
            pass  # it counts as nothing answered
        except Exception as error:
            failures.append(error)
        finally:
            browser.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return sum(done) / (time.perf_counter() - began)


def queries_count(page: Page, user: User) -> int:
    """SQL statements of the second request of a page, through the whole middleware."""
    client = client_of(user)
    client.get(page.path)
    with CaptureQueriesContext(connection) as caught:
        client.get(page.path)
    return len(caught)


def client_of(user: User) -> Client:
    client = Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def over_budget(page: Page, result: Result) -> list[str]:
    """Which limits of the page's budget the result is over."""
    budget = page.budget
    limits = [
        ("median", result.median, budget.median),
        ("p95", result.p95, budget.p95),
        ("queries", result.queries, budget.queries),
        ("size", result.gzip_bytes / 1024, budget.kilobytes),
    ]
    found = [
        name for name, value, limit in limits if limit is not None and value is not None and value > limit
    ]
    if (
        budget.per_second is not None
        and result.per_second is not None
        and result.per_second < budget.per_second
    ):
        found.append("requests/s")
    return found


# What the wall and the documents cost


class PlainTransactionMiddleware:
    """What `DatabaseRoleMiddleware` would be without a role: only to measure the difference."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            return self.get_response(request)


def wall_cost(path: str, user: User, rounds: int) -> tuple[float, float]:
    """Median milliseconds of a page with and without the role switch, taken in turns, in this process."""
    plain = [_PLAIN_MIDDLEWARE if name == _ROLE_MIDDLEWARE else name for name in settings.MIDDLEWARE]
    with_role = client_of(user)
    with_role.get(path)
    with override_settings(MIDDLEWARE=plain):
        without_role = client_of(user)
        without_role.get(path)  # builds its chain of middleware now, and keeps it
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for client, taken in zip((with_role, without_role), times, strict=True):
            began = time.perf_counter()
            client.get(path)
            taken.append((time.perf_counter() - began) * 1000)
    return median(times[0]), median(times[1])


def switch_cost(rounds: int) -> float:
    """Median milliseconds of taking a role and giving it back, with nothing in between, beyond a bare transaction."""

    def timed(enter: Callable[[], Any]) -> float:
        taken = []
        for _ in range(rounds):
            began = time.perf_counter()
            with enter():
                pass
            taken.append((time.perf_counter() - began) * 1000)
        return median(taken)

    def bare() -> Any:
        return transaction.atomic()

    return timed(lambda: as_role(OFFICE)) - timed(bare)


def documents_cost(rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each rendering of the newest issued invoices; the first holds the loading of the engine."""
    found: dict[str, list[float]] = {"invoice PDF": [], "invoice UBL": []}
    with as_role(OFFICE):
        for invoice in Invoice.objects.exclude(number=None).filter(kind="invoice").order_by("-pk")[:rounds]:
            for label, render in (
                ("invoice PDF", documents.invoice_pdf),
                ("invoice UBL", documents.invoice_ubl),
            ):
                began = time.perf_counter()
                render(invoice)
                found[label].append((time.perf_counter() - began) * 1000)
    return found
