"""A bulk-loaded company is as consistent as one that was worked on by hand."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse

from apps.acceptance.demo.story import month_start
from apps.acceptance.scale.loader import scale_load
from apps.acceptance.scale.telling import Told
from apps.accounts.models import User
from apps.accounts.roles import OFFICE
from apps.bookkeeping.models import Package, PackageLine
from apps.core import clock
from apps.core.canonical import fingerprint
from apps.core.models import AuditEvent, RowChange
from apps.core.money import totals
from apps.core.numbering import number_take
from apps.core.tokens import token_for, token_hash
from apps.customers.models import Customer
from apps.field.models import SignOff, TimeEntry, Visit
from apps.finance.models import Entry
from apps.intake.models import Request
from apps.invoicing.models import Invoice, LedgerRow, PayLink
from apps.office.sync import disagreements
from apps.pipeline.checks import faults as money_faults
from apps.pipeline.models import StandingInvoice
from apps.planning.models import Assignment
from apps.quotes import rules
from apps.quotes.models import Acceptance, Quote, QuoteLink, QuoteVersion
from apps.review.actions import billables_catch_up
from apps.review.models import Billable
from apps.workorders.models import WorkOrder
from apps.workorders.states import WorkOrderStatus
from tests.acceptance.loaded.conftest import ORDERS, Loaded

TWICE = (
    "SELECT 1 FROM planning_assignment a JOIN planning_assignment b ON a.id < b.id AND a.active AND b.active"
    " AND a.technician_id = b.technician_id AND a.period && b.period"
)


def rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.fixture
def company(loaded: Loaded, django_db_blocker: Any) -> Iterator[Told]:
    """The loaded company; what a test does to it is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield loaded.told
        transaction.set_rollback(True)


@pytest.mark.usefixtures("company")
class TestConsistency:
    def test_there_are_as_many_orders_as_asked_for_in_every_status(self) -> None:
        assert WorkOrder.objects.count() == ORDERS
        found = set(WorkOrder.objects.values_list("status", flat=True))
        # What one meets for an hour or by chance; on the last evening of a year all that was sold is planned.
        assert found >= set(WorkOrderStatus) - {
            "to_plan",
            "cancelled",
            "on_hold",
            "missed",
            "in_progress",
            "action_required",
            "returned",
        }
        assert (
            WorkOrder.objects.filter(status="closed").count()
            + WorkOrder.objects.filter(status="invoiced").count()
            > ORDERS / 4
        )

    def test_the_ledger_adds_up_for_each_job(self) -> None:
        ledger = list(LedgerRow.objects.all())
        assert len(ledger) > ORDERS / 2
        for row in ledger:
            assert row.recorded == row.invoiced + row.included + row.written_off + row.corrected + row.open
            assert row.recorded_hours == pytest.approx(
                row.invoiced_hours + row.included_hours + row.written_off_hours + row.open_hours,
                abs=Decimal("0.02"),
            )

    def test_nothing_recorded_is_without_a_fate(self) -> None:
        approved = Visit.objects.filter(work_order__status__in=["ready_for_invoicing", "invoiced", "closed"])
        entries = TimeEntry.objects.filter(visit__in=approved).exclude(kind="pause")
        assert entries.exists()
        without = entries.exclude(pk__in=Billable.objects.exclude(time_entry=None).values("time_entry"))
        assert not without.exists()
        assert not Billable.objects.filter(
            work_order__status__in=["ready_for_invoicing", "invoiced", "closed"], fate="pending"
        ).exists()

    def test_what_is_invoiced_leaves_nothing_open(self) -> None:
        closed = LedgerRow.objects.filter(work_order__status__in=["invoiced", "closed"])
        assert closed.exists()
        assert not closed.exclude(open=0).exists()

    def test_totals_are_those_of_the_lines_with_vat_once_per_rate(self) -> None:
        for invoice in Invoice.objects.prefetch_related("lines", "vat_lines"):
            lines = list(invoice.lines.all())
            sums = totals(line.priced for line in lines)
            assert lines
            assert (invoice.net, invoice.vat, invoice.total) == (sums.net, sums.vat, sums.total)
            assert all(line.net == line.priced.net for line in lines)
            if invoice.number:
                vat_lines = {(one.category, one.rate): (one.base, one.vat) for one in invoice.vat_lines.all()}
                assert vat_lines == {(one.category, one.rate): (one.base, one.vat) for one in sums.vat_sums}

    def test_a_paid_invoice_was_paid_in_full_and_no_other_one(self) -> None:
        paid = Invoice.objects.annotate(came_in=models.Sum("payments__amount"))
        assert not paid.filter(status="paid").exclude(came_in=models.F("payable")).exists()
        assert not paid.exclude(status="paid").filter(came_in__gte=models.F("payable")).exists()

    def test_every_euro_has_its_one_place_as_loaded_and_as_priced_by_the_worker(self) -> None:
        assert StandingInvoice.objects.exists()
        assert money_faults() == []
        while billables_catch_up():
            pass
        assert money_faults() == []

    def test_nobody_is_in_two_places_at_once(self) -> None:
        assert Assignment.objects.filter(active=True).count() > ORDERS
        assert not rows(TWICE)
        assert not rows(
            "SELECT 1 FROM field_timeentry a JOIN field_visit va ON va.id = a.visit_id JOIN field_timeentry b ON a.id < b.id"
            " JOIN field_visit vb ON vb.id = b.visit_id AND vb.technician_id = va.technician_id"
            " WHERE a.ended_at > b.started_at AND b.ended_at > a.started_at"
        )

    @pytest.mark.parametrize(
        ("model", "series"),
        [(Request, "request"), (Quote, "quote"), (WorkOrder, "work_order"), (Invoice, "invoice")],
    )
    def test_numbers_have_no_gap_and_the_next_one_is_free(
        self, model: type[models.Model], series: str
    ) -> None:
        manager = model._default_manager
        numbers = list(manager.exclude(number=None).values_list("number", flat=True))
        by_year: dict[str, list[int]] = {}
        for number in numbers:
            year, count = number.lstrip("RQWF").split("-")
            by_year.setdefault(year, []).append(int(count))
        for counts in by_year.values():
            assert sorted(counts) == list(range(1, len(counts) + 1))
        assert number_take(series) not in numbers

    def test_an_accepted_quote_can_be_verified_again(self) -> None:
        accepted = list(Acceptance.objects.select_related("version"))
        assert len(accepted) > 5
        for one in accepted:
            checks = rules.acceptance_checks(
                one.shown,
                shown_hash=one.shown_hash,
                content=one.version.content,
                content_hash=one.version.content_hash,
                options=one.options,
                name=one.name,
                sums=(one.net, one.vat, one.total),
                signature="",
            )
            assert all(check.ok for check in checks), [check.what for check in checks if not check.ok]

    def test_a_version_holds_the_sums_of_its_lines(self) -> None:
        for version in QuoteVersion.objects.prefetch_related("lines"):
            sums = totals(line.priced for line in version.lines.all() if not line.optional)
            assert (version.net, version.vat, version.total) == (sums.net, sums.vat, sums.total)

    def test_private_links_open_with_the_tokens_of_this_installation(self) -> None:
        for link in QuoteLink.objects.all()[:20]:
            assert link.token_hash == token_hash(token_for("quote", link.nonce))
        for link in PayLink.objects.all()[:20]:
            assert link.token_hash == token_hash(token_for("pay", link.nonce))

    def test_what_was_signed_on_site_still_has_its_hash(self) -> None:
        signed = list(SignOff.objects.all())
        assert len(signed) > ORDERS / 2
        assert all(fingerprint(one.shown) == one.shown_hash for one in signed)

    def test_each_technician_may_execute_what_is_planned_on_them(self) -> None:
        technician = Assignment.objects.filter(active=True).exclude(work_order=None).first().technician
        mine = WorkOrder.objects.filter(
            assignments__technician=technician, assignments__active=True
        ).distinct()
        assert set(WorkOrder.objects.for_user(technician.user)) == set(mine)

    def test_history_tells_how_a_job_came_where_it_is(self) -> None:
        for order in WorkOrder.objects.exclude(status="to_plan"):
            events = AuditEvent.objects.filter(
                subject_type="workorders.workorder", subject_id=order.pk
            ).exclude(after="")
            assert events.order_by("at", "id").last().after == order.status

    def test_nothing_happened_in_the_future(self) -> None:
        now = clock.now()
        for model, field in [
            (WorkOrder, "created_at"), (Request, "created_at"), (Quote, "created_at"), (Invoice, "created_at"), (Invoice, "issued_at"),
            (AuditEvent, "at"), (Visit, "finished_at"), (TimeEntry, "ended_at"), (Billable, "decided_at"),
        ]:  # fmt: skip
            assert not model._default_manager.filter(**{f"{field}__gt": now}).exists(), (model, field)

    def test_the_row_triggers_are_on_again(self) -> None:
        before = RowChange.objects.count()
        WorkOrder.objects.filter(pk=WorkOrder.objects.first().pk).update(people=2)
        assert RowChange.objects.count() == before + 1
        off = rows(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled <> 'O' AND NOT tgisinternal"
        )
        assert off == []

    def test_a_second_load_fits_beside_the_first(self, company: Told) -> None:
        scale_load(100, told=company)
        assert WorkOrder.objects.count() == ORDERS + 100
        assert disagreements() == []
        assert not rows(TWICE)

    def test_what_was_told_is_gone_and_its_copies_are_for_others(self, company: Told) -> None:
        told = [customer.email for customer, _site in company.customers.values()]
        assert not Customer.objects.filter(email__in=told).exists()
        assert Assignment.objects.values("technician").distinct().count() >= 8

    def test_records_agree(self) -> None:
        assert disagreements() == []

    def test_each_month_went_to_the_bookkeeper_as_far_as_it_was_paid(self) -> None:
        this = clock.today().replace(day=1)
        last = this if clock.today().day > 3 else month_start(this, -1)
        without = Invoice.objects.filter(number__isnull=False, issue_date__lt=last)
        assert not without.exclude(pk__in=PackageLine.objects.filter(payment=None).values("invoice")).exists()
        assert Package.objects.count() > 3
        early = PackageLine.objects.filter(payment__recorded_at__gt=models.F("package__created_at"))
        assert not early.exists()
        assert PackageLine.objects.exclude(payment=None).exists()

    def test_finance_counts_what_was_invoiced(self) -> None:
        counted = Entry.objects.aggregate(sum=models.Sum("revenue"))["sum"]
        signed = models.Case(
            models.When(kind="credit_note", then=-models.F("net")),
            default=models.F("net"),
            output_field=models.DecimalField(),
        )
        assert counted == Invoice.objects.exclude(number=None).aggregate(sum=models.Sum(signed))["sum"]

    def test_texts_speak_of_the_copy(self, company: Told) -> None:
        old = {row["number"] for job in company.finished for row in job.rows[WorkOrder]}
        orders = {one.number: one for one in WorkOrder.objects.select_related("customer")}
        for signed in SignOff.objects.select_related("visit__work_order__customer"):
            assert signed.shown["work_order"] == signed.visit.work_order.number
            assert signed.shown["customer"] == signed.visit.work_order.customer.name
        for order in orders.values():
            assert order in WorkOrder.objects.search(order.number), order.number
        assert old - orders.keys() != old  # the numbers are given anew, from the first on
        for invoice in Invoice.objects.exclude(number=None).select_related("customer"):
            assert invoice.buyer["name"] == invoice.customer.name

    @pytest.mark.parametrize(
        "name",
        [
            "office:dashboard", "intake:request_list", "quotes:quote_list", "workorders:work_order_list", "planning:week", "planning:day",
            "review:review_list", "customers:customer_list",
        ],
    )  # fmt: skip
    def test_a_page_opens_on_it(self, name: str, client_as: Callable[[User], Client]) -> None:
        office = User.objects.filter(groups__name=OFFICE, is_active=True).first()
        assert client_as(office).get(reverse(name)).status_code == 200

    def test_records_of_every_status_open_on_it(self, client_as: Callable[[User], Client]) -> None:
        client = client_as(User.objects.filter(groups__name=OFFICE, is_active=True).first())
        pages = {
            "workorders:work_order_detail": WorkOrder.objects.all(),
            "intake:request_detail": Request.objects.all(),
            "quotes:quote_detail": Quote.objects.all(),
            "review:review_detail": WorkOrder.objects.filter(status__in=["ready_for_review", "closed"]),
        }
        for name, found in pages.items():
            # Which statuses a short story has is a matter of its hour: one record of each that is there.
            of_each = found.order_by("status", "pk").distinct("status")
            assert of_each, name
            for record in of_each:
                assert client.get(reverse(name, args=[record.pk])).status_code == 200, record
