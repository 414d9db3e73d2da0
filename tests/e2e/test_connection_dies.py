"""The connection or the server dies while a form is sent: nothing of it is lost, and nothing is done twice."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route, expect

from apps.accounts.models import Session
from apps.field.models import Deviation, FieldEvent, SignOff, VisitPhoto
from apps.intake.forms import public
from apps.intake.models import Request
from tests.browser import PHONE, again, go, logged_in, sign
from tests.conftest import PASSWORD, Cast
from tests.field.conftest import customer as customer
from tests.field.conftest import form as form
from tests.field.conftest import jpeg
from tests.field.conftest import order as order
from tests.field.conftest import order_make as order_make
from tests.field.conftest import phone as phone
from tests.field.conftest import site as site
from tests.intake.conftest import company as company
from tests.intake.conftest import leak as leak
from tests.intake.test_public_form_browser import fill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
STANDS = "What you filled in still stands here"


@pytest.fixture
def cast(transactional_cast: Cast) -> Cast:
    return transactional_cast


@pytest.fixture
def tim(browser: Browser, live_server: Any, cast: Cast, phone: Any, client_as: Any) -> Iterator[Page]:
    phone.begin()
    context = logged_in(browser, live_server.url, client_as(cast.tim), viewport=PHONE, has_touch=True)
    yield context.new_page()
    context.close()


def job(phone: Any, name: str) -> str:
    return reverse(f"phone:{name}", args=[phone.assignment.pk])


def photo(page: Page) -> None:
    page.set_input_files("[name=photos]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})


def dead(route: Route) -> None:
    """The server is gone before it did anything."""
    route.abort("connectionreset")


def answer_lost(route: Route) -> None:
    """The server did it, and the connection dies before that is known."""
    route.fetch(max_redirects=0)
    route.abort("connectionreset")


@pytest.fixture(params=[dead, answer_lost], ids=["dead", "answer lost"])
def dies(request: Any) -> Callable[[Route], None]:
    return request.param


def send_in_vain(page: Page, press: str, how: Callable[[Route], None], says: str = STANDS) -> None:
    def handle(route: Route) -> None:
        if route.request.method == "POST":
            how(route)
        else:
            route.continue_()

    address = page.url
    page.route("**/*", handle)
    page.locator(press).click()
    expect(page.get_by_text(says)).to_be_visible()
    assert page.url == address
    page.unroute_all(behavior="wait")


def send(page: Page, press: str) -> None:
    with page.expect_navigation():
        page.locator(press).click()


def kept_in_vain(page: Page, press: str, how: Callable[[Route], None]) -> None:
    """It does not reach the server, or its answer is lost: it waits on the phone."""
    tried: list[str] = []

    def handle(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        how(route)
        tried.append(route.request.url)

    page.route("**/*", handle)
    page.locator(press).click()
    expect(page.locator("[data-waiting]")).to_be_visible()
    assert tried
    page.unroute_all(behavior="wait")


def sent_again(page: Page) -> None:
    """A page of the phone that is opened sends what waits."""
    again(page)
    expect(page.locator("[data-net] [data-show=online]")).to_be_visible()


def test_a_signature_and_a_name_are_kept(tim: Page, phone: Any, dies: Any) -> None:
    go(tim, job(phone, "sign_off"))
    tim.fill("[name=name]", "Karin Smit")
    sign(tim)
    kept_in_vain(tim, "button[form=step]", dies)
    sent_again(tim)
    assert SignOff.objects.get().signature is not None


def test_a_photo_and_an_issue_are_kept(tim: Page, phone: Any, dies: Any) -> None:
    before = VisitPhoto.objects.count()
    go(tim, job(phone, "issue"))
    tim.fill("[name=text]", "It leaks")
    photo(tim)
    kept_in_vain(tim, "#step button.go", dies)
    sent_again(tim)
    assert Deviation.objects.get().text == "It leaks"
    assert VisitPhoto.objects.count() == before + 1


def test_a_button_of_the_clock_is_kept(tim: Page, phone: Any, dies: Any) -> None:
    go(tim, job(phone, "job"))
    kept_in_vain(tim, "form[action*=pause] button", dies)
    sent_again(tim)
    expect(tim.get_by_label("Clock")).to_contain_text("Paused since")


def test_what_is_signed_under_something_else_by_now_is_kept_for_the_office(tim: Page, phone: Any) -> None:
    """What was signed is not what the work is by now, and nobody was there to be told."""
    go(tim, job(phone, "sign_off"))
    sign(tim)
    tim.fill("[name=name]", "Karin Smit")
    kept_in_vain(tim, "button[form=step]", dead)
    phone.done("work_done", text="Something else")
    sent_again(tim)
    event = FieldEvent.objects.get(kind="sign_off")
    assert (event.state, event.payload["name"]) == ("to_decide", "Karin Smit")
    assert event.file is not None
    assert not SignOff.objects.exists()


def test_a_refusal_is_shown_on_the_page_with_the_photo(tim: Page, phone: Any) -> None:
    go(tim, job(phone, "no_access"))
    tim.evaluate("document.querySelector('[name=reason]').required = false")
    photo(tim)
    tim.locator("button[form=step]").click()
    expect(tim.locator(".errors")).to_be_focused()
    tim.fill("[name=reason]", "Nobody home")
    send(tim, "button[form=step]")
    assert phone.visit.status == "no_access"


def test_after_the_sessions_end_the_photo_comes_back_too(tim: Page, phone: Any, cast: Cast) -> None:
    go(tim, job(phone, "issue"))
    tim.fill("[name=text]", "It leaks")
    photo(tim)
    Session.objects.all().delete()
    send(tim, "#step button.go")
    tim.fill("[name=login]", cast.tim.email)
    tim.fill("[name=password]", PASSWORD)
    tim.get_by_role("button", name="Log in", exact=True).click()
    expect(tim.locator("[data-net] [data-show=online]")).to_be_visible()
    assert Deviation.objects.get().text == "It leaks"
    assert VisitPhoto.objects.filter(kind="issue").count() == 1


def test_a_form_that_was_stopped_may_be_pressed_again(
    browser: Browser, live_server: Any, cast: Cast, client_as: Any
) -> None:
    """Where the browser sends it, and somebody stops that."""
    press = "document.querySelector('main form[method=post]').dispatchEvent(new Event('submit', {bubbles: true, cancelable: true}))"
    context = logged_in(browser, live_server.url, client_as(cast.bram))
    page = context.new_page()
    page.clock.install()
    go(page, "/customers/new/")
    assert page.evaluate(press)
    assert not page.evaluate(press)  # twice is once
    page.clock.run_for(13_000)
    assert page.evaluate(press)
    context.close()


def test_a_customers_request_is_still_there(
    browser: Browser, live_server: Any, company: Any, leak: Any, monkeypatch: Any, dies: Any
) -> None:
    monkeypatch.setattr(public, "MIN_SECONDS", 0)
    context = logged_in(browser, live_server.url, viewport=PHONE)
    page = context.new_page()
    go(page, "/request/")
    fill(page)
    page.fill("[name=email]", "karin@example.com")
    photo(page)
    send_in_vain(page, "form .btn.go", dies, "your request is not sent yet")
    page.click("form .btn.go")
    page.wait_for_selector("h1:has-text('received')")
    assert Request.objects.get().photos.count() == 1
    context.close()
