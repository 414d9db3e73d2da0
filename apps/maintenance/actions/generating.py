"""Visits become work orders, some months ahead: each once, and none is left out, whenever and however often this runs."""

from datetime import date

from django.db import DatabaseError, transaction
from django.db.models import Max
from django.utils import formats, translation
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import SYSTEM
from apps.core.audit import audit_record
from apps.core.refusals import Refused
from apps.maintenance import rules
from apps.maintenance.models import Contract, ContractSite, ContractVisit, JobPrice
from apps.pricing.lookup import vat_for
from apps.workorders.actions import work_order_create
from apps.workorders.models import BillingBasis, WorkOrder


def visits_generate(today: date | None = None) -> int:
    """Make what is due of all contracts, each in a transaction of its own; gives the number of new visits.

    One that cannot be made holds up no other. Raises an ExceptionGroup of what was in the way, once all have had their turn.
    """
    today = today or clock.today()
    made, faults = 0, []
    for contract in list(Contract.objects.running(today).order_by("pk")):
        try:
            with transaction.atomic():
                made += contract_visits_generate(contract, today)
        except (Refused, DatabaseError) as fault:
            fault.add_note(f"contract {contract.pk}, {contract}")
            faults.append(fault)
    if faults:
        raise ExceptionGroup("the visits of some contracts could not be made", faults)
    return made


def contract_visits_generate(contract: Contract, today: date | None = None) -> int:
    """Make what is due of one contract. The lock makes two that run at once take turns; the second finds nothing to do.

    Each site goes on from its last visit, so that a night on which nothing ran leaves no hole.
    """
    today = today or clock.today()
    rows = Contract.objects.select_related("customer", "type", "job_form", "prices__vat_code")
    locked = rows.select_for_update(of=("self",)).get(pk=contract.pk)
    if not locked.customer.active:
        return 0
    horizon = rules.months_after(rules.month_of(today), rules.AHEAD)
    made = []
    places = locked.sites.present().select_related("site").prefetch_related("devices__equipment")
    for place in places.annotate(last=Max("visits__due")).order_by("pk"):
        found = rules.dues(
            place.last,
            interval=locked.interval_months,
            season=locked.season,
            since=locked.rhythm_since,
            ends_on=locked.ends_on,
            horizon=horizon,
        )
        for due in found:
            since, until = locked.window(due)
            if until < since:  # it ends before the visit could be made
                continue
            order = order_make(locked, place, due, (since, until))
            ContractVisit.objects.create(
                place=place, due=due, window_from=since, window_until=until, work_order=order
            )
            made.append(order.number)
    if made:
        audit_record(locked, verb="contract.generate", by=SYSTEM, data={"name": ", ".join(made)})
    return len(made)


def order_make(contract: Contract, place: ContractSite, due: date, window: tuple[date, date]) -> WorkOrder:
    """The work order of a visit, to plan within its window, with what was agreed for it."""
    customer = contract.customer
    devices = [one for one in place.equipment if not one.is_gone]
    with translation.override(customer.language):
        month = formats.date_format(due, "F Y")
        listed = [f"- {_described(one)}" for one in devices]
        said = f"{contract.title}, {month}, {place.site}"
    order = work_order_create(
        by=SYSTEM,
        customer=customer,
        site=place.site,
        type=contract.type,
        title=contract.title,
        scope="\n".join([*([contract.scope] if contract.scope else []), *listed]),
        notes=contract.notes,
        # One price for the visit: no hours are sold, and the planning books those that are expected.
        billing_basis=BillingBasis.FIXED_PRICE,
        expected_hours=contract.hours,
        equipment=devices[0] if devices else None,
        job_form=contract.job_form,
        preferred_from=window[0],
        preferred_until=window[1],
    )
    order.serviced.set(devices)
    vat = vat_for(customer, contract.prices.vat_code)
    JobPrice.objects.create(
        work_order=order,
        contract=contract,
        description=said[:300],
        price=contract.prices.price,
        vat_code=contract.prices.vat_code,
        vat_category=vat.category,
        vat_rate=vat.rate,
    )
    return order


def _described(device: object) -> str:
    number = getattr(device, "serial_number", "")
    return f"{device} ({_('serial number')} {number})" if number else str(device)
