"""The proposal of fates, rounding of time and risk: pure, so checked for any input."""

from datetime import datetime, timedelta
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.pricing.rules import hours_charged
from apps.review import rules
from apps.review.rules import Item, propose


def local(*parts):
    """A time on the clock on the wall."""
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Amsterdam"))


quantities = st.integers(0, 60_000).map(lambda thousandths: D(thousandths) / 1000)
items = st.lists(
    st.builds(
        Item,
        kind=st.sampled_from([rules.WORK, rules.TRAVEL, rules.MATERIAL, rules.EXTRA_WORK, rules.AGREED]),
        charged=quantities,
        recorded=quantities,
        priced=st.booleans(),
        material=st.one_of(st.none(), st.integers(1, 3)),
        answer=st.sampled_from(["approved", "waiting", "unoffered", "declined"]),
    ),
    max_size=6,
)
bases = st.sampled_from([rules.FIXED_PRICE, rules.SOLD_HOURS, rules.ACTUALS])


@given(items, bases, quantities, st.booleans())
def test_parts_add_up_to_what_was_recorded_and_charged(found, basis, sold, travel):
    proposals = propose(found, basis=basis, sold_hours=sold, charge_travel=travel)
    assert len(proposals) == len(found)
    for item, parts in zip(found, proposals, strict=True):
        assert sum(part.charged for part in parts) == item.charged
        assert sum(part.recorded for part in parts) == item.recorded
        assert all(part.fate in (rules.PENDING, rules.BILLABLE, rules.INCLUDED) for part in parts)
        assert all(part.charged >= 0 and part.recorded >= 0 for part in parts)


@given(items, bases, quantities)
def test_nothing_is_included_where_nothing_was_agreed(found, basis, sold):
    found = [item for item in found if item.kind != rules.AGREED]
    for item, parts in zip(found, propose(found, basis=basis, sold_hours=sold), strict=True):
        if item.kind != rules.EXTRA_WORK and item.charged:
            assert all(part.fate != rules.INCLUDED or part.why == rules.EXTRA_COVERS for part in parts)


@given(items, quantities)
def test_actuals_charge_everything_that_has_a_price(found, sold):
    """Once: by the clock, or by the extra work that asks for those hours."""
    covered = D(0)
    for item, parts in zip(found, propose(found, basis=rules.ACTUALS, sold_hours=sold), strict=True):
        if item.kind in (rules.WORK, rules.TRAVEL, rules.MATERIAL) and item.charged:
            by_extra = [part for part in parts if part.why == rules.EXTRA_COVERS]
            covered += sum(part.charged for part in by_extra)
            fate = rules.BILLABLE if item.priced else rules.PENDING
            assert {part.fate for part in parts if part not in by_extra} <= {fate}
    worked = sum(item.charged for item in found if item.kind == rules.WORK)
    asked = sum(
        item.recorded for item in found if item.kind == rules.EXTRA_WORK and item.answer != "unoffered"
    )
    assert covered == min(worked, asked)


@given(items, quantities)
def test_hours_within_the_sold_ones_never_exceed_them(found, sold):
    allowed = sold + sum(item.recorded for item in found if item.kind == rules.EXTRA_WORK)
    parts = [part for one in propose(found, basis=rules.SOLD_HOURS, sold_hours=sold) for part in one]
    assert sum(part.charged for part in parts if part.why == rules.WITHIN_SOLD) <= allowed


def test_sold_hours_are_included_and_the_excess_is_pending():
    found = [
        Item(rules.AGREED, D(1), D(1)),
        Item(rules.WORK, D(3), D("2.9")),
        Item(rules.WORK, D(4), D("3.95")),
    ]
    _agreed, first, second = propose(found, basis=rules.SOLD_HOURS, sold_hours=D(5))
    assert [(part.charged, part.fate) for part in first] == [(D(3), "included")]
    assert [(part.charged, part.fate) for part in second] == [(D(2), "included"), (D(2), "pending")]


def test_approved_extra_work_makes_room_for_its_hours():
    found = [
        Item(rules.AGREED, D(1), D(1)),
        Item(rules.EXTRA_WORK, D(1), D(2), answer="approved"),
        Item(rules.WORK, D(7), D(7)),
    ]
    *_, time = propose(found, basis=rules.SOLD_HOURS, sold_hours=D(5))
    assert [(part.charged, part.fate, part.why) for part in time] == [
        (D(5), "included", rules.WITHIN_SOLD),
        (D(2), "included", rules.EXTRA_COVERS),
    ]


@pytest.mark.parametrize("running", [True, False])
def test_actuals_ask_for_what_was_recorded_and_not_for_what_was_estimated(running):
    found = [
        Item(rules.AGREED, D(10), D(10), estimates=rules.WORK),
        Item(rules.AGREED, D(1), D(1), estimates=rules.TRAVEL),
        Item(rules.AGREED, D(5), D(5), material=1, estimates=rules.MATERIAL),
        Item(rules.AGREED, D(1), D(1), material=2, estimates=rules.MATERIAL),
        Item(rules.AGREED, D(1), D(1)),
        Item(rules.WORK, D(4), D(4)),
        Item(rules.MATERIAL, D(6), D(6), material=1),
    ]
    *agreed, work, pipe = propose(found, basis=rules.ACTUALS, sold_hours=D(0), running=running)
    fates = [[(part.charged, part.fate) for part in parts] for parts in agreed]
    assert fates[0] == ([(D(4), "included"), (D(6), "pending")] if running else [(D(10), "included")])
    assert fates[1:] == [[(D(1), "pending")], [(D(5), "included")], [(D(1), "pending")], [(D(1), "billable")]]
    assert [part.fate for part in work + pipe] == ["billable", "billable"]


def test_estimated_travel_is_a_fee_where_travel_is_not_charged():
    found = [Item(rules.AGREED, D(1), D(1), estimates=rules.TRAVEL), Item(rules.TRAVEL, D(2), D(2))]
    fee, travel = propose(found, basis=rules.ACTUALS, sold_hours=D(0), charge_travel=False)
    assert [fee[0].fate, travel[0].fate] == ["billable", "included"]


@pytest.mark.parametrize("basis", [rules.FIXED_PRICE, rules.SOLD_HOURS])
def test_an_agreed_price_stands_whatever_it_foretells(basis):
    found = [Item(rules.AGREED, D(10), D(10), estimates=rules.WORK), Item(rules.WORK, D(4), D(4))]
    agreed, _work = propose(found, basis=basis, sold_hours=D(10))
    assert [(part.charged, part.fate) for part in agreed] == [(D(10), "billable")]


@pytest.mark.parametrize("basis", [rules.FIXED_PRICE, rules.SOLD_HOURS, rules.ACTUALS])
def test_what_nothing_is_charged_for_asks_nobody_anything(basis):
    found = [Item(rules.WORK, D(0), D("0.1")), Item(rules.MATERIAL, D(0), D(2), priced=False)]
    proposals = propose(found, basis=basis, sold_hours=D(0))
    assert [(part.fate, part.why) for parts in proposals for part in parts] == [("included", "nothing")] * 2


def test_extra_work_is_not_asked_by_the_clock_as_well_where_hours_were_sold_without_a_quote():
    found = [Item(rules.WORK, D(4), D(4)), Item(rules.EXTRA_WORK, D(1), D(1), answer="approved")]
    work, extra = propose(found, basis=rules.SOLD_HOURS, sold_hours=D(3))
    assert [(part.charged, part.fate) for part in work] == [(D(3), "billable"), (D(1), "included")]
    assert extra[0].fate == "billable"


@pytest.mark.parametrize("basis", [rules.FIXED_PRICE, rules.SOLD_HOURS, rules.ACTUALS])
def test_hours_of_extra_work_that_was_declined_are_asked_of_a_person_once(basis):
    found = [
        Item(rules.AGREED, D(1), D(1)),
        Item(rules.WORK, D(2), D(2)),
        Item(rules.EXTRA_WORK, D(1), D(1), answer="declined"),
    ]
    _agreed, work, extra = propose(found, basis=basis, sold_hours=D(1))
    by_time = "billable" if basis == rules.ACTUALS else "included"
    assert [(part.charged, part.fate) for part in work] == [(D(1), by_time), (D(1), "included")]
    assert [(part.charged, part.fate, part.why) for part in extra] == [
        (D(1), "pending", rules.EXTRA_DECLINED)
    ]


def test_material_beyond_the_agreed_quantity_is_pending():
    found = [
        Item(rules.AGREED, D(10), D(10), material=1),
        Item(rules.MATERIAL, D(12), D(12), material=1),
        Item(rules.MATERIAL, D(1), D(1), material=2),
    ]
    _agreed, pipe, valve = propose(found, basis=rules.SOLD_HOURS, sold_hours=D(0))
    assert [(part.charged, part.fate) for part in pipe] == [(D(10), "included"), (D(2), "pending")]
    assert [part.why for part in valve] == [rules.ABOVE_AGREED]


def test_fixed_price_without_an_agreement_asks_a_person():
    (parts,) = propose([Item(rules.WORK, D(2), D(2))], basis=rules.FIXED_PRICE, sold_hours=D(0))
    assert [(part.fate, part.why) for part in parts] == [("pending", rules.NO_AGREEMENT)]


def test_travel_that_is_not_charged_is_included():
    (parts,) = propose(
        [Item(rules.TRAVEL, D(1), D(1))], basis=rules.ACTUALS, sold_hours=D(0), charge_travel=False
    )
    assert parts[0].why == rules.TRAVEL_FREE


@given(st.lists(st.integers(0, 600), max_size=10), st.sampled_from([1, 5, 6, 15, 30, 60]))
def test_a_visit_is_rounded_up_once(minutes, step):
    charged = hours_charged([timedelta(minutes=one) for one in minutes], step)
    exact = D(sum(minutes)) / 60
    assert all(one >= 0 for one in charged)
    # a thousandth of an hour per stretch is lost or won where the step is no whole thousandth
    assert exact - D("0.01") <= sum(charged, D(0)) <= exact + D(step) / 60 + D("0.01")


def test_a_pause_is_not_charged_as_work():
    assert hours_charged([timedelta(minutes=127), timedelta(minutes=95)], 15) == [D("2.25"), D("1.5")]


def test_risks_are_named_heaviest_first_and_weighed():
    found = rules.risks(rules.Signs(sold_hours=D(4), worked_hours=D(5), unsigned=True))
    assert found == [rules.OVER_SOLD, rules.UNSIGNED]
    assert rules.risk_level(found) == "medium"
    assert rules.risk_level([]) == "none"
    assert rules.risk_level(rules.risks(rules.Signs(photos_missing=True, deviations_open=1))) == "high"
