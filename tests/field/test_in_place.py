"""A step opens at its place in the job, and is saved there: nothing is loaded anew, with and without a network."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from apps.core import clock
from apps.field.models import FieldEvent, VisitPhoto
from tests.browser import PHONE, again, go, page_of
from tests.builders import Phone, photo_stored
from tests.field.conftest import booked, jpeg
from tests.field.test_kept_pages import until
from tests.field.test_outbox import all_sent, big, line, opened, waiting, without_network
from tests.field.test_phone_browser import check
from tests.line import Line

__all__ = ["line", "opened"]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def focused(page: Page, step: str) -> None:
    """The step has the focus, which it is given after what was said of it is shown."""
    page.wait_for_function(
        "step => document.activeElement.closest('[data-step]')?.dataset.step === step", arg=step
    )


def same_page(page: Page) -> None:
    """Nothing was loaded since the job was opened."""
    assert page.evaluate("window.isHere") is True


def test_steps_are_opened_and_saved_where_they_stand(
    browser: Browser, live_server: Any, client_as: Any, cast: Any, phone: Any, form: Any
) -> None:
    phone.begin()
    job = reverse("phone:job", args=[phone.assignment.pk])
    held: Any = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
    with page_of(browser, live_server.url, client_as(cast.tim), **held) as page:
        go(page, job)
        page.evaluate("window.isHere = true")
        row, step = page.locator("[data-step=work_done]"), page.locator(".opened")

        # What is typed is not lost by going Back, and Back goes to the job.
        row.get_by_role("link").click()
        expect(step.get_by_label("what was done")).to_be_visible()
        assert page.url.endswith("/work-done/")
        assert page.evaluate("document.activeElement.closest('.opened') !== null")
        check(page)
        page.fill("[name=text]", "Pump replaced.")
        page.go_back()
        expect(step).to_have_count(0)
        expect(row.get_by_role("link")).to_be_focused()
        assert page.url.endswith(job)
        row.get_by_role("link").click()
        expect(page.locator("[name=text]")).to_have_value("Pump replaced.")
        page.fill("[name=text]", "Pump and valve replaced.")
        big(page, "Save")
        expect(row).to_have_class("step done")
        expect(row).to_contain_text("Pump and valve replaced.")
        expect(step).to_have_count(0)
        assert page.url.endswith(job)
        focused(page, "work_done")
        expect(page.locator("#live")).to_contain_text("Work done: done")

        # What is wrong is said at its field, and all else stays typed.
        big(page, "Fill in the checklist")
        page.get_by_label("Water shut off").check()
        page.get_by_label("Pressure").fill("two")
        big(page, "Save the answers")
        expect(step.locator("[aria-invalid=true]")).to_have_value("two")
        expect(page.get_by_label("Water shut off")).to_be_checked()
        check(page)
        page.get_by_label("Pressure").fill("2")
        page.get_by_label("Good").check()
        page.get_by_label("Meter").fill("12")
        big(page, "Save the answers")
        expect(page.locator("[data-step=checklist]")).to_have_class("step done")
        same_page(page)

        # A photo that was chosen is kept nowhere: leaving it is asked about.
        page.locator("[data-step=after_photo] a").click()
        photo: Any = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
        page.set_input_files("[name=photos]", [photo])
        expect(page.locator("[data-previews] img")).to_have_count(1)
        asked = []
        page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        page.go_back()
        expect(page.locator("[data-previews] img")).to_have_count(1)
        assert asked
        assert page.url.endswith("/after-photo/")

        # One that was saved is kept first: who goes Back while it is made smaller and sent loses nothing, and is asked nothing.
        big(page, "Save the photos")
        page.go_back()
        expect(step).to_have_count(0)
        expect(page.locator("[data-step=after_photo]")).to_have_class("step done")

        # Who goes on to another step before the one that was saved has closed stands there, one place above the job.
        page.locator("[data-step=after_photo] a").click()
        page.set_input_files("[name=photos]", [photo])
        expect(page.locator("[data-previews] img")).to_have_count(1)
        page.evaluate(
            """() => {
              document.querySelector(".thumb .big").click();
              document.querySelector("[data-step=work_done] a").click();
            }"""
        )
        expect(page.locator("[name=text]")).to_be_visible()
        until(lambda: VisitPhoto.objects.count() == 3)
        expect(page.locator("[name=text]")).to_be_visible()
        page.go_back()
        expect(step).to_have_count(0)
        assert page.url.endswith(job)

        # A step in the middle of another takes its place, and a list stays open until it is closed.
        page.locator("[data-step=work_done] a").click()
        expect(page.locator("[name=text]")).to_be_visible()
        page.locator("[data-step=materials] a").click()
        expect(page.locator("[name=text]")).to_have_count(0)
        page.get_by_role("link", name="Not in the catalogue").click()
        page.get_by_label("What is it").fill("Sealing ring")
        page.get_by_label("Quantity").fill("2")
        page.get_by_role("button", name="Add", exact=True).click()
        expect(step.get_by_text("Sealing ring").first).to_be_visible()
        big(page, "That is all")
        expect(page.locator("[data-step=materials]")).to_have_class("step done")
        assert page.url.endswith(job)
        same_page(page)

        # At its own address a step is a page as ever, and Back of it is the job.
        page.locator("[data-step=work_done] a").click()
        expect(page.locator("[name=text]")).to_be_visible()
        again(page)
        expect(page.locator("h1")).to_have_text("Work done")
        page.go_back()
        expect(page.locator("[data-step=work_done]")).to_be_visible()
    assert [one.state for one in FieldEvent.objects.all() if one.state != "applied"] == []


def test_so_it_is_without_a_network(opened: Any, line: Line, phone: Any) -> None:
    phone.begin()
    page = without_network(opened, line, phone)
    page.evaluate("window.isHere = true")
    row = page.locator("[data-step=work_done]")
    row.get_by_role("link").click()
    page.fill("[name=text]", "Pump replaced.")
    big(page, "Save")
    expect(row).to_contain_text("On this phone")
    focused(page, "work_done")
    assert waiting(page) == ["work-done"]
    row.get_by_role("link").click()
    expect(page.locator("[name=text]")).to_have_value("Pump replaced.")
    page.go_back()
    expect(page.locator(".opened")).to_have_count(0)
    line.is_cut = False
    page.get_by_role("button", name="Send now").click()
    expect(row).to_have_class("step done")
    all_sent(page)
    same_page(page)
    assert phone.visit.work_done == "Pump replaced."


def test_whoever_presses_while_the_job_is_shown_anew_is_asked_all_the_same(
    opened: Any, line: Line, phone: Any, cast: Any, order_make: Any
) -> None:
    elsewhere = Phone(cast.tim, booked(cast.tim, order_make(), clock.now() - timedelta(days=1)))
    elsewhere.begin()
    phone.done("before_photo", file=photo_stored())
    page = opened().pages[0]
    go(page, reverse("phone:job", args=[phone.assignment.pk]))
    line.slow = 2  # the job that is asked for by Back is here before the answer
    page.locator("[data-step=before_photo] a").click()
    expect(page.locator(".opened")).to_have_count(1)
    page.evaluate(
        """() => {
          addEventListener("popstate", () => document.querySelector(".thumb .big").click());
          history.back();
        }"""
    )
    expect(page.locator(".thumb .big")).to_contain_text("start here")
    assert not FieldEvent.objects.filter(assignment=phone.assignment, kind="start").exists()


def test_two_presses_one_after_the_other_leave_a_job_that_goes_on(
    opened: Any, line: Line, phone: Any
) -> None:
    phone.begin()
    page = opened().pages[0]
    go(page, reverse("phone:job", args=[phone.assignment.pk]))
    line.slow = 1
    page.locator("[data-step=work_done] a").click()
    page.fill("[name=text]", "Pump replaced.")
    page.evaluate(
        """() => {
          document.querySelector("form[action$='/pause/']").requestSubmit();
          document.querySelector(".thumb .big").click();
        }"""
    )
    expect(page.locator(".opened")).to_have_count(0, timeout=15_000)
    expect(page.locator(".thumb .big")).to_contain_text("Go on with the work", timeout=15_000)
    expect(page.locator("form[aria-busy]")).to_have_count(0)
    assert (phone.visit.work_done, phone.visit.status) == ("Pump replaced.", "paused")


def test_an_ending_that_was_kept_before_the_work_began_can_be_sent_without_a_network(
    opened: Any, line: Line, phone: Any
) -> None:
    page = without_network(opened, line, phone)  # all of the job is kept, and nothing was begun
    phone.begin()  # with a network, so that nothing waits on the phone
    go(page, reverse("phone:goes_on", args=[phone.assignment.pk]))
    expect(page.locator(".thumb button.big")).to_be_visible()
    expect(page.locator("[name=left_over]")).to_be_visible()


def test_without_javascript_one_comes_back_at_the_step(
    browser: Browser, live_server: Any, client_as: Any, cast: Any, phone: Any
) -> None:
    phone.begin()
    held: Any = {"viewport": PHONE, "java_script_enabled": False}
    with page_of(browser, live_server.url, client_as(cast.tim), **held) as page:
        go(page, reverse("phone:work_done", args=[phone.assignment.pk]))
        page.fill("[name=text]", "Pump replaced.")
        big(page, "Save")
        expect(page.locator("[data-step=work_done]")).to_be_in_viewport()
        assert page.url.endswith("#step-work_done")
