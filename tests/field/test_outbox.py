"""What a technician does without a network is kept on the phone, and arrives exactly once."""

import hashlib
import io
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from PIL import ExifTags, Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from apps.accounts.models import Session
from apps.core import clock
from apps.field.models import FieldEvent, VisitPhoto
from tests.browser import ARGS, CHROMIUM, PHONE, again, answered, go, sign, telling
from tests.conftest import PASSWORD, Cast
from tests.field.conftest import booked, jpeg
from tests.field.test_kept_pages import HELD, kept, last_page, until
from tests.line import Line, line_to

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WAITING = """() => new Promise((done) => {
  const asked = indexedDB.open("phone-acts", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("acts", { keyPath: "n", autoIncrement: true });
    asked.result.createObjectStore("bytes");
  };
  asked.onsuccess = () => {
    const all = asked.result.transaction("acts").objectStore("acts").getAll();
    all.onsuccess = () => {
      asked.result.close();
      done(all.result.map(({ user, verb, files }) => ({ user, verb, bytes: files.map(({ size }) => size) })));
    };
  };
})"""


HASHES = """() => new Promise((done) => {
  const asked = indexedDB.open("phone-acts", 1);
  asked.onsuccess = () => {
    const all = asked.result.transaction(["acts", "bytes"]);
    const acts = all.objectStore("acts").getAll();
    const bytes = all.objectStore("bytes").getAll();
    all.oncomplete = async () => {
      asked.result.close();
      const files = acts.result.flatMap((one) => one.files);
      const photos = bytes.result.filter((_one, at) => !files[at].isDrawn);
      const hashes = await Promise.all(photos.map((one) => crypto.subtle.digest("SHA-256", one)));
      done(hashes.map((one) => [...new Uint8Array(one)].map((byte) => byte.toString(16).padStart(2, "0")).join("")));
    };
  };
})"""


FIELDS = """() => new Promise((done) => {
  indexedDB.open("phone-acts", 1).onsuccess = ({ target: { result } }) => {
    result.transaction("acts").objectStore("acts").getAll().onsuccess = ({ target }) => {
      result.close();
      done(JSON.stringify(target.result));
    };
  };
})"""


@pytest.fixture
def line(live_server: Any) -> Iterator[Line]:
    with line_to(live_server.url) as line:
        yield line


@pytest.fixture
def opened(
    browser: Browser, line: Line, client_as: Any, cast: Cast, tmp_path: Path
) -> Iterator[Callable[[], BrowserContext]]:
    """Opens the browser of one telephone, again and again."""
    session = client_as(cast.tim).cookies["sessionid"].value
    contexts: list[BrowserContext] = []

    def open_again() -> BrowserContext:
        first = not contexts
        context = browser.browser_type.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            args=ARGS,
            viewport=PHONE,
            has_touch=True,
            base_url=line.url,
            locale="en-GB",
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        if first:
            expires = time.time() + 86400
            context.add_cookies(
                [{"name": "sessionid", "value": session, "url": line.url, "expires": expires}]
            )
        return context

    yield open_again
    for context in contexts:
        context.close()


def without_network(opened: Any, line: Line, phone: Any, step: str = "job") -> Page:
    """The phone at a step of the job, with all of the job kept, when the line is cut."""
    page: Page = opened().pages[0]
    go(page, reverse(f"phone:{step}", args=[phone.assignment.pk]))
    kept(page, last_page(phone))
    line.is_cut = True
    return page


def waiting(page: Page) -> list[str]:
    return [one["verb"] for one in page.evaluate(WAITING)]


def all_sent(page: Page) -> None:
    expect(page.locator("[data-net] [data-show=online]")).to_be_visible(timeout=30_000)


def big(page: Page, words: str) -> None:
    page.locator(".thumb .big", has_text=words).click()
    if words == "On my way":
        page.get_by_role("dialog").get_by_role("button", name=words).click()


def photo(page: Page, *colours: str) -> None:
    taken: Any = [
        {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(colour)}
        for colour in colours or ("teal",)
    ]
    page.set_input_files("[name=photos]", taken)
    expect(page.locator("[data-previews] img")).to_have_count(len(taken))
    big(page, "Save the photos")


def whole_job(page: Page, job: str) -> None:
    """From leaving for it to handing it in, along what the phone offers."""
    go(page, job)
    big(page, "On my way")
    big(page, "before photo")
    photo(page, "teal", "navy")
    big(page, "Start the clock")
    page.get_by_role("button", name="Pause").click()
    big(page, "Go on with the work")
    big(page, "checklist")
    page.get_by_label("Water shut off").check()
    page.get_by_label("Pressure").fill("2,5")
    page.get_by_label("Good").check()
    page.get_by_label("Meter").fill("1234,5")
    big(page, "Save the answers")
    big(page, "work done")
    page.fill("[name=text]", "Pump replaced.")
    big(page, "Save")
    big(page, "materials")
    big(page, "No materials used")
    big(page, "Extra work")
    big(page, "No extra work")
    big(page, "Issue")
    big(page, "No deviation")
    big(page, "after photo")
    photo(page, "gold", "red")
    big(page, "customer sign")
    expect(page.locator(".shown")).to_contain_text("Pump replaced.")
    expect(page.locator("[data-waiting]")).to_be_hidden()  # whoever signs reads it once, in the work
    page.fill("[name=name]", "Mrs Bakker")
    sign(page)
    big(page, "Save")
    big(page, "Yes, the job is done")


KINDS = ["travel", "before_photo", "before_photo", "start", "pause", "resume", "answer", "answer", "answer", "answer", "work_done",
         "no_materials", "no_extra_work", "no_deviation", "after_photo", "after_photo", "sign_off", "finish"]  # fmt: skip


def shown_within(page: Page, milliseconds: int) -> bool:
    """Whether the page was there within that time of being asked for; of the best of three, as others use this machine.

    On a quiet machine it is there in less than 300 ms; beside other tests it was not always.
    """
    times = []
    for _try in range(3):
        again(page)
        page.wait_for_load_state()
        times.append(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))
    return min(times) < milliseconds


def test_a_whole_job_without_a_network_arrives_once_and_in_order(
    opened: Any, line: Line, phone: Any, order: Any
) -> None:
    page = opened().pages[0]
    go(page, reverse("phone:today"))
    kept(page, last_page(phone))
    line.is_cut = True
    job = reverse("phone:job", args=[phone.assignment.pk])
    with telling(page):
        whole_job(page, job)
    until(lambda: len(waiting(page)) == 15)
    answered(page)
    assert not FieldEvent.objects.exists()
    go(page, reverse("phone:today"))
    held = page.evaluate(HASHES)
    assert len(held) == 4
    assert "base64" not in page.evaluate(FIELDS)
    page.context.close()

    page = opened().pages[0]
    go(page, reverse("phone:today"))
    assert shown_within(page, 1000)
    expect(page.locator("[data-net]").get_by_text("15 safe on this phone")).to_be_visible()
    go(page, job)
    expect(page.locator("[data-step=checklist]")).to_contain_text("On this phone")
    line.is_cut, line.to_lose = False, 1
    page.get_by_role("button", name="Send now").click()  # its answer is lost
    until(lambda: line.to_lose == 0)
    until(lambda: page.evaluate("document.readyState") == "complete")
    go(page, job)
    all_sent(page)

    events = list(FieldEvent.objects.order_by("received_at", "occurred_at"))
    assert [one.kind for one in events] == KINDS
    assert [(one.kind, one.why) for one in events if one.state != "applied"] == []
    assert all(one.time_zone and one.occurred_at <= one.received_at for one in events)
    assert sorted(events, key=lambda one: one.occurred_at) == events
    assert set(line.photos) == set(held)  # byte by byte what the phone held
    assert VisitPhoto.objects.count() == 4
    visit = phone.visit
    assert (visit.status, visit.work_done) == ("finished", "Pump replaced.")
    assert "Pump replaced." in visit.sign_off.shown["on_phone"]
    assert visit.sign_off.signature_id
    order.refresh_from_db()
    assert order.status == "ready_for_review"
    assert waiting(page) == []


def test_after_the_sessions_end_it_asks_to_log_in_and_sends_as_the_same_person(
    opened: Any, line: Line, phone: Any, cast: Cast
) -> None:
    page = opened().pages[0]
    go(page, reverse("phone:job", args=[phone.assignment.pk]))
    kept(page, last_page(phone))
    Session.objects.all().delete()
    big(page, "On my way")
    page.wait_for_url("**/account/login/**")
    assert waiting(page) == ["travel"]
    log_in(page, cast.tim.email)
    all_sent(page)
    event = FieldEvent.objects.get()
    assert (event.kind, event.user, event.state) == ("travel", cast.tim, "applied")


def test_a_page_that_is_opened_after_the_sessions_end_leads_to_the_login_and_back(
    opened: Any, line: Line, phone: Any, cast: Cast
) -> None:
    page = opened().pages[0]
    job = reverse("phone:job", args=[phone.assignment.pk])
    go(page, job)
    kept(page, last_page(phone))  # the worker stands between this phone and the server
    Session.objects.all().delete()
    go(page, job)
    page.wait_for_url("**/account/login/**")
    log_in(page, cast.tim.email)
    expect(page.locator("h1")).to_have_text("Boiler replacement")
    assert page.url.endswith(job)


def log_in(page: Page, email: str) -> None:
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/phone/**")


def test_another_person_on_the_phone_neither_sees_nor_sends_it(
    opened: Any, line: Line, phone: Any, cast: Cast, order_make: Any
) -> None:
    booked(cast.tessa, order_make())
    context = opened()
    page = context.pages[0]
    go(page, reverse("phone:job", args=[phone.assignment.pk]))
    kept(page, last_page(phone))
    line.is_cut = True
    big(page, "On my way")
    expect(page.locator("[data-step=travel]")).to_contain_text("On this phone")
    Session.objects.all().delete()
    line.is_cut = False
    go(page, "/account/login/?next=/phone/")
    log_in(page, cast.tessa.email)
    all_sent(page)
    kept(page, reverse("phone:no_network"))
    assert not [path for path in page.evaluate(HELD) if f"/{phone.assignment.pk}/" in path]
    assert waiting(page) == ["travel"]
    assert not FieldEvent.objects.exists()
    go(page, reverse("phone:me"))
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/account/login/**")
    log_in(page, cast.tim.email)
    until(lambda: waiting(page) == [])
    answered(page)
    assert FieldEvent.objects.get().user == cast.tim


def test_who_logs_out_with_all_sent_leaves_nothing(opened: Any, phone: Any) -> None:
    page = opened().pages[0]
    go(page, reverse("phone:job", args=[phone.assignment.pk]))
    big(page, "On my way")
    expect(page.locator("[data-step=travel]")).to_have_class("step done")
    kept(page, last_page(phone))
    go(page, reverse("phone:me"))
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/account/login/**")
    until(lambda: not [name for name in page.evaluate(HELD).values() if "pages" in name])
    assert waiting(page) == []


def test_who_logs_out_without_a_network_hears_so_and_leaves_no_page(
    opened: Any, line: Line, phone: Any
) -> None:
    page = without_network(opened, line, phone)
    go(page, reverse("phone:me"))
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("#toasts")).to_contain_text("you are not logged out yet")
    assert not [name for name in page.evaluate(HELD).values() if "pages" in name]


def test_given_away_meanwhile_the_office_decides_and_nothing_is_dropped(
    opened: Any, line: Line, phone: Any, cast: Cast
) -> None:
    page = without_network(opened, line, phone)
    big(page, "On my way")
    expect(page.locator("[data-step=travel]")).to_contain_text("On this phone")
    phone.assignment.technician = cast.tessa.technician
    phone.assignment.save()
    line.is_cut = False
    go(page, reverse("phone:today"))
    all_sent(page)
    event = FieldEvent.objects.get()
    assert (event.state, event.why) == ("to_decide", "not_yours")


def test_a_token_that_is_another_one_since_is_asked_for_anew(opened: Any, line: Line, phone: Any) -> None:
    context = opened()
    page = context.pages[0]
    go(page, reverse("phone:job", args=[phone.assignment.pk]))
    context.clear_cookies(name="csrftoken")
    big(page, "On my way")
    expect(page.locator("[data-step=travel]")).to_have_class("step done")
    assert FieldEvent.objects.get().occurred_at > clock.now() - timedelta(minutes=2)


def test_a_part_is_found_in_the_catalogue_that_the_phone_holds(
    opened: Any, line: Line, phone: Any, pump: Any
) -> None:
    phone.begin()
    page = without_network(opened, line, phone)
    go(page, reverse("phone:material_list", args=[phone.assignment.pk]))
    page.fill("#q", "latión 15-60")
    row = page.locator("#found .pick", has_text="Circulation pump 15-60")
    row.locator("[name=quantity]").fill("2")
    row.get_by_role("button", name="Add Circulation pump 15-60").click()
    until(lambda: waiting(page) == ["materials"])
    answered(page)
    go(page, reverse("phone:materials"))
    page.fill("#q", "P-15")
    expect(page.locator("#found li")).to_contain_text("Circulation pump 15-60")
    line.is_cut = False
    go(page, reverse("phone:today"))
    all_sent(page)
    used = phone.visit.materials.get()
    assert (used.material, used.quantity) == (pump, 2)


def test_who_takes_it_back_without_a_network_may_leave_once_more(opened: Any, line: Line, phone: Any) -> None:
    page = without_network(opened, line, phone)
    for _time in range(2):
        big(page, "On my way")
        expect(page.locator(".thumb .big")).to_contain_text("before photo")
        page.get_by_role("button", name="Not on my way after all").click()
        expect(page.locator(".thumb .big")).to_contain_text("On my way")
    assert waiting(page) == ["travel", "turn-back"] * 2


def test_a_form_that_is_opened_again_goes_on_from_what_waits(
    opened: Any, line: Line, phone: Any, form: Any
) -> None:
    phone.begin()
    page = opened().pages[0]
    checklist = reverse("phone:checklist", args=[phone.assignment.pk])
    report = reverse("phone:work_done", args=[phone.assignment.pk])
    go(page, reverse("phone:job", args=[phone.assignment.pk]))
    kept(page, last_page(phone))
    line.is_cut = True
    go(page, checklist)
    page.get_by_label("Water shut off").check()
    page.get_by_label("Pressure").fill("2,5")
    big(page, "Save the answers")
    until(lambda: waiting(page) == ["checklist"])
    answered(page)
    go(page, report)
    page.fill("[name=text]", "Pump replaced.")
    big(page, "Save")
    until(lambda: waiting(page) == ["checklist", "work-done"])
    answered(page)
    go(page, checklist)
    expect(page.get_by_label("Water shut off")).to_be_checked()
    expect(page.get_by_label("Pressure")).to_have_value("2,5")
    page.get_by_label("Good").check()
    big(page, "Save the answers")
    until(lambda: len(waiting(page)) == 3)
    answered(page)
    go(page, report)
    expect(page.locator("[name=text]")).to_have_value("Pump replaced.")
    page.locator("[name=text]").press("End")
    page.locator("[name=text]").type(" And bled.")
    big(page, "Save")
    until(lambda: len(waiting(page)) == 4)
    answered(page)
    line.is_cut = False
    go(page, reverse("phone:today"))
    all_sent(page)
    answers = {one.field.label: one.value for one in phone.visit.answers.select_related("field")}
    assert answers == {"Water shut off": True, "Pressure": "2.5", "State of the boiler": "Good"}
    assert phone.visit.work_done == "Pump replaced. And bled."
    assert not FieldEvent.objects.to_decide().exists()


def test_what_was_told_stands_on_the_kept_pages_at_once(opened: Any, line: Line, phone: Any) -> None:
    phone.begin()
    page = opened().pages[0]
    go(page, reverse("phone:job", args=[phone.assignment.pk]))
    kept(page, last_page(phone))
    go(page, reverse("phone:work_done", args=[phone.assignment.pk]))
    page.fill("[name=text]", "Pump replaced.")
    big(page, "Save")
    expect(page.locator("[data-step=work_done]")).to_have_class("step done")
    sign_off = reverse("phone:sign_off", args=[phone.assignment.pk])
    said = f"async () => (await (await caches.match('{sign_off}', {{ ignoreVary: true }})).text())"
    until(lambda: "Pump replaced." in page.evaluate(said))


def test_a_photo_is_made_smaller_upright_and_keeps_where_it_was_taken(
    opened: Any, line: Line, phone: Any
) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # the camera was held upright
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (51.0, 35.0, 2.4), 3: "E", 4: (4.0, 46.0, 33.6)})
    out = io.BytesIO()
    Image.effect_noise((4000, 3000), 90).save(out, "JPEG", exif=exif, quality=92)
    page = without_network(opened, line, phone, "before_photo")
    taken: Any = {"name": "IMG_1.JPG", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    page.set_input_files("[name=photos]", taken)
    big(page, "Save the photos")
    until(lambda: waiting(page) == ["before-photo"])
    answered(page)
    line.is_cut = False
    go(page, reverse("phone:today"))
    until(lambda: waiting(page) == [])
    answered(page)
    (sent,) = line.photos
    file = VisitPhoto.objects.get().file
    assert sent != hashlib.sha256(out.getvalue()).hexdigest()
    assert line.received < len(out.getvalue()) / 2
    assert (file.width, file.height, file.latitude) == (1536, 2048, 51.584)
