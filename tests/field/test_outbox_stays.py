"""What waits on the phone outlives what happens to the phone: an update, a closed browser, a full store, a bad line."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from apps.field.models import FieldEvent, VisitPhoto
from tests.browser import again, answered, go
from tests.field.conftest import jpeg
from tests.field.test_kept_pages import kept, last_page, until
from tests.field.test_outbox import all_sent, big, line, opened, photo, waiting, without_network
from tests.line import Line

__all__ = ["line", "opened"]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# The acts as versions before kept them: in one base, each with its bytes.
AS_BEFORE = """async () => {
  const opened = (name, make) => new Promise((done) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => make(asked.result);
    asked.onsuccess = () => done(asked.result);
  });
  const whole = { keyPath: "n", autoIncrement: true };
  const now = await opened("phone-acts", () => null);
  const old = await opened("phone-outbox", (base) => base.createObjectStore("acts", whole));
  const read = (store) => new Promise((done) => {
    now.transaction(store).objectStore(store).getAll().onsuccess = ({ target }) => done(target.result);
  });
  const [acts, bytes] = [await read("acts"), await read("bytes")];
  const to = old.transaction("acts", "readwrite");
  for (const { n, ...act } of acts) {
    to.objectStore("acts").add({ ...act, files: act.files.map((file) => ({ ...file, bytes: bytes.shift() })) });
  }
  await new Promise((done) => { to.oncomplete = done; });
  const gone = now.transaction(["acts", "bytes"], "readwrite");
  gone.objectStore("acts").clear();
  gone.objectStore("bytes").clear();
  await new Promise((done) => { gone.oncomplete = done; });
  now.close();
  old.close();
  return acts.length;
}"""


def test_what_waits_outlives_an_update_of_the_app(opened: Any, line: Line, phone: Any) -> None:
    page = without_network(opened, line, phone)
    job = reverse("phone:job", args=[phone.assignment.pk])
    big(page, "On my way")
    big(page, "before photo")
    photo(page, "teal", "navy")
    big(page, "Start the clock")
    until(lambda: waiting(page) == ["travel", "before-photo", "before-photo", "start"])
    answered(page)
    expect(page.locator("[data-step=start]")).to_contain_text("On this phone")
    assert page.evaluate(AS_BEFORE) == 4
    assert waiting(page) == []
    line.is_cut, line.refuses, line.version = False, "/phone/", "another version"
    page.evaluate("navigator.serviceWorker.oncontrollerchange = () => { window.isUpdated = true; }")
    page.evaluate("navigator.serviceWorker.getRegistration('/phone/').then((one) => one.update())")
    until(lambda: page.evaluate("window.isUpdated") is True)
    go(page, job)
    expect(page.locator("[data-net]").get_by_text("4 waiting to be sent")).to_be_visible()
    line.refuses = ""
    page.get_by_role("button", name="Send now").click()
    all_sent(page)
    kinds = [one.kind for one in FieldEvent.objects.order_by("received_at", "occurred_at")]
    assert kinds == ["travel", "before_photo", "before_photo", "start"]
    assert len(set(line.photos)) == 2
    assert not FieldEvent.objects.to_decide().exists()


def test_what_was_typed_stands_there_again_when_the_browser_was_closed(opened: Any, phone: Any) -> None:
    phone.begin()
    page = opened().pages[0]
    report = reverse("phone:work_done", args=[phone.assignment.pk])
    go(page, report)
    page.fill("[name=text]", "Half a report")
    until(lambda: page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('draft'))"))
    page.context.close()
    page = opened().pages[0]
    go(page, report)
    expect(page.locator("[name=text]")).to_have_value("Half a report")
    big(page, "Save")
    expect(page.locator("[data-step=work_done]")).to_have_class("step done")
    go(page, report)
    expect(page.get_by_text("stands here again")).to_have_count(0)
    assert phone.visit.work_done == "Half a report"


def room_of(page: Page, line: Line, bytes_: int | None) -> None:
    more = {} if bytes_ is None else {"quotaSize": bytes_}
    session = page.context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": line.url, **more})


def test_a_full_phone_says_so_before_the_photo_and_sends_what_it_cannot_keep(
    opened: Any, line: Line, phone: Any
) -> None:
    page = opened().pages[0]
    before = reverse("phone:before_photo", args=[phone.assignment.pk])
    go(page, before)
    expect(page.get_by_text("almost full")).to_be_hidden()
    kept(page, last_page(phone))
    room_of(page, line, 1)
    page.evaluate("localStorage.removeItem('phone-room')")  # an hour later
    again(page)
    expect(page.get_by_text("almost full")).to_be_visible()
    photo(page, "teal")
    page.wait_for_url(f"**{reverse('phone:job', args=[phone.assignment.pk])}*")
    assert VisitPhoto.objects.count() == 1
    line.is_cut = True
    go(page, before)
    page.context.set_offline(True)
    photo(page, "navy")
    expect(page.locator("#toasts")).to_contain_text("This phone is full")
    expect(page.locator("[data-previews] img")).to_have_count(1)
    page.context.set_offline(False)
    room_of(page, line, None)
    big(page, "Save the photos")
    until(lambda: waiting(page) == ["before-photo"])
    answered(page)


def test_nobody_waits_for_a_photo_on_a_bad_line(opened: Any, line: Line, phone: Any) -> None:
    page = opened().pages[0]
    before = reverse("phone:before_photo", args=[phone.assignment.pk])
    go(page, before)
    kept(page, last_page(phone))
    go(page, before)
    line.slow = 6
    page.set_input_files("[name=photos]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg("teal")})
    page.evaluate("window.begun = performance.timeOrigin + performance.now()")
    begun = page.evaluate("window.begun")
    big(page, "Save the photos")
    page.wait_for_url(f"**{reverse('phone:job', args=[phone.assignment.pk])}")
    assert page.evaluate("performance.timeOrigin") - begun < 3000
    expect(page.locator("[data-net]").get_by_text("Sending, 1 to go")).to_be_visible()
    expect(page.locator("[data-step=before_photo]")).to_contain_text("Sending")
    line.slow = 0
    all_sent(page)
    assert VisitPhoto.objects.count() == 1


def test_the_job_is_in_view_beside_what_waits_and_says_since_when_the_clock_runs(
    opened: Any, line: Line, phone: Any
) -> None:
    page = without_network(opened, line, phone)
    job = reverse("phone:job", args=[phone.assignment.pk])
    big(page, "On my way")
    big(page, "before photo")
    photo(page, "teal")
    big(page, "Start the clock")
    until(lambda: len(waiting(page)) == 3)
    answered(page)
    expect(page.locator("[data-clock]")).to_contain_text("Working since")
    expect(page.locator("[data-waiting] li").first).to_be_hidden()
    for width, height in ((390, 844), (844, 390)):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.get_by_role("link", name="Route")).to_be_in_viewport()
        top = page.locator("footer.thumb").bounding_box()
        assert top is not None
        assert top["height"] < height * 0.3
    go(page, reverse("phone:no_access", args=[phone.assignment.pk]))
    page.fill("[name=reason]", "Nobody there.")
    page.set_input_files("[name=photos]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg("red")})
    big(page, "Report")
    until(lambda: len(waiting(page)) == 4)
    answered(page)
    go(page, job)
    expect(page.locator("[data-waiting]")).to_be_visible()
    expect(page.get_by_role("link", name="On hold")).to_be_hidden()


def test_a_reading_outside_its_limits_asks_what_is_the_matter_without_a_network_too(
    opened: Any, line: Line, phone: Any
) -> None:
    phone.begin()
    page = without_network(opened, line, phone)
    go(page, reverse("phone:checklist", args=[phone.assignment.pk]))
    about = page.get_by_label("What is the matter")
    for fits in ("2,5", "two"):  # what is no number has no limits: the form says so itself
        page.get_by_label("Pressure").fill(fits)
        expect(about).to_be_hidden()
    page.get_by_label("Pressure").fill("4,5")
    expect(about).to_be_visible()
    big(page, "Save the answers")
    assert waiting(page) == []
    expect(about).to_be_focused()
    about.fill("The expansion vessel is empty.")
    big(page, "Save the answers")
    until(lambda: waiting(page) == ["checklist"])
    answered(page)
    line.is_cut = False
    go(page, reverse("phone:today"))
    all_sent(page)
    text = "Pressure: 4.5 bar is above 3 bar. The expansion vessel is empty."
    assert phone.visit.deviations.get().text == text


def test_a_visit_that_waited_before_it_began_gets_its_clock_and_may_go_on_another_day(
    opened: Any, line: Line, phone: Any
) -> None:
    page = without_network(opened, line, phone)
    job = reverse("phone:job", args=[phone.assignment.pk])
    ways = page.locator(".otherwise a:visible")
    expect(ways).to_have_text(["No access", "On hold"])
    page.get_by_role("link", name="On hold").click()
    page.fill("[name=reason]", "Waits for a part")
    big(page, "Put on hold")
    expect(ways).to_have_text(["No access"])
    big(page, "Go on with the work")
    expect(page.locator("[data-clock]")).to_contain_text("On the way since")
    big(page, "before photo")
    photo(page, "teal")
    big(page, "Start the clock")
    expect(ways).to_have_text(["No access", "On hold", "Goes on later"])
    expect(page.locator("[data-clock]")).to_contain_text("Working since")
    go(page, reverse("phone:issue", args=[phone.assignment.pk]))
    page.fill("[name=text]", "Gas smell")
    page.locator("[name=blocks]").check()
    page.get_by_role("button", name="Report it").click()
    until(lambda: len(waiting(page)) == 5)
    answered(page)
    expect(page.locator("[data-clock]")).to_be_hidden()
    big(page, "Go on with the work")
    expect(page.locator("[data-clock]")).to_contain_text("Working since")
    line.is_cut = False
    page.get_by_role("button", name="Send now").click()
    all_sent(page)
    assert [(one.kind, one.why) for one in FieldEvent.objects.to_decide()] == []
    assert [one.kind for one in phone.visit.time_entries.order_by("started_at")] == ["travel", "work", "work"]
    go(page, job)
    expect(page.locator("[data-ends]:visible")).to_have_count(0)


REFUSED = """() => new Promise((done) => {
  indexedDB.open("phone-acts", 1).onsuccess = ({ target: { result } }) => {
    const store = result.transaction("acts", "readwrite").objectStore("acts");
    store.getAll().onsuccess = ({ target }) => {
      const [act] = target.result;
      const fields = act.fields.map(([name, value]) => [name, name === "text" ? "" : value]);
      store.put({ ...act, fields, state: "wrong" }).onsuccess = () => {
        result.close();
        done();
      };
    };
  };
})"""


def test_what_the_server_would_not_take_is_put_right_at_its_own_address(
    opened: Any, line: Line, phone: Any
) -> None:
    phone.begin()
    page = without_network(opened, line, phone)
    page.locator("[data-step=work_done] a").click()
    page.fill("[name=text]", "Pump replaced.")
    big(page, "Save")
    until(lambda: waiting(page) == ["work-done"])
    page.evaluate(REFUSED)
    line.is_cut = False
    again(page)
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator("[aria-invalid=true]")).to_be_visible()
    page.fill("[name=text]", "Pump replaced after all.")
    big(page, "Save")
    until(lambda: phone.visit.work_done == "Pump replaced after all.")
