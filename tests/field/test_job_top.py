"""The top of a job reads like a job: when, where, whom to call, what to do, with whom, and what comes after."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from apps.core import clock
from apps.workorders.models import WorkOrder
from tests.browser import PHONE, go, page_of
from tests.builders import photo_stored
from tests.field.conftest import booked
from tests.field.test_kept_pages import browser_test

pytestmark = pytest.mark.django_db


@pytest.fixture
def morning() -> Any:
    """A moment in the middle of a working day: nothing here may cross midnight."""
    moment = clock.now().replace(year=2027, month=3, day=3, hour=9, minute=0, second=0, microsecond=0)
    with clock.at(moment):
        yield moment


def test_it_says_with_whom_what_comes_after_and_what_was_done_here(
    morning: Any, phone: Any, second_phone: Any, order_make: Any, cast: Any, client_as: Any, order: WorkOrder
) -> None:
    WorkOrder.objects.filter(pk=order.pk).update(scope="Replace the boiler.", notes="Asbestos in the shaft.")
    booked(cast.tim, order_make(), phone.assignment.ends_at)
    booked(cast.tessa, order_make(), phone.assignment.ends_at + timedelta(hours=2))
    before = order_make()
    earlier = type(phone)(cast.tim, booked(cast.tim, before, morning - timedelta(days=30)))
    earlier.done("before_photo", file=photo_stored())
    earlier.done("no_access", reason="Nobody there", file=photo_stored())
    tim = client_as(cast.tim)
    page = tim.get(reverse("phone:job", args=[phone.assignment.pk])).text
    for words in ("Today 10:00", "with Tessa", "Parkstraat 12, 4818 SJ Breda", "Key at the caretaker", "Route",
                  "Replace the boiler.", "Asbestos in the shaft.", "After this 12:00 VvE Parkzicht, Breda",
                  "Here before: 1 visit"):  # fmt: skip
        assert words in page, words
    history = tim.get(reverse("phone:site_history", args=[phone.assignment.pk])).text
    assert "Boiler replacement" in history
    assert "No access" in history
    assert (
        client_as(cast.tessa).get(reverse("phone:site_history", args=[earlier.assignment.pk])).status_code
        == 404
    )


def test_with_nothing_after_it_says_so(morning: Any, phone: Any, cast: Any, client_as: Any) -> None:
    page = client_as(cast.tim).get(reverse("phone:job", args=[phone.assignment.pk])).text
    assert "Nothing after this today" in page
    assert "Here before" not in page


def test_a_visit_without_access_says_so_and_why(morning: Any, phone: Any, cast: Any, client_as: Any) -> None:
    phone.done("no_access", reason="Nobody there, rang twice.", file=photo_stored())
    page = client_as(cast.tim).get(reverse("phone:job", args=[phone.assignment.pk])).text
    assert "Nobody there, rang twice." in page
    assert "The office makes a new appointment." in page
    assert 'data-step="' not in page
    assert "steps done" not in page


class TestInABrowser:
    pytestmark = browser_test

    def test_all_of_it_stands_above_the_thumb_without_scrolling(
        self,
        browser: Any,
        live_server: Any,
        phone: Any,
        second_phone: Any,
        cast: Any,
        client_as: Any,
        order: WorkOrder,
    ) -> None:
        WorkOrder.objects.filter(pk=order.pk).update(
            scope="Replace the boiler on the second floor, fill and vent, show the tenant the thermostat.",
            notes="Asbestos in the shaft: leave the panel closed.",
        )
        with page_of(browser, live_server.url, client_as(cast.tim), viewport=PHONE, has_touch=True) as page:
            go(page, reverse("phone:job", args=[phone.assignment.pk]))
            top, thumb = (page.locator(name).bounding_box() for name in (".job-top", ".thumb"))
            assert top["y"] + top["height"] <= thumb["y"]
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
