"""One job by hand, in a real browser: from a telephone call to the bookkeeper's package."""

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum
from playwright.sync_api import BrowserContext, Page, expect
from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.bookkeeping.models import Package
from apps.company.models import Company
from apps.core import clock
from apps.customers.models import Customer
from apps.field.models import FieldEvent, TimeEntry
from apps.intake.models import Request, RequestType
from apps.invoicing.models import Invoice, LedgerRow, Payment
from apps.materials.models import Category, Material
from apps.messaging.models import Message
from apps.planning.models import Assignment, Overbooking
from apps.pricing.models import MaterialPrice, Rate, RateKind, VatCode
from apps.quotes.models import Acceptance, Quote
from apps.review.models import Billable
from apps.technicians.models import WorkingPattern
from apps.workorders.models import FieldKind, JobForm, JobFormField, JobFormVersion, WorkOrder
from tests.browser import PHONE, WIDE, chromium, faults_of, logged_in, sign, telling
from tests.field.conftest import jpeg

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LONG_AGO = date(2020, 1, 1)
AGREED, EXTRA, ALL = "€2,303.36", "€62.50", "€2,378.98"


@dataclass
class Stage:
    """Who takes part, each behind a browser of their own."""

    office: Page
    phone: Page
    stranger: BrowserContext
    photo: Path
    work: Callable[[], None]
    mails: list[Any]

    def mail(self, subject: str) -> Any:
        """The one mail about this that has gone out."""
        (found,) = [mail for mail in self.mails if subject in str(mail["Subject"])]
        return found

    def link_in(self, mail: Any, place: str) -> str:
        """The private address in a mail, as the customer reads it."""
        (text,) = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
        (address,) = re.findall(rf"http://\S+/{place}/\S+", text.get_payload(decode=True).decode())
        return address


@pytest.fixture
def company(transactional_cast) -> None:
    """What a company has before its first job: prices, a catalogue, a checklist, and a technician at work."""
    Company.objects.create(
        pk=1, name="De Waterwerkers B.V.", street="Havenstraat", house_number="12", postal_code="4811 AB",
        city="Breda", kvk_number="12345678", vat_number="NL123456789B01", iban="NL91ABNA0417164300",
        email="kantoor@waterwerkers.example",
    )  # fmt: skip
    vat = VatCode.objects.create(code="H", name="21 %", rate=21, is_default=True)
    for kind in (RateKind.NORMAL, RateKind.TRAVEL):
        Rate.objects.create(price=Decimal("62.50"), kind=kind, vat_code=vat, unit="HUR", valid_from=LONG_AGO)
    boiler = Material.objects.create(
        code="HR28", name="Boiler HR 28 kW", category=Category.objects.create(name="Boilers")
    )
    MaterialPrice.objects.create(
        material=boiler, cost=Decimal(1120), price=Decimal("1433.60"), vat_code=vat, valid_from=LONG_AGO
    )
    kind = RequestType.objects.create(name="Boiler", name_nl="Cv-ketel", minutes=60)
    form = JobFormVersion.objects.create(
        form=JobForm.objects.create(name="Boiler", request_type=kind), number=1
    )
    JobFormField.objects.create(version=form, position=0, label="Water shut off", kind=FieldKind.TICK)
    for weekday in range(1, 8):
        WorkingPattern.objects.create(
            technician=transactional_cast.tim.technician, weekday=weekday, starts=time(0), ends=time(23, 59)
        )


@pytest.fixture
def stage(
    company, transactional_cast, client_as, live_server, settings, mailbox, tmp_path
) -> Iterator[Stage]:
    settings.PUBLIC_ADDRESS = live_server.url
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(jpeg())
    done = set(ProcrastinateJob.objects.values_list("pk", flat=True))

    def work() -> None:
        """Do what the worker would do, until nothing waits."""
        while job := ProcrastinateJob.objects.exclude(pk__in=done).order_by("pk").first():
            done.add(job.pk)
            queue.tasks[job.task_name](**job.args)

    with chromium() as browser:
        office = logged_in(browser, live_server.url, client_as(transactional_cast.bram), viewport=WIDE)
        phone = logged_in(
            browser, live_server.url, client_as(transactional_cast.tim), viewport=PHONE, has_touch=True
        )
        stranger = logged_in(browser, live_server.url, viewport=PHONE, has_touch=True)
        faults = [faults_of(context) for context in (office, phone, stranger)]
        yield Stage(office.new_page(), phone.new_page(), stranger, photo, work, mailbox.mails)
        assert faults == [[], [], []]


def test_one_job_from_a_telephone_call_to_the_package(stage: Stage) -> None:
    with telling(stage.office, stage.phone):
        request_by_telephone(stage)
        intake_planned(stage)
        intake_handed_in(stage)
        quote_made_and_sent(stage)
        quote_accepted_twice(stage)
        work_planned(stage)
        work_done(stage)
        review_approved(stage)
        invoice_issued_twice(stage)
        invoice_sent_and_paid(stage)
        package_downloaded(stage)
        everything_adds_up(stage)


# -- the steps --------------------------------------------------------------------------------


def request_by_telephone(stage: Stage) -> None:
    page = stage.office
    page.goto("/requests/")
    page.get_by_role("link", name=re.compile("New request")).first.click()
    page.locator("#request-form [name=name]").fill("H. Vermeer")
    page.locator("#request-form [name=phone]").fill("bel maar")
    page.locator("#request-form [name=email]").fill("vermeer@klant.example")
    page.locator("#request-form [name=language]").select_option(label="English")
    page.get_by_label("Postal code").fill("4811 AB")
    page.get_by_label("House number").fill("12")
    page.get_by_label("Street").fill("Parkstraat")
    page.locator("#request-form [name=city]").fill("Breda")
    page.locator("#request-form [name=type]").select_option(label="Boiler")
    page.locator("#request-form [name=description]").fill("The boiler is old and noisy.")
    page.get_by_role("button", name="Save the request").click()
    expect(page.locator(".field", has=page.locator("[name=phone]"))).to_contain_text("telephone number")
    expect(page.locator("#request-form [name=description]")).to_have_value("The boiler is old and noisy.")
    expect(page.locator("#request-form [name=name]")).to_have_value("H. Vermeer")
    assert not Customer.objects.exists()
    page.locator("#request-form [name=phone]").fill("06 12345678")
    page.get_by_role("button", name="Save the request").click()
    expect(page.locator("#detail")).to_contain_text("H. Vermeer")
    expect(page.locator("#detail header")).to_contain_text("To plan")
    assert (Request.objects.get().status, Customer.objects.get().phone) == ("accepted", "06-12345678")


def book(page: Page, hours: str) -> None:
    """Fill in the form of a booking by hand: tomorrow at ten, on Tim."""
    page.get_by_text("Another time or technician").click()
    page.get_by_label("Technician").select_option(label="Tim")
    page.get_by_label("Day").fill(tomorrow())
    page.get_by_label("Start").fill("10:00")
    page.get_by_label("Duration").fill(hours)
    page.locator("details").get_by_role("button", name="Book").click()


def tomorrow() -> str:
    return (clock.today() + timedelta(days=1)).isoformat()


def intake_planned(stage: Stage) -> None:
    page = stage.office
    page.get_by_role("link", name="Plan the intake visit").first.click()
    book(page, "1")
    expect(page.get_by_role("heading", name="Weekly planning")).to_be_visible()
    asked = Request.objects.get()
    expect(page.locator("body")).to_contain_text(f"{asked.number}: Tim")
    assert asked.status == "planned"


def intake_handed_in(stage: Stage) -> None:
    page = stage.phone
    page.goto(f"/phone/agenda/?from={tomorrow()}")
    page.get_by_role("link", name=re.compile("Intake visit")).first.click()
    page.get_by_role("button", name="Hand in to the office").click()
    expect(page.locator("main")).to_contain_text("Before you can hand in")
    page.set_input_files("input[name=photos]", [stage.photo])
    page.get_by_role("button", name="Add these photos").click()
    expect(page.locator("#photos figure")).to_have_count(1)
    page.get_by_role("link", name="Add or change material").click()
    page.get_by_label("Search the catalogue").fill("boiler")
    page.get_by_role("button", name="Add Boiler HR 28 kW").click()
    page.get_by_role("link", name="Ready").click()
    expect(page.locator("#materials")).to_contain_text("Boiler HR 28 kW")
    page.locator("[name=note]").fill("The flue must be moved.")
    page.locator("[name=hours]").fill("6")
    page.get_by_label("One technician").check()
    page.get_by_label("Make a quote").check()
    page.get_by_role("button", name="Hand in to the office").click()
    expect(page.locator("main")).to_contain_text("Nothing more is needed from you")
    asked = Request.objects.get()
    assert (asked.status, asked.report.photos.count()) == ("received", 1)


def quote_made_and_sent(stage: Stage) -> None:
    page = stage.office
    page.goto(f"/requests/{Request.objects.get().pk}/")
    expect(page.locator("#detail")).to_contain_text("The flue must be moved.")
    page.get_by_role("link", name="Make a quote").first.click()
    page.get_by_role("button", name="Make the draft").click()
    lines = page.locator("#lines > li")
    expect(lines).to_have_count(2)  # what the technician estimated, with today's prices
    page.get_by_role("button", name="Free text").click()
    expect(lines).to_have_count(3)
    lines.nth(2).get_by_label("Description").fill("Take the old boiler away")
    lines.nth(2).get_by_label("Unit price").fill("95")
    lines.nth(2).get_by_label("Unit price").press("Tab")
    expect(page.locator("#totals")).to_contain_text(AGREED)
    page.get_by_role("button", name="Send…").click()
    expect(page.get_by_label("E-mail address")).to_have_value("vermeer@klant.example")
    page.get_by_role("button", name="Send the quote").click()
    expect(page.get_by_label("Private link")).to_have_value(re.compile("/quote/"))
    assert Quote.objects.get().status == "sent"
    stage.work()
    mail = stage.mail("uote")
    assert mail["To"].endswith("vermeer@klant.example>")
    assert [part.get_content_type() for part in mail.walk() if part.get_filename()] == ["application/pdf"]
    assert "/quote/" not in Message.objects.get(kind__startswith="quote").body
    assert Quote.objects.get().current.lines.count() == 3


def quote_accepted_twice(stage: Stage) -> None:
    address = stage.link_in(stage.mail("uote"), "quote")
    first, second = stage.stranger.new_page(), stage.stranger.new_page()
    with telling(first, second):
        for page, name in ((first, "H. Vermeer"), (second, "Somebody else")):
            page.goto(address)
            expect(page.locator("#sums")).to_contain_text(AGREED)
            page.get_by_label("Your name").fill(name)
        first.bring_to_front()
        sign(first)
        first.get_by_role("button", name="Accept the quote").click()
        second.get_by_role("button", name="Accept the quote").click()
        for page in (first, second):
            expect(page.get_by_text("Accepted: thank you")).to_be_visible()
            expect(page.locator("main")).to_contain_text("H. Vermeer accepted this quote")
            expect(page.locator("main")).to_contain_text(AGREED)
            page.close()
    acceptance, order = Acceptance.objects.get(), WorkOrder.objects.get()
    assert (acceptance.name, acceptance.signature is not None) == ("H. Vermeer", True)
    assert (order.status, order.sold_hours, order.to_bring.count()) == ("to_plan", Decimal(6), 1)


def work_planned(stage: Stage) -> None:
    page, order = stage.office, WorkOrder.objects.get()
    page.goto(f"/quotes/{Quote.objects.get().pk}/")
    page.locator("#detail").get_by_role("link", name=f"Work order {order.number}").click()
    page.locator("#detail").get_by_role("link", name="Plan").first.click()
    expect(page.locator("main")).to_contain_text(f"Planning {order.number}, H. Vermeer")
    page.get_by_role("link", name="Quick plan").click()
    book(page, "6")  # while Tim still has the intake visit then
    against = page.get_by_role("alert")
    expect(against).to_contain_text("Tim is already booked then")
    expect(against).to_contain_text(order.request.number)
    expect(page.get_by_label("Duration")).to_have_value("6")
    expect(page.get_by_label("Reason")).to_have_attribute("required", "")
    assert not Assignment.objects.filter(work_order=order).exists()
    page.get_by_label("Reason").fill("The intake is done already")
    page.get_by_role("button", name="Book all the same").click()
    expect(page.get_by_role("heading", name="Weekly planning")).to_be_visible()
    visit = Assignment.objects.get(work_order=order)
    assert Overbooking.objects.get(assignment=visit).reason == "The intake is done already"
    page.goto(f"/planning/visits/{visit.pk}/")
    expect(page.locator("main")).to_contain_text("The intake is done already")
    order.refresh_from_db()
    assert order.status == "planned"


def work_done(stage: Stage) -> None:
    page = stage.phone

    def big(words: str) -> None:
        assert "€" not in page.locator("body").inner_text()
        page.locator(".thumb .big", has_text=re.compile(words, re.I)).click()

    page.goto(f"/phone/agenda/?from={tomorrow()}")
    page.locator(".tile", has_text=re.compile("H. Vermeer")).filter(has_not_text="Intake").get_by_role(
        "link"
    ).first.click()
    expect(page.locator("main")).to_contain_text("Boiler HR 28 kW")
    big("On my way")
    big("before photo")
    page.set_input_files("input[name=photos]", [stage.photo])
    big("Save the photos")
    big("Start the clock")
    expect(page.get_by_label("Clock")).to_contain_text("Working since")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_label("Clock")).to_contain_text("Paused since")
    big("Go on with the work")
    expect(page.get_by_label("Clock")).to_contain_text("Working since")
    big("checklist")
    page.get_by_label("Water shut off").check()
    big("Save the answers")
    big("work done")
    page.get_by_label("what was done").fill("Boiler replaced and set.")
    big("Save")
    big("materials")
    page.get_by_role("button", name="Add Boiler HR 28 kW").click()
    page.get_by_role("button", name="Take Boiler HR 28 kW off").wait_for()
    big("That is all")
    big("Extra work")
    page.get_by_label("what was done beyond the agreement").fill("Valve replaced")
    page.get_by_label("hours").fill("1")
    page.get_by_role("button", name="Add extra work").click()
    page.get_by_text("Waiting", exact=True).wait_for()
    big("That is all")
    big("Issue, or none")
    big("No deviation")
    big("after photo")
    page.set_input_files("input[name=photos]", [stage.photo])
    big("Save the photos")
    big("sign")
    expect(page.locator(".shown")).to_contain_text("Boiler replaced and set.")
    page.get_by_label("name of the customer").fill("H. Vermeer")
    sign(page)
    big("Save")
    big("Ready for back office")
    page.get_by_text("Ready for back office").first.wait_for()
    order = WorkOrder.objects.get()
    assert order.status == "ready_for_review"
    assert sorted(TimeEntry.objects.values_list("kind", flat=True)) == ["pause", "travel", "work", "work"]
    assert not TimeEntry.objects.filter(ended_at=None).exists()
    assert not FieldEvent.objects.to_decide().exists()


def review_approved(stage: Stage) -> None:
    page, order = stage.office, WorkOrder.objects.get()
    page.goto("/review/")
    page.get_by_role("row", name=re.compile(order.number)).get_by_role("button", name="Review").click()
    expect(page.locator("main")).to_contain_text("Valve replaced")
    expect(page.locator("main")).to_contain_text("Signed by H. Vermeer")
    page.get_by_role("link", name="Price and offer").click()
    expect(page.get_by_label("Unit price")).to_have_value(re.compile(r"^62\.50?"))
    page.get_by_role("button", name="Mail the offer").click()
    expect(page.locator("body")).to_contain_text("Offered by mail to vermeer@klant.example")
    stage.work()
    customer = stage.stranger.new_page()
    with telling(customer):
        customer.goto(stage.link_in(stage.mail("xtra work"), "extra-work"))
        expect(customer.locator("main")).to_contain_text(EXTRA)
        customer.get_by_label("Your name").fill("H. Vermeer")
        customer.get_by_role("button", name="Approve").click()
        expect(customer.locator("main")).to_contain_text("You approved this extra work")
        customer.close()
    page.reload()
    expect(page.locator("#extra-work")).to_contain_text("Approved")
    proposals = page.get_by_role("button", name=re.compile(r"^Accept (all )?\d+ proposal"))
    if proposals.count():
        proposals.click()
        expect(proposals).to_have_count(0)
    for billable in Billable.objects.filter(work_order=order).pending():
        place = page.locator(f"#billable-{billable.pk}")
        place.locator("summary").click()
        asked = page.get_by_role("dialog")
        asked.get_by_label("What becomes of it").select_option("included")
        asked.get_by_role("button", name="Decide").click()
        expect(page.locator(f"#billable-{billable.pk}")).to_contain_text("Included")
    page.get_by_role("button", name=re.compile("^Approve")).click()
    expect(page.locator("main")).to_contain_text("Approved by Bram")
    order.refresh_from_db()
    assert order.status == "ready_for_invoicing"
    assert not Billable.objects.filter(work_order=order).pending().exists()


def invoice_issued_twice(stage: Stage) -> None:
    page, order = stage.office, WorkOrder.objects.get()
    page.goto("/invoicing/ready/")
    page.get_by_role("row", name=re.compile(order.number)).get_by_role("button", name="Make draft").click()
    expect(page.locator("#detail")).to_contain_text("A draft has no number yet")
    expect(page.locator("#detail")).to_contain_text(ALL)
    draft = Invoice.objects.get()
    assert (draft.status, draft.number) == ("draft", None)
    second = page.context.new_page()
    with telling(second):
        second.goto(page.url)
        for tab in (page, second):
            confirm(tab, "Issue", "Issue the invoice")
            expect(tab.locator("#detail header")).to_contain_text(re.compile(r"\d\d-?\d+"))
        number = Invoice.objects.get().number
        for tab in (page, second):
            expect(tab.locator("#detail header")).to_contain_text(number)
        second.close()


def invoice_sent_and_paid(stage: Stage) -> None:
    page, invoice = stage.office, Invoice.objects.get()
    page.locator("#detail").get_by_role("link", name=re.compile("^Send")).click()
    expect(page.locator("[name=to_address]")).to_have_value("vermeer@klant.example")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#detail header")).to_contain_text("Sent")
    stage.work()
    mail = stage.mail(invoice.number)
    names = [part.get_filename() for part in mail.walk() if part.get_filename()]
    assert sorted(names) == [f"{invoice.number}.pdf", f"{invoice.number}.xml"]
    customer = stage.stranger.new_page()
    with telling(customer):
        customer.goto(stage.link_in(mail, "pay"))
        expect(customer.locator("main")).to_contain_text(ALL)
        customer.close()

    page.locator("#detail").get_by_role("link", name="Record payment").click()
    page.get_by_label("Amount").fill("1000")
    page.get_by_label("Paid on").fill((clock.today() + timedelta(days=3)).isoformat())
    page.get_by_label("Reference").fill("Bank statement 47")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.locator("main")).to_contain_text("A payment cannot lie in the future.")
    expect(page.get_by_label("Reference")).to_have_value("Bank statement 47")
    expect(page.get_by_label("Amount")).to_have_value("1000")
    assert not Payment.objects.exists()
    page.get_by_label("Paid on").fill(clock.today().isoformat())
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.locator("#detail header")).to_contain_text("Partly paid")
    expect(page.locator("#payments")).to_contain_text("€1,378.98 open")
    page.locator("#detail").get_by_role("link", name="Record payment").click()
    expect(page.get_by_label("Amount")).to_have_value("1378.98")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.locator("#detail header")).to_contain_text("Paid")
    expect(page.locator("#payments h3")).to_have_text("Payments")


def package_downloaded(stage: Stage) -> None:
    page, invoice = stage.office, Invoice.objects.get()
    page.goto("/bookkeeping/")
    expect(page.get_by_role("row", name=re.compile(invoice.number))).to_contain_text(ALL)
    page.get_by_role("button", name="Make the package").click()
    expect(page.get_by_role("link", name="Download ZIP")).to_be_visible()
    with page.expect_download() as given:
        page.get_by_role("link", name="Download ZIP").click()
    assert given.value.suggested_filename.endswith(".zip")
    packed = zipfile.ZipFile(given.value.path())
    assert packed.testzip() is None
    index = list(csv.reader(io.StringIO(packed.read("index.csv").decode("utf-8-sig")), delimiter=";"))
    totals = {row[0]: row[4] for row in index[1:]}
    assert {*totals, "index.csv"} == set(packed.namelist())
    assert totals["invoices.csv"] == "2378,98"
    for row in index[1:]:
        assert hashlib.sha256(packed.read(row[0])).hexdigest() == row[6], row[0]
    for ending in (".pdf", ".xml"):
        (name,) = [name for name in totals if invoice.number in name and name.endswith(ending)]
        assert packed.read(name)[:5] == (b"%PDF-" if ending == ".pdf" else b"<?xml")
    page.goto("/bookkeeping/")
    expect(page.locator("#ready")).to_contain_text("Nothing new to export")


def everything_adds_up(stage: Stage) -> None:
    order, invoice, asked = WorkOrder.objects.get(), Invoice.objects.get(), Request.objects.get()
    assert (asked.status, Quote.objects.get().status) == ("ordered", "accepted")
    assert (order.status, invoice.status) == ("invoiced", "paid")
    assert (order.request, Quote.objects.get().work_order) == (asked, order)
    ledger = LedgerRow.objects.get(pk=order.pk)
    assert ledger.recorded == ledger.invoiced + ledger.included + ledger.written_off + ledger.open
    assert ledger.open == 0
    assert (invoice.net, invoice.vat, invoice.total) == (
        Decimal("1966.10"), Decimal("412.88"), Decimal("2378.98")
    )  # fmt: skip
    assert Payment.objects.aggregate(paid=Sum("amount"))["paid"] == invoice.total
    assert Package.objects.get().total == invoice.total
    stage.work()
    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}
    assert Message.objects.count() == len(stage.mails)


def confirm(page: Page, label: str, go: str) -> None:
    """Press a button that first says what will happen, and say yes."""
    page.locator("#detail summary", has_text=re.compile(f"^{label}…")).click()
    page.get_by_role("dialog").get_by_role("button", name=go).click()
