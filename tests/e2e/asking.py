"""From a telephone call to a quote that the customer accepted."""

import re
from decimal import Decimal

from playwright.sync_api import Page, expect

from apps.customers.models import Customer
from apps.intake.models import Request
from apps.messaging.models import Message
from apps.quotes.models import Acceptance, Quote
from apps.workorders.models import WorkOrder
from tests.browser import fill_in, go, sign, telling
from tests.e2e.stage import Stage, book, tomorrow

AGREED = "€2,303.36"


def request_by_telephone(stage: Stage) -> None:
    page = stage.office
    go(page, "/requests/")
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
    assert (Request.objects.get().status, Customer.objects.get().phone) == ("accepted", "+31612345678")


def request_by_public_form(stage: Stage, page: Page) -> None:
    go(page, "/request/")
    page.select_option("[name=type]", label="Boiler")
    page.fill("[name=description]", "The boiler is old and noisy.")
    page.set_input_files("[name=photos]", stage.photo)
    fill_in(
        page, postal_code="4811 AB", house_number="12", street="Parkstraat", city="Breda", name="H. Vermeer",
        phone="06 12345678", email="vermeer@klant.example",
    )  # fmt: skip
    page.click("form .btn.go")
    asked = page.get_by_role("heading", name=re.compile("received"))
    expect(asked).to_be_visible()
    made = Request.objects.get()
    assert (made.status, made.source, made.photos.count()) == ("new", "web", 1)
    stage.work()
    (confirmation,) = stage.mails
    assert confirmation["To"].endswith("vermeer@klant.example>")
    assert made.number in str(confirmation["Subject"])


def request_taken_on(stage: Stage) -> None:
    page = stage.office
    go(page, f"/requests/{Request.objects.get().pk}/")
    expect(page.locator("#detail")).to_contain_text("The boiler is old and noisy.")
    page.locator("#detail").get_by_role("button", name="Accept").click()
    expect(page.locator("#detail header")).to_contain_text("To plan")
    assert Request.objects.get().status == "accepted"


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
    go(page, f"/phone/agenda/?from={tomorrow()}")
    page.get_by_role("link", name=re.compile("Intake visit")).first.click()
    page.get_by_role("button", name="Hand in to the office").click()
    expect(page.locator("main")).to_contain_text("Before you can hand in")
    page.set_input_files("input[name=photos]", [stage.photo])
    page.get_by_role("button", name="Add these photos").click()
    expect(page.locator("#photos figure")).to_have_count(1)
    page.get_by_role("link", name="Add or change material").click()
    page.get_by_label("Search the catalogue").fill("boiler")
    page.get_by_role("button", name="Add Boiler HR 28 kW").click()
    expect(page.get_by_role("heading", name="On the list")).to_be_visible()
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
    go(page, f"/requests/{Request.objects.get().pk}/")
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
            go(page, address)
            expect(page.locator("#sums")).to_contain_text(AGREED)
            page.get_by_label("Your name").fill(name)
        first.bring_to_front()
        sign(first)
        first.get_by_role("button", name="Accept the quote").click()
        expect(first.get_by_text("Accepted: thank you")).to_be_visible()  # so that it is known who was first
        second.get_by_role("button", name="Accept the quote").click()
        for page in (first, second):
            expect(page.get_by_text("Accepted: thank you")).to_be_visible()
            expect(page.locator("main")).to_contain_text("H. Vermeer accepted this quote")
            expect(page.locator("main")).to_contain_text(AGREED)
            page.close()
    acceptance, order = Acceptance.objects.get(), WorkOrder.objects.get()
    assert (acceptance.name, acceptance.signature is not None) == ("H. Vermeer", True)
    assert (order.status, order.sold_hours, order.to_bring.count()) == ("to_plan", Decimal(6), 1)


def quote_accepted(stage: Stage, page: Page, *, drawn: bool) -> None:
    """Once, by the customer's own hand: drawn where the browser can, typed where it cannot."""
    go(page, stage.link_in(stage.mail("uote"), "quote"))
    expect(page.locator("#sums")).to_contain_text(AGREED)
    page.get_by_label("Your name").fill("H. Vermeer")
    if drawn:
        sign(page)
    page.get_by_role("button", name="Accept the quote").click()
    expect(page.get_by_text("Accepted: thank you")).to_be_visible()
    acceptance, order = Acceptance.objects.get(), WorkOrder.objects.get()
    assert (acceptance.name, acceptance.signature is not None) == ("H. Vermeer", drawn)
    assert (order.status, order.request.status, order.to_bring.count()) == ("to_plan", "ordered", 1)
    go(stage.office, f"/work-orders/{order.pk}/")
    expect(stage.office.locator("#detail")).to_contain_text("Parkstraat 12")
