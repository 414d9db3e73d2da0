"""From approved work to an invoice that is sent, read by the customer, and paid."""

import io
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.db.models import Sum
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from apps.core import clock
from apps.invoicing.models import Invoice, Payment
from apps.workorders.models import WorkOrder
from tests.browser import again, fits_a_telephone, go, telling
from tests.e2e.stage import Stage, confirm

ALL, HALFWAY, REST = "€2,378.98", "€1,378.98", "€378.98"


def draft_made(stage: Stage) -> None:
    page, order = stage.office, WorkOrder.objects.get()
    go(page, "/invoicing/ready/")
    page.get_by_role("row", name=re.compile(order.number)).get_by_role("button", name="Make draft").click()
    expect(page.locator("#detail")).to_contain_text("A draft has no number yet")
    expect(page.locator("#detail")).to_contain_text(ALL)
    draft = Invoice.objects.get()
    assert (draft.status, draft.number) == ("draft", None)


def issued_in_two_tabs(stage: Stage) -> None:
    first, second = stage.office, stage.office.context.new_page()
    with telling(second):
        go(second, first.url)
        confirm(first, "Issue", "Issue the invoice")
        expect(first.locator("#detail header")).to_contain_text("Issued")
        number = Invoice.objects.get().number
        confirm(second, "Issue", "Issue the invoice")
        expect(second.locator("body")).to_contain_text("This was already done")
        for tab in (first, second):
            expect(tab.locator("#detail header")).to_contain_text(number)
        second.close()
    assert Invoice.objects.get().status == "issued"
    assert number == f"F{clock.today():%y}-0001"


def sent_and_read(stage: Stage) -> None:
    page, invoice = stage.office, Invoice.objects.get()
    page.locator("#detail").get_by_role("link", name=re.compile("^Send")).click()
    expect(page.locator("[name=to_address]")).to_have_value("vermeer@klant.example")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#detail")).to_contain_text("On its way to vermeer@klant.example")
    expect(page.locator("#detail header")).to_contain_text("Issued")
    stage.work()
    again(page)
    expect(page.locator("#detail header")).to_contain_text("Sent")
    mail = stage.mail(invoice.number)
    files = {
        part.get_filename(): part.get_payload(decode=True) for part in mail.walk() if part.get_filename()
    }
    assert sorted(files) == [f"{invoice.number}.pdf", f"{invoice.number}.xml"]
    customer = stage.stranger.new_page()
    with telling(customer):
        go(customer, stage.link_in(mail, "pay"))
        expect(customer.locator("main")).to_contain_text(f"Please pay {ALL}")
        expect(customer.locator("main")).to_contain_text("NL91 ABNA 0417 1643 00")
        with (
            customer.expect_download() as given
        ):  # on a telephone its own screen shows no code that it could read
            customer.locator("a[href$=picture]").click()
        assert Path(given.value.path()).read_bytes().startswith(b"\x89PNG")
        with customer.expect_download() as given:
            customer.get_by_role("link", name="Download as PDF").click()
        assert Path(given.value.path()).read_bytes() == files[f"{invoice.number}.pdf"]
        customer.close()
    text = PdfReader(io.BytesIO(files[f"{invoice.number}.pdf"])).pages[0].extract_text()
    assert invoice.number in text
    assert "2,378.98" in text


def paid_in_parts(stage: Stage) -> None:
    page = stage.office
    payment_of_the_future_is_refused(page)
    second = page.context.new_page()
    with telling(second):
        go(second, page.url)
        for tab in (page, second):
            fill_payment(tab, "1000", "Bank statement 47")
        record(page)
        expect(page.locator("#payments")).to_contain_text(f"{HALFWAY} open")
        record(second)
        expect(second.locator("body")).to_contain_text("This was already done")
        expect(second.locator("#payments")).to_contain_text(f"{HALFWAY} open")
        second.close()
    assert Payment.objects.get().amount == 1000
    assert fits_a_telephone(page)
    expect(page.locator("#detail header")).to_contain_text("Partly paid")
    # The same amount again, from a page that knows of the first: another payment.
    page.locator("#detail").get_by_role("link", name="Record payment").click()
    fill_payment(page, "1000", "Bank statement 47")
    record(page)
    expect(page.locator("#payments")).to_contain_text(f"{REST} open")
    page.locator("#detail").get_by_role("link", name="Record payment").click()
    expect(page.get_by_label("Amount")).to_have_value("378.98")
    record(page)
    expect(page.locator("#detail header")).to_contain_text("Paid")
    expect(page.locator("#payments h3")).to_have_text("Payments")
    invoice = Invoice.objects.get()
    assert (invoice.status, Payment.objects.count()) == ("paid", 3)
    assert Payment.objects.aggregate(paid=Sum("amount"))["paid"] == invoice.total == Decimal("2378.98")
    customer = stage.stranger.new_page()
    go(customer, stage.link_in(stage.mail(invoice.number), "pay"))
    expect(customer.locator("main")).to_contain_text("This invoice is paid. Thank you.")
    assert fits_a_telephone(customer)
    customer.close()


def payment_of_the_future_is_refused(page: Page) -> None:
    page.locator("#detail").get_by_role("link", name="Record payment").click()
    fill_payment(page, "1000", "Bank statement 47")
    page.get_by_label("Paid on").fill((clock.today() + timedelta(days=3)).isoformat())
    record(page)
    wrong = page.locator(".field", has=page.get_by_label("Paid on"))
    expect(wrong).to_contain_text("A payment cannot lie in the future.")
    expect(page.get_by_label("Reference")).to_have_value("Bank statement 47")
    expect(page.get_by_label("Amount")).to_have_value("1000")
    assert not Payment.objects.exists()


def fill_payment(page: Page, amount: str, reference: str) -> None:
    page.get_by_label("Amount").fill(amount)
    page.get_by_label("Paid on").fill(clock.today().isoformat())
    page.get_by_label("Reference").fill(reference)


def record(page: Page) -> None:
    page.get_by_role("button", name="Record", exact=True).click()
