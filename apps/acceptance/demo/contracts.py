"""Maintenance contracts of the company's customers, so that the season has begun: some visits wait, a few are late."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from apps.acceptance.demo.company import Firm
from apps.acceptance.demo.story import local_day
from apps.core import clock
from apps.customers.actions import equipment_create
from apps.customers.models import Customer, Site
from apps.maintenance.actions import contract_create, visit_skip
from apps.maintenance.models import ContractVisit
from apps.maintenance.rules import months_after
from apps.pricing.models import VatCode
from apps.review.actions import billables_catch_up

# What is agreed, the kind of device, its makes, months between visits, hours and price.
AGREED = (
    ("Onderhoud cv-ketel", "Cv-ketel", ("Intergas HRE", "Remeha Tzerra", "Nefit ProLine"), 12, "1.25", "119"),
    ("Onderhoud warmtepomp", "Warmtepomp", ("Daikin Altherma", "Nibe F2040", "Vaillant aroTHERM"), 12, "2", "189"),
    ("Onderhoud mechanische ventilatie", "Ventilatiebox", ("Itho Daalderop", "Zehnder ComfoFan"), 24, "1", "95"),
    ("Keuring en onderhoud stookinstallatie", "Gasketel", ("Remeha Quinta", "Hoval UltraGas"), 6, "3", "265"),
)  # fmt: skip
# The season begins so many months from now, and lasts so long; the last of them was missed by a few.
SEASONS = ((0, 3), (0, 2), (1, 3), (2, 2), (6, 3))


def contracts_make(firm: Firm, customers: list[tuple[Customer, Site]], many: int) -> None:
    """So many contracts, as they were entered up to now."""
    random = Random(f"contracts {many}")
    today = local_day(clock.now())
    high = VatCode.objects.get(is_default=True)
    for number, (customer, site) in enumerate(customers[:many]):
        title, kind, makes, interval, hours, price = AGREED[
            0 if number % 3 else random.randrange(len(AGREED))
        ]
        late = number % 13 == 5
        begins, length = SEASONS[random.randrange(len(SEASONS))]
        first = months_after(today.replace(day=1), -2 if late else begins)
        make, _space, model = random.choice(makes).rpartition(" ")
        device = equipment_create(
            by=firm.bram, site=site, kind=kind, make=make or model, model=model if make else "",
            serial_number=f"{random.randrange(10**7, 10**8)}", **_installed(first, random.randrange(300, 4000)),
        )  # fmt: skip
        if number % 4 == 0:  # nobody agreed on a contract for it
            equipment_create(
                by=firm.bram, site=site, kind="Airco", make="Daikin", model="Perfera", service_months=12,
                serial_number=f"{random.randrange(10**7, 10**8)}", **_installed(today, random.randrange(120, 420)),
                remarks="Buitendeel op het dak: ladder meenemen." if number % 8 == 0 else "",
            )  # fmt: skip
        season = sorted({months_after(first, one).month for one in range(1 if late else length)})
        contract_create(
            by=firm.bram, customer=customer, places={site: [device]}, title=title, type=firm.types["maintenance"],
            interval_months=interval, season=season, hours=Decimal(hours), price=Decimal(price), vat_code=high,
            starts_on=first if late else today, scope="Reinigen, meten en afstellen.",
        )  # fmt: skip
    made = ContractVisit.objects.filter(window_from__gte=today).order_by("pk").first()
    if made:
        visit_skip(visit=made, by=firm.petra, reason="De klant vervangt het toestel dit jaar.")
    billables_catch_up()


def _installed(before: date, days: int) -> dict[str, date]:
    """That a device was put there so many days earlier, with five years of warranty."""
    day = before - timedelta(days=days)
    return {"installed_on": day, "warranty_until": months_after(day, 60)}
