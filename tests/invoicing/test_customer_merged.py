"""An issued invoice goes along when its customer is merged into another one; what is printed on it stays, to the byte."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core.tokens import token_for
from apps.customers.actions import customer_merge, customer_merge_undo
from apps.invoicing.actions import documents_make
from apps.invoicing.models import Invoice, PayLink
from tests.money import MoneyWorld

pytestmark = pytest.mark.django_db


def printed(invoice: Invoice) -> tuple[Any, ...]:
    invoice.refresh_from_db()
    files = invoice.document
    return (
        invoice.number, invoice.buyer, invoice.seller, invoice.net, invoice.vat, invoice.payable,
        files.pdf_id, files.pdf.sha256, files.ubl_id, files.ubl.sha256,
    )  # fmt: skip


def test_an_issued_invoice_moves_and_stays_as_it_was_printed(
    sent: Invoice, world: MoneyWorld, bram: User
) -> None:
    gone, kept = sent.customer, world.business(house_number="77")
    documents_make(invoice=sent)
    before, token = printed(sent), token_for("pay", PayLink.objects.get(invoice=sent).nonce)
    done = customer_merge(kept=kept, gone=gone, by=bram, choices={})
    assert printed(sent) == before
    assert sent.customer == kept
    assert "Familie de Vries" in before[1]["name"]
    assert Client().get(reverse("pay:invoice_pay", args=[token])).status_code == 200
    customer_merge_undo(merge=done, by=bram)
    assert printed(sent) == before
    assert sent.customer == gone


def test_an_issued_invoice_moves_by_no_other_way(sent: Invoice, world: MoneyWorld, bram: User) -> None:
    kept, third = world.business(house_number="77"), world.business(house_number="78")
    for to in (kept, third):
        with pytest.raises(IntegrityError, match="only credited"), transaction.atomic():
            Invoice.objects.filter(pk=sent.pk).update(customer=to)
    done = customer_merge(kept=kept, gone=sent.customer, by=bram, choices={})
    with pytest.raises(IntegrityError, match="only credited"), transaction.atomic():
        Invoice.objects.filter(pk=sent.pk).update(customer=third)
    with pytest.raises(IntegrityError, match="merged into"), transaction.atomic():
        Invoice.objects.filter(pk=sent.pk).update(customer=sent.customer_id)
    customer_merge_undo(merge=done, by=bram)
    with pytest.raises(IntegrityError, match="only credited"), transaction.atomic():
        Invoice.objects.filter(pk=sent.pk).update(customer=kept)
