"""Back, something else, send again: with the browser's own cache of pages on, and without JavaScript."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from apps.accounts.models import User
from apps.field.models import Deviation, VisitPhoto
from apps.invoicing.models import Invoice, Payment
from apps.messaging.models import Note
from tests.browser import PHONE, WIDE, again, go, logged_in, page_of, sign
from tests.conftest import Cast
from tests.field.conftest import customer as customer
from tests.field.conftest import form as form
from tests.field.conftest import jpeg
from tests.field.conftest import order as order
from tests.field.conftest import order_make as order_make
from tests.field.conftest import phone as phone
from tests.field.conftest import site as site
from tests.invoicing.conftest import draft as draft
from tests.invoicing.conftest import issued as issued
from tests.invoicing.conftest import sent as sent
from tests.invoicing.conftest import world as world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
COLOURS = ("teal", "red")


@pytest.fixture
def cast(transactional_cast: Cast) -> Cast:
    return transactional_cast


@pytest.fixture
def bram(cast: Cast) -> User:
    return cast.bram


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def tim(
    request: Any, browser: Browser, live_server: Any, cast: Cast, phone: Any, client_as: Any
) -> Iterator[Page]:
    """Tim's telephone, at work on his job."""
    phone.begin()
    client = client_as(cast.tim)
    context = logged_in(browser, live_server.url, client, viewport=PHONE, java_script_enabled=request.param)
    yield context.new_page()
    context.close()


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def desk(request: Any, browser: Browser, live_server: Any, cast: Cast, client_as: Any) -> Iterator[Page]:
    client = client_as(cast.bram)
    with page_of(browser, live_server.url, client, viewport=WIDE, java_script_enabled=request.param) as page:
        yield page


def job(phone: Any, name: str) -> str:
    return reverse(f"phone:{name}", args=[phone.assignment.pk])


def send(page: Page) -> None:
    with page.expect_navigation():
        page.locator("button[form=step]").click()


def test_a_second_photo_after_back_is_a_second_photo(tim: Page, phone: Any) -> None:
    before = VisitPhoto.objects.count()
    go(tim, job(phone, "before_photo"))
    for colour in COLOURS:
        photo = {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(colour)}
        tim.set_input_files("[name=photos]", photo)
        send(tim)
        tim.go_back()
    assert VisitPhoto.objects.count() == before + 2


def test_another_text_after_back_is_the_text(tim: Page, phone: Any) -> None:
    go(tim, job(phone, "work_done"))
    for text in ("First", "Second"):
        tim.fill("[name=text]", text)
        send(tim)
        tim.go_back()
    phone.visit.refresh_from_db()
    assert phone.visit.work_done == "Second"


def test_a_second_issue_after_back_is_a_second_issue(tim: Page, phone: Any) -> None:
    go(tim, job(phone, "issue"))
    for text in ("It leaks", "It rusts"):
        tim.fill("[name=text]", text)
        with tim.expect_navigation():
            tim.locator("#step button.btn, button[form=step]").last.click()
        tim.go_back()
    assert {one.text for one in Deviation.objects.all()} == {"It leaks", "It rusts"}


def test_a_second_note_after_back_is_a_second_note(desk: Page, order: Any) -> None:
    go(desk, reverse("workorders:work_order_detail", args=[order.pk]))
    for text in ("Called once", "Called twice"):
        form = desk.locator("form[action*='note']")
        form.locator("[name=text]").fill(text)
        with desk.expect_navigation():
            form.locator("button").click()
        desk.go_back()
    assert sorted(one.text for one in Note.objects.all()) == ["Called once", "Called twice"]


def held(page: Page) -> list[str]:
    """What stands in the forms of the page that a person would fill in."""
    found: list[str] = page.eval_on_selector_all(
        "main form [name]:not([type=hidden], [type=radio], [type=checkbox], select)",
        "fields => fields.map(one => one.type === 'file' ? String(one.files.length || '') : one.value).filter(Boolean)",
    )
    return found


@pytest.mark.parametrize("name", ["before_photo", "issue", "material_other"])
def test_what_was_taken_is_out_of_the_form_after_back(
    browser: Browser, live_server: Any, cast: Cast, phone: Any, client_as: Any, name: str
) -> None:
    """The browser would put the text and the photos of before in the new form, to be sent for a second time."""
    phone.begin()
    context = logged_in(browser, live_server.url, client_as(cast.tim), viewport=PHONE)
    page = context.new_page()
    go(page, job(phone, name))
    for field, text in {"text": "It leaks", "description": "Elbow 22 mm", "quantity": "2"}.items():
        if page.locator(f"#step [name={field}]").count():
            page.fill(f"#step [name={field}]", text)
    page.set_input_files("[name=photos]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    with page.expect_navigation():
        page.locator("#step button.btn, button[form=step]").last.click()
    if page.url.endswith(
        job(phone, name)
    ):  # not answered at once: the same form, anew, in place of the one before
        page.wait_for_load_state()
    else:
        page.go_back()
        page.wait_for_load_state()
    expect(page.locator("#step")).to_be_visible()
    assert held(page) == []
    context.close()


def test_what_was_taken_is_out_of_the_form_at_a_desk_too(
    browser: Browser, live_server: Any, cast: Cast, order: Any, client_as: Any
) -> None:
    with page_of(browser, live_server.url, client_as(cast.bram), viewport=WIDE) as page:
        go(page, reverse("workorders:work_order_detail", args=[order.pk]))
        form = page.locator("form[action*='note']")
        form.locator("[name=text]").fill("Called once")
        with page.expect_navigation():
            form.locator("button").click()
        page.go_back()
        page.wait_for_load_state()
        expect(form).to_be_visible()
        assert form.locator("[name=text]").input_value() == ""


def test_a_second_payment_after_back_is_asked_about_and_then_counts(desk: Page, sent: Invoice) -> None:
    go(desk, reverse("invoicing:payment_record", args=[sent.pk]))
    for amount in ("100", "35.79"):
        desk.fill("[name=amount]", amount)
        with desk.expect_navigation():
            desk.get_by_role("button", name="Record").click()
        if "/payment" not in desk.url:
            desk.go_back()
    if Payment.objects.count() == 1:  # the page of before: what is open now is another amount
        expect(desk.get_by_text("Is this another payment?").first).to_be_visible()
        with desk.expect_navigation():
            desk.get_by_role("button", name="Record").click()
    assert sorted(one.amount for one in Payment.objects.all()) == [Decimal("35.79"), 100]


def test_a_signature_without_a_name_is_drawn_again(
    browser: Browser, live_server: Any, cast: Cast, phone: Any, client_as: Any
) -> None:
    phone.begin()
    inked = "[...document.querySelector('canvas').getContext('2d').getImageData(0, 0, 300, 150).data].some(Boolean)"
    with page_of(browser, live_server.url, client_as(cast.tim), viewport=PHONE) as page:
        go(page, job(phone, "sign_off"))
        assert not page.evaluate(inked)
        sign(page)
        page.locator("button[form=step]").click()
        page.wait_for_selector(".errors")
        page.wait_for_function(inked)
        page.fill("[name=name]", "Karin Smit")
        send(page)
    assert phone.visit.sign_off.signature.is_image


def test_a_refused_form_is_there_again_after_back_and_reload_with_what_was_typed(
    browser: Browser, live_server: Any, bram: User, sent: Invoice, client_as: Any
) -> None:
    """A browser that comes back to the answer to a form asks whether to send it again, or shows a page of its own."""
    with page_of(browser, live_server.url, client_as(bram), viewport=WIDE) as page:
        go(page, reverse("invoicing:payment_record", args=[sent.pk]))
        page.fill("[name=amount]", "12 or 13")
        with page.expect_navigation() as refused:
            page.get_by_role("button", name="Record").click()
        assert refused.value.status == 422
        go(page, reverse("invoicing:invoice_list"))
        page.go_back()
        expect(page.locator("[name=amount]")).to_have_value("12 or 13")
        again(page)
        expect(page.locator("[name=amount]")).to_have_value("12 or 13")
    assert not Payment.objects.exists()
