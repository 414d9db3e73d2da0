"""What a customer accepted holds: nobody sells more hours, or bills otherwise, by changing the job."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction

from apps.pipeline.checks import faults
from apps.pipeline.models import PipelineRow
from apps.quotes.models import Quote
from apps.review import actions
from apps.review.models import Billable
from apps.workorders.actions import TermsAgreed, work_order_change
from apps.workorders.models import WorkOrder
from tests.pages import submit

pytestmark = pytest.mark.django_db


def standing():
    assert faults() == []
    return sum(one.net for one in PipelineRow.objects.all())


@pytest.fixture
def order(shop, cast):
    """One hour was sold for € 60, five were worked, and the job went back to the technician."""
    order = shop.done("sold_hours", 1, 300, quoted=[{"unit_price": 60}])
    review = actions.review_open(work_order=order, by=cast.bram)
    entry = order.visits.get().time_entries.get()
    actions.finding_add(review=review, subject=entry, decision="returned", by=cast.bram, reason="so long?")
    actions.review_return(review=review, by=cast.bram, reason="so long?")
    order.refresh_from_db()
    return order


@pytest.mark.parametrize(
    "terms", [{"sold_hours": D(5)}, {"billing_basis": "fixed_price"}, {"sold_hours": D(0)}]
)
def test_they_do_not_change_with_the_job(order, cast, terms):
    actions.billables_catch_up()
    assert standing() == 300
    with pytest.raises(TermsAgreed, match="extra work"):
        work_order_change(work_order=order, by=cast.olga, **terms)
    actions.billables_catch_up()
    assert standing() == 300
    with pytest.raises(IntegrityError, match="its terms hold"), transaction.atomic():
        WorkOrder.objects.filter(pk=order.pk).update(**terms)
    order.refresh_from_db()
    work_order_change(work_order=order, by=cast.bram, title="Leak in the kitchen", sold_hours=D(1))
    assert Billable.objects.get(work_order=order, fate="pending").net == 240


def test_the_page_says_so_at_the_field_and_keeps_what_was_typed(order, cast, client_as):
    page = submit(
        f"/work-orders/{order.pk}/change/",
        client=client_as(cast.bram),
        sold_hours="5",
        title="Leak, in the kitchen",
    )
    assert page.status_code == 422
    form = page.context["form"]
    assert "accepted" in form.errors["sold_hours"][0]
    assert form["title"].value() == "Leak, in the kitchen"
    order.refresh_from_db()
    assert (order.sold_hours, order.title == "Leak, in the kitchen") == (1, False)


def test_without_an_accepted_quote_the_office_says_what_was_sold(shop, cast):
    order = shop.order("sold_hours", 1)
    work_order_change(work_order=order, by=cast.bram, sold_hours=D(5), billing_basis="actuals")
    assert not Quote.objects.exists()
