"""The company that the jobs are copied into: its people, and as many technicians and customers as its size asks for."""

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.db.models import Model, prefetch_related_objects

from apps.acceptance.copies import tables
from apps.acceptance.copies.writer import Client
from apps.acceptance.demo import names
from apps.acceptance.demo.company import BELOW_COST, HOUR, LOGINS, TYPES, Firm, firm_make
from apps.acceptance.scale.size import NoBase
from apps.accounts.actions import user_create
from apps.accounts.models import User
from apps.accounts.roles import TECHNICIAN
from apps.company.models import Company
from apps.core import clock
from apps.core.actors import SYSTEM
from apps.customers.models import Customer, CustomerKind, Site
from apps.intake.models import RequestType
from apps.materials.models import Material
from apps.pricing import lookup
from apps.pricing.actions import technician_rate_set
from apps.pricing.models import VatCode
from apps.technicians.actions import technician_create
from apps.technicians.models import Technician
from apps.workorders.models import SlaClass

ADDRESS = "@watertight.example"
TRADES = (
    "Bakkerij", "Garage", "Tandartspraktijk", "Café", "Hotel", "Slagerij", "Drukkerij", "Fysiotherapie", "Restaurant",
    "Basisschool", "Kapsalon", "Makelaardij",
)  # fmt: skip


def firm_ensure(start: date) -> tuple[Firm, dict[str, str]]:
    """The demo company, made where there is none yet; with the passwords of the users that were made."""
    if Company.objects.exists():
        return _firm(), {}
    passwords: dict[str, str] = defaultdict(lambda: secrets.token_urlsafe(9))
    return firm_make(Random(7), start, passwords), dict(passwords)


def _firm() -> Firm:
    """Raises NoBase when the demo's people or catalogue are not there (any more)."""
    try:
        users = {
            local: User.objects.get(email=f"{local}@markenzonen.example")
            for local in ("olga", "bram", "petra", "ada")
        }
        hands = [local for local, _name, role in LOGINS if role.startswith("technician")]
        technicians = [
            Technician.objects.select_related("user").get(user__email=f"{local}@markenzonen.example")
            for local in hands
        ]
        materials = {one.code: one for one in Material.objects.order_by("pk")}
        firm = Firm(
            **users,
            technicians=technicians,
            types={key: RequestType.objects.get(name=row[0]) for key, row in TYPES.items()},
            materials=materials,
            slas=list(SlaClass.objects.order_by("pk")),
            vat_high=VatCode.objects.get(code="21"),
            vat_low=VatCode.objects.get(code="9"),
            below_cost=list(materials.values())[BELOW_COST],
            hour=HOUR,
        )
    except ObjectDoesNotExist as error:
        raise NoBase(f"This is not the demo company as manage.py demo makes it: {error}") from error
    prefetch_related_objects(technicians, "skills")
    return firm


def technician_like(one: Technician, number: int, random: Random, start: date) -> Technician:
    """Somebody who can do the same work at the same hours and cost."""
    user = user_create(
        by=SYSTEM,
        email=f"technician.{number}.{secrets.token_hex(3)}{ADDRESS}",
        name=names.person(random),
        user_roles=[TECHNICIAN],
    )
    made = technician_create(
        by=SYSTEM,
        user=user,
        kind=one.kind,
        region=random.choice(names.PLACES)[1],
        team=one.team,
        skills=list(one.skills.all()),
        patterns=[
            (each.weekday, each.starts, each.ends) for each in one.works.filter(week=1, valid__contains=start)
        ],
    )
    cost = lookup.technician_cost(one)
    technician_rate_set(by=SYSTEM, technician=made, cost=cost or Decimal(35), valid_from=start)
    return made


def technicians_ensure(firm: Firm, wanted: int, start: date) -> list[Technician]:
    """Those of the firm and others like them, in turns; new ones until there are as many as wanted."""
    others = Technician.objects.filter(active=True, user__is_active=True, user__email__endswith=ADDRESS)
    found = [*firm.technicians, *others.select_related("user").order_by("pk")]
    random = Random(wanted)
    models = firm.technicians
    found += [
        technician_like(models[number % len(models)], number + 1, random, start)
        for number in range(len(found), wanted)
    ]
    return found[:wanted]


def understudies(firm: Firm, start: date) -> Firm:
    """The firm with others in place of its technicians, for a story beside the one that their agendas tell."""
    random = Random(11)
    hands = [technician_like(one, number, random, start) for number, one in enumerate(firm.technicians, 1)]
    prefetch_related_objects(hands, "skills")
    return replace(firm, technicians=hands)


def customers_ensure(models: list[Client], wanted: int, random: Random, start: date) -> list[Client]:
    """All customers that have a site; new ones like `models` until there are as many as wanted."""
    have = Customer.objects.filter(active=True).count()
    people, places = [], []
    moment = clock.day_bounds(start)[0]
    pk, site_pk = _last(Customer), _last(Site)
    for number in range(1, wanted - have + 1):
        customer, site = models[number % len(models)]
        place, name = names.place(random), _name(customer, random)
        address = {
            "street": place.street, "house_number": place.house_number, "postal_code": place.postal_code, "city": place.city,
        }  # fmt: skip
        row = {one.attname: getattr(customer, one.attname) for one in tables.columns(Customer)} | address
        row |= {
            "id": pk + number, "name": name, "email": names.email(name, f"klant{number}.example"), "created_at": moment,
            "phone": f"+316{10_000_000 + random.randint(10_000_000, 99_999_999) % 48_999_999}",
        }  # fmt: skip
        people.append(row)
        row = {one.attname: getattr(site, one.attname) for one in tables.columns(Site)} | address
        places.append(row | {"id": site_pk + number, "customer_id": pk + number})
    rows_write(Customer, people)
    rows_write(Site, places)
    sites = Site.objects.filter(customer__active=True).select_related("customer").order_by("pk")
    return list({one.customer_id: (one.customer, one) for one in sites}.values())


def _name(customer: Customer, random: Random) -> str:
    if customer.kind == CustomerKind.PERSON:
        return names.person(random)
    return f"{random.choice(TRADES)} {random.choice(names.LAST)}"


def _last(model: type[Model]) -> int:
    last = model._base_manager.order_by("-pk").values_list("pk", flat=True).first()
    return int(last or 0)


def rows_write(model: type[Model], rows: Iterable[dict[str, Any]]) -> None:
    """COPY them in."""
    table, fields = model._meta.db_table, tables.columns(model)
    documents = set(tables.documents(model))
    names_ = ", ".join(f'"{one.column}"' for one in fields)
    with connection.cursor() as cursor:
        with cursor.copy(f'COPY "{table}" ({names_}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(
                    [
                        json.dumps(row[one.attname]) if one.attname in documents else row[one.attname]
                        for one in fields
                    ]
                )
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest((SELECT max(id) FROM \"{table}\"), 1))"
        )
