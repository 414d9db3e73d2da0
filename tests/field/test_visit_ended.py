"""A page from before cannot end a visit once more: it says how the visit stands by now, and keeps what was typed."""

from typing import Any

import lxml.html
import pytest
from django.test import Client
from django.urls import reverse

from apps.field.models import FieldEvent
from tests.field.conftest import jpeg
from tests.field.test_conflicts import only_event, sent_later
from tests.field.test_several_visits import own_part
from tests.pages import post_by_hand, submit, upload

pytestmark = pytest.mark.django_db

TYPED: dict[str, dict[str, str]] = {
    "goes_on": {"left_over": "Hang the radiator", "hours_left": "3"},
    "no_access": {"reason": "Nobody opened the door"},
    "hold": {"reason": "The part is not in"},
}
endings = pytest.mark.parametrize("ending", list(TYPED))


@pytest.fixture
def tim(cast: Any, client_as: Any) -> Client:
    return client_as(cast.tim)


def photo() -> dict[str, Any]:
    return {"photos": upload("door.jpg", jpeg(), "image/jpeg")}


def page_before(tim: Client, phone: Any, ending: str) -> Any:
    """The page of this ending, opened while the visit went on; then the visit ended."""
    phone.begin()
    own_part(phone)
    page = tim.get(reverse(f"phone:{ending}", args=[phone.assignment.pk]))
    phone.done("goes_on", left_over="The rest")
    return page


@endings
def test_a_second_ending_records_nothing_and_loses_nothing(tim: Client, phone: Any, ending: str) -> None:
    page = page_before(tim, phone, ending)
    before = FieldEvent.objects.count()
    files = photo() if ending == "no_access" else {}
    answer = submit(page, client=tim, **TYPED[ending], **files)
    assert answer.status_code == 422
    assert "Nothing was changed: the visit already stands at “Done”." in answer.text
    assert all(said in answer.text for said in TYPED[ending].values())
    assert FieldEvent.objects.count() == before


@endings
def test_what_comes_later_than_its_page_is_for_the_office(tim: Client, phone: Any, ending: str) -> None:
    page_before(tim, phone, ending)
    sent_later(tim, phone, ending, **TYPED[ending], **(photo() if ending == "no_access" else {}))
    assert only_event().kind == ending
    assert set(TYPED[ending].items()) <= set(only_event().payload.items())


def test_a_visit_that_waits_is_not_put_on_hold_once_more(tim: Client, phone: Any) -> None:
    phone.begin()
    page = tim.get(reverse("phone:hold", args=[phone.assignment.pk]))
    phone.done("hold", reason="The part is not in")
    answer = submit(page, client=tim, reason="Pressed once more")
    assert (answer.status_code, FieldEvent.objects.filter(kind="hold").count()) == (422, 1)
    assert "Nothing was changed: the visit already stands at “On hold”." in answer.text


@pytest.mark.parametrize("ending", ["no_access", "goes_on"])
def test_an_ending_that_does_not_fit_is_not_offered(tim: Client, phone: Any, ending: str) -> None:
    """It would only say that nothing was changed. Its form waits for what a phone may know better than we do."""
    if ending == "no_access":
        phone.begin()
        phone.done("pause")
    page = lxml.html.fromstring(tim.get(reverse(f"phone:{ending}", args=[phone.assignment.pk])).text)
    (press,) = page.xpath("//button[@form='step']")
    assert press.get("hidden") is not None
    assert page.xpath("//*[@data-if-waiting and @hidden]//form[@id='step']")
    (back,) = page.xpath("//footer//a[@data-unless-waiting]")
    assert back.get("href") == reverse("phone:job", args=[phone.assignment.pk])


def test_the_press_that_ended_the_visit_may_be_sent_again(tim: Client, phone: Any) -> None:
    """Its answer was lost on the way."""
    phone.begin()
    own_part(phone)
    event = phone.done("goes_on", left_over="The rest")
    address = reverse("phone:goes_on", args=[phone.assignment.pk])
    said = {
        "outbox_id": str(event.pk),
        "outbox_at": event.occurred_at.isoformat(),
        "outbox_zone": "Europe/Amsterdam",
        "left_over": "The rest",
        "hours_left": "3",
    }
    answer = post_by_hand(tim, address, said, headers={"X-Outbox": "now"})
    assert (answer.status_code, answer.json()["state"]) == (200, "sent")
    assert FieldEvent.objects.filter(kind="goes_on").count() == 1
