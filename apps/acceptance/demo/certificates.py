"""The certificates of the company's technicians: one was renewed, and one expires before long."""

from datetime import date, timedelta

from apps.acceptance.demo.company import Firm
from apps.core.actors import SYSTEM
from apps.technicians.actions import certificate_add, certificate_kind_create, certificate_renew, skill_get

# kind, the skill that it gives, for how many years
KINDS = {
    "gas": ("CO-vrij (gasverbranding)", "Verwarming", 3),
    "cooling": ("F-gassen", "Koeltechniek", 5),
    "safety": ("VCA Basis", "", 10),
}
# technician, kind, number, expires so many days from today
HELD = [
    ("Tim Kuiper", "gas", "CO-24-10477", 41),
    ("Tim Kuiper", "safety", "VCA-771204", 1210),
    ("Jamila Mansouri", "gas", "CO-25-11852", 1034),
    ("Piet Smeets", "cooling", "FG-23-0391", 904),
    ("Koen van Gils", "cooling", "FG-24-0418", 1304),
    ("Zeno Bakker", "gas", "CO-25-12096", 733),
    ("Zeno Bakker", "cooling", "FG-25-0507", 1570),
]
RENEWED = ("Jamila Mansouri", "gas")


def certificates_make(firm: Firm, today: date) -> None:
    kinds = {
        key: certificate_kind_create(by=SYSTEM, name=name, skill=skill_get(name=skill) if skill else None)
        for key, (name, skill, _years) in KINDS.items()
    }
    people = {str(one): one for one in firm.technicians}
    for name, key, number, days in HELD:
        length = timedelta(days=365 * KINDS[key][2])
        last = today + timedelta(days=days)
        first = last - length if (name, key) == RENEWED else last
        held = certificate_add(
            technician=people[name], kind=kinds[key], by=SYSTEM,
            number=number, issued_on=first - length, expires_on=first,
        )  # fmt: skip
        if first < last:
            certificate_renew(
                certificate=held, by=SYSTEM, number=f"{number}-B", issued_on=first, expires_on=last
            )
