"""What the load draws from: the company's own users, rates and materials, and the words that it needs."""

import json
import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.contrib.auth.models import Permission
from django.utils import timezone, translation

from apps.acceptance.cast import picture, signature
from apps.acceptance.demo import names
from apps.acceptance.demo.company import DAY, TYPES, firm_make
from apps.acceptance.demo.jobs import DEVIATIONS, EXTRAS, MAINTENANCE, PROJECTS, REPAIRS, Work
from apps.accounts.actions import user_create
from apps.accounts.models import User
from apps.accounts.roles import OFFICE, OWNER, TECHNICIAN
from apps.company.models import Company
from apps.core import clock
from apps.core.actors import SYSTEM
from apps.customers import positions
from apps.intake.models import RequestType
from apps.invoicing.actions.issuing import party_of_company
from apps.materials.models import Material, Unit
from apps.pricing import lookup
from apps.pricing.actions import technician_rate_set
from apps.pricing.models import RateKind, VatCategory, VatCode
from apps.technicians.actions import technician_create
from apps.technicians.models import Skill, Technician, TechnicianKind
from apps.workorders.models import JobFormVersion, SlaClass

PHOTOS = 12
TRADES = (
    "Bakkerij", "Garage", "Tandartspraktijk", "Café", "Hotel", "Slagerij", "Drukkerij", "Fysiotherapie", "Restaurant",
    "Basisschool", "Kapsalon", "Makelaardij",
)  # fmt: skip


class NoBase(Exception):
    """The installation lacks something without which no believable company can be made; the text says what."""


@dataclass(frozen=True)
class Size:
    """How much of everything goes with a number of work orders."""

    orders: int

    @property
    def customers(self) -> int:
        return max(20, self.orders // 12)

    @property
    def technicians(self) -> int:
        return min(60, max(8, self.orders // 3000))

    @property
    def to_plan(self) -> int:
        """Orders that nobody has planned yet."""
        return min(150, max(5, self.orders // 200))

    @property
    def offers(self) -> int:
        """Quotes that led to no work order."""
        return max(16, self.orders // 8)

    @property
    def open_requests(self) -> int:
        return min(400, max(24, self.orders // 120))

    @property
    def days_back(self) -> int:
        """How far back the history must reach: a technician does at least two jobs on each working day."""
        return -(-self.orders * 7 // (self.technicians * 9)) + 45


def company_ensure(start: date) -> dict[str, str]:
    """Make the demo company where there is none yet; returns the passwords of its users."""
    if Company.objects.exists():
        return {}
    passwords: dict[str, str] = defaultdict(lambda: secrets.token_urlsafe(9))
    firm_make(Random(7), start, passwords)
    return dict(passwords)


def technicians_ensure(wanted: int, start: date) -> list[Technician]:
    """The active technicians who work on a pattern, and new ones until there are as many as wanted."""
    found = list(
        Technician.objects.filter(active=True, user__is_active=True).select_related("user").order_by("pk")
    )
    random = Random(wanted)
    needed = RequestType.objects.exclude(skill=None).values("skill")
    skills = list(Skill.objects.filter(pk__in=needed).order_by("name"))
    for number in range(len(found) + 1, wanted + 1):
        name = names.person(random)
        user = user_create(
            by=SYSTEM,
            email=f"technician.{number}.{secrets.token_hex(3)}@watertight.example",
            name=name,
            user_roles=[TECHNICIAN],
        )
        _code, city = random.choice(names.PLACES)
        technician = technician_create(
            by=SYSTEM,
            user=user,
            kind=TechnicianKind.CONTRACTOR if number % 4 == 0 else TechnicianKind.INTERNAL,
            region=city,
            skills=random.sample(skills, min(3, len(skills))),
            patterns=[(weekday, *DAY) for weekday in range(1, 6)],
        )
        technician_rate_set(
            by=SYSTEM, technician=technician, cost=Decimal(random.randint(32, 52)), valid_from=start
        )
        found.append(technician)
    return found[:wanted]


def technician_rows(technicians: list[Technician]) -> list[tuple[Any, ...]]:
    """(technician, user, name, cost per hour, weekdays)."""
    rows = []
    for one in technicians:
        weekdays = sorted({pattern.weekday for pattern in one.patterns.all()}) or [1, 2, 3, 4, 5]
        rows.append((one.pk, one.user_id, one.user.name, lookup.technician_cost(one), weekdays))
    return rows


@dataclass(frozen=True)
class Works:
    """The kinds of job with their parts, as rows of scale_work and scale_part, and who can do which."""

    works: list[tuple[Any, ...]]
    parts: list[tuple[Any, ...]]
    choices: list[tuple[int, bool, list[int]]]


def works_of(technicians: list[Technician]) -> Works:
    """Raises NoBase without request types, or without a part that has a price."""
    types = {one.name: one for one in RequestType.objects.select_related("skill").order_by("pk")}
    materials = list(Material.objects.filter(active=True).order_by("pk"))
    prices = lookup.material_prices(materials)
    priced = [one for one in materials if one.pk in prices and prices[one.pk].price > 0]
    if not types or not priced:
        raise NoBase("The company needs request types and priced materials first: manage.py demo makes them.")
    forms = {
        version.form.request_type_id: version.pk
        for version in JobFormVersion.objects.select_related("form")
        .filter(form__active=True)
        .order_by("number")
    }
    works, parts, skills = [], [], {}
    for number, work in enumerate([*REPAIRS, *MAINTENANCE, *PROJECTS], 1):
        kind = types.get(TYPES[work.type][0]) or next(iter(types.values()))
        skills[number] = (kind.skill_id, work in PROJECTS)
        works.append(
            (number, kind.pk, work.title, work.asked, work.scope, work.done, work.hours[0], min(work.hours[1], 6),
             forms.get(kind.pk), work in PROJECTS)
        )  # fmt: skip
        for place, (part, least, most) in enumerate(_parts(work, priced)):
            price = prices[part.pk]
            parts.append(
                (
                    number,
                    place,
                    part.pk,
                    part.name,
                    part.unit,
                    least,
                    most,
                    price.price,
                    price.cost,
                    price.source,
                )
            )
    choices = []
    for technician_id, known in [
        (0, None),
        *((one.pk, {s.pk for s in one.skills.all()}) for one in technicians),
    ]:
        for project in (False, True):
            fit = [number for number, (_skill, is_project) in skills.items() if is_project == project]
            mine = [number for number in fit if known is None or skills[number][0] in known]
            choices.append((technician_id, project, mine or fit))
    return Works(works, parts, choices)


def _parts(work: Work, priced: list[Material]) -> list[tuple[Material, int, int]]:
    """What goes in: the parts that the catalogue holds, or one other part when it holds none of them."""
    found: dict[int, tuple[Material, int, int]] = {}
    for key, least, most in work.materials:
        start, star, name = key.partition("*")
        for one in priced:
            if one.code == key or (star and one.code.startswith(start) and one.name.startswith(name)):
                found.setdefault(one.pk, (one, least, most))
                break
    return list(found.values()) or [(priced[len(work.title) % len(priced)], 0, 2)]


def parameters(size: Size, start: date) -> dict[str, Any]:
    """The one row of scale_p. Raises NoBase when users, rates or VAT codes are missing."""
    office = list(
        User.objects.filter(is_active=True, groups__name__in=[OFFICE, OWNER])
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    normal, travel, call_out = (
        lookup.labour_price(kind=kind) for kind in (RateKind.NORMAL, RateKind.TRAVEL, RateKind.CALL_OUT)
    )
    vat_codes = VatCode.objects.filter(active=True, category=VatCategory.STANDARD).order_by(
        "-is_default", "-rate"
    )
    if not office or normal is None or not vat_codes:
        raise NoBase(
            "The company needs an office user, a labour rate and a VAT code first: manage.py demo makes them."
        )
    company = Company.objects.select_related("logo").get()
    high, low = vat_codes[0], vat_codes.exclude(pk=vat_codes[0].pk).first()
    places = [
        (digits, *(positions.place("NL", digits) or (city, 51.58, 4.78))[1:], city)
        for digits, city in names.PLACES
    ]
    policy = lookup.policy()
    with translation.override("nl"):
        units = {unit.value: str(unit.label) for unit in Unit}
    return {
        "now_at": clock.now(),
        "today": clock.today(),
        "first_moment": timezone.make_aware(datetime.combine(start, time())),
        "days_back": size.days_back,
        "orders": size.orders,
        "to_plan": size.to_plan,
        "customers": size.customers,
        "offers": size.offers,
        "open_requests": size.open_requests,
        "office": office,
        "vat_high": high.pk,
        "high_rate": high.rate,
        "vat_low": low.pk if low else None,
        "low_rate": low.rate if low else None,
        "rate_normal": normal.price,
        "rate_normal_source": normal.source,
        "labour_cost": normal.cost,
        "rate_travel": (travel or normal).price,
        "rate_travel_source": (travel or normal).source,
        "rate_call_out": call_out.price if call_out else None,
        "rate_call_out_source": call_out.source if call_out else None,
        "step": policy.round_minutes,
        "charge_travel": policy.charge_travel,
        "term_days": company.payment_term_days,
        "terms": company.quote_terms,
        "seller": json.dumps(party_of_company(company)),
        "execute_order": Permission.objects.get(codename="execute_workorder").pk,
        "execute_request": Permission.objects.get(codename="execute_request").pk,
        "slas": list(SlaClass.objects.order_by("pk").values_list("pk", flat=True)) or [0],
        "photos": [picture(SYSTEM).pk for _ in range(PHOTOS)],
        "signature": signature(SYSTEM).pk,
        "first_names": names.FIRST,
        "last_names": names.LAST,
        "trades": list(TRADES),
        "streets": names.STREETS,
        "letters": list(names.LETTERS),
        "vat_numbers": [vat_number(number) for number in range(60)],
        "place_codes": [place[0] for place in places],
        "place_latitudes": [place[1] for place in places],
        "place_longitudes": [place[2] for place in places],
        "place_names": [place[3] for place in places],
        "extra_texts": [text for text, _hours in EXTRAS],
        "deviation_texts": list(DEVIATIONS),
        "unit_words": json.dumps(units),
    }  # fmt: skip


def vat_number(number: int) -> str:
    """A Dutch VAT number that passes the check on its digits (the eleven-test)."""
    for candidate in range(80_000_000 + number * 1117, 90_000_000):
        digits = [int(digit) for digit in str(candidate)]
        check = sum(digit * weight for digit, weight in zip(digits, range(9, 1, -1), strict=True)) % 11
        if check < 10:
            return f"NL{candidate}{check}B01"
    raise ValueError(number)


def history_start(size: Size) -> date:
    return clock.today() - timedelta(days=size.days_back)
