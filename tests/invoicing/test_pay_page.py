from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core import clock
from apps.core.tokens import token_for
from apps.invoicing.actions import invoice_credit, invoice_draft, invoice_issue, invoice_send, payment_record
from apps.invoicing.models import Invoice, PayLink
from tests.money import MoneyWorld


@pytest.fixture
def token(sent: Invoice) -> str:
    return token_for("pay", PayLink.objects.get(invoice=sent).nonce)


def test_the_customer_reads_the_invoice_and_how_to_pay(token: str, sent: Invoice) -> None:
    answer = Client().get(reverse("pay:invoice_pay", args=[token]))
    text = answer.content.decode().replace("\xa0", " ")
    assert answer.status_code == 200
    assert "F26-" in text or sent.number in text
    assert "€ 435,79" in text
    assert "NL91 ABNA 0417 1643 00" in text
    assert 'lang="nl"' in text


def test_nobody_may_keep_index_or_pass_it_on(token: str) -> None:
    for name in ("pay:invoice_pay", "pay:invoice_pay_pdf", "pay:invoice_pay_qr"):
        answer = Client().get(reverse(name, args=[token]))
        assert answer.status_code == 200, name
        assert answer["Cache-Control"] == "no-store, private"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]


def test_the_code_is_drawn_without_scripts_and_the_pdf_is_the_stored_one(token: str, sent: Invoice) -> None:
    code = Client().get(reverse("pay:invoice_pay_qr", args=[token]))
    assert code["Content-Type"] == "image/svg+xml"
    assert code.content.startswith(b"<svg")
    pdf = Client().get(reverse("pay:invoice_pay_pdf", args=[token]))
    assert b"".join(pdf.streaming_content)[:5] == b"%PDF-"


def test_what_was_paid_is_taken_off(token: str, sent: Invoice, bram: User) -> None:
    url = reverse("pay:invoice_pay", args=[token])
    payment_record(invoice=sent, amount=Decimal("35.79"), method="bank", paid_on=clock.today(), by=bram)
    assert "€ 400,00" in Client().get(url).content.decode().replace("\xa0", " ")
    payment_record(invoice=sent, amount=Decimal("400"), method="bank", paid_on=clock.today(), by=bram)
    text = Client().get(url).content.decode()
    assert "qr.svg" not in text
    assert Client().get(reverse("pay:invoice_pay_qr", args=[token])).status_code == 404


def test_a_dead_link_says_so_kindly_and_shows_nothing(token: str, sent: Invoice, bram: User) -> None:
    invoice_credit(invoice=sent, by=bram, reason="Fout")
    for name in ("pay:invoice_pay", "pay:invoice_pay_pdf", "pay:invoice_pay_qr"):
        answer = Client().get(reverse(name, args=[token]))
        assert answer.status_code == 410
        assert "435" not in answer.content.decode()


def test_a_made_up_link_finds_nothing(world: MoneyWorld) -> None:
    answer = Client().get(reverse("pay:invoice_pay", args=["A" * 43]))
    assert answer.status_code == 404
    assert "Van der Meer" in answer.content.decode()


def test_hostile_words_stay_words(world: MoneyWorld, bram: User) -> None:
    customer = world.customer(name="<script>alert(1)</script>")
    order = world.job({"description": "<img src=x onerror=alert(1)>"}, customer=customer)
    invoice = invoice_issue(invoice=invoice_draft(work_orders=[order], by=bram), by=bram)
    invoice_send(invoice=invoice, by=bram)
    token = token_for("pay", PayLink.objects.get(invoice=invoice).nonce)
    text = Client().get(reverse("pay:invoice_pay", args=[token])).content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
