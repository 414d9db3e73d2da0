"""A day of the plan on paper."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from apps.planning.actions import absence_add
from tests.builders import BookingFactory, CompanyFactory
from tests.planning.conftest import World, at

pytestmark = pytest.mark.django_db
SHEET = "/planning/day/sheet/?day=2026-11-17"


def pages(web: Any, more: str = "") -> list[str]:
    answer = web.get(f"{SHEET}{more}")
    assert answer["Content-Type"] == "application/pdf"
    return [one.extract_text() for one in PdfReader(io.BytesIO(answer.content)).pages]


def test_it_says_where_each_goes_and_what_to_know_there(world: World, web: Any) -> None:
    CompanyFactory()
    world.site.access_notes = "Key at number 7"
    world.site.save()
    order = world.order(title="New pump", scope="Replace the pump", site=world.site)
    BookingFactory(by=world.cast.petra, technician=world.tim, work_order=order, start=at(9, day=1), hours=2)
    text = "\n".join(pages(web))
    for said in (
        "Tim", "Tessa", "Zeno", "09:00", "11:00", "New pump", order.number, world.customer.name,
        world.site.street_line, world.site.city_line, "Key at number 7", "Replace the pump",
    ):  # fmt: skip
        assert said in text
    assert "€" not in text


def test_a_page_for_each_who_goes_anywhere(world: World, web: Any) -> None:
    CompanyFactory()
    for technician in (world.tim, world.zeno):
        BookingFactory(
            by=world.cast.petra, technician=technician, work_order=world.order(), start=at(9, day=1), hours=2
        )
    BookingFactory(
        by=world.cast.petra, technician=world.zeno, request=world.request(), start=at(13, day=1), hours=1
    )
    first, second = pages(web, "&apart=1")
    assert "Tim" in first
    assert "Zeno" not in first
    assert "Zeno" in second
    assert "Tessa" not in first + second
    (only,) = pages(web, "&apart=1&kind=nothing")
    assert "No visits." in only


def test_it_is_made_of_what_the_day_is_filtered_by(world: World, web: Any) -> None:
    page = web.get("/planning/day/?day=2026-11-17&kind=internal").content.decode()
    assert "/planning/day/sheet/?day=2026-11-17&amp;kind=internal" in page
    text = "\n".join(pages(web, "&kind=contractor"))
    assert world.tim.user.name not in text


def test_who_goes_where_costs_the_same_however_many_go(
    world: World, web: Any, django_assert_max_num_queries: Any
) -> None:
    for hour in range(8, 16):
        BookingFactory(
            by=world.cast.petra,
            technician=world.tim,
            work_order=world.order(),
            start=at(hour, day=1),
            hours=1,
        )
    with django_assert_max_num_queries(14):
        web.get(SHEET)


def test_it_says_that_somebody_is_away_and_not_why(world: World, web: Any) -> None:
    CompanyFactory()
    absence_add(technician=world.tim, start=at(8, day=1), end=at(17, day=1), by=world.cast.petra, kind="sick")
    absence_add(
        technician=world.zeno, start=at(8, day=1), end=at(12, day=1), by=world.cast.petra, kind="sick"
    )
    text = "\n".join(pages(web))
    assert text.count("Absent") == 2
    assert "ill" not in text.lower().split()
    assert "Sick" not in text
