"""A document of the office is invisible to phones until somebody shares it."""

from typing import Any

import pytest
from django.urls import reverse

from apps.documents.actions import attached_add
from tests.field.conftest import customer, form, order, order_make, phone, site
from tests.pages import submit

__all__ = ["customer", "form", "order", "order_make", "phone", "site"]
pytestmark = pytest.mark.django_db


def test_a_document_is_seen_by_the_technician_when_it_is_for_them(
    phone: Any, order: Any, cast: Any, client_as: Any
) -> None:
    kept = attached_add(
        files=order.files, content=b"%PDF-1.4", name="quote.pdf", content_type="application/pdf", by=cast.bram
    )
    tim, bram = client_as(cast.tim), client_as(cast.bram)
    job = reverse("phone:job", args=[phone.assignment.pk])
    addresses = (
        reverse("phone:file", args=[phone.assignment.pk, kept.pk]),
        reverse("workorders:work_order_file", args=[order.pk, kept.pk]),
    )
    share, detail = (
        reverse("workorders:work_order_file_share", args=[order.pk, kept.pk]),
        reverse("workorders:work_order_detail", args=[order.pk]),
    )
    for shared, code in ((False, 404), (True, 200), (False, 404)):
        if shared or "for the technician" in bram.get(detail).text:
            submit(detail, client=bram, form=share)
        assert ("quote.pdf" in tim.get(job).text) == shared
        assert [tim.get(address).status_code for address in addresses] == [code, code]
    assert "Document shown to the technician" in bram.get(detail).text
