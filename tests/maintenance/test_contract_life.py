"""Contracts, planners and nights in random order on random days: no visit is doubled, and none is forgotten."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core import clock
from apps.core.refusals import Refused
from apps.customers.actions import customer_change
from apps.maintenance import actions, rules
from apps.maintenance.models import Contract, ContractVisit, JobPrice
from apps.pipeline.checks import faults
from apps.planning.actions import assignment_place, job_cancel
from apps.review.actions import billables_catch_up
from apps.workorders.models import WorkOrder
from tests.builders import SiteFactory
from tests.builders.contracts import contract, visits

pytestmark = pytest.mark.django_db

STEPS = (
    "night", "night", "wait", "wait", "make", "interval", "season", "site", "skip", "move", "again", "cancel", "plan", "out", "end"
)  # fmt: skip
steps = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 11), st.booleans()), min_size=8, max_size=26
)
SEASONS = ([], [8, 9, 10], [11, 12, 1], [4, 5, 6, 9], [2])


class Life:
    """A customer with two sites, and whoever works at the contracts. A refusal leaves everything as it was."""

    def __init__(self, shop: Any, calendar: Any) -> None:
        self.shop, self.calendar, self.by = shop, calendar, shop.cast.bram
        self.other = SiteFactory(customer=shop.customer, city="Breda")
        self.contracts: list[Contract] = []

    def do(self, name: str, number: int, yes: bool) -> None:
        try:
            with transaction.atomic():
                getattr(self, name)(number, yes)
        except Refused:
            return

    def one(self, number: int) -> Contract:
        if not self.contracts:
            raise Refused("none")
        return Contract.objects.get(pk=self.contracts[number % len(self.contracts)].pk)

    def visit(self, number: int) -> ContractVisit:
        rows = list(ContractVisit.objects.order_by("pk"))
        if not rows:
            raise Refused("none")
        return rows[-1 - number % len(rows)]

    def night(self, number: int, yes: bool) -> None:
        actions.visits_generate()
        assert actions.visits_generate() == 0

    def wait(self, number: int, yes: bool) -> None:
        self.calendar.later(number * 9 + 1)

    def make(self, number: int, yes: bool) -> None:
        if len(self.contracts) > 2:
            return
        sites = (self.shop.site, self.other) if yes else (self.shop.site,)
        months = (1, 3, 6, 12)[number % 4]
        made = contract(
            self.shop, *sites, interval_months=months, season=SEASONS[number % len(SEASONS)],
            starts_on=clock.today() - timedelta(days=number * 10),
        )  # fmt: skip
        self.contracts.append(made)

    def _change(self, number: int, off_plan: bool, **fields: Any) -> None:
        one = self.one(number)
        kept = {"places": {place.site: [] for place in one.sites.present()}}
        actions.contract_change(
            contract=one, by=self.by, price=one.prices.price, vat_code=one.prices.vat_code,
            off_plan=off_plan, **(kept | fields),
        )  # fmt: skip

    def interval(self, number: int, yes: bool) -> None:
        self._change(number, yes, interval_months=number % 7 + 1)

    def season(self, number: int, yes: bool) -> None:
        self._change(number, yes, season=SEASONS[number % len(SEASONS)])

    def site(self, number: int, yes: bool) -> None:
        both = {self.shop.site: [], self.other: []}
        self._change(number, yes, places=both if number % 2 else {self.other: []})

    def skip(self, number: int, yes: bool) -> None:
        actions.visit_skip(visit=self.visit(number), by=self.by, reason="Away", off_plan=yes)

    def move(self, number: int, yes: bool) -> None:
        first = clock.today() + timedelta(days=number * 7)
        actions.visit_move(
            visit=self.visit(number),
            by=self.by,
            window_from=first,
            window_until=first + timedelta(days=20),
            off_plan=yes,
        )

    def again(self, number: int, yes: bool) -> None:
        actions.visit_again(visit=self.visit(number), by=self.by)

    def cancel(self, number: int, yes: bool) -> None:
        job_cancel(work_order=self.visit(number).work_order, by=self.by, reason="No")

    def plan(self, number: int, yes: bool) -> None:
        at = clock.now() + timedelta(days=number + 1)
        order = self.visit(number).work_order
        assignment_place(
            technician=self.shop.tim,
            start=at,
            end=at + timedelta(hours=1),
            by=self.shop.cast.petra,
            work_order=order,
        )

    def out(self, number: int, yes: bool) -> None:
        self.shop.customer.refresh_from_db()
        customer_change(customer=self.shop.customer, by=self.by, active=not self.shop.customer.active)

    def end(self, number: int, yes: bool) -> None:
        last = clock.today() + timedelta(days=number * 5)
        actions.contract_end(
            contract=self.one(number),
            by=self.by,
            ends_on=last,
            reason="Sold",
            off_plan=(None, True, False)[number % 3],
        )

    def check(self) -> None:
        """What holds at any moment."""
        for one in self.contracts:
            made = visits(one)
            assert len({(visit.place_id, visit.due) for visit in made}) == len(made)
        owed = ContractVisit.objects.owed().select_related("work_order")
        # each euro that is promised is that of a visit which somebody still owes, and the other way round
        open_orders = WorkOrder.objects.exclude(status="cancelled")
        assert {visit.work_order_id for visit in owed if not visit.has_no_job} == set(
            open_orders.values_list("pk", flat=True)
        )
        assert JobPrice.objects.count() == WorkOrder.objects.count()

    def check_night(self) -> None:
        """After a night: from the last visit of each site to two months ahead, none is missing."""
        self.shop.customer.refresh_from_db()
        if not self.shop.customer.active:
            customer_change(customer=self.shop.customer, by=self.by, active=True)
        actions.visits_generate()
        horizon = rules.months_after(rules.month_of(clock.today()), rules.AHEAD)
        for contract_ in Contract.objects.running(clock.today()):
            for place in contract_.sites.present():
                dues = list(place.visits.order_by("due").values_list("due", flat=True))
                following = contract_.due_after(dues[-1] if dues else None)
                over = contract_.ends_on is not None and following > contract_.ends_on
                assert following > horizon or over or too_late(contract_, following)
        self.check()
        billables_catch_up()
        assert faults() == []


def too_late(contract_: Contract, due: date) -> bool:
    """It ends before the visit could be made."""
    first, last = contract_.window(due)
    return last < first


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps)
def test_no_visit_is_doubled_and_none_forgotten(shop, calendar, steps):
    sid = transaction.savepoint()
    calendar.be(date(2026, 11, 16))
    life = Life(shop, calendar)
    try:
        for name, number, yes in [("make", steps[0][1], steps[0][2]), *steps]:
            life.do(name, number, yes)
            life.check()
        life.check_night()
    finally:
        transaction.savepoint_rollback(sid)
        shop.customer.refresh_from_db()
