"""Reverse charge is the law's: what was not invoiced yet follows the customer, whenever its work was priced."""

from decimal import Decimal as D

import pytest

from apps.accounts.models import User
from apps.core.refusals import Refused
from apps.customers.actions import customer_change
from apps.customers.models import Customer
from apps.invoicing import actions
from apps.invoicing.models import Invoice
from apps.review import actions as review
from apps.review.models import Billable
from tests.invoicing.test_deposits import asked, draft, held, sold
from tests.money import MoneyWorld

__all__ = ["sold"]
pytestmark = pytest.mark.django_db
NUMBER = "NL812345691B01"


@pytest.fixture
def builder(world: MoneyWorld) -> Customer:
    """A business to which VAT is not reverse-charged."""
    return world.business(vat_number=NUMBER, reverse_charge=False)


def reverse(customer: Customer, by: User, charge: bool = True) -> None:
    customer.refresh_from_db()
    customer_change(customer=customer, by=by, reverse_charge=charge)


def parking(draft: Invoice, world: MoneyWorld, by: User, code: str = "21") -> None:
    """A line that somebody types."""
    actions.line_add(
        invoice=draft, by=by, description="Parkeren", quantity=D(1), unit="C62", unit_price=D(9), vat_code=world.vat[code]
    )  # fmt: skip


def vat(invoice: Invoice) -> list[tuple[str, D]]:
    return list(invoice.lines.order_by("position").values_list("vat_category", "vat_rate"))


def test_work_that_was_approved_follows_the_customer(world: MoneyWorld, builder, bram: User) -> None:
    order = world.job(("2", "65.00", "21"), ("1", "10.00", "9"), ("1", "5.00", "0"), customer=builder)
    reverse(builder, bram)
    made = asked(order, by=bram)
    assert vat(made) == [("AE", 0), ("AE", 0), ("Z", 0)]
    assert (made.net, made.vat, made.total) == (145, 0, 145)


def test_work_of_a_customer_without_reverse_charge_asks_vat_again(world: MoneyWorld, bram: User) -> None:
    customer = world.business(vat_number=NUMBER, reverse_charge=True)
    order = world.job(("2", "65.00", "21"), ("1", "10.00", "9"), customer=customer)
    reverse(customer, bram, charge=False)
    assert vat(asked(order, by=bram)) == [("S", 21), ("S", 9)]


def test_a_line_that_is_reverse_charged_by_itself_stays_so(world: MoneyWorld, builder, bram: User) -> None:
    order = world.job(("1", "100.00", "AE"), customer=builder)
    made = draft(order, by=bram)
    parking(made, world, bram, code="AE")
    assert vat(actions.invoice_issue(invoice=made, by=bram)) == [("AE", 0), ("AE", 0)]


def test_a_credited_invoice_is_made_again_with_the_vat_that_holds(world: MoneyWorld, builder, bram) -> None:
    order = world.job(("2", "65.00", "21"), customer=builder)
    wrong = asked(order, by=bram)
    reverse(builder, bram)
    note = actions.invoice_credit(invoice=wrong, by=bram, reason="Btw verlegd")
    assert (note.total, note.vat) == (wrong.total, wrong.vat)
    made = asked(order, by=bram)
    assert (vat(made), made.total) == ([("AE", 0)], 130)


def test_a_draft_of_before_is_not_issued_until_it_is_saved(world: MoneyWorld, builder, bram: User) -> None:
    made = draft(world.job(("2", "65.00", "21"), customer=builder), by=bram)
    for charge, found in ((True, ("AE", 0)), (False, ("S", 21)), (True, ("AE", 0))):
        reverse(builder, bram, charge=charge)
        with pytest.raises(Refused, match="reverse charge"):
            actions.invoice_issue(invoice=made, by=bram)
        made = actions.invoice_change(invoice=made, by=bram, reference="", note="", payment_term_days=14)
        assert vat(made) == [found]
    assert made.total == 130
    assert actions.invoice_issue(invoice=made, by=bram).total == 130


def test_a_typed_line_follows_too(world: MoneyWorld, builder, bram: User) -> None:
    made = draft(world.job(("2", "65.00", "21"), customer=builder), by=bram)
    parking(made, world, bram)
    reverse(builder, bram)
    made = actions.invoice_change(invoice=made, by=bram, reference="", note="", payment_term_days=14)
    assert (vat(made), made.total) == ([("AE", 0)] * 2, 139)


def test_a_typed_line_is_what_was_chosen_for_it(world: MoneyWorld, bram: User) -> None:
    """Both say AE while the customer is reverse-charged: only one of them by its code."""
    customer = world.business(vat_number=NUMBER, reverse_charge=True)
    made = draft(world.job(("2", "65.00", "21"), customer=customer), by=bram)
    parking(made, world, bram)
    parking(made, world, bram, code="AE")
    assert vat(made) == [("AE", 0)] * 3
    reverse(customer, bram, charge=False)
    made = actions.invoice_change(invoice=made, by=bram, reference="", note="", payment_term_days=14)
    assert vat(made) == [("S", 21), ("S", 21), ("AE", 0)]
    issued = actions.invoice_issue(invoice=made, by=bram)
    reverse(customer, bram)
    actions.invoice_credit(invoice=issued, by=bram, reason="Btw verlegd")
    again = asked(issued.lines.exclude(work_order=None).get().work_order, by=bram)
    assert vat(again) == [("AE", 0)] * 3
    actions.invoice_credit(invoice=again, by=bram, reason="Toch niet")
    reverse(customer, bram, charge=False)
    assert sorted(vat(draft(again.lines.exclude(work_order=None).first().work_order, by=bram))) == [
        ("AE", 0), ("S", 21), ("S", 21),
    ]  # fmt: skip


def test_a_typed_line_without_a_job_keeps_what_was_chosen_when_it_is_asked_again(world, bram: User) -> None:
    customer = world.business(vat_number=NUMBER, reverse_charge=True)
    made = draft(world.job(("2", "65.00", "21"), customer=customer), by=bram)
    parking(made, world, bram)
    parking(made, world, bram, code="AE")
    actions.line_remove(line=made.lines.exclude(billable=None).get(), by=bram)
    wrong = actions.invoice_issue(invoice=made, by=bram)
    reverse(customer, bram, charge=False)
    actions.invoice_credit(invoice=wrong, by=bram, reason="Btw niet verlegd")
    assert vat(Invoice.objects.get(status="draft")) == [("S", 21), ("AE", 0)]


def test_what_has_no_job_follows_too_when_it_is_asked_again(world: MoneyWorld, builder, bram: User) -> None:
    made = draft(world.job(("2", "65.00", "21"), customer=builder), by=bram)
    parking(made, world, bram)
    actions.line_remove(line=made.lines.exclude(billable=None).get(), by=bram)
    wrong = actions.invoice_issue(invoice=made, by=bram)
    reverse(builder, bram)
    actions.invoice_credit(invoice=wrong, by=bram, reason="Btw verlegd")
    again = Invoice.objects.get(status="draft")
    assert (vat(again), again.total) == ([("AE", 0)], 9)
    assert actions.invoice_issue(invoice=again, by=bram).total == 9


def test_what_takes_off_an_invoiced_line_has_the_vat_of_that_line(
    world: MoneyWorld, builder, bram: User
) -> None:
    order = world.job(("10", "10.00", "21"), ("1", "500.00", "21"), customer=builder)
    first = draft(order, by=bram)
    actions.line_remove(line=first.lines.get(net=500), by=bram)
    actions.invoice_issue(invoice=first, by=bram)
    charged = Billable.objects.get(work_order=order, net=100)
    review.billable_correct(billable=charged, by=bram, reason="Less", quantity=D(8))
    reverse(builder, bram)
    assert sorted(vat(asked(order, by=bram))) == [("AE", 0), ("S", 21)]


def test_a_deposit_comes_off_at_the_vat_at_which_it_was_asked(world: MoneyWorld, sold, builder, bram) -> None:
    order = sold(customer=builder)
    deposit = asked(order, by=bram)
    assert deposit.total == 363
    reverse(builder, bram)
    world.do(order)
    final = asked(order, by=bram)
    assert sorted(vat(final)) == [("AE", 0), ("S", 21)]
    assert (final.net, final.vat, final.total) == (700, -63, 637)
    assert held() == [("unsent", D(300)), ("unsent", D(700))]
