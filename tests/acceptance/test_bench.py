"""What the measuring of pages says of itself: the parts that do not take a server."""

import os
import time

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.acceptance.bench import report
from apps.acceptance.bench.cpu import backends, family, milliseconds
from apps.acceptance.bench.pages import NONE, Page
from apps.acceptance.bench.reference import ORM, RAW, application
from apps.acceptance.bench.statements import statements_of
from tests.conftest import Cast


def test_processor_time_is_that_of_the_process_and_goes_up() -> None:
    pids = family(os.getpid())
    before = milliseconds([os.getpid()])
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    assert os.getpid() in pids
    assert 45 <= milliseconds([os.getpid()]) - before < 500


@pytest.mark.django_db
def test_a_backend_is_found_by_the_name_of_its_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
        cursor.execute("SET LOCAL application_name = 'bench of a test'")
    assert backends("bench of a test") == [pid]
    assert backends("nobody") == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", [RAW, ORM])
def test_a_reference_page_answers_as_a_role_that_may_read(path: str, cast: Cast) -> None:
    said: list[str] = []
    content = b"".join(application({"PATH_INFO": path}, lambda status, _headers: said.append(status)))
    assert said == ["200 OK"]
    assert b"<table>" in content


@pytest.mark.django_db
def test_each_statement_of_a_page_is_explained_where_it_runs(cast: Cast) -> None:
    page = Page("office", "work orders", reverse("workorders:work_order_list"), NONE)
    found = statements_of(page, cast.bram, rounds=2)
    assert len(found) > 3
    assert found == sorted(found, key=lambda one: -one.execution)
    assert all("Execution Time" in one.plan for one in found)
    assert any("workorders_workorder" in one.sql for one in found)
    with connection.cursor() as cursor:
        cursor.execute("SHOW join_collapse_limit")
        assert cursor.fetchone() == ("8",), "the settings of the web login are given back"
    assert Client().get(page.path).status_code == 302


def test_growth_compares_the_same_page_at_several_sizes() -> None:
    def file(orders: int, web: float | None) -> dict:
        pages = [{"role": "office", "label": "week", "web": web, "database": 2.0}]
        return {"circumstances": {"work_orders": orders}, "pages": pages}

    assert report.growth([file(20_000, 20), file(2_000, 8)]) == [
        ["role", "page", "2000", "20000", "×"],
        ["office", "week", "10.0", "22.0", "2.2"],
    ]
