"""The sums of the days are what the records say, whatever happened; and the check sees when they are not."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from apps.core.clock import today
from apps.finance import checks
from apps.finance.actions import sums_catch_up, sums_recount
from apps.finance.models import DaySum, Entry, Kind, Mark
from apps.invoicing.actions import invoice_credit, payment_record
from apps.quotes.actions import quote_decline
from tests.finance import test_finance as busy_month

pytestmark = pytest.mark.django_db


def invoiced(shop, cast, **job):
    return busy_month.invoiced(shop, cast, **job)[1]


def state():
    """Everything that is kept, in a way that two can be compared."""
    rows = DaySum.objects.order_by("kind", "key", "day").values_list("kind", "key", "day", *checks.MEASURES)
    return [row for row in rows if any(row[3:])]


def test_each_event_of_a_job_is_in_the_sums_after_the_next_minute(shop, cast):
    sums_catch_up()
    assert not Mark.objects.exists()
    invoice = invoiced(shop, cast, parts=[(shop.pipe, 3)])
    assert Mark.objects.exists()
    sums_catch_up()
    assert checks.faults() == []
    payment_record(invoice=invoice, amount=invoice.payable, method="bank", by=cast.bram, paid_on=today())
    sums_catch_up()
    assert DaySum.objects.of(Kind.COMPANY).sums()["paid_invoices"] == 1
    invoice_credit(invoice=invoice, by=cast.bram, reason="wrong")
    quote_decline(version=shop.quote().current, by=cast.bram, reason="too dear")
    sums_catch_up()
    assert DaySum.objects.of(Kind.COMPANY).sums()["revenue"] == 0
    assert checks.faults() == []


def test_counting_everything_anew_changes_nothing(shop, cast):
    invoiced(shop, cast, parts=[(shop.pipe, 3)])
    quote_decline(version=shop.quote().current, by=cast.bram, reason="too dear")
    sums_catch_up()
    before = state()
    assert before
    sums_recount()
    assert state() == before


def tampered(statement: str) -> list[str]:
    """The kinds of fault that are found when somebody changes a row behind the product's back."""
    with transaction.atomic():
        point = transaction.savepoint()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement)
            cursor.execute("SET LOCAL session_replication_role = origin")
        found = [one.kind for one in checks.faults()]
        transaction.savepoint_rollback(point)
    return found


PAST_THE_TRIGGERS = [
    ("UPDATE finance_daysum SET revenue = revenue + 1", checks.DAY),
    ("DELETE FROM finance_daysum", checks.DAY),
    ("UPDATE finance_daysum SET revenue = revenue + 1 WHERE kind = 'customer'", checks.CUSTOMER),
    ("UPDATE finance_entry SET revenue = revenue + 1 WHERE work_order_id IS NOT NULL", checks.JOB),
    ("DELETE FROM finance_entry", checks.JOB),
    ("UPDATE field_timeentry SET ended_at = ended_at + interval '1 hour'", checks.JOB),
    ("UPDATE review_billable SET unit_cost = unit_cost + 1", checks.JOB),
    ("UPDATE invoicing_invoiceline SET net = net + 1", checks.INVOICE),
    ("UPDATE quotes_quote SET status = 'declined' WHERE status = 'sent'", checks.QUOTE),
]


def test_the_check_sees_what_went_past_the_triggers(shop, cast):
    invoiced(shop, cast)
    shop.quote()
    sums_catch_up()
    assert checks.faults() == []
    for statement, kind in PAST_THE_TRIGGERS:
        assert kind in tampered(statement), statement


def test_the_command_counts_first_and_then_says_what_differs(shop, cast):
    invoiced(shop, cast)
    said = io.StringIO()
    call_command("sync_check", stdout=said)
    assert "Everything agrees" in said.getvalue()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE finance_daysum SET revenue = revenue + 1 WHERE kind = 'company'")
    with pytest.raises(CommandError, match="disagreement"):
        call_command("sync_check", stdout=said)
    assert "The sums of this day in finance" in said.getvalue()


def test_an_entry_is_never_changed(shop, cast):
    invoiced(shop, cast)
    sums_catch_up()
    with pytest.raises(Exception, match="made anew"), transaction.atomic():
        Entry.objects.update(revenue=1)
