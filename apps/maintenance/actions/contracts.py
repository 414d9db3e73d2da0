"""A contract from its making to its end, with the visits that go along."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.changes import assign
from apps.core.refusals import Refused
from apps.core.versions import version_lock
from apps.customers.models import Customer, Equipment, Site
from apps.maintenance.actions.generating import contract_visits_generate
from apps.maintenance.actions.visits import OnThePlan, is_fresh, visit_withdraw
from apps.maintenance.models import Contract, ContractDevice, ContractPrice, ContractSite, ContractVisit
from apps.pricing.models import VatCode
from apps.workorders.actions import work_order_change
from apps.workorders.states import STEPS

Places = Mapping[Site, Sequence[Equipment]]


def contract_create(
    *, by: Actor, customer: Customer, places: Places, price: Decimal, vat_code: VatCode, **fields: Any
) -> Contract:
    """Make a contract, and at once the visits that are due. `places` says what is serviced at which site.

    Raises Refused for a price of nothing: what a visit then includes nobody would pay.
    """
    _price_check(price)
    with transaction.atomic():
        customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        if not customer.active:
            raise Refused(_("%(name)s is no longer active.") % {"name": customer})
        contract = Contract(customer=customer, created_by_id=by.pk, **fields)
        contract.rhythm_since = contract.starts_on
        contract.save(force_insert=True)
        ContractPrice.objects.create(contract=contract, price=price, vat_code=vat_code)
        _places_set(contract, places)
        audit_record(contract, verb="contract.create", by=by)
        contract_visits_generate(contract)
    return contract


def _price_check(price: Decimal) -> None:
    if price <= 0:
        raise Refused(_("A visit has a price above zero."))


def contract_change(
    *,
    contract: Contract,
    by: Actor,
    places: Places,
    price: Decimal,
    vat_code: VatCode,
    version: int | None = None,
    off_plan: bool = False,
    **fields: Any,
) -> Contract:
    """Change what was agreed. A visit that nobody planned follows: it goes when its month or its site is no longer asked.

    What is planned stays, unless `off_plan`; of a site that goes it raises OnThePlan. A price is of visits that are made
    from now on. Raises Stale when somebody else changed it meanwhile, Refused when the contract was ended, or for a price
    of nothing.
    """
    _price_check(price)
    with transaction.atomic():
        locked = version_lock(contract, version)
        if locked.ended:
            raise Refused(_("This contract was ended. Make a new one."))
        changed = assign(locked, fields)
        if {"interval_months", "season", "starts_on"} & set(changed):
            locked.rhythm_since = (
                max(locked.starts_on, clock.today()) if _visited(locked) else locked.starts_on
            )
        locked.save()
        ContractPrice.objects.filter(contract=locked).update(price=price, vat_code=vat_code)
        gone = _places_set(locked, places)
        for place in gone:
            for visit in _owed(locked).filter(place=place):
                _take_away(visit, by, _("The site is no longer part of the contract."), off_plan, asks=True)
        _rhythm_follow(locked, by, off_plan)
        audit_record(locked, verb="contract.change", by=by, data={"fields": sorted(changed)})
        contract_visits_generate(locked)
    return locked


def contract_end(
    *,
    contract: Contract,
    by: Actor,
    ends_on: date,
    reason: str,
    version: int | None = None,
    off_plan: bool | None = None,
) -> Contract:
    """It ends after this day. What nobody planned and would come later goes; ended today, all that nobody planned does.

    `off_plan` says what becomes of what is planned after that day: it goes (True) or is still made (False). Raises
    OnThePlan where somebody has to say so.
    """
    if not reason.strip():
        raise Refused(_("Give a reason."))
    with transaction.atomic():
        locked = version_lock(contract, version)
        if locked.is_over:
            raise Refused(_("This contract has ended already."))
        at_once = ends_on <= clock.today()
        locked.ends_on, locked.end_reason = ends_on, reason.strip()
        locked.save(update_fields=["ends_on", "end_reason"])
        for visit in _owed(locked):
            if at_once or visit.window_from > ends_on:
                _take_away(visit, by, reason, bool(off_plan), asks=off_plan is None)
            elif visit.window_until > ends_on:
                _shorten(visit, by, ends_on)
        audit_record(locked, verb="contract.end", by=by, reason=reason)
    return locked


def _take_away(visit: ContractVisit, by: Actor, reason: str, off_plan: bool, *, asks: bool) -> None:
    """Withdraw a visit, if it can be: of one that somebody is to come for the planner is asked."""
    order = visit.work_order
    if order.status == "cancelled" or is_fresh(order):
        visit_withdraw(visit, by=by, reason=reason)
    elif order.status in STEPS["cancel"].sources:
        if off_plan:
            visit_withdraw(visit, by=by, reason=reason, off_plan=True)
        elif asks:
            raise OnThePlan(
                _("%(number)s is “%(status)s”. Say what becomes of what is planned.")
                % {"number": order.number, "status": order.get_status_display()}
            )


def _shorten(visit: ContractVisit, by: Actor, ends_on: date) -> None:
    visit.window_until = ends_on
    visit.save(update_fields=["window_until"])
    if is_fresh(visit.work_order):
        work_order_change(work_order=visit.work_order, by=by, preferred_until=ends_on)


def _rhythm_follow(contract: Contract, by: Actor, off_plan: bool) -> None:
    """Of each site, the visits that the rhythm no longer asks for go, unless they are planned or their time has come."""
    today = clock.today()
    for place in contract.sites.present():
        last: date | None = None
        for visit in place.visits.select_related("work_order", "place__contract", "place__site").order_by(
            "due"
        ):
            has_come = visit.window_from <= today
            expected = contract.due_after(last)
            past_end = contract.ends_on is not None and visit.due > contract.ends_on
            if not visit.is_owed or has_come or (visit.due == expected and not past_end):
                last = visit.due
                continue
            _take_away(visit, by, _("The contract was changed."), off_plan, asks=False)
            if visit.pk is not None:  # planned: it stays, and the next one is counted from it
                last = visit.due


def _owed(contract: Contract) -> Any:
    rows = ContractVisit.objects.owed().filter(place__contract=contract)
    return rows.select_related("work_order", "place__contract", "place__site").order_by("due", "pk")


def _visited(contract: Contract) -> bool:
    """Whether its rhythm has begun: a visit was made, is planned, or its time is past."""
    last = ContractVisit.objects.filter(place__contract=contract, window_from__lte=clock.today())
    return last.aggregate(last=Max("due"))["last"] is not None


def _places_set(contract: Contract, places: Places) -> list[ContractSite]:
    """The sites of the contract, and what is serviced there; gives those that are no longer part of it."""
    if not places:
        raise Refused(_("Choose a site."))
    for site, devices in places.items():
        if site.customer_id != contract.customer_id:
            raise Refused(_("This site belongs to another customer."))
        if any(one.site_id != site.pk for one in devices):
            raise Refused(_("This equipment stands at another site."))
    known = {one.site_id: one for one in contract.sites.all()}
    for site, devices in places.items():
        place = known.pop(site.pk, None) or ContractSite(contract=contract, site=site)
        if place.pk is None or place.left_on is not None:
            place.left_on = None
            place.save()
        place.devices.exclude(equipment__in=devices).delete()
        there = set(place.devices.values_list("equipment", flat=True))
        ContractDevice.objects.bulk_create(
            [ContractDevice(place=place, equipment=one) for one in devices if one.pk not in there]
        )
    gone = [one for one in known.values() if one.left_on is None]
    for place in gone:
        place.left_on = clock.today()
        place.save(update_fields=["left_on"])
    return gone
