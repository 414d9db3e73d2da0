"""What is printed stands beside or below what is printed, in each language and for whoever it is for."""

from collections import Counter
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from apps.accounts.models import User
from apps.customers.actions import customer_change
from apps.invoicing.actions import invoice_change, invoice_credit, invoice_draft, invoice_issue
from apps.invoicing.documents import invoice_pdf
from apps.invoicing.models import Invoice
from tests.money import MoneyWorld

pytestmark = pytest.mark.django_db
ABROAD = {
    "street": "Königsallee",
    "house_number": "7a",
    "postal_code": "40212",
    "city": "Düsseldorf",
    "country": "DE",
}


def printed(invoice: Invoice) -> list[tuple[int, int, str]]:
    """Each piece of text with where it begins, in points."""
    found: list[tuple[int, int, str]] = []

    def note(text: str, _cm: Any, place: list[float], _font: Any, _size: Any) -> None:
        if text.strip():
            found.append((round(place[4]), round(place[5]), text.strip()))

    for page in PdfReader(BytesIO(invoice_pdf(invoice))).pages:
        page.extract_text(visitor_text=note)
    return found


@pytest.mark.parametrize("language", ["nl", "en"])
def test_nothing_is_printed_over_another_line(world: MoneyWorld, bram: User, language: str) -> None:
    customer = world.business(vat_number="DE136695976", kvk_number="", reverse_charge=True)
    customer_change(customer=customer, by=bram, language=language, **ABROAD)
    draft = invoice_draft(work_orders=[world.job(("2", "65.00", "21"), customer=customer)], by=bram)
    invoice_change(
        invoice=draft, by=bram, reference="Projekt Königsallee 7a, Haus 3", note="", payment_term_days=30
    )
    issued = invoice_issue(invoice=draft, by=bram)
    for paper in (issued, invoice_credit(invoice=issued, by=bram, reason="Andere Adresse")):
        found = printed(paper)
        assert {"DE136695976", "40212 Düsseldorf"} <= {text for _x, _y, text in found}
        twice = [place for place, times in Counter((x, y) for x, y, _text in found).items() if times > 1]
        assert [text for x, y, text in found if (x, y) in twice] == []
