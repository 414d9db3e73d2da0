"""Contracts make their visits: each once, with its price in the ledger, and what becomes of them."""

from datetime import date
from decimal import Decimal as D

import pytest

from apps.core.refusals import Refused
from apps.customers.actions import customer_change, customer_deactivate
from apps.invoicing.actions import invoice_draft
from apps.maintenance import actions
from apps.maintenance.models import ContractVisit, JobPrice
from apps.pipeline.checks import faults
from apps.pipeline.models import PipelineRow
from apps.planning.actions import job_cancel
from apps.review.actions import billables_catch_up, review_approve, review_open
from apps.review.models import Billable
from apps.workorders.actions import TermsAgreed, work_order_change
from apps.workorders.models import WorkOrder
from tests.builders import BookingFactory, CustomerFactory, SiteFactory, photo_stored
from tests.builders.contracts import boiler, contract, visits
from tests.builders.shop import MORNING

pytestmark = pytest.mark.django_db

AUTUMN = [8, 9, 10]


def held():
    assert faults() == []
    return sorted((one.place, one.net) for one in PipelineRow.objects.all() if one.net)


def dues(made):
    return [(one.due.year, one.due.month, one.work_order.status) for one in visits(made)]


def changed(made, cast, **fields):
    kept = {
        "places": {one.site: one.equipment for one in made.sites.present()},
        "price": made.prices.price, "vat_code": made.prices.vat_code,
    }  # fmt: skip
    return actions.contract_change(contract=made, by=cast.bram, **(kept | fields))


def test_a_contract_whose_visit_cannot_be_made_holds_up_no_other(shop, calendar):
    broken, sound = (contract(shop, season=AUTUMN) for _one in range(2))
    broken.sites.update(site=SiteFactory(customer=CustomerFactory()))
    calendar.be(date(2027, 6, 1))
    with pytest.raises(ExceptionGroup) as raised:
        actions.visits_generate()
    [fault] = raised.value.exceptions
    assert fault.__notes__ == [f"contract {broken.pk}, {broken}"]
    assert (len(visits(broken)), len(visits(sound))) == (0, 1)


def test_a_visit_becomes_a_job_to_plan_with_its_window_form_hours_equipment_and_price(shop, calendar):
    devices = [boiler(shop), boiler(shop, kind="Warmtepomp")]
    made = contract(shop, equipment=devices, season=AUTUMN, scope="Reinigen en meten")
    assert visits(made) == []  # the season is nine months away
    calendar.be(date(2027, 6, 1))
    assert actions.visits_generate() == 1
    [visit] = visits(made)
    order = visit.work_order
    assert (order.status, order.billing_basis) == ("to_plan", "fixed_price")
    assert (order.preferred_from, order.preferred_until) == (date(2027, 8, 1), date(2027, 10, 31))
    assert (order.expected_hours, order.sold_hours) == (D("1.5"), 0)
    assert order.equipment == devices[0]
    assert set(order.serviced.all()) == set(devices)
    assert "Warmtepomp" in order.scope
    assert JobPrice.objects.get(work_order=order).price == 119
    assert held() == [("unplanned", 119)]  # before the worker priced it, and after
    billables_catch_up()
    assert held() == [("unplanned", 119)]
    assert Billable.objects.get(work_order=order).kind == "agreed"


def test_whatever_is_run_again_makes_nothing_twice_and_a_night_that_was_missed_is_made_up_for(shop, calendar):
    made = contract(shop, interval_months=1)
    assert dues(made) == [(2026, 11, "to_plan"), (2026, 12, "to_plan"), (2027, 1, "to_plan")]
    assert actions.visits_generate() == actions.visits_generate() == 0
    calendar.be(date(2027, 5, 31))
    assert actions.visits_generate() == 6
    assert [one.due.month for one in visits(made)] == [11, 12, 1, 2, 3, 4, 5, 6, 7]


def test_a_visit_that_is_made_is_billed_at_its_price_and_what_it_took_is_included(shop, cast, calendar):
    made = contract(shop)
    order = visits(made)[0].work_order
    shop.phone(order).work(60).use(shop.valve, 1).finish(signed="Mrs Peters")
    order.refresh_from_db()
    review = review_open(work_order=order, by=cast.bram)
    assert held() == [("in_review", 119)]
    review_approve(review=review, by=cast.bram)
    assert invoice_draft(work_orders=[order], by=cast.bram).net == 119
    assert held() == [("drafted", 119)]


def test_a_job_that_is_cancelled_asks_nothing_and_its_visit_is_not_forgotten(shop, cast, calendar):
    made = contract(shop)
    [visit] = visits(made)
    billables_catch_up()
    job_cancel(work_order=visit.work_order, by=cast.bram, reason="Customer is away")
    assert held() == []
    [visit] = visits(made)
    assert (visit.has_no_job, actions.visits_generate()) == (True, 0)
    actions.visit_again(visit=visit, by=cast.bram)
    assert held() == [("unplanned", 119)]
    [visit] = visits(made)
    assert not visit.has_no_job
    with pytest.raises(Refused, match="has its job"):
        actions.visit_again(visit=visit, by=cast.bram)


def test_travel_to_a_cancelled_visit_is_reviewed_and_the_visit_itself_asks_nothing(shop, cast, calendar):
    [visit] = visits(contract(shop))
    shop.phone(visit.work_order).travel(30).tell("no_access", reason="Nobody there", file=photo_stored())
    visit.work_order.refresh_from_db()
    job_cancel(work_order=visit.work_order, by=cast.bram, reason="Nobody there")
    billables_catch_up()
    assert held() == [("unreviewed", 25)]


def test_a_visit_is_skipped_with_its_reason_and_the_next_one_comes(shop, cast, calendar):
    made = contract(shop, interval_months=1)
    first = visits(made)[0]
    with pytest.raises(Refused, match="Give a reason"):
        actions.visit_skip(visit=first, by=cast.bram, reason=" ")
    actions.visit_skip(visit=first, by=cast.bram, reason="On holiday")
    assert dues(made)[0] == (2026, 11, "cancelled")
    assert ContractVisit.objects.owed().count() == 2
    calendar.be(date(2026, 12, 1))
    assert actions.visits_generate() == 1


def test_what_is_planned_goes_only_when_the_planner_says_so(shop, cast, calendar):
    made = contract(shop)
    [visit] = visits(made)
    BookingFactory(
        by=cast.petra,
        technician=shop.tim,
        work_order=visit.work_order,
        start=MORNING.replace(day=17),
        hours=2,
    )
    for act in (
        lambda off: actions.visit_skip(visit=visit, by=cast.bram, reason="No", off_plan=off),
        lambda off: actions.contract_end(
            contract=made, by=cast.bram, ends_on=date(2026, 11, 16), reason="Sold", off_plan=off or None
        ),
    ):
        with pytest.raises(actions.OnThePlan):
            act(False)
    assert dues(made) == [(2026, 11, "planned")]
    actions.contract_end(
        contract=made, by=cast.bram, ends_on=date(2026, 11, 16), reason="Sold", off_plan=False
    )
    assert dues(made) == [(2026, 11, "planned")]  # it is still made


def test_a_visit_is_moved_and_the_rhythm_stays(shop, cast, calendar):
    made = contract(shop, interval_months=3)
    first = visits(made)[0]
    window = {"window_from": date(2027, 1, 4), "window_until": date(2027, 1, 31)}
    actions.visit_move(visit=first, by=cast.bram, **window)
    order = WorkOrder.objects.get(pk=first.work_order_id)
    assert (order.preferred_from, order.preferred_until) == (date(2027, 1, 4), date(2027, 1, 31))
    calendar.be(date(2026, 12, 1))
    actions.visits_generate()
    assert [one.due for one in visits(made)] == [date(2026, 11, 1), date(2027, 2, 1)]


def test_an_interval_that_changes_half_way_withdraws_what_nobody_planned(shop, cast, calendar):
    made = contract(shop, interval_months=1)
    calendar.be(date(2026, 11, 20))
    changed(made, cast, interval_months=3)
    assert dues(made) == [(2026, 11, "to_plan")]
    calendar.be(date(2026, 12, 1))
    actions.visits_generate()
    assert dues(made) == [(2026, 11, "to_plan"), (2027, 2, "to_plan")]
    assert WorkOrder.objects.filter(status="cancelled").count() == 2
    assert held() == [("unplanned", 119)] * 2


def test_a_site_that_goes_takes_its_visits_along_and_a_new_one_gets_its_own(shop, cast, calendar):
    other = SiteFactory(customer=shop.customer, city="Breda")
    made = contract(shop, shop.site, other)
    assert len(visits(made)) == 2
    changed(made, cast, places={other: []})
    assert [one.place.site for one in visits(made)] == [other]
    changed(made, cast, places={shop.site: [], other: []})
    assert len(visits(made)) == 2
    assert held() == [("unplanned", 119)] * 2


def test_an_ended_contract_takes_what_nobody_planned_along(shop, cast, calendar):
    made = contract(shop, interval_months=1)
    actions.contract_end(contract=made, by=cast.bram, ends_on=date(2026, 12, 10), reason="Moved house")
    assert dues(made) == [(2026, 11, "to_plan"), (2026, 12, "to_plan")]
    assert visits(made)[1].window_until == date(2026, 12, 10)
    calendar.be(date(2027, 3, 1))
    assert actions.visits_generate() == 0
    with pytest.raises(Refused, match="was ended"):
        changed(made, cast, title="Other")


def test_no_visit_is_made_for_a_customer_that_is_out_of_use(shop, cast, calendar):
    made = contract(shop, interval_months=1)
    customer_deactivate(customer=shop.customer, by=cast.bram, leave=True, reason="Moved")
    calendar.be(date(2027, 2, 1))
    assert actions.visits_generate() == 0
    shop.customer.refresh_from_db()
    customer_change(customer=shop.customer, by=cast.bram, active=True)
    assert actions.visits_generate() == 3
    assert len(visits(made)) == 6


def test_what_was_agreed_for_a_visit_holds(shop, cast, calendar):
    order = visits(contract(shop))[0].work_order
    with pytest.raises(TermsAgreed):
        work_order_change(work_order=order, by=cast.bram, billing_basis="actuals")
