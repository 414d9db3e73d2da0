"""An invoice is found by what stands on it and by what its customer is called now, though it never changes itself."""

import pytest

from apps.accounts.models import User
from apps.customers.actions import customer_change
from apps.invoicing.models import Invoice
from apps.workorders.models import WorkOrder

pytestmark = pytest.mark.django_db


def test_an_issued_invoice_follows_its_customer_and_keeps_the_name_on_it(issued: Invoice, bram: User) -> None:
    was, version = issued.customer.name, issued.version
    customer_change(
        customer=issued.customer, by=bram, name="Xantippe Zonneveld", email="xz@voorbeeld.example"
    )
    for text in (was, "xantippe", "xz@voorbeeld", issued.number, issued.number.replace("-", "")):
        assert list(Invoice.objects.search(text)) == [issued], text
    issued.refresh_from_db()
    assert issued.version == version


def test_an_invoice_is_found_by_the_numbers_of_its_work_orders(draft: Invoice) -> None:
    (order,) = WorkOrder.objects.filter(pk__in=draft.lines.exclude(work_order=None).values("work_order"))
    assert list(Invoice.objects.search(order.number)) == [draft]
    draft.lines.all().delete()
    assert not Invoice.objects.search(order.number).exists()
