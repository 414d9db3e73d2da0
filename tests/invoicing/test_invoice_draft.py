from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.roles import OFFICE
from apps.core.refusals import Forbidden, Refused
from apps.invoicing.actions import (
    invoice_cancel,
    invoice_change,
    invoice_credit,
    invoice_draft,
    invoice_issue,
    line_add,
    line_change,
    line_remove,
)
from apps.invoicing.models import Invoice, InvoiceLine
from apps.pricing.models import VatCode
from apps.review.models import Billable, Fate
from tests.builders import PolicyFactory
from tests.conftest import Cast, user_make
from tests.money import MoneyWorld
from tests.pages import submit


def test_it_takes_what_is_billable_and_nothing_else(world: MoneyWorld, bram: User) -> None:
    order = world.job(("2", "65.00", "21"))
    assert Billable.objects.get(work_order=order, fate=Fate.INCLUDED).net == 25
    invoice = invoice_draft(work_orders=[order], by=bram)
    assert [line.net for line in invoice.lines.all()] == [Decimal("130.00")]
    assert invoice.number is None
    assert invoice.status == "draft"
    assert (invoice.net, invoice.vat, invoice.total) == (
        Decimal("130.00"),
        Decimal("27.30"),
        Decimal("157.30"),
    )


def test_several_jobs_of_one_customer_come_on_one_invoice(world: MoneyWorld, bram: User) -> None:
    customer = world.customer()
    orders = [world.job(customer=customer), world.job(customer=customer)]
    invoice = invoice_draft(work_orders=orders, by=bram)
    assert {line.work_order_id for line in invoice.lines.all()} == {order.pk for order in orders}


def test_jobs_of_two_customers_are_refused(world: MoneyWorld, bram: User) -> None:
    with pytest.raises(Refused, match="one customer"):
        invoice_draft(work_orders=[world.job(), world.job()], by=bram)


def test_work_on_a_draft_cannot_come_on_a_second_one(world: MoneyWorld, bram: User) -> None:
    order = world.job()
    invoice_draft(work_orders=[order], by=bram)
    with pytest.raises(Refused, match="left to invoice"):
        invoice_draft(work_orders=[order], by=bram)
    assert Invoice.objects.count() == 1


def test_a_job_that_is_not_reviewed_is_refused(world: MoneyWorld, bram: User) -> None:
    with pytest.raises(Refused, match="not ready"):
        invoice_draft(work_orders=[world.job(approved=False)], by=bram)


def test_a_technician_may_not_make_one(world: MoneyWorld, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        invoice_draft(work_orders=[world.job()], by=cast.tim)


def test_the_customers_language_and_term_are_taken(world: MoneyWorld, bram: User) -> None:
    customer = world.customer(language="en", payment_term_days=30)
    invoice = invoice_draft(work_orders=[world.job(customer=customer)], by=bram)
    assert (invoice.language, invoice.payment_term_days) == ("en", 30)


def test_the_description_of_a_line_can_be_changed_but_not_its_price(draft: Invoice, bram: User) -> None:
    line = draft.lines.first()
    assert line is not None
    line_change(line=line, by=bram, description="Onderhoud ketel")
    line.refresh_from_db()
    assert line.description == "Onderhoud ketel"
    with pytest.raises(Refused, match="review"):
        line_change(line=line, by=bram, description="x", unit_price=Decimal("1"))
    line.refresh_from_db()
    assert (line.description, line.unit_price) == ("Onderhoud ketel", Decimal("65"))


def test_a_free_line_has_the_customers_vat(world: MoneyWorld, bram: User) -> None:
    customer = world.business(reverse_charge=True)
    invoice = invoice_draft(work_orders=[world.job(("1", "100", "AE"), customer=customer)], by=bram)
    line = line_add(
        invoice=invoice, by=bram, description="Parkeren", quantity=Decimal(1), unit="C62",
        unit_price=Decimal("12.50"), vat_code=world.vat["21"],
    )  # fmt: skip
    invoice.refresh_from_db()
    assert (line.vat_category, line.vat_rate) == ("AE", 0)
    assert invoice.total == Decimal("112.50")
    line_change(line=line, by=bram, description="Parkeren", quantity=Decimal(2))
    invoice.refresh_from_db()
    assert invoice.total == Decimal("125.00")


def test_a_line_taken_off_can_come_on_another_invoice(draft: Invoice, bram: User) -> None:
    line = draft.lines.first()
    assert line is not None
    order = line.work_order
    line_remove(line=line, by=bram)
    other = invoice_draft(work_orders=[order], by=bram)
    assert [one.billable_id for one in other.lines.all()] == [line.billable_id]


def test_reference_text_and_term_can_be_changed(draft: Invoice, bram: User) -> None:
    invoice_change(invoice=draft, by=bram, reference="PO 12", note="Met dank", payment_term_days=8)
    draft.refresh_from_db()
    assert (draft.reference, draft.note, draft.payment_term_days) == ("PO 12", "Met dank", 8)
    assert Invoice.objects.search("PO 12").get() == draft


def test_nothing_of_an_issued_invoice_can_be_changed(issued: Invoice, bram: User) -> None:
    line = InvoiceLine.objects.filter(invoice=issued).first()
    assert line is not None
    with pytest.raises(Refused, match="no longer a draft"):
        line_change(line=line, by=bram, description="x")
    with pytest.raises(Refused, match="no longer a draft"):
        line_remove(line=line, by=bram)
    with pytest.raises(Refused, match="no longer a draft"):
        invoice_change(invoice=issued, by=bram, reference="x", note="", payment_term_days=1)


def test_a_cancelled_draft_gives_its_work_back_and_takes_no_number(draft: Invoice, bram: User) -> None:
    order = draft.lines.first().work_order
    invoice_cancel(invoice=draft, by=bram, reason="Dubbel")
    again = invoice_draft(work_orders=[order], by=bram)
    assert again.lines.count() == 3
    assert invoice_issue(invoice=again, by=bram).number.endswith("-0001")


def test_an_issued_invoice_cannot_be_cancelled(issued: Invoice, bram: User) -> None:
    with pytest.raises(Refused, match="“Cancel” is no longer possible"):
        invoice_cancel(invoice=issued, by=bram, reason="Fout")


class TestADiscount:
    """A typed line below zero makes an invoice smaller: it has a reason, and above the limit it needs the right."""

    def give(self, draft: Invoice, by: User, price: str, reason: str = "") -> InvoiceLine:
        return line_add(
            invoice=draft, by=by, description="Discount", quantity=Decimal(1), unit="C62",
            unit_price=Decimal(price), vat_code=VatCode.objects.filter(rate=21).earliest("pk"), reason=reason,
        )  # fmt: skip

    def test_it_has_a_reason(self, draft: Invoice, bram: User) -> None:
        with pytest.raises(Refused, match="Say why"):
            self.give(draft, bram, "-10")
        assert self.give(draft, bram, "-10", "Came an hour late").reason == "Came an hour late"
        assert draft.lines.filter(net__lt=0).count() == 1

    def test_more_than_the_limit_needs_the_right_to_write_off(self, draft: Invoice, cast: Cast) -> None:
        PolicyFactory()
        clerk = user_make("Clerk", OFFICE)
        Group.objects.get(name=OFFICE).permissions.remove(Permission.objects.get(codename="write_off"))
        with pytest.raises(Forbidden, match="right to write off"):
            self.give(draft, clerk, "-50.01", "A friend")
        self.give(draft, clerk, "-50", "A friend")
        self.give(draft, cast.olga, "-50.01", "A friend")

    def test_the_limit_holds_for_all_that_an_invoice_gives_up(
        self, draft: Invoice, cast: Cast, client_as: Any
    ) -> None:
        PolicyFactory()
        clerk = user_make("Clerk", OFFICE)
        Group.objects.get(name=OFFICE).permissions.remove(Permission.objects.get(codename="write_off"))
        line = self.give(draft, clerk, "-30", "A friend")
        with pytest.raises(Forbidden, match=r"gives up €60.00"):
            self.give(draft, clerk, "-30", "A friend")
        with pytest.raises(Forbidden, match=r"gives up €50.01"):
            line_change(line=line, by=clerk, description="Discount", unit_price=Decimal("-50.01"))
        line = line_change(line=line, by=clerk, description="Discount", unit_price=Decimal("-50"))
        answer = submit(
            reverse("invoicing:invoice_change", args=[draft.pk]), client=client_as(clerk),
            form=reverse("invoicing:line_add", args=[draft.pk]),
            description="Discount", unit_price="-10", reason="A friend",
        )  # fmt: skip
        assert answer.status_code == 422
        assert "60.00" in answer.context["free"].errors["unit_price"][0]
        self.give(draft, cast.olga, "-100", "A friend")
        line_change(line=line, by=clerk, description="Discount", unit_price=Decimal("-40"))

    def test_a_line_becomes_no_discount_by_a_change(self, draft: Invoice, bram: User) -> None:
        line = self.give(draft, bram, "10")
        with pytest.raises(Refused, match="Say why"):
            line_change(line=line, by=bram, description="Discount", unit_price=Decimal("-10"))

    def test_the_database_holds_it_too(self, draft: Invoice, bram: User) -> None:
        line = self.give(draft, bram, "-10", "Came late")
        with pytest.raises(IntegrityError, match="discount_has_a_reason"), transaction.atomic():
            InvoiceLine.objects.filter(pk=line.pk).update(reason="")

    def test_on_the_page_the_fault_stands_at_its_field(
        self, draft: Invoice, cast: Cast, client_as: Any
    ) -> None:
        client = client_as(cast.bram)
        page = reverse("invoicing:invoice_change", args=[draft.pk])
        add = reverse("invoicing:line_add", args=[draft.pk])
        typed = {"description": "Discount", "unit_price": "-10"}
        answer = submit(page, client=client, form=add, **typed)
        assert answer.status_code == 422
        assert answer.context["free"].errors == {"reason": ["Say why the invoice asks less."]}
        answer = submit(answer, client=client, form=add, reason="Came late")
        assert answer.status_code == 302
        assert draft.lines.get(net__lt=0).reason == "Came late"

    def test_it_is_credited_with_its_reason(self, draft: Invoice, bram: User) -> None:
        self.give(draft, bram, "-10", "Came late")
        issued = invoice_issue(invoice=draft, by=bram)
        note = invoice_credit(invoice=issued, by=bram, reason="wrong")
        assert note.lines.get(net__lt=0).reason == "Came late"
