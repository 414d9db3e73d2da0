"""The ledger of the company is kept in one row: what its lines come to, whoever wrote at the same time, and checked."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal as D

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from apps.accounts.models import User
from apps.core import clock
from apps.invoicing.actions import invoice_credit, invoice_draft, invoice_issue
from apps.office.sync import disagreements
from apps.pipeline.actions import ledger_recount
from apps.pipeline.checks import LEDGER, faults
from apps.pipeline.figures import LEDGER as PARTS
from apps.pipeline.figures import ledger
from apps.pipeline.models import LedgerSums
from apps.workorders.models import WorkOrder
from tests.money import money_world

NOW = datetime(2027, 1, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def bram(cast) -> User:
    return cast.bram


def of_jobs() -> dict[str, D]:
    """The view of each job, added up: it reads the lines themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(f'coalesce(sum({one}), 0)' for one in PARTS)} FROM invoicing_ledger"
        )
        return dict(zip(PARTS, cursor.fetchone(), strict=True))


@pytest.mark.django_db
def test_the_sums_follow_a_job_to_its_credit_note(bram: User) -> None:
    with clock.at(NOW):
        assert ledger() == dict.fromkeys(PARTS, D(0))
        order = money_world().job(("1", "100.00", "21"), ("2", "25.00", "9"))
        assert (ledger(), ledger()["open"]) == (of_jobs(), D("150.00"))
        draft = invoice_draft(work_orders=[order], by=bram)
        assert (ledger(), ledger()["open"]) == (of_jobs(), D("150.00")), "a draft asks for nothing yet"
        invoice = invoice_issue(invoice=draft, by=bram)
        assert (ledger(), ledger()["invoiced"]) == (of_jobs(), D("150.00"))
        invoice_credit(invoice=invoice, by=bram, reason="Never done")
        assert (ledger(), ledger()["invoiced"]) == (of_jobs(), D(0))
        assert faults() == []


@pytest.mark.django_db
def test_sums_that_are_not_those_of_the_lines_are_found(bram: User) -> None:
    with clock.at(NOW):
        money_world().job(("1", "100.00", "21"))
        assert faults() == []
        LedgerSums.objects.update(waiting=1)
        assert [(one.kind, one.number) for one in faults()] == [(LEDGER, "99.00")]
        assert disagreements()[-1].url == "/pipeline/"
        with pytest.raises(CommandError):
            call_command("sync_check", stdout=io.StringIO())
        call_command("sync_check", recount=True, stdout=io.StringIO())
        assert (faults(), ledger()) == ([], of_jobs())


@pytest.mark.django_db(transaction=True)
def test_a_recount_waits_for_who_is_writing_and_counts_that_once(bram: User) -> None:
    with clock.at(NOW):
        with transaction.atomic():
            order = money_world().job(("1", "100.00", "21"))
        LedgerSums.objects.update(waiting=1)
        written = threading.Event()

        def recount() -> None:
            try:
                written.wait(20)
                ledger_recount()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(recount)
            with transaction.atomic():
                invoice_draft(work_orders=[order], by=bram)
                written.set()
                with pytest.raises(TimeoutError):
                    done.result(timeout=0.5)
            done.result(timeout=20)
        assert (faults(), ledger()["open"]) == ([], D("100.00"))


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_are_both_counted(bram: User) -> None:
    with clock.at(NOW):
        with transaction.atomic():
            world = money_world()
            orders = [world.job(("1", "100.00", "21")) for _job in range(2)]
        written = threading.Barrier(2, timeout=20)

        def draft(order: WorkOrder) -> None:
            try:
                with clock.at(NOW), transaction.atomic():
                    invoice_draft(work_orders=[order], by=bram)
                    written.wait()
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(draft, orders))
        assert LedgerSums.objects.get().claimed == D("200.00")
        assert (ledger(), ledger()["open"]) == (of_jobs(), D("200.00"))
