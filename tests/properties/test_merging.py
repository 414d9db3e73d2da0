"""Whatever hangs on two customers: a merge loses no row, changes no issued invoice and no total, and undone all is as it was."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.core import clock, merging
from apps.customers.actions import customer_merge, customer_merge_undo
from apps.finance.actions import sums_catch_up
from apps.finance.models import DaySum, Entry
from apps.invoicing.models import Invoice, LedgerRow
from apps.pipeline.checks import faults
from apps.pipeline.figures import standing
from tests.builders import BusinessFactory, Shop
from tests.conftest import Cast
from tests.properties.lives import Lives
from tests.review.conftest import shop

__all__ = ["shop"]
pytestmark = pytest.mark.django_db

START = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)
ROAD = (
    "offer",
    "accept",
    "order",
    "plan",
    "work",
    "finish",
    "review",
    "approve",
    "draft",
    "issue",
    "send",
    "pay_part",
)
# Who each step is for, and what else happens on the way.
steps = st.lists(st.booleans(), min_size=len(ROAD), max_size=len(ROAD))
aside = st.lists(
    st.tuples(st.booleans(), st.sampled_from(["ask", "offer", "order", "credit", "set_off", "cancel"]), st.integers(0, 3)),
    max_size=4,
)  # fmt: skip
COUNTED = ("version", "search_words", "active", "merged_into_id")


def rows(without_holder: bool) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that moves or comes along, with or without whose it is, and without how often it was written."""
    found = {}
    for part in merging.parts_of("customers.customer"):
        if without_holder and part.model == "customers.customer":
            continue  # the one that is kept gets what it lacks
        table = part.rows.model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t ORDER BY id')
            left_out = (*COUNTED, "customer_id") if without_holder else COUNTED
            every = [json.loads(row) for (row,) in cursor.fetchall()]
            found[part.name] = [{name: row[name] for name in row if name not in left_out} for row in every]
    return found


def totals(now: datetime) -> dict[str, Any]:
    sums_catch_up()
    sums = DaySum.objects.filter(kind="company").values_list(
        "day", "revenue", "labour", "jobs_done", "hours", "paid_invoices"
    )
    return {
        "standing": sorted(standing(now).values_list("pk", "stage", "net", "gross")),
        "ledger": sorted(LedgerRow.objects.values_list("work_order", "recorded")),
        "invoiced": Invoice.objects.aggregate(net=Sum("net"), open=Sum("payable")),
        "finance": sorted(sums),
    }


def of_customer(pk: int) -> list[Any]:
    kept = DaySum.objects.filter(kind="customer", key=pk).exclude(revenue=0, labour=0, hours=0, jobs_done=0)
    return sorted(kept.values_list("day", "revenue", "labour", "jobs_done", "hours"))


@given(whose=steps, more=aside)
@settings(
    max_examples=3, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_a_merge_moves_everything_and_changes_nothing(
    shop: Shop, cast: Cast, whose: list[bool], more: list[tuple[bool, str, int]]
) -> None:
    with transaction.atomic():
        other = BusinessFactory()
        two = ((shop.customer, shop.site), (other, other.sites.get()))
        lives = Lives(shop, cast, START)
        for mine, verb, pick in [(mine, verb, 0) for mine, verb in zip(whose, ROAD, strict=True)] + more:
            lives.shop.customer, lives.shop.site = two[mine]
            lives.take(verb, pick)
        shop.customer, shop.site = two[0]
        kept, gone = shop.customer, other
        with clock.at(lives.now):
            before, sums = rows(without_holder=True), totals(lives.now)
            exactly, theirs = rows(without_holder=False), of_customer(gone.pk)
            done = customer_merge(kept=kept, gone=gone, by=cast.bram, choices={})
            assert rows(without_holder=True) == before, "no row lost, none changed"
            assert totals(lives.now) == sums
            assert of_customer(gone.pk) == []
            assert faults() == []
            for part in merging.moving("customers.customer"):
                assert not part.of(gone.pk).exists(), part.name
            assert not Entry.objects.filter(customer=gone).exists()
            assert not standing(lives.now).filter(customer=gone).exists()
            customer_merge_undo(merge=done, by=cast.bram)
            assert rows(without_holder=False) == exactly, "exactly as it was"
            assert totals(lives.now) == sums
            assert of_customer(gone.pk) == theirs
            assert faults() == []
        transaction.set_rollback(True)
