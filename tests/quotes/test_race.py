"""Sixteen people accept one quote at the same moment."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.core import clock
from apps.core.actors import SYSTEM, Customer
from apps.quotes import actions
from apps.quotes.actions import expiry
from apps.quotes.models import Acceptance, Quote
from apps.workorders.models import WorkOrder
from tests.beside import beside, waits_at
from tests.builders import CompanyFactory, CustomerFactory, RequestTypeFactory, VatCodeFactory

CROWD = 16


def make_sent() -> Quote:
    CompanyFactory()
    customer, code = CustomerFactory(), VatCodeFactory(is_default=True)
    kind = RequestTypeFactory()
    quote = actions.quote_create(by=SYSTEM, customer=customer, type=kind)
    actions.line_add(version=quote.current, by=SYSTEM, description="x", unit_price=100, vat_code=code)
    actions.quote_send(quote=quote, by=SYSTEM, to_address="")
    assert User.objects.count() == 0
    return quote


def everybody_accepts(quote: Quote) -> list[BaseException | None]:
    """What each of the crowd got: nothing when it was theirs, or what was raised."""
    start = threading.Barrier(CROWD)
    outcomes: list[BaseException | None] = []

    def accept(number: int) -> None:
        try:
            version = Quote.objects.select_related("current").get(pk=quote.pk).current
            start.wait(timeout=30)
            name = f"Customer {number}"
            actions.quote_accept(version=version, name=name, by=Customer(name))
            outcomes.append(None)
        except BaseException as error:
            outcomes.append(error)
        finally:
            connections.close_all()

    crowd = [threading.Thread(target=accept, args=(number,)) for number in range(CROWD)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(timeout=60)
    return outcomes


@contextmanager
def constraint_dropped(name: str, table: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER frozen ON {table}; DELETE FROM {table}")
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (version_id)")
            cursor.execute(
                f"CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION wt_refuse('an acceptance never changes')"
            )


def unique_constraint(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u'", [table]
        )
        return cursor.fetchone()[0]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_lock_and_constraint_many_work_orders_are_made(monkeypatch) -> None:
    """The race is real: this is what the lock and the constraint are for."""
    quote = make_sent()
    table = Acceptance._meta.db_table
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
    with constraint_dropped(unique_constraint(table), table):
        everybody_accepts(quote)
        assert WorkOrder.objects.count() > 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_lock_the_constraint_still_keeps_it_at_one(monkeypatch) -> None:
    quote = make_sent()
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
    everybody_accepts(quote)
    assert WorkOrder.objects.count() == Acceptance.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_sixteen_acceptances_make_one_work_order() -> None:
    quote = make_sent()
    outcomes = everybody_accepts(quote)
    assert len(outcomes) == CROWD
    assert outcomes.count(None) == 1
    assert all(isinstance(one, actions.AlreadyAnswered) for one in outcomes if one is not None)
    assert WorkOrder.objects.count() == Acceptance.objects.count() == 1
    quote.refresh_from_db()
    assert quote.work_order == WorkOrder.objects.get()
    assert actions.quotes_expire(clock.now() + timedelta(days=99)) == 0


@pytest.mark.django_db(transaction=True)
def test_who_answers_while_the_office_revises_hears_that_there_is_a_newer_version() -> None:
    """A lock that joins what the revision replaces finds no quote at all."""
    quote = make_sent()
    version = quote.current
    with transaction.atomic():
        actions.quote_revise(quote=quote, by=SYSTEM)
        answer = lambda: actions.quote_accept(version=version, name="Vera", by=Customer("Vera"))  # noqa: E731
        thread, outcome = beside(answer, clock.now())
        waits_at()
    thread.join(120)
    assert isinstance(outcome[0], actions.AlreadyAnswered), outcome


@pytest.mark.django_db(transaction=True)
def test_a_reminder_beside_a_revision_is_not_sent() -> None:
    quote, now = make_sent(), clock.now()
    with transaction.atomic():
        actions.quote_revise(quote=quote, by=SYSTEM)
        thread, outcome = beside(lambda: expiry.quote_remind(quote=quote, by=SYSTEM, now=now), now)
        waits_at()
    thread.join(120)
    assert outcome == [False]
