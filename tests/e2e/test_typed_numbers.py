"""What people type as a number, key by key, in a real browser of each language: nothing is dropped on the way."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal as D
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from apps.core import clock
from apps.invoicing.actions import invoice_draft, invoice_issue
from apps.invoicing.models import Invoice, Payment
from apps.pricing.lookup import material_price
from apps.quotes import actions as quotes
from apps.quotes.models import LineKind, QuoteLine
from tests.browser import PHONE, WIDE, answered, go, page_of
from tests.builders import BookingFactory, Phone, Shop, WorkOrderFactory
from tests.money import money_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LOCALES = {"en": "en-GB", "nl": "nl-NL"}
# What is typed, and what it is where four decimals fit, and where two do; nothing where it is refused.
TYPED: list[tuple[str, D | None, D | None]] = [
    ("64,95", D("64.95"), D("64.95")),
    ("64.95", D("64.95"), D("64.95")),
    ("2,5", D("2.5"), D("2.5")),
    ("0.085", D("0.085"), None),
    ("1.234,50", D("1234.5"), D("1234.5")),
    ("1,234", None, D(1234)),
]
# Where each number takes a page or two: a comma, what fits in one of the two, and what can be read in two ways.
FEW = [TYPED[0], TYPED[3], TYPED[5]]


@dataclass
class Desk:
    """One language: the office's browser, the technician's telephone, and what they look at."""

    office: Page
    phone: Page
    shop: Shop


@pytest.fixture(params=sorted(LOCALES))
def desk(request: Any, browser: Browser, live_server: Any, cast: Any, client_as: Any) -> Iterator[Desk]:
    for user in (cast.olga, cast.tim):
        user.language = request.param
        user.save()
    held = {"locale": LOCALES[request.param]}
    shop = Shop(cast)
    with (
        page_of(browser, live_server.url, client_as(cast.olga), viewport=WIDE, **held) as office,
        page_of(
            browser, live_server.url, client_as(cast.tim), viewport=PHONE, has_touch=True, **held
        ) as phone,
    ):
        yield Desk(office, phone, shop)


def type_over(page: Page, name: str, text: str) -> None:
    """As fingers do: what stands there is selected and typed over, key by key."""
    field = page.locator(f"[name='{name}']").first
    field.click()
    field.press("ControlOrMeta+a")
    field.press_sequentially(text)
    expect(field).to_have_value(text)


def test_the_price_of_a_quote_line(desk: Desk, cast: Any) -> None:
    quote = quotes.quote_create(by=cast.olga, customer=desk.shop.customer, type=desk.shop.type, title="Tap")
    line = quotes.line_add(
        version=quote.current, by=cast.olga, kind=LineKind.TEXT, description="Tap", vat_code=desk.shop.high,
        unit_price=D(7),
    )  # fmt: skip
    go(desk.office, reverse("quotes:quote_edit", args=[quote.pk]))
    before = D(7)
    for text, price, _amount in TYPED:
        with desk.office.expect_response(lambda answer: answer.url.endswith("/save/")) as answered:
            type_over(desk.office, f"line-{line.pk}-unit_price", text)
            desk.office.keyboard.press("Tab")
        assert answered.value.status == (200 if price is not None else 422), text
        before = before if price is None else price
        assert QuoteLine.objects.get(pk=line.pk).unit_price == before, text
    expect(desk.office.locator(f"#faults-{line.pk}")).to_contain_text("1,234")
    expect(desk.office.locator(f"[name=line-{line.pk}-unit_price]")).to_have_value("1,234")


def test_ten_times_the_catalogue_in_the_builder(desk: Desk, cast: Any) -> None:
    """The question comes while the draft saves itself; the tick saves it; it is gone then."""
    quote = quotes.quote_create(by=cast.olga, customer=desk.shop.customer, type=desk.shop.type, title="Pipe")
    line = quotes.line_add(
        version=quote.current, by=cast.olga, kind=LineKind.MATERIAL, material=desk.shop.pipe
    )
    page = desk.office
    go(page, reverse("quotes:quote_edit", args=[quote.pk]))
    type_over(page, f"line-{line.pk}-unit_price", "75")
    page.keyboard.press("Tab")
    tick = page.locator(f"[name=line-{line.pk}-sure_unit_price]")
    expect(tick).to_be_visible()
    assert QuoteLine.objects.get(pk=line.pk).unit_price == D("7.5")
    tick.check()
    expect(tick).to_have_count(0)
    assert QuoteLine.objects.get(pk=line.pk).unit_price == D(75)


def test_a_price_of_the_catalogue(desk: Desk) -> None:
    page = reverse("materials:material_price_set", args=[desk.shop.pipe.pk])
    before = D("7.5")
    for text, price, _amount in FEW:
        go(desk.office, page)
        type_over(desk.office, "price", text)
        desk.office.locator("form .btn.go").last.click()
        if (tick := desk.office.locator("[name=sure_price]")).count():
            tick.check()
            desk.office.locator("form .btn.go").last.click()
        desk.office.wait_for_load_state()
        before = before if price is None else price
        assert material_price(desk.shop.pipe).price == before, text


def test_a_payment(desk: Desk, cast: Any) -> None:
    world = money_world()
    draft = invoice_draft(work_orders=[world.job(("1", "9000.00", "21"))], by=cast.olga)
    invoice: Invoice = invoice_issue(invoice=draft, by=cast.olga)
    paid = D(0)
    for text, _price, amount in FEW:
        go(desk.office, reverse("invoicing:payment_record", args=[invoice.pk]))
        type_over(desk.office, "amount", text)
        desk.office.locator("main .btn.go").click()
        desk.office.wait_for_load_state()
        paid += amount or 0
        assert sum(one.amount for one in Payment.objects.all()) == paid, text


def test_materials_and_hours_on_the_phone(desk: Desk, cast: Any) -> None:
    order = WorkOrderFactory(customer=desk.shop.customer, type=desk.shop.type)
    start = clock.now().replace(minute=0, second=0, microsecond=0)
    phone = Phone(cast.tim, BookingFactory(technician=desk.shop.tim, work_order=order, start=start, hours=2))
    phone.begin()
    page, at = desk.phone, phone.assignment.pk
    used: list[D] = []
    for text, quantity, _hours in FEW:
        go(page, reverse("phone:material_list", args=[at]) + "?q=P1")
        type_over(page, "quantity", text)
        page.locator(".tile.pick button.icon").click()
        answered(page)
        if (right := page.locator("[name=sure_quantity]")).count():
            right.click()
        answered(page)
        used += [quantity] if quantity is not None else []
        assert sorted(one.quantity for one in phone.visit.materials.all()) == sorted(used), text
    worked: list[D] = []
    for text, _quantity, hours in FEW:
        go(page, reverse("phone:extra_work", args=[at]))
        page.fill("[name=description]", text)
        type_over(page, "hours", text)
        page.locator("#step .btn.go").click()
        answered(page)
        if (right := page.locator("[name=sure_hours]")).count():
            right.click()
        answered(page)
        worked += [hours] if hours is not None and hours < 1000 else []
        assert sorted(one.hours for one in phone.visit.extra_work.all()) == sorted(worked), text
