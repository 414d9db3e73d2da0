"""The bell: it says how many notices are unread, each leads to its record, and it can be emptied."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.messaging.actions import notice_send
from apps.messaging.models import Notice
from apps.messaging.views import NOTICES
from tests.conftest import Cast
from tests.pages import flat, submit

pytestmark = pytest.mark.django_db
LIST = "/messages/notices/"


def told(user: Any, number: int = 1) -> list[Notice]:
    for one in range(number):
        notice_send(user=user, text=f"Look at {one}", url="/phone/agenda/")
    return list(Notice.objects.filter(user=user).order_by("pk"))


@pytest.fixture
def tim(client_as: Any, cast: Cast) -> Client:
    return client_as(cast.tim)


def text(client: Client, address: str) -> str:
    return flat(client.get(address).content.decode())


def test_one_notice_is_marked_as_read_where_it_stands(tim, cast):
    first, second = told(cast.tim, 2)
    submit(LIST, client=tim, form=reverse("messaging:notice_mark", args=[first.pk]))
    assert list(Notice.objects.unread()) == [second]
    assert "1 unread notice" in text(tim, "/phone/")


def test_all_are_marked_as_read_and_the_bell_is_empty(tim, cast):
    told(cast.tim, 3)
    assert "3 unread notices" in text(tim, "/phone/")
    submit(LIST, client=tim, press="Mark all as read")
    assert not Notice.objects.unread().exists()
    assert "0 unread notices" in text(tim, "/phone/")


def test_what_came_after_the_page_was_shown_stays_unread(tim, cast):
    told(cast.tim, 2)
    page = tim.get(LIST)
    *_shown, later = told(cast.tim)
    submit(page, client=tim, press="Mark all as read")
    assert list(Notice.objects.unread()) == [later]


def test_nobody_empties_the_bell_of_somebody_else(tim, cast, client_as):
    told(cast.tessa)
    told(cast.tim)
    submit(LIST, client=tim, press="Mark all as read")
    assert Notice.objects.unread().get().user == cast.tessa


def test_unread_ones_stand_first_however_many_were_read_later(tim, cast):
    old = told(cast.tim)[0]
    for one in told(cast.tim, NOTICES)[1:]:
        submit(LIST, client=tim, form=reverse("messaging:notice_open", args=[one.pk]))
        break
    Notice.objects.exclude(pk=old.pk).update(read_at=old.at)
    assert reverse("messaging:notice_mark", args=[old.pk]) in text(tim, LIST)


def test_a_notice_opens_its_record(tim, cast):
    notice = told(cast.tim)[0]
    answer = submit(LIST, client=tim, form=reverse("messaging:notice_open", args=[notice.pk]))
    assert answer.url == "/phone/agenda/"
    assert tim.get(answer.url).status_code == 200


def test_the_technician_reads_them_on_a_page_of_the_phone(tim, cast):
    told(cast.tim)
    assert "tabbar" in text(tim, LIST)


def test_the_office_sees_in_the_rail_how_many_are_unread(client_as, cast):
    told(cast.bram, 2)
    bram, petra = client_as(cast.bram), client_as(cast.petra)
    rail = text(bram, LIST)
    assert "<span>Notices</span><b>2</b>" in rail
    assert "<span>Notices</span><b>" not in text(petra, LIST)
    submit(LIST, client=bram, press="Mark all as read")
    assert "<span>Notices</span><b>" not in text(bram, LIST)
