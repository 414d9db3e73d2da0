"""What a person would enter in a field that is new to them, by what they see of it."""

import base64
import io
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localtime
from PIL import Image, ImageDraw

from apps.core import clock
from tests.conftest import PASSWORD
from tests.field.conftest import jpeg
from tests.inputs import Input
from tests.pages import PageForm

WORDS = {
    "login": "bram@watertight.example",
    "oldpassword": PASSWORD,
    "postal_code": "4811 AB",
    "house_number": "12",
    "vat_number": "NL812345678B01",
    "kvk_number": "68750110",
    "iban": "NL91ABNA0417164300",
    "bic": "ABNANL2A",
    "embed_origins": "https://www.klant.example",
    "initials": "XY",
    "year": "2028",
    "minutes": "30",
    "coordinates": "51.5878, 4.7756",
}
# Out of sight by its style, to catch programs.
TRAPS = {"website"}
# A first stretch of the day, a second, and one that is all there is.
TIMES = {"until2": "20:00", "from2": "18:00", "until": "12:00", "end": "12:00", "": "09:00"}
# So many days from today, where it is not the day after tomorrow.
DAYS = {"issued_on": 0, "expires_on": 400}
SHEET = "code;name;category;unit\nNW-1;Nieuw;Verwarming;piece\n"


# How much a person enters: all that there is, only what must not stay empty, or all with each number one higher.
ALL, NEEDED, MORE = "all", "needed", "more"


def fill(form: PageForm, how: str) -> None:
    """Enter something in the fields that a person can reach."""
    alone = len([one for one in form.inputs if one.kind == "password"]) == 1
    for name in dict.fromkeys(one.name for one in form.inputs):
        same = form.of_name(name)
        reachable = [one for one in same if one.reachable]
        if not reachable:
            if same[0].kind == "hidden" and name == "signature":
                form.script(name, drawn())
            continue
        if reachable[0].kind in ("checkbox", "radio"):
            tick(reachable, how)
            continue
        for one in reachable:
            needed = one.element.get("required") is not None and not any(one.values)
            if how != NEEDED or needed:
                enter(one, how, alone)


def tick(same: list[Input], how: str) -> None:
    """One of several that go together, or the row of a list; a box of its own only when it must be."""
    if any(one.ticked for one in same):
        return
    first = same[0].element
    row = how != NEEDED and first.get("value", "").isdigit()
    asked = any("wrong" in one.get("class", "").split() for one in first.iterancestors())
    if same[0].kind == "radio" or len(same) > 1 or first.get("required") is not None or row or asked:
        same[0].ticked = True


def enter(one: Input, how: str, alone: bool) -> None:
    if one.kind == "select":
        if not any(one.values):
            one.values = [option.value for option in one.options if option.value and not option.disabled][-1:]
        return
    if one.kind == "file":
        one.values = [upload(one)]
        return
    standing = one.values[0] if one.values else ""
    value = standing or word(one, alone)
    if standing and one.kind in ("text", "textarea") and free_text(one):
        value = f"{standing} (nieuw)"
    if how == MORE and standing and numeric(one):
        value = str(Decimal(standing.replace(",", ".")) + 1)
    most = one.element.get("maxlength")
    one.values = [value[: int(most)] if most else value]


def numeric(one: Input) -> bool:
    number = re.fullmatch(r"-?\d+([.,]\d+)?", str(one.values[0])) if one.values else None
    return bool(number) or one.kind == "number" or one.element.get("inputmode") in ("numeric", "decimal")


def drawn() -> str:
    """What the pad makes of a signature."""
    image = Image.new("L", (300, 100), 255)
    ImageDraw.Draw(image).line([(20, 70), (80, 20), (120, 80), (280, 60)], fill=0, width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def free_text(one: Input) -> bool:
    return (
        not numeric(one)
        and not one.element.get("inputmode")
        and not one.element.get("pattern")
        and last(one) not in WORDS
    )


def last(one: Input) -> str:
    """The field's own name, without the row that it stands in."""
    return one.name.rsplit("-", 1)[-1]


def word(one: Input, alone: bool) -> str:
    name, kind = last(one), one.kind
    if name in TRAPS:
        return ""
    if name in WORDS:
        return WORDS[name]
    if kind == "password":
        return PASSWORD if alone else "een lang nieuw wachtwoord 42"
    if kind == "email" or "email" in name or "address" in name:
        return "nieuw@klant.example"
    if kind == "tel" or "phone" in name:
        return "06 12345678"
    if kind == "date":
        return (clock.today() + timedelta(days=DAYS.get(name, 2))).isoformat()
    if kind == "datetime-local":
        return one.element.get("min") or localtime(clock.now()).strftime("%Y-%m-%dT%H:%M")
    if kind == "time":
        return next(time for part, time in TIMES.items() if part in name)
    if numeric(one):
        return one.element.get("min") or "1"
    if kind == "url":
        return "https://www.klant.example"
    return "Iets nieuws"


def upload(one: Input) -> Any:
    if "image" in one.element.get("accept", "image"):
        return SimpleUploadedFile("foto.jpg", jpeg(), "image/jpeg")
    return SimpleUploadedFile("lijst.csv", SHEET.encode(), "text/csv")
