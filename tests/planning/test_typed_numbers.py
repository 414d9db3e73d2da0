"""The length of a visit and what is typed of a work order, through the pages' own forms."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from apps.planning.models import Assignment
from tests.pages import submit
from tests.planning.conftest import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize(("typed", "minutes"), [("2,5", 150), ("2.5", 150), ("1,25 u", 75), ("0.75", 45)])
def test_a_length_is_read_alike_in_both_languages(
    world: World, web: Any, language: str, typed: str, minutes: int
):
    world.cast.petra.language = language
    world.cast.petra.save()
    page = f"{reverse('planning:assignment_place')}?job=w{world.order().pk}&technician={world.tim.pk}&day=2026-11-16&start=08:00"
    assert submit(page, client=web, form=reverse("planning:assignment_place"), hours=typed).status_code == 302
    booking = Assignment.objects.get()
    assert booking.ends_at - booking.starts_at == timedelta(minutes=minutes)


def test_a_visit_of_twenty_one_hours_is_asked_about_once(world: World, web: Any):
    place = reverse("planning:assignment_place")
    page = f"{place}?job=w{world.order().pk}&technician={world.tim.pk}&day=2026-11-16&start=08:00"
    asked = submit(page, client=web, form=place, hours="21")
    assert asked.status_code == 422
    assert "21 hours is much for one visit. Is that right?" in asked.content.decode()
    odd = submit(asked, client=web, form=place, sure_hours=True)
    assert odd.status_code == 422, "outside the hours that Tim works: a reason is asked"
    booked = submit(odd, client=web, form=place, reason="A night shift")
    assert booked.status_code == 302, "the answer about the hours still holds"
    booking = Assignment.objects.get()
    assert booking.ends_at - booking.starts_at == timedelta(hours=21)


def test_much_of_a_work_order_is_asked_about_once(world: World, web: Any):
    order = world.order()
    page = reverse("workorders:work_order_change", args=[order.pk])
    typed = {"sold_hours": "250", "people": "20", "bring-0-what": "Screws", "bring-0-quantity": "99999"}
    asked = submit(page, client=web, form=page, **typed)
    assert asked.status_code == 422
    ticks = {"sure_sold_hours": True, "sure_people": True, "bring-0-sure_quantity": True}
    assert submit(asked, client=web, form=page, **ticks).status_code == 302
    order.refresh_from_db()
    assert (order.sold_hours, order.people) == (Decimal(250), 20)
    assert order.to_bring.get().quantity == 99_999
    assert submit(page, client=web, form=page, title="Another title").status_code == 302, "not asked again"
