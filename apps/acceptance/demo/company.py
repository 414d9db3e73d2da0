"""The company itself: users, technicians, prices, forms."""

import csv
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

from django.conf import settings
from django.db.models import prefetch_related_objects

from apps.accounts.actions import user_create
from apps.accounts.models import User
from apps.accounts.roles import ADMIN, OFFICE, OWNER, TECHNICIAN
from apps.bookkeeping.models import LedgerAccount, LedgerUse
from apps.company.actions import company_set, holidays_add, opening_hours_set
from apps.core.actors import SYSTEM
from apps.customers.actions import ADDRESS
from apps.intake.models import RequestType
from apps.materials.actions import category_get, material_create
from apps.materials.models import Material, Unit
from apps.pricing.actions import material_price_set, policy_set, rate_set, technician_rate_set, vat_code_save
from apps.pricing.models import RateKind, VatCategory, VatCode
from apps.technicians.actions import hours_set, skill_get, technician_create
from apps.technicians.models import Technician, TechnicianKind
from apps.technicians.states import Rhythm
from apps.workorders.models import FieldKind, JobForm, JobFormField, JobFormVersion, SlaClass

LOGINS = [
    ("olga", "Olga Mark", "owner"),
    ("bram", "Bram Visser", "back office"),
    ("petra", "Petra Oomen", "planning"),
    ("ada", "Ada Prins", "admin"),
    ("tim", "Tim Kuiper", "technician"),
    ("tessa", "Tessa de Jong", "technician"),
    ("jamila", "Jamila Mansouri", "technician"),
    ("piet", "Piet Smeets", "technician"),
    ("lotte", "Lotte Hendriks", "technician"),
    ("koen", "Koen van Gils", "technician"),
    ("zeno", "Zeno Bakker", "technician, ZZP"),
    ("marek", "Marek Nowak", "technician, ZZP"),
]
DAY = (time(8), time(16, 30))
HOUR = Decimal("72.50")
# The catalogue of any company has a few parts that nobody priced, and one sold below cost: this row of it.
BELOW_COST = 207


@dataclass
class Firm:
    """Everyone and everything that the demo's story needs at hand."""

    olga: User
    bram: User
    petra: User
    ada: User
    technicians: list[Technician]
    types: dict[str, RequestType]
    materials: dict[str, Material]
    slas: list[SlaClass]
    vat_high: VatCode
    vat_low: VatCode
    below_cost: Material
    hour: Decimal
    logins: list[tuple[str, str, str]] = field(default_factory=list)


# name, e-mail, kind, skills, region, home, cost per hour, weekdays worked
TECHNICIANS = [
    (
        "Tim Kuiper",
        "tim",
        "internal",
        ["Verwarming", "Loodgieterswerk"],
        "Breda",
        ("Haagweg", "212", "4812 XE", "Breda"),
        "34.50",
        "12345",
    ),
    (
        "Tessa de Jong",
        "tessa",
        "internal",
        ["Loodgieterswerk"],
        "Tilburg",
        ("Broekhovenseweg", "88", "5021 LC", "Tilburg"),
        "33.00",
        "1234",
    ),
    (
        "Jamila Mansouri",
        "jamila",
        "internal",
        ["Loodgieterswerk", "Verwarming"],
        "Tilburg",
        ("Ringbaan West", "141", "5025 VA", "Tilburg"),
        "34.00",
        "12345",
    ),
    (
        "Piet Smeets",
        "piet",
        "internal",
        ["Ventilatie", "Koeltechniek"],
        "Roosendaal",
        ("Kade", "27", "4703 GA", "Roosendaal"),
        "36.00",
        "12345",
    ),
    (
        "Lotte Hendriks",
        "lotte",
        "internal",
        ["Elektrotechniek"],
        "Oosterhout",
        ("Bredaseweg", "61", "4901 KM", "Oosterhout"),
        "35.00",
        "12345",
    ),
    (
        "Koen van Gils",
        "koen",
        "internal",
        ["Elektrotechniek", "Koeltechniek"],
        "Breda",
        ("Liesboslaan", "34", "4813 EX", "Breda"),
        "33.50",
        "2345",
    ),
    (
        "Zeno Bakker",
        "zeno",
        "contractor",
        ["Koeltechniek", "Verwarming"],
        "Breda",
        ("Terheijdenseweg", "119", "4825 BL", "Breda"),
        "52.00",
        "12345",
    ),
    (
        "Marek Nowak",
        "marek",
        "contractor",
        ["Ventilatie", "Loodgieterswerk"],
        "Etten-Leur",
        ("Markt", "52", "4875 CE", "Etten-Leur"),
        "49.50",
        "12345",
    ),
]
TYPES = {
    "boiler": ("Boiler: repair or replacement", "Cv-ketel: storing of vervanging", "Verwarming", 60),
    "leak": ("Leak or blockage", "Lekkage of verstopping", "Loodgieterswerk", 45),
    "bathroom": ("Bathroom and toilet", "Badkamer en toilet", "Loodgieterswerk", 75),
    "heat_pump": ("Heat pump", "Warmtepomp", "Verwarming", 90),
    "cooling": ("Air conditioning", "Airconditioning", "Koeltechniek", 60),
    "ventilation": ("Ventilation", "Ventilatie", "Ventilatie", 60),
    "electrical": ("Electrical work", "Elektra", "Elektrotechniek", 45),
    "charger": ("Charging point", "Laadpaal", "Elektrotechniek", 45),
    "maintenance": ("Yearly maintenance", "Jaarlijks onderhoud", "Verwarming", 30),
}
FORMS: dict[str, list[tuple[str, str, str, str, str, str, bool]]] = {
    # section, label, kind, unit, minimum, maximum, required
    "boiler": [
        ("Veiligheid", "Gaskraan gesloten tijdens het werk", "tick", "", "", "", True),
        ("Veiligheid", "CO-meting na afloop", "number", "ppm", "0", "20", True),
        ("Installatie", "Waterdruk", "number", "bar", "1", "2.5", True),
        ("Installatie", "Expansievat gecontroleerd", "tick", "", "", "", True),
        ("Oplevering", "Uitleg aan de klant gegeven", "tick", "", "", "", False),
    ],
    "maintenance": [
        ("Reiniging", "Brander en warmtewisselaar gereinigd", "tick", "", "", "", True),
        ("Reiniging", "Sifon gereinigd en gevuld", "tick", "", "", "", True),
        ("Meting", "CO₂ op vollast", "number", "%", "7", "11", True),
        ("Meting", "Waterdruk", "number", "bar", "1", "2.5", True),
        ("Meting", "Gasmeterstand", "reading", "m³", "", "", False),
    ],
    "electrical": [
        ("Veiligheid", "Spanningsloos gewerkt", "tick", "", "", "", True),
        ("Meting", "Isolatieweerstand", "number", "MΩ", "1", "", True),
        ("Meting", "Aardlekschakelaar getest", "tick", "", "", "", True),
        ("Oplevering", "Groepenverklaring bijgewerkt", "tick", "", "", "", False),
    ],
    "cooling": [
        ("Veiligheid", "Vacuüm getrokken", "tick", "", "", "", True),
        ("Meting", "Uitblaastemperatuur", "number", "°C", "4", "18", True),
        ("Oplevering", "Condensafvoer getest", "tick", "", "", "", True),
    ],
}


def firm_make(random: Random, start: date, passwords: dict[str, str]) -> Firm:
    """Make the company as it stood on `start`. `passwords` are those of the users, by the name in their e-mail."""
    company_set(
        by=SYSTEM,
        demo=True,
        name="Mark & Zonen Installatietechniek",
        street="Konijnenberg",
        house_number="24",
        postal_code="4825 BD",
        city="Breda",
        kvk_number="68750110",
        vat_number="NL812345678B01",
        iban="NL91ABNA0417164300",
        bic="ABNANL2A",
        email="info@markenzonen.example",
        phone="076 204 8610",
        website="https://www.markenzonen.example",
        colour="#0b5f66",
        language="nl",
        payment_term_days=14,
        quote_valid_days=30,
        quote_terms="The general terms and conditions of Techniek Nederland apply to all our work.",
        quote_terms_nl="Op al onze werkzaamheden zijn de Algemene Voorwaarden van Techniek Nederland van toepassing.",
    )
    opening_hours_set(by=SYSTEM, hours=[(weekday, time(8), time(17)) for weekday in range(1, 6)])
    for year in (start.year, start.year + 1):
        holidays_add(by=SYSTEM, year=year)
    office = {
        "olga": user("Olga Mark", "olga", [OWNER], passwords),
        "bram": user("Bram Visser", "bram", [OFFICE], passwords),
        "petra": user("Petra Oomen", "petra", [OFFICE], passwords),
        "ada": user("Ada Prins", "ada", [ADMIN], passwords),
    }
    high = vat_code_save(by=SYSTEM, code=VatCode(code="21", name="21 %", rate=Decimal(21), is_default=True))
    low = vat_code_save(by=SYSTEM, code=VatCode(code="9", name="9 %", rate=Decimal(9)))
    vat_code_save(by=SYSTEM, code=VatCode(code="0", name="0 %", rate=Decimal(0), category=VatCategory.ZERO))
    vat_code_save(
        by=SYSTEM,
        code=VatCode(code="V", name="Btw verlegd", rate=Decimal(0), category=VatCategory.REVERSE_CHARGE),
    )
    for kind, price, unit in (
        (RateKind.NORMAL, HOUR, Unit.HOUR),
        (RateKind.EVENING, "94.00", Unit.HOUR),
        (RateKind.WEEKEND, "108.00", Unit.HOUR),
        (RateKind.TRAVEL, "54.00", Unit.HOUR),
        (RateKind.CALL_OUT, "39.50", Unit.PIECE),
    ):
        rate_set(by=SYSTEM, kind=kind, price=Decimal(price), vat_code=high, unit=unit, valid_from=start)
    policy_set(by=SYSTEM, round_minutes=15, charge_travel=True)
    LedgerAccount.objects.bulk_create(
        LedgerAccount(code=code, name=name, use=use, vat_code=vat)
        for code, name, use, vat in (
            ("8000", "Omzet hoog tarief", LedgerUse.REVENUE, high),
            ("8010", "Omzet laag tarief", LedgerUse.REVENUE, low),
            ("1500", "Af te dragen btw hoog", LedgerUse.VAT, high),
            ("1510", "Af te dragen btw laag", LedgerUse.VAT, low),
            ("1300", "Debiteuren", LedgerUse.RECEIVABLE, None),
            ("1100", "Bank", LedgerUse.BANK, None),
        )
    )
    types, materials = _types(), _materials(start, high)
    return Firm(
        olga=office["olga"],
        bram=office["bram"],
        petra=office["petra"],
        ada=office["ada"],
        technicians=_technicians(start, passwords),
        types=types,
        materials=materials,
        hour=HOUR,
        below_cost=list(materials.values())[BELOW_COST],
        slas=[
            SlaClass.objects.get_or_create(
                name=name, defaults={"respond_hours": respond, "complete_hours": complete}
            )[0]
            for name, respond, complete in (
                ("Spoed 24 uur", 2, 24),
                ("Binnen 5 dagen", 24, 120),
                ("Binnen 10 dagen", 48, 240),
            )
        ],
        vat_high=high,
        vat_low=low,
    )


def user(name: str, local: str, roles: list[str], passwords: dict[str, str]) -> User:
    return user_create(
        by=SYSTEM,
        email=f"{local}@markenzonen.example",
        name=name,
        user_roles=roles,
        language="nl",
        password=passwords[local],
    )


def _technicians(start: date, passwords: dict[str, str]) -> list[Technician]:
    found: list[Technician] = []
    for name, local, kind, skills, region, home, cost, weekdays in TECHNICIANS:
        technician = technician_create(
            by=SYSTEM,
            user=user(name, local, [TECHNICIAN], passwords),
            kind=TechnicianKind(kind),
            region=region,
            team="Oost" if region == "Tilburg" else "West",
            home=dict(zip(ADDRESS, (*home, "NL"), strict=True)),
            phone=f"06 1234 56{len(found):02d}",
            skills=[skill_get(name=skill) for skill in skills],
            patterns=[(int(weekday), *DAY) for weekday in weekdays],
        )
        technician_rate_set(by=SYSTEM, technician=technician, cost=Decimal(cost), valid_from=start)
        found.append(technician)
    prefetch_related_objects(found, "skills")
    return found


def hours_change(firm: Firm, today: date) -> None:
    """From the fourth Monday on one works every other Friday too, and one has the Mondays of even weeks off."""
    monday = today + timedelta(weeks=4, days=-today.weekday())
    tessa, jamila = firm.technicians[1:3]
    four, five = ([(weekday, *DAY) for weekday in range(1, count + 1)] for count in (4, 5))
    hours_set(by=SYSTEM, technician=tessa, weeks=[five, four], first=monday, rhythm=Rhythm.FORTNIGHT)
    hours_set(by=SYSTEM, technician=jamila, weeks=[five, five[1:]], first=monday, rhythm=Rhythm.ODD_EVEN)


def _types() -> dict[str, RequestType]:
    found = {}
    for key, (name, name_nl, skill, minutes) in TYPES.items():
        found[key] = RequestType.objects.update_or_create(
            name=name,
            defaults={
                "name_nl": name_nl, "skill": skill_get(name=skill), "minutes": minutes, "services": key == "maintenance",
            },
        )[0]  # fmt: skip
        if key in FORMS:
            form = JobForm.objects.create(name=f"{name_nl}: controlelijst", request_type=found[key])
            version = JobFormVersion.objects.create(form=form, number=1)
            JobFormField.objects.bulk_create(
                JobFormField(
                    version=version, position=position, section=section, label=label, kind=FieldKind(kind), unit=unit,
                    minimum=minimum or None, maximum=maximum or None, required=required,
                )
                for position, (section, label, kind, unit, minimum, maximum, required) in enumerate(FORMS[key], 1)
            )  # fmt: skip
    return found


def _materials(start: date, vat: VatCode) -> dict[str, Material]:
    found = {}
    category = cache(lambda name: category_get(name=name))
    with (Path(settings.BASE_DIR) / "fixtures" / "materials.csv").open(encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter=";")):
            material = material_create(
                by=SYSTEM,
                code=row["code"],
                name=row["name"],
                category=category(row["category"]),
                unit=row["unit"],
                barcode=f"87123{number:07d}",
            )
            if number % 97 != 41:
                price = Decimal(row["price"]) * (Decimal("0.6") if number == BELOW_COST else 1)
                material_price_set(
                    by=SYSTEM, material=material, cost=Decimal(row["cost"]), price=price.quantize(Decimal("0.01")),
                    vat_code=vat, valid_from=start,
                )  # fmt: skip
            found[material.code] = material
    return found
