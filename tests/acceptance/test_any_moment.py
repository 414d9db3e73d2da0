"""The bulk load, the demo company and the chain hold whenever they are made."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.acceptance.chain import acceptance_run
from apps.acceptance.demo.build import demo_build
from apps.acceptance.demo.story import BRIEF
from apps.acceptance.scale.loader import scale_load
from apps.accounts.models import User
from apps.core import clock
from apps.core.models import AuditEvent
from apps.invoicing.models import Invoice
from apps.quotes.models import Quote
from apps.workorders.models import WorkOrder


@pytest.fixture
def now(any_moment: datetime, db: None) -> Iterator[datetime]:
    """The test happens at that moment."""
    with clock.at(any_moment):
        yield any_moment


def columns_of_moments() -> Iterator[tuple[str, str]]:
    """(table, column) of all that says when something happened."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t"
            " USING (table_schema, table_name) WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
            " AND c.data_type = 'timestamp with time zone' AND c.table_name NOT LIKE 'procrastinate%%' AND (c.column_name = 'at' OR c.column_name LIKE '%%ed_at')"
        )
        yield from cursor.fetchall()


# Whose moment is the database's own.
STAMPED = ("core_rowchange", "core_edition")


def in_the_future(now: datetime) -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for table, column in columns_of_moments():
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}" > %s', [now])
            if (count := cursor.fetchone()[0]) and table not in STAMPED:
                found.append(f"{table}.{column}: {count}")
    return found


def broken_histories() -> list[str]:
    """Histories in which a step does not begin where the one before it ended, or that end elsewhere than the record."""
    found = []
    for model in (WorkOrder, Quote, Invoice):
        kind = model._meta.label_lower
        status = dict(model._default_manager.values_list("pk", "status"))
        told: dict[int, list[tuple[str, str, datetime, str]]] = {pk: [] for pk in status}
        events = AuditEvent.objects.filter(subject_type=kind).exclude(after="")
        for pk, *step in events.order_by("at", "id").values_list(
            "subject_id", "before", "after", "at", "verb"
        ):
            told[pk].append(tuple(step))
        for pk, steps in told.items():
            place = steps[0][0] if steps else ""  # not every record tells of its making
            for before, after, moment, verb in steps:
                if before != place:
                    found.append(f"{kind} {pk}: {verb} at {moment} begins at {before!r}, not at {place!r}")
                place = after
            if steps and place != status[pk]:
                found.append(f"{kind} {pk} is {status[pk]}, its history ends at {place!r}")
    return found


PAGES = [
    "office:dashboard", "intake:request_list", "quotes:quote_list", "workorders:work_order_list", "planning:week", "planning:day",
    "review:review_list", "customers:customer_list", "invoicing:invoice_list", "leaks:leak_list", "finance:overview",
]  # fmt: skip


def test_demo_load_and_chain_hold(now: datetime, client_as: Callable[[User], Client]) -> None:
    demo_build(Random(1953), defaultdict(lambda: "secret"), lambda _text: None, BRIEF)
    scale_load(40)
    assert in_the_future(now) == []
    assert broken_histories() == []
    assert [check for check in acceptance_run().checks if not check.passed] == []
    olga = client_as(User.objects.get(name="Olga Mark"))
    assert {name: olga.get(reverse(name)).status_code for name in PAGES} == dict.fromkeys(PAGES, 200)
    tim = client_as(User.objects.get(name="Tim Kuiper"))
    assert tim.get(reverse("phone:today")).status_code == 200
