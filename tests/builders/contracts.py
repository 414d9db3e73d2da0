"""Maintenance contracts."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from apps.customers.actions import equipment_create
from apps.customers.models import Equipment, Site
from apps.maintenance.actions import contract_create
from apps.maintenance.models import Contract, ContractVisit
from tests.builders.shop import Shop


def boiler(shop: Shop, site: Site | None = None, **fields: Any) -> Equipment:
    named = {"kind": "Cv-ketel", "make": "Intergas", "model": "HRE"} | fields
    return equipment_create(by=shop.cast.bram, site=site or shop.site, **named)


def contract(shop: Shop, *sites: Site, equipment: Sequence[Equipment] = (), **fields: Any) -> Contract:
    """Each year the boiler for € 119, from 16 November 2026 on, if nothing else is said."""
    said = {
        "title": "Onderhoud cv-ketel", "type": shop.type, "job_form": None, "interval_months": 12, "season": [],
        "hours": Decimal("1.5"), "starts_on": date(2026, 11, 16), "price": Decimal(119), "vat_code": shop.high,
        "customer": shop.customer,
    }  # fmt: skip
    at = sites or (shop.site,)
    places = {site: [one for one in equipment if one.site_id == site.pk] for site in at}
    return contract_create(by=shop.cast.bram, places=places, **(said | fields))


def visits(contract: Contract) -> list[ContractVisit]:
    rows = ContractVisit.objects.filter(place__contract=contract).select_related("work_order", "place")
    return list(rows.order_by("due", "pk"))
