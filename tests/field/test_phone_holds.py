"""The office knows what each phone holds and has not sent, and since when."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from apps.core import clock
from apps.core.audit import AuditEvent
from apps.field.models import PhoneHolding
from apps.leaks.actions import leaks_detect
from apps.leaks.models import Leak
from apps.technicians.actions import calendar_feed_open
from apps.technicians.models import CalendarFeed
from tests.browser import go
from tests.field.conftest import booked
from tests.field.test_kept_pages import browser_test, kept, last_page, until
from tests.field.test_outbox import all_sent, big, line, opened, photo, waiting
from tests.pages import post_by_hand, submit

__all__ = ["line", "opened"]
pytestmark = pytest.mark.django_db
PHONE = uuid.UUID(int=7)


def tell(client: Client, *rows: Any, phone: uuid.UUID = PHONE, skew: int = 0) -> Any:
    said = {
        "phone": str(phone),
        "holds": [[job, photos, things, at.isoformat()] for job, photos, things, at in rows],
    }
    return post_by_hand(
        client, reverse("phone:holds"), {"holds": json.dumps(said)}, headers={"X-Phone-Skew": str(skew)}
    )


@pytest.fixture
def since() -> Any:
    return clock.now() - timedelta(hours=6)


def test_the_office_reads_it_where_the_job_the_visit_and_the_technician_are(
    phone: Any, cast: Any, client_as: Any, since: Any
) -> None:
    assert tell(client_as(cast.tim), (phone.assignment.pk, 3, 1, since)).json() == {"state": "told"}
    bram = client_as(cast.bram)
    for address in (
        reverse("workorders:work_order_detail", args=[phone.assignment.work_order_id]),
        reverse("planning:assignment_detail", args=[phone.assignment.pk]),
        reverse("technicians:technician_detail", args=[cast.tim.technician.pk]),
        reverse("office:dashboard"),
    ):
        assert "The phone of Tim holds 3 photos and 1 other thing since" in bram.get(address).text, address
    tell(client_as(cast.tim))
    assert "The phone of Tim" not in bram.get(reverse("office:dashboard")).text


def test_a_phone_that_says_nothing_any_more_keeps_its_last_word(
    phone: Any, cast: Any, client_as: Any, since: Any
) -> None:
    tell(client_as(cast.tim), (phone.assignment.pk, 0, 2, since))
    tell(client_as(cast.tim), phone=uuid.UUID(int=8))  # another phone of his, that has sent all
    with clock.at(clock.now() + timedelta(days=9)):
        held = PhoneHolding.objects.get()
        assert held.since == since
        assert str(held).startswith("The phone of Tim holds 2 things that were recorded since ")


def test_what_it_holds_longer_than_the_limit_is_a_sign_until_it_arrived(
    phone: Any, cast: Any, client_as: Any, since: Any
) -> None:
    ada = client_as(cast.ada)
    submit(reverse("field:phone_settings"), client=ada, press="Save", holds_hours="7", follow=True)
    tell(client_as(cast.tim), (phone.assignment.pk, 1, 0, since))
    leaks_detect()
    assert not Leak.objects.filter(detector="phone_holds").exists()
    submit(reverse("field:phone_settings"), client=ada, press="Save", holds_hours="5", follow=True)
    leaks_detect()
    sign = Leak.objects.get(detector="phone_holds")
    assert (sign.sign, sign.amount, sign.since, sign.target_id) == (True, 0, since, cast.tim.technician.pk)
    tell(client_as(cast.tim))
    leaks_detect()
    sign.refresh_from_db()
    assert sign.status == "closed"


def test_the_office_says_that_a_phone_is_lost(phone: Any, cast: Any, client_as: Any, since: Any) -> None:
    tell(client_as(cast.tim), (phone.assignment.pk, 1, 0, since))
    calendar_feed_open(technician=cast.tim.technician, by=cast.tim)
    bram, page = client_as(cast.bram), reverse("field:holdings_give_up", args=[cast.tim.technician.pk])
    assert page in bram.get(reverse("technicians:technician_detail", args=[cast.tim.technician.pk])).text
    submit(page, client=bram, press="Wait for it no longer", reason="Fell in the canal", follow=True)
    assert not PhoneHolding.objects.exists()
    assert not CalendarFeed.objects.exists(), "its secret address was on that phone"
    assert AuditEvent.objects.get(verb="technician.phone_lost").reason == "Fell in the canal"
    assert "Nothing is held" in bram.get(page).text


def test_it_is_told_by_the_phones_own_clock_put_right(
    phone: Any, cast: Any, client_as: Any, since: Any
) -> None:
    tell(client_as(cast.tim), (phone.assignment.pk, 1, 0, since), skew=600)
    assert PhoneHolding.objects.get().since == since + timedelta(minutes=10)


def test_what_is_no_report_changes_nothing(phone: Any, cast: Any, client_as: Any, since: Any) -> None:
    tim = client_as(cast.tim)
    tell(tim, (phone.assignment.pk, 1, 0, since))
    for said in ("", "{}", "[]", '{"phone": "x", "holds": []}', f'{{"phone": "{PHONE}", "holds": [[1]]}}'):
        post_by_hand(tim, reverse("phone:holds"), {"holds": said})
    assert PhoneHolding.objects.count() == 1


def test_of_a_job_that_is_gone_it_is_told_all_the_same(
    cast: Any, client_as: Any, phone: Any, since: Any
) -> None:
    tell(client_as(cast.tim), (10**9, 1, 0, since), (0, 0, 2, since))
    held = PhoneHolding.objects.get()
    assert (held.assignment, held.photos, held.things) == (None, 1, 2)


class TestInABrowser:
    pytestmark = browser_test

    def test_a_phone_says_what_it_holds_as_soon_as_somebody_listens(
        self, opened: Any, line: Any, phone: Any, cast: Any, order_make: Any
    ) -> None:
        other = booked(cast.tim, order_make(), clock.now() + timedelta(hours=4))
        page = opened().pages[0]
        go(page, reverse("phone:job", args=[phone.assignment.pk]))
        kept(page, last_page(phone))
        assert not PhoneHolding.objects.exists()
        line.refuses = "/phone/job/"  # what is small comes through; what was done does not
        go(page, reverse("phone:before_photo", args=[phone.assignment.pk]))
        photo(page)
        until(lambda: waiting(page) == ["before-photo"])
        until(lambda: page.evaluate(AGED))
        go(page, reverse("phone:today"))
        until(lambda: PhoneHolding.objects.exists())
        held = PhoneHolding.objects.get()
        assert (held.user, held.assignment, held.photos, held.things) == (cast.tim, phone.assignment, 1, 0)
        assert held.assignment != other
        line.refuses = ""
        go(page, reverse("phone:today"))
        all_sent(page)
        until(lambda: not PhoneHolding.objects.exists())

    def test_what_is_done_with_a_network_needs_no_word(self, opened: Any, line: Any, phone: Any) -> None:
        page = opened().pages[0]
        go(page, reverse("phone:job", args=[phone.assignment.pk]))
        said = []
        page.context.on("request", lambda one: said.append(one.url) if "/holds/" in one.url else None)
        big(page, "On my way")
        expect(page.locator("[data-step=travel]")).to_have_class("step done")
        all_sent(page)
        assert said == []
        assert not PhoneHolding.objects.exists()


AGED = """() => new Promise((done) => {
  const asked = indexedDB.open("phone-acts", 1);
  asked.onsuccess = () => {
    const store = asked.result.transaction("acts", "readwrite").objectStore("acts");
    store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return done(true);
      cursor.update({ ...cursor.value, at: new Date(Date.now() - 3600_000).toISOString() });
      cursor.continue();
    };
    store.transaction.oncomplete = () => asked.result.close();
  };
})"""
