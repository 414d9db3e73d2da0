"""Numbers that a reviewer types, through the forms of the review's page."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from apps.review import actions
from apps.review.models import Billable, ExtraWorkOffer, Finding
from tests.pages import submit

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(params=["en", "nl"])
def office(request, cast, client_as) -> Any:
    cast.bram.language = request.param
    cast.bram.save()
    return client_as(cast.bram)


@pytest.fixture
def order(shop):
    return shop.done("actuals", minutes=90, parts=[(shop.pipe, D("2.5"))], extra=1)


@pytest.fixture
def review(order, cast):
    return actions.review_open(work_order=order, by=cast.bram)


def page_of(order) -> str:
    return reverse("review:review_detail", args=[order.pk])


@pytest.mark.parametrize(
    ("typed", "quantity"), [("2,75", "2.75"), ("2.75", "2.75"), ("0.085", "0.085"), ("1,0", "1")]
)
def test_a_correction_is_read_alike_in_both_languages(office, order, review, typed, quantity):
    usage = order.visits.get().materials.get()
    judge = reverse("review:finding_add", args=[order.pk, "material", usage.pk])
    page = office.get(page_of(order))
    assert 'name="quantity"' in page.content.decode()
    answer = submit(page, client=office, form=judge, quantity=typed, reason="Counted")
    assert answer.status_code == 303, answer.content.decode()
    assert Billable.objects.get(material_usage=usage).quantity == D(quantity)


def test_a_price_is_shown_and_read_in_the_users_language(office, order, review):
    usage = order.visits.get().materials.get()
    billable = Billable.objects.get(material_usage=usage)
    decide = reverse("review:billable_decide", args=[billable.pk])
    answer = submit(page_of(order), client=office, form=decide, fate="billable")
    assert answer.status_code == 303
    billable.refresh_from_db()
    assert billable.unit_price == D("7.5"), "posted back untouched"
    answer = submit(
        page_of(order), client=office, form=decide, fate="billable", unit_price="8,25", reason="Agreed"
    )
    assert answer.status_code == 303
    billable.refresh_from_db()
    assert billable.unit_price == D("8.25")


def test_ten_times_as_much_or_as_dear_is_asked_about_once(cast, client_as, order, review):
    client = client_as(cast.bram)
    usage = order.visits.get().materials.get()
    billable = Billable.objects.get(material_usage=usage)
    judge = reverse("review:finding_add", args=[order.pk, "material", usage.pk])
    asked = submit(page_of(order), client=client, form=judge, quantity="25", reason="Counted")
    assert asked.status_code == 422
    assert "25 is 10 times 2.5, what was recorded. Is that right?" in asked.content.decode()
    assert not Finding.objects.exists()
    assert submit(asked, client=client, form=judge, sure_quantity=True).status_code == 303

    decide = reverse("review:billable_decide", args=[billable.pk])
    typed = {"fate": "billable", "unit_price": "75,00", "reason": "Agreed"}
    asked = submit(page_of(order), client=client, form=decide, **typed)
    assert asked.status_code == 422
    assert "€75.00 is 10 times €7.50, the price until now. Is that right?" in asked.content.decode()
    assert submit(asked, client=client, form=decide, sure_unit_price=True).status_code == 303
    billable.refresh_from_db()
    assert billable.unit_price == D(75)


def test_extra_work_at_ten_times_the_rate_is_asked_about_once(cast, client_as, order, review):
    client = client_as(cast.bram)
    extra = order.visits.get().extra_work.get()
    page = reverse("review:extra_work_offer", args=[extra.pk])
    asked = submit(page, client=client, form=page, unit_price="600", quantity="25")
    assert asked.status_code == 422
    text = asked.content.decode()
    assert "€600.00 is 10 times €60.00, the hourly rate. Is that right?" in text
    assert "25 is 25 times 1, the hours that were recorded. Is that right?" in text
    taken = submit(asked, client=client, form=page, sure_unit_price=True, sure_quantity=True)
    assert taken.status_code == 303
    assert (ExtraWorkOffer.objects.get().unit_price, ExtraWorkOffer.objects.get().quantity) == (D(600), D(25))
