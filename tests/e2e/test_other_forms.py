"""Whoever sends one form of a page, or leaves it, is asked about what stands in another one and would be lost."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Dialog, Page

from apps.field.models import FieldEvent
from apps.intake.models import IntakePhoto, IntakeReport, Request
from tests.browser import PHONE, answered, go, logged_in
from tests.conftest import Cast
from tests.field.conftest import customer as customer
from tests.field.conftest import form as form
from tests.field.conftest import jpeg
from tests.field.conftest import order as order
from tests.field.conftest import order_make as order_make
from tests.field.conftest import phone as phone
from tests.field.conftest import site as site
from tests.intake.conftest import company as company
from tests.intake.conftest import leak as leak
from tests.intake.conftest import planned as planned
from tests.intake.conftest import request_make as request_make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
PHOTO: Any = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def cast(transactional_cast: Cast) -> Cast:
    return transactional_cast


@pytest.fixture
def on_phone(browser: Browser, live_server: Any, cast: Cast, client_as: Any) -> Iterator[Callable[..., Page]]:
    """A page of Tim's on his telephone."""
    contexts = []

    def opened(**options: Any) -> Page:
        context = logged_in(
            browser, live_server.url, client_as(cast.tim), viewport=PHONE, has_touch=True, **options
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def asked(page: Page, does: Callable[[], Any], *, leave: bool = False) -> list[str]:
    """What the browser asks while somebody does this."""
    said: list[str] = []

    def answer(dialog: Dialog) -> None:
        said.append(dialog.type)
        if leave:
            dialog.accept()
        else:
            dialog.dismiss()

    page.on("dialog", answer)
    does()
    page.wait_for_timeout(400)
    page.remove_listener("dialog", answer)
    return said


def test_photos_that_are_chosen_are_asked_about_when_the_report_is_saved(
    on_phone: Callable[..., Page], planned: Request
) -> None:
    page = on_phone()
    go(page, reverse("phone-intake:report", args=[planned.pk]))
    page.set_input_files("[name=photos]", PHOTO)
    page.fill("[name=note]", "Trap is cracked")
    save = page.get_by_role("button", name="Save as draft")
    assert asked(page, save.click) == ["confirm"]
    assert not IntakeReport.objects.exists()
    # Whoever stays can press every button again; what is typed comes back by itself.
    assert asked(page, page.get_by_role("button", name="Add these photos").click) == []
    answered(page)
    page.wait_for_function("document.querySelector('[name=note]')?.value === 'Trap is cracked'")
    assert IntakePhoto.objects.count() == 1
    page.set_input_files("[name=photos]", PHOTO)
    assert asked(page, save.click, leave=True) == ["confirm"]
    answered(page)
    assert IntakeReport.objects.get().note == "Trap is cracked"


@pytest.mark.parametrize(("name", "field"), [("issue", "text"), ("extra_work", "description")])
def test_none_of_it_is_not_said_beside_what_is_typed(
    on_phone: Callable[..., Page], phone: Any, name: str, field: str
) -> None:
    phone.begin()
    page = on_phone()
    go(page, reverse(f"phone:{name}", args=[phone.assignment.pk]))
    page.fill(f"[name={field}]", "It leaks")
    assert asked(page, page.locator("footer.thumb .big").click) == ["confirm"]
    assert not FieldEvent.objects.filter(kind__startswith="no_").exists()
    assert page.input_value(f"[name={field}]") == "It leaks"
    with page.expect_navigation():
        assert asked(page, page.locator("footer.thumb .big").click, leave=True) == ["confirm"]
    assert FieldEvent.objects.filter(kind__startswith="no_").exists()


def test_leaving_a_chosen_photo_asks(on_phone: Callable[..., Page], phone: Any) -> None:
    """A form with nothing but photos in it, too."""
    phone.begin()
    page = on_phone()
    go(page, reverse("phone:before_photo", args=[phone.assignment.pk]))
    page.set_input_files("[name=photos]", PHOTO)
    page.locator("#main").click()
    assert asked(page, page.locator(".back").click) == ["beforeunload"]


@pytest.mark.parametrize("name", ["before_photo", "hold"])
def test_an_iphone_asks_too(on_phone: Callable[..., Page], phone: Any, name: str) -> None:
    """It knows no `beforeunload`: there the page asks by itself."""
    phone.begin()
    page = on_phone(user_agent=IPHONE)
    go(page, address := reverse(f"phone:{name}", args=[phone.assignment.pk]))
    if name == "hold":
        page.fill("[name=reason]", "A part")
    else:
        page.set_input_files("[name=photos]", PHOTO)
    assert asked(page, page.locator(".back").click) == ["confirm"]
    assert page.url.endswith(address)
    assert asked(page, page.locator(".back").click, leave=True) == ["confirm"]
    page.wait_for_url(f"**{reverse('phone:job', args=[phone.assignment.pk])}")
