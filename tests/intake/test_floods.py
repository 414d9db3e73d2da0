"""The public form holds back floods, not customers, and says from when it may be tried again."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from apps.core import clock
from apps.core.limits import Limit
from apps.intake import floods
from apps.intake.models import Request
from apps.messaging.models import Message
from tests.intake.conftest import photo, shown
from tests.pages import submit

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


def send(typed, number=0, *, page=None, address="198.51.100.1", headers=None, **changes):
    """A request of a person of their own: by the form that was shown a minute ago, or as `page` shows it."""
    client = Client(REMOTE_ADDR=address, headers=headers)
    given = typed | {"email": f"a{number}@example.com"} | changes
    return submit(page or shown(client, "en"), client=client, **given)


def test_an_office_behind_one_address_is_no_flood(typed):
    """Ten an hour was the limit for everybody behind the documented proxy."""
    for number in range(25):
        assert send(typed, number).status_code == 302
    assert Request.objects.count() == 25


def test_behind_a_trusted_proxy_each_customer_has_an_address_of_their_own(typed, settings, monkeypatch):
    monkeypatch.setattr(floods, "PER_ADDRESS", Limit(2, 3600))
    settings.TRUSTED_PROXIES = 1
    for number in range(6):
        headers = {"X-Forwarded-For": f"203.0.113.{number}"}
        assert send(typed, number, headers=headers, address="127.0.0.1").status_code == 302


def test_over_a_socket_without_a_trusted_proxy_nobody_is_held_for_another(typed, monkeypatch):
    monkeypatch.setattr(floods, "PER_ADDRESS", Limit(2, 3600))
    for number in range(5):
        assert send(typed, number, address="").status_code == 302


def test_a_flood_from_one_address_is_held_and_says_until_when(typed, monkeypatch):
    monkeypatch.setattr(floods, "PER_ADDRESS", Limit(2, 3600))
    with clock.at(NOON):
        for number in (1, 2):
            assert send(typed, number).status_code == 302
    with clock.at(NOON + timedelta(minutes=10)):
        answer = send(typed, 3, photos=photo())
        page = answer.content.decode()
        assert answer.status_code == 429
        assert "13:01" in page
        assert answer["Retry-After"] == "3000"
        assert "Karin Smit" in page
        assert 'name="photos-kept"' in page
        assert "not kept" not in page
        assert send(typed, 4, address="198.51.100.7").status_code == 302
    with clock.at(NOON + timedelta(minutes=62)):
        assert send(typed, 3).status_code == 302


def test_refused_tries_count_too_and_photos_that_were_not_taken_are_named(typed, monkeypatch):
    monkeypatch.setattr(floods, "TRIES", Limit(2, 3600))
    first = send(typed, email="wrong", photos=photo())
    assert first.status_code == 422
    kept = re.findall(r'name="photos-kept" value="([^"]+)"', first.content.decode())
    assert len(kept) == 1
    assert send(typed, email="wrong").status_code == 422
    answer = send(typed, email="wrong", page=first, photos=photo("two.jpg"))
    assert answer.status_code == 429
    page = answer.content.decode()
    assert re.findall(r'name="photos-kept" value="([^"]+)"', page) == kept
    assert "Choose two.jpg again; it was not kept." in page


def test_one_mail_address_is_not_flooded(typed, monkeypatch):
    monkeypatch.setattr(floods, "PER_EMAIL", Limit(1, 3600))
    assert send(typed, 1).status_code == 302
    other = {"description": "Something else", "address": "198.51.100.7"}
    assert send(typed, 1, **other).status_code == 429
    assert Message.objects.count() == 1


def test_in_a_flood_whoever_asks_for_the_first_time_gets_through(typed, monkeypatch):
    monkeypatch.setattr(floods, "FLOOD", Limit(3, 3600))
    for number in range(3):
        assert send(typed, number).status_code == 302
    assert send(typed, 4).status_code == 429
    for number in (5, 6):
        assert send(typed, number, address=f"203.0.113.{number}").status_code == 302
    assert send(typed, 7, address="203.0.113.6").status_code == 429


def test_there_is_an_end_to_what_comes_from_everybody(typed, monkeypatch):
    monkeypatch.setattr(floods, "EVERYTHING", Limit(3, 3600))
    for number in range(3):
        assert send(typed, number, address=f"203.0.113.{number}").status_code == 302
    assert send(typed, 4, address="203.0.113.9").status_code == 429
    assert Request.objects.count() == 3


def test_the_same_request_from_a_second_tab_is_one_request(client, typed):
    first, second = (send(typed, 1) for _tab in range(2))
    assert first.status_code == second.status_code == 302
    assert Request.objects.count() == 1
    number = Request.objects.get().number
    assert number in client.get(second["Location"]).content.decode()
    assert send(typed, 1, description="And the tap drips").status_code == 302
    assert send(typed, 1, photos=photo()).status_code == 302
    assert Request.objects.count() == Message.objects.count() == 3
