"""What the pages read is kept by the database: exact once it is committed, whoever wrote at the same time, and checked."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.db import connection, transaction

from apps.accounts.models import User
from apps.core import clock
from apps.invoicing.actions import fact_mark, invoice_draft, invoice_issue
from apps.office.sync import disagreements
from apps.pipeline.checks import KEPT, faults
from apps.pipeline.figures import standing
from apps.pipeline.models import Mark, PipelineRow, Standing
from tests.money import money_world

NOW = datetime(2027, 1, 20, 12, 0, tzinfo=UTC)
NET = D("100.00")


@pytest.fixture
def bram(cast) -> User:
    return cast.bram


def rows(model) -> set[tuple]:
    return set(model.objects.values_list("id", "place", "since", "net", "hours", "gross"))


@pytest.mark.django_db
def test_a_transaction_reads_what_it_wrote_itself(bram: User) -> None:
    with clock.at(NOW):
        order = money_world().job(("1", "100.00", "21"))
        assert not Standing.objects.filter(record_id=order.pk).exists(), "brought up to date at its end"
        found = standing(NOW).get(record_type="workorders.workorder", record_id=order.pk)
    assert (found.place, found.net) == ("approved", NET)
    assert rows(Standing) == rows(PipelineRow)
    assert not Mark.objects.exists()


@pytest.mark.django_db
def test_a_write_that_is_taken_back_leaves_nothing_and_the_next_one_is_kept(bram: User) -> None:
    with clock.at(NOW):
        order = money_world().job(("1", "100.00", "21"))
        with transaction.atomic():
            invoice_draft(work_orders=[order], by=bram)
            assert standing(NOW).filter(place="drafted").exists()
            transaction.set_rollback(True)
        assert [one.place for one in standing(NOW).filter(net=NET)] == ["approved"]
        with transaction.atomic():
            invoice_draft(work_orders=[order], by=bram)
            transaction.set_rollback(True)
        invoice_draft(work_orders=[order], by=bram)
        assert [one.place for one in standing(NOW).filter(net=NET)] == ["drafted"]
    assert faults() == []


@pytest.mark.django_db
def test_what_nobody_kept_is_found(bram: User) -> None:
    with clock.at(NOW):
        order = money_world().job(("1", "100.00", "21"))
        assert faults() == []
        with connection.cursor() as cursor:
            cursor.execute("UPDATE pipeline_standing SET net = net + 1 WHERE record_id = %s", [order.pk])
        assert [(one.kind, one.number) for one in faults()] == [(KEPT, order.number)]
        found = next(one for one in disagreements() if one.record == order.number)
    assert found.url == "/pipeline/"


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_is_kept_and_who_comes_second_sees_what_the_first_one_did(bram: User) -> None:
    """Two write about one job, and neither sees the other's: whoever is committed last has the rows of both."""
    with clock.at(NOW):
        with transaction.atomic():
            order = money_world().job(("1", "100.00", "21"))
        assert rows(Standing) == rows(PipelineRow)
        written = threading.Barrier(2, timeout=20)

        def write(statement: str) -> None:
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(statement, [order.pk])
                    written.wait()
            finally:
                connection.close()

        both = [
            "UPDATE review_review SET approved_at = approved_at + interval '1 day' WHERE work_order_id = %s",
            "UPDATE workorders_workorder SET number = number || '-2' WHERE id = %s",
        ]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(write, both))
        assert rows(Standing) == rows(PipelineRow)
        assert not Mark.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_invoice_moves_on_at_each_commit(bram: User) -> None:
    with clock.at(NOW):
        with transaction.atomic():
            order = money_world().job(("1", "100.00", "21"))
        draft = invoice_draft(work_orders=[order], by=bram)
        assert set(Standing.objects.values_list("place", "net")) == {("drafted", NET)}
        invoice = invoice_issue(invoice=draft, by=bram)
        assert set(Standing.objects.values_list("place", "net")) == {("unsent", NET)}
        fact_mark(invoice=invoice, kind="sent", by=bram)
        assert set(Standing.objects.values_list("place", "net")) == {("sent", NET)}
        late = standing(NOW + timedelta(days=90)).get()
    assert late.stage == "overdue"
    assert rows(Standing) == rows(PipelineRow)
