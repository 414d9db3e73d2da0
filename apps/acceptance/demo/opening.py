"""What is there before the story begins: customers, pictures, and when who is away."""

import io
from datetime import date, timedelta
from random import Random
from typing import Any

from PIL import Image, ImageDraw

from apps.acceptance.demo import names
from apps.acceptance.demo.calendar import on
from apps.acceptance.demo.company import Firm
from apps.core.actors import SYSTEM
from apps.customers.actions import customer_create, site_create
from apps.customers.models import Customer, CustomerKind, Site
from apps.documents.actions import file_store
from apps.documents.models import StoredFile
from apps.documents.photos import photo_store
from apps.planning.actions import absence_add

Away = dict[int, set[date]]


def customer_add(random: Random, number: int) -> tuple[Customer, Site]:
    """First the associations, businesses and builders that come back all year, then people."""
    place, kind = names.place(random), CustomerKind.COMPANY
    extra: dict[str, Any] = {}
    if number < len(names.ASSOCIATIONS):
        name = names.ASSOCIATIONS[number]
    elif number < len(names.ASSOCIATIONS) + len(names.BUSINESSES):
        name = names.BUSINESSES[number - len(names.ASSOCIATIONS)]
    elif number < len(names.ASSOCIATIONS) + len(names.BUSINESSES) + len(names.BUILDERS):
        name = names.BUILDERS[number - len(names.ASSOCIATIONS) - len(names.BUSINESSES)]
        extra = {"vat_number": "NL812345691B01", "reverse_charge": True}
    else:
        name, kind = names.person(random), CustomerKind.PERSON
    address = {
        "street": place.street, "house_number": place.house_number, "postal_code": place.postal_code, "city": place.city,
    }  # fmt: skip
    customer = customer_create(
        by=SYSTEM,
        kind=kind,
        name=name,
        email=names.email(name, "klant.example"),
        phone=f"06 {10_000_000 + random.randint(10_000_000, 99_999_999) % 48_999_999}",
        language="en" if kind == CustomerKind.PERSON and number % 17 == 0 else "nl",
        **address,
        **extra,
    )
    return customer, site_create(by=SYSTEM, customer=customer, **address)


def absences_add(firm: Firm, random: Random, first: date, last: date) -> Away:
    """Two weeks in summer, a week in another season, and now and then a day ill."""
    away: Away = {one.pk: set() for one in firm.technicians}

    def take(technician: Any, start: date, length: int, kind: str) -> None:
        days = {start + timedelta(days=offset) for offset in range(length)}
        if start < first or max(days) > last or days & away[technician.pk]:
            return
        away[technician.pk] |= days
        absence_add(
            technician=technician, start=on(start, 0), end=on(max(days) + timedelta(days=1), 0), by=firm.petra, kind=kind
        )  # fmt: skip

    for number, technician in enumerate(firm.technicians):
        for year in range(first.year, last.year + 1):
            summer = date(year, 6, 22) + timedelta(days=number * 10)
            take(technician, summer - timedelta(days=summer.weekday()), 14, "holiday")
            autumn = date(year, random.choice([2, 5, 10]), random.randint(1, 20))
            take(technician, autumn - timedelta(days=autumn.weekday()), 5, "holiday")
            for _ in range(2):
                ill = date(year, random.randint(1, 12), random.randint(1, 28))
                take(technician, ill, random.choice([1, 2, 3]), "sick")
    return away


def pictures_draw(random: Random) -> list[StoredFile]:
    """Drawn pictures of walls, pipes and boilers: enough to see what a photo does on a page."""
    return [photo_store(raw=draw(random), name="foto.jpg", by=SYSTEM) for _number in range(14)]


def signature_store() -> StoredFile:
    return file_store(content=signature_draw(), name="handtekening.png", content_type="image/png", by=SYSTEM)


def draw(random: Random) -> bytes:
    """A small picture: a wall, some pipes, a device."""
    wall = tuple(random.randint(150, 225) for _ in range(3))
    image = Image.new("RGB", (960, 720), wall)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 600, 960, 720), fill=tuple(int(part * 0.7) for part in wall))
    for number in range(random.randint(2, 5)):
        x, colour = (
            90 + number * random.randint(90, 170),
            random.choice(["#b87333", "#9aa3a8", "#d9d4c8", "#7d5a3c"]),
        )
        pen.line((x, 0, x, 720), fill=colour, width=random.randint(14, 30))
        pen.line((x, y := random.randint(120, 560), 960, y), fill=colour, width=18)
    left, top = random.randint(220, 520), random.randint(90, 240)
    pen.rounded_rectangle((left, top, left + 270, top + 350), 18, fill="#f4f6f6", outline="#8a9698", width=5)
    pen.ellipse((left + 95, top + 230, left + 175, top + 310), fill="#24343a", outline="#8a9698", width=6)
    pen.rectangle((left + 60, top + 50, left + 210, top + 110), fill="#31484e")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def signature_draw() -> bytes:
    """A signature such as the pad makes."""
    image = Image.new("L", (600, 200), 255)
    points = [
        (40, 150),
        (110, 50),
        (150, 150),
        (200, 70),
        (240, 140),
        (300, 90),
        (330, 130),
        (420, 60),
        (560, 120),
    ]
    ImageDraw.Draw(image).line(points, fill=0, width=5, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
