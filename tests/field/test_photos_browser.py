"""Photos on the phone: several at once, marked up, of a kind that this browser cannot show, and on a slow line."""

import hashlib
import io
import re
import time
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image, ImageFilter
from playwright.sync_api import Page, expect

from apps.field.models import FieldEvent, PhoneSettings, VisitPhoto
from tests.browser import PHONE, answered, go
from tests.field.test_kept_pages import kept, last_page, until
from tests.field.test_outbox import HASHES, all_sent, big, line, opened, waiting, without_network
from tests.field.test_phone_browser import check
from tests.line import Line

__all__ = ["line", "opened"]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FREE_AT_ONCE = 2.0  # seconds
ARRIVES = 10.0
SLOW = 750_000 / 8  # bytes a second


def chosen(colour: str, size: tuple[int, int] = (640, 480)) -> Any:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def from_a_camera() -> bytes:
    """12 megapixels as a camera writes them, in about 4 MB: areas, edges, grain."""
    coarse = Image.effect_noise((250, 188), 90).resize((4000, 3000), Image.Resampling.BICUBIC)
    grain = Image.effect_noise((4000, 3000), 20).filter(ImageFilter.GaussianBlur(0.7))
    out = io.BytesIO()
    Image.merge("RGB", (Image.blend(coarse, grain, 0.35), coarse, grain)).save(out, "JPEG", quality=95)
    return out.getvalue()


def draw(page: Page, *points: tuple[float, float]) -> None:
    """Draw over the photo that is marked up: from place to place, in parts of its width and height."""
    box = page.locator("#mark-up canvas").bounding_box()
    assert box is not None
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*at[0])
    page.mouse.down()
    for one in at[1:]:
        page.mouse.move(*one, steps=5)
    page.mouse.up()


def test_photos_that_are_chosen_at_once_are_an_act_each_and_one_is_sent_again_alone(
    opened: Any, line: Line, phone: Any
) -> None:
    page = without_network(opened, line, phone, "before_photo")
    page.set_input_files("[name=photos]", [chosen("teal"), chosen("navy")])
    page.set_input_files("[name=photos]", chosen("gold"))  # beside those
    expect(page.locator("[data-previews] img")).to_have_count(3)
    page.set_input_files("[name=photos]", chosen("red"))
    page.get_by_role("button", name="Leave out red.jpg").click()
    expect(page.locator("[data-previews] img")).to_have_count(3)
    big(page, "Save the photos")
    until(lambda: waiting(page) == ["before-photo"] * 3)
    answered(page)
    held = page.evaluate(HASHES)
    expect(page.locator("[data-step=before_photo]")).to_contain_text("Photos: 3")
    line.is_cut, line.to_lose = False, 1
    page.get_by_role("button", name="Send now").click()
    until(lambda: line.to_lose == 0)
    until(lambda: page.evaluate("document.readyState") == "complete")
    go(page, reverse("phone:today"))
    all_sent(page)
    assert [one.kind for one in FieldEvent.objects.all()] == ["before_photo"] * 3
    assert VisitPhoto.objects.count() == 3
    assert set(line.photos) == set(held)
    assert len(line.photos) == 4  # the one whose answer was lost came twice, the others once


def test_a_marked_photo_goes_beside_the_photo_as_it_was_taken(opened: Any, line: Line, phone: Any) -> None:
    page = without_network(opened, line, phone, "before_photo")
    original = chosen("teal", (3000, 2000))
    page.set_input_files("[name=photos]", original)
    page.get_by_role("button", name="Mark up teal.jpg").click()
    done = page.get_by_role("button", name="Add the marked photo")
    expect(done).to_be_visible()
    for width, height in ((390, 844), (360, 640), (844, 390)):
        page.set_viewport_size({"width": width, "height": height})
        for button in page.locator("#mark-up button").all():
            box = button.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) > 47.9, button.inner_text()
        expect(done).to_be_in_viewport()
    page.set_viewport_size(PHONE)
    check(page)
    expect(done).to_be_disabled()
    draw(page, (0.1, 0.1), (0.5, 0.5))
    draw(page, (0.6, 0.6), (0.9, 0.9))
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Circle").click()
    draw(page, (0.6, 0.1), (0.9, 0.4))
    page.get_by_role("button", name="Text").click()
    page.get_by_label("What shall it say").fill("Leaks here")
    draw(page, (0.2, 0.8), (0.2, 0.8))
    check(page)
    done.click()
    expect(page.locator("[data-previews] img")).to_have_count(2)
    big(page, "Save the photos")
    until(lambda: len(waiting(page)) == 2)
    answered(page)
    line.is_cut = False
    go(page, reverse("phone:today"))
    all_sent(page)
    plain, marked = VisitPhoto.objects.order_by("at", "id")
    assert [plain.file.name, marked.file.name] == ["teal.jpg", "teal (marked).jpg"]
    assert marked.file.width == PhoneSettings().photo_side
    assert red_in(plain) == [False] * 4
    # the arrow, not the one that was undone, the circle's rim, the words
    assert red_in(marked) == [True, False, True, True]


def red_in(photo: VisitPhoto) -> list[bool]:
    """Whether something is drawn there: on the arrow, on the one that was undone, on the circle, at the words."""
    with default_storage.open(photo.file.path) as file:
        picture = Image.open(file).convert("RGB")
    width, height = picture.size
    places = [(0.2, 0.2, 0.3, 0.3), (0.7, 0.7, 0.8, 0.8), (0.72, 0.07, 0.78, 0.13), (0.2, 0.76, 0.4, 0.84)]
    found = []
    for left, top, right, bottom in places:
        part = picture.crop((int(left * width), int(top * height), int(right * width), int(bottom * height)))
        reds = [one for one in part.get_flattened_data() if one[0] > 180 and one[1] < 90 and one[2] < 90]
        found.append(len(reds) > 20)
    return found


def test_a_photo_of_a_kind_that_this_browser_cannot_show_is_a_tile_with_its_name(
    opened: Any, line: Line, phone: Any
) -> None:
    page = without_network(opened, line, phone, "before_photo")
    unseen: Any = {
        "name": "IMG_0042.HEIC",
        "mimeType": "image/heic",
        "buffer": b"\0\0\0\x18ftypheic" + b"\0" * 5000,
    }
    page.set_input_files("[name=photos]", [unseen, chosen("teal")])
    tile = page.locator("[data-previews] figure", has_text="IMG_0042.HEIC")
    expect(tile).to_contain_text("Seen once it is sent")
    expect(tile.get_by_role("button", name="Mark up IMG_0042.HEIC")).to_have_count(0)
    expect(page.get_by_role("button", name="Mark up teal.jpg")).to_be_visible()
    check(page)
    big(page, "Save the photos")
    until(lambda: len(waiting(page)) == 2)
    answered(page)
    line.is_cut = False
    go(page, reverse("phone:today"))
    all_sent(page)
    # What cannot be read is kept for the office, and holds up nobody.
    assert [one.state for one in FieldEvent.objects.order_by("received_at")] == ["to_decide", "applied"]


def test_an_issue_takes_several_photos(opened: Any, phone: Any) -> None:
    phone.begin()
    page = opened().pages[0]
    go(page, reverse("phone:issue", args=[phone.assignment.pk]))
    page.fill("[name=text]", "The flue leaks.")
    page.set_input_files("[name=photos]", [chosen("teal"), chosen("navy"), chosen("gold")])
    page.get_by_role("button", name="Report it").click()
    page.wait_for_url(f"**{reverse('phone:job', args=[phone.assignment.pk])}*")
    all_sent(page)
    assert phone.visit.deviations.get().text == "The flue leaks."
    assert phone.visit.photos.filter(kind="issue").count() == 3
    assert not FieldEvent.objects.to_decide().exists()


def test_the_header_says_how_far_the_photos_are_and_never_more_than_the_server_has(
    opened: Any, line: Line, phone: Any
) -> None:
    page = without_network(opened, line, phone, "before_photo")
    page.set_input_files("[name=photos]", [chosen("teal"), chosen("navy"), chosen("gold"), chosen("red")])
    big(page, "Save the photos")
    until(lambda: len(waiting(page)) == 4)
    answered(page)
    far = page.locator("[data-net] [data-percent]")
    expect(far).to_be_empty()
    line.is_cut, line.slow = False, 3
    page.get_by_role("button", name="Send now").click()
    expect(far).to_have_text(re.compile("[1-9][0-9] % of the photos sent"), timeout=20_000)
    said = int(re.findall("[0-9]+", far.inner_text())[0])
    there = VisitPhoto.objects.count()
    assert 0 < said <= 25 * there + 5
    line.slow = 0
    go(page, reverse("phone:today"))
    all_sent(page)
    expect(far).to_be_empty()


def test_a_photo_of_4_mb_on_a_slow_line_leaves_the_technician_free_and_arrives_in_ten_seconds(
    opened: Any, line: Line, phone: Any
) -> None:
    raw = from_a_camera()
    assert 3_500_000 < len(raw) < 5_000_000
    page = opened().pages[0]
    before = reverse("phone:before_photo", args=[phone.assignment.pk])
    go(page, before)
    kept(page, last_page(phone))  # the worker sends
    go(page, before)
    line.speed = SLOW
    page.set_input_files("[name=photos]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": raw})
    expect(page.locator("[data-previews] img")).to_be_visible()
    page.wait_for_timeout(4000)  # who takes a photo looks at it; meanwhile it is made smaller
    begun = page.evaluate("performance.timeOrigin + performance.now()")
    pressed = time.monotonic()
    big(page, "Save the photos")
    page.wait_for_url(f"**{reverse('phone:job', args=[phone.assignment.pk])}")
    free = (page.evaluate("performance.timeOrigin") - begun) / 1000  # the next page is asked for
    until(lambda: VisitPhoto.objects.exists())
    arrived = time.monotonic() - pressed
    file = VisitPhoto.objects.get().file
    print(f"4 MB: free after {free:.1f} s, {line.received} bytes there after {arrived:.1f} s")
    assert max(file.width, file.height) == PhoneSettings().photo_side
    assert free < FREE_AT_ONCE
    assert arrived < ARRIVES


NEVER_SMALLER = "window.createImageBitmap = () => new Promise(() => null)"


def test_who_leaves_while_a_photo_is_made_smaller_loses_nothing(opened: Any, line: Line, phone: Any) -> None:
    context = opened()
    context.add_init_script(NEVER_SMALLER)  # a slow phone, and somebody in a hurry
    page = context.pages[0]
    go(page, reverse("phone:before_photo", args=[phone.assignment.pk]))
    raw = chosen("teal")
    page.set_input_files("[name=photos]", raw)
    big(page, "Save the photos")
    until(lambda: waiting(page) == ["before-photo"])
    page.locator("a.back").click()
    until(lambda: VisitPhoto.objects.exists())
    all_sent(page)
    assert VisitPhoto.objects.count() == 1
    assert line.photos == [hashlib.sha256(raw["buffer"]).hexdigest()]  # as it was chosen


def test_a_photo_is_sent_as_small_as_it_is_made_and_not_before(opened: Any, line: Line, phone: Any) -> None:
    context = opened()
    context.add_init_script(
        """const make = window.createImageBitmap;
        window.createImageBitmap = async (file) => {
          await new Promise((done) => { window.isMade = done; });
          return make(file);
        };"""
    )
    page = context.pages[0]
    go(page, reverse("phone:before_photo", args=[phone.assignment.pk]))
    page.set_input_files("[name=photos]", chosen("navy", (3000, 2000)))
    big(page, "Save the photos")
    until(lambda: waiting(page) == ["before-photo"])
    page.evaluate("document.dispatchEvent(new Event('outbox:send'))")
    expect(page.locator("[data-net] [data-percent]")).to_be_empty()
    assert not line.photos
    page.evaluate("window.isMade()")
    all_sent(page)
    file = VisitPhoto.objects.get().file
    assert max(file.width, file.height) == PhoneSettings().photo_side
