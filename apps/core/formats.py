"""How numbers, money and moments are written for a person, in the language that is active.

Fast on purpose: a list page calls these hundreds of times. The space inside an amount never breaks.
"""

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.core import clock, numbers

SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
Number = Decimal | int | float | str | None

_COMMA = str.maketrans(",.", ".,")


def _is_dutch() -> bool:
    return (get_language() or "en").startswith("nl")


def as_shown(value: Decimal, places: int = 2) -> Decimal:
    """The number that a reader sees. What stands beside its difference or its sum is rounded first, so that it adds up on the page."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def number(value: Number, places: int = 2) -> str:
    """A number with thousands separators and exactly `places` decimals: 1.234,50 or 1,234.50."""
    if value is None or value == "":
        return ""
    try:
        rounded = as_shown(Decimal(str(value)), places)
    except InvalidOperation:
        return str(value)
    text = f"{rounded:,f}"
    if _is_dutch():
        text = text.translate(_COMMA)
    return text.replace("-", MINUS)


def money(value: Number, places: int = 2) -> str:
    """Euros: € 1.234,56 in Dutch, €1,234.56 in English."""
    text = number(value, places)
    if not text:
        return ""
    if _is_dutch():
        return f"€{SPACE}{text}"
    return f"{MINUS}€{text[1:]}" if text.startswith(MINUS) else f"€{text}"


def quantity(value: Number, unit: str = "") -> str:
    """A quantity without idle zeros, with its unit: 12 m, 2,5 h."""
    if value is None or value == "":
        return ""
    text = number(value, min(places_of(value), 4))
    return f"{text}{SPACE}{unit}" if unit else text


def places_of(value: Decimal | int | float | str) -> int:
    """How many decimals a number has, without idle zeros."""
    return max(0, -int(Decimal(str(value)).normalize().as_tuple().exponent))


def typed(value: Decimal | int | float, pad: int = 0) -> str:
    """A number as one types it in a field, with at least `pad` decimals: 1234,5. See `numbers.typed`."""
    return numbers.typed(Decimal(str(value)), "," if _is_dutch() else ".", pad)


def decimal(value: Decimal | float) -> str:
    """A number as a spreadsheet of the reader's reads it, with the decimals it has and no groups: 1234,50."""
    text = f"{Decimal(str(value)):f}"
    return text.replace(".", ",") if _is_dutch() else text


def hours(value: timedelta | Number) -> str:
    """Decimal hours with two places, from a duration or a number of hours: 16,25."""
    if isinstance(value, timedelta):
        value = Decimal(value.total_seconds()) / 3600
    return number(value)


def percent(value: Number, places: int = 0) -> str:
    text = number(value, places)
    return f"{text}{SPACE}%" if text else ""


def rate(value: Number) -> str:
    """A percentage that somebody chose, with the decimals it has: 10,5 %. What is measured is rounded: `percent`."""
    return "" if value is None or value == "" else percent(value, places_of(value))


def price(value: Number) -> str:
    """What one unit costs: euros, with the decimals it has beyond the cent: € 0,085."""
    return "" if value is None or value == "" else money(value, price_places(value))


def price_places(value: Decimal | int | float | str) -> int:
    """Cents, and the decimals that a price has beyond them."""
    return max(2, places_of(value))


def duration(value: timedelta | int | None) -> str:
    """A duration (or minutes) as people say it: 2 h 30, 45 min."""
    if value is None:
        return ""
    minutes = round(value.total_seconds() / 60) if isinstance(value, timedelta) else int(value)
    sign, minutes = (MINUS, -minutes) if minutes < 0 else ("", minutes)
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{sign}{rest}{SPACE}min"
    hour = _("h")
    return f"{sign}{whole}{SPACE}{hour}{SPACE}{rest:02d}" if rest else f"{sign}{whole}{SPACE}{hour}"


def local_moment(value: Any) -> Any:
    """A moment where the company is; a day, and a time of no zone, as they are."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def day(value: date | datetime | None) -> str:
    """Wed 18 Nov; with the year when that is not this year."""
    if not value:
        return ""
    local = local_moment(value)
    return _written(_date_of(local), f"D {_day_pattern(local)}", get_language())


@lru_cache(maxsize=4096)
def _written(value: date, pattern: str, language: str | None) -> str:
    """A page names the same days over and over. Django writes in the language that is active; `language` is it."""
    return date_format(value, pattern).replace(" ", SPACE)


def _date_of(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def day_short(value: date | datetime | None) -> str:
    """18 Nov; with the year when that is not this year. For a text that is kept: without thin spaces."""
    return date_format(local_moment(value), _day_pattern(local_moment(value))) if value else ""


def day_on_paper(value: date | None) -> str:
    """18 November 2026: as documents say it, whenever they are read. For a text that is kept."""
    return date_format(value, "j F Y") if value else ""


def month(value: date) -> str:
    """November 2026."""
    return date_format(value, "F Y")


def month_short(value: date) -> str:
    """Nov; in Dutch nov, as there a month is written small."""
    return date_format(value, "b" if _is_dutch() else "M")


def _day_pattern(local: date | datetime) -> str:
    """A Dutch month is written small; the year only when it is not this one."""
    month = "b" if _is_dutch() else "M"
    return f"j {month}" if local.year == clock.today().year else f"j {month} Y"


def clock_time(value: datetime | time | None) -> str:
    """The time of day where the company is: 17:42."""
    if not value:
        return ""
    local = local_moment(value) if isinstance(value, datetime) else value
    return f"{local:%H:%M}"


def moment(value: datetime | None) -> str:
    """Day and time: Wed 18 Nov 17:42."""
    return f"{day(value)}{SPACE}{clock_time(value)}" if value else ""


def stamp(value: datetime | None) -> str:
    """As `moment`, in the least room, for a history: 18 Nov 17:42."""
    if not value:
        return ""
    local = local_moment(value)
    return f"{_written(local.date(), _day_pattern(local), get_language())}{SPACE}{local:%H:%M}"


def since(value: datetime | None) -> str:
    """As `stamp`; a day that began, as the one after an invoice was due, is a day and has no hour."""
    if value and timezone.localtime(value).time() == time.min:
        return day(value)
    return stamp(value)


def period(start: datetime | None, end: datetime | None) -> str:
    """08:00 – 12:30; the day of the end is named when it is another one."""
    if not start:
        return ""
    if not end:
        return f"{clock_time(start)} –"
    last = (
        clock_time(end)
        if local_moment(start).strftime("%j%Y") == local_moment(end).strftime("%j%Y")
        else moment(end)
    )
    return f"{clock_time(start)}{SPACE}–{SPACE}{last}"


def span(period: Any) -> str:
    """A range of moments: whole days by their names, the last one included; else from moment to moment."""
    if period is None or period.lower is None or period.upper is None:
        return ""
    start, end = timezone.localtime(period.lower), timezone.localtime(period.upper)
    if start.time() == end.time() == time.min:
        first, last = day(start), day(end.date() - timedelta(days=1))
        return first if first == last else f"{first}{SPACE}– {last}"
    return f"{moment(start)} – {clock_time(end) if start.date() == end.date() else moment(end)}"


def initials(name: str) -> str:
    """Two letters for the dot of a person: Tim Kuiper → TK."""
    words = [word for word in str(name).replace(".", " ").split() if word[:1].isalpha()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])).upper()
