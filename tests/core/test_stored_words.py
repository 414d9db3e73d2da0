"""What a record is found by is stored, kept by Postgres, and read by searches alone."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from apps.core.models import RowChange
from apps.core.search import search_words_of
from apps.customers.actions import customer_create
from apps.customers.models import Customer
from tests.conftest import Cast

SEARCHED = [one for one in apps.get_models() if search_words_of(one)]


def test_what_the_palette_searches_has_them() -> None:
    names = {one._meta.label for one in SEARCHED}
    assert names >= {
        "intake.Request",
        "quotes.Quote",
        "workorders.WorkOrder",
        "invoicing.Invoice",
        "customers.Customer",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("model", SEARCHED, ids=lambda one: one._meta.label)
def test_a_search_asks_the_index_of_the_stored_words_and_loads_none(model: Any) -> None:
    sql = str(model.objects.search("jan").query)
    assert '"search_words" @@' in sql
    assert "wt_words" not in sql
    assert "search_words" not in sql.split(" FROM ")[0]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = model.objects.search("jan").order_by().values("pk").explain()
    assert "_search " in plan


@pytest.mark.django_db
def test_they_follow_the_record_and_are_in_no_row_nor_in_the_audit(cast: Cast) -> None:
    made = customer_create(
        by=cast.bram, kind="person", name="Anneke de Wit", email="anneke@voorbeeld.example"
    )
    assert list(Customer.objects.search("anne wit voorbeeld")) == [made]
    version = made.version
    Customer.objects.filter(pk=made.pk).update(name="Anneke Zwart")
    assert not Customer.objects.search("wit").exists()
    assert list(Customer.objects.search("zwart")) == [made]
    made.refresh_from_db()
    assert made.version == version + 1
    assert "search_words" not in made.__dict__
    changes = RowChange.objects.filter(table_name="customers_customer", row_id=str(made.pk)).order_by("pk")
    assert [sorted(one.new) for one in changes][-1] == ["name", "same_name", "sort_name", "version"]
    assert all("search_words" not in (one.new or {}) for one in changes)
