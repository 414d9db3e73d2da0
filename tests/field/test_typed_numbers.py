"""Numbers on the phone: read alike in every language, shown again as typed, and one tap for what is odd."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from apps.field.models import FieldEvent
from apps.materials.models import Material
from apps.workorders.actions import work_order_change
from tests.pages import submit

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(params=["en", "nl"])
def tim(request, cast, client_as, phone) -> Any:
    cast.tim.language = request.param
    cast.tim.save()
    phone.begin()
    return client_as(cast.tim)


def at(phone, name: str) -> str:
    return reverse(f"phone:{name}", args=[phone.assignment.pk])


@pytest.mark.parametrize(
    ("typed", "quantity"),
    [
        ("2,5", "2.5"),
        ("2.5", "2.5"),
        ("0.085", "0.085"),
        ("0,085", "0.085"),
        ("1.2340", "1.234"),
        ("12", "12"),
    ],
)
def test_a_quantity_is_read_alike_in_both_languages(tim, phone, pump, typed, quantity):
    page = f"{at(phone, 'material_list')}?q={pump.code}"
    assert submit(page, client=tim, quantity=typed).status_code == 302
    assert phone.visit.materials.get().quantity == D(quantity)


def test_what_has_two_readings_is_refused_as_typed(tim, phone, pump):
    answer = submit(f"{at(phone, 'material_list')}?q={pump.code}", client=tim, quantity="1.234")
    assert answer.status_code == 422
    assert 'value="1.234"' in answer.content.decode()
    assert not phone.visit.materials.exists()


@pytest.mark.parametrize(
    ("typed", "hours"), [("2,5", "2.5"), ("2.5", "2.5"), ("0,25 uur", "0.25"), ("", "0")]
)
def test_hours_of_extra_work_are_read_alike_in_both_languages(tim, phone, typed, hours):
    answer = submit(at(phone, "extra_work"), client=tim, form="step", description="Radiator", hours=typed)
    assert answer.status_code == 302
    assert phone.visit.extra_work.get().hours == D(hours)


@pytest.mark.parametrize(("typed", "kept"), [("12345,678", "12345.678"), ("2.5", "2.5"), ("1.2340", "1.234")])
def test_a_meter_is_read_and_shown_again_in_both_languages(tim, phone, form, typed, kept):
    name = f"question_{form.fields.get(label='Meter').pk}"
    assert submit(at(phone, "checklist"), client=tim, form="step", **{name: typed}).status_code == 302
    assert phone.visit.answers.get().value == kept
    before = FieldEvent.objects.count()
    assert submit(at(phone, "checklist"), client=tim, form="step").status_code == 302
    assert FieldEvent.objects.count() == before, "posted back untouched, nothing changes"


def test_much_is_asked_about_and_one_tap_says_that_it_is_right(tim, phone, pump):
    asked = submit(f"{at(phone, 'material_list')}?q={pump.code}", client=tim, quantity="99999")
    assert asked.status_code == 422
    assert not phone.visit.materials.exists()
    assert submit(asked, client=tim, press="sure_quantity=99999").status_code == 302
    assert phone.visit.materials.get().quantity == D(99_999)


def test_ten_times_what_was_to_bring_is_asked_about(tim, phone, pump, order, cast):
    bring = [{"material": pump, "description": pump.name, "quantity": D("2.5"), "unit": pump.unit}]
    work_order_change(work_order=order, by=cast.bram, version=None, to_bring=bring)
    asked = submit(at(phone, "material_list"), client=tim, quantity="25")
    assert asked.status_code == 422
    assert submit(asked, client=tim, press="sure_quantity=25").status_code == 302
    assert submit(at(phone, "material_list"), client=tim, quantity="0,1").status_code == 302, "less is fine"


def test_twenty_one_hours_in_a_day_are_asked_about(tim, phone):
    asked = submit(at(phone, "extra_work"), client=tim, form="step", description="Radiator", hours="21")
    assert asked.status_code == 422
    assert "Radiator" in asked.content.decode()
    assert not phone.visit.extra_work.exists()
    assert submit(asked, client=tim, form="step", press="sure_hours=21").status_code == 302
    assert phone.visit.extra_work.get().hours == D(21)


def test_a_reading_ten_times_its_limit_is_asked_about_and_a_little_over_is_reported(tim, phone, form):
    name = f"question_{form.fields.get(label='Pressure').pk}"
    asked = submit(at(phone, "checklist"), client=tim, form="step", **{name: "30"})
    assert asked.status_code == 422
    why = submit(asked, client=tim, form="step", press=f"sure_{name}=30")
    assert why.status_code == 422
    said = {f"about_{name}": "The valve is stuck."}
    assert submit(why, client=tim, form="step", **said).status_code == 302
    assert phone.visit.answers.get().value == "30"
    assert phone.visit.deviations.count() == 1
    why = submit(at(phone, "checklist"), client=tim, form="step", **{name: "3,5"})
    assert submit(why, client=tim, form="step", **said).status_code == 302
    assert phone.visit.deviations.count() == 2


def test_the_material_is_an_id_and_nothing_else(tim, phone, pump):
    Material.objects.filter(pk=pump.pk).update(name="Pump ²")
    page = tim.get(f"{at(phone, 'material_list')}?q={pump.code}")
    answer = submit(page, client=tim, by_script={"material": "²"}, quantity="1")
    assert answer.status_code == 422
