"""Postal codes: which exist, and the one way that we write them."""

import re

from django.utils.translation import gettext as _
from stdnum.exceptions import ValidationError
from stdnum.nl import postcode

from apps.core import countries

SHAPES = {"BE": r"[1-9]\d{3}", "DE": r"\d{5}", "LU": r"\d{4}"}
EXAMPLES = {"NL": "4811 AA", "BE": "2000", "DE": "47574", "LU": "1234"}
# How people write the country before its code: B-2000, BE2000, D-47574, L 1234.
MARKS = {"NL": "NL", "BE": "BE?", "DE": "DE?", "LU": "LU?"}


def postal_code_clean(country: str, text: str) -> str:
    """The code as it is written in its country, such as 1234 AB. Raises ValueError for one that cannot exist."""
    text = " ".join(text.upper().split())
    if country not in MARKS:
        return text
    text = re.sub(rf"^{MARKS[country]} ?-? ?(?=\d)", "", text)
    if country == "NL":
        try:
            return postcode.validate(text)
        except ValidationError as error:
            raise ValueError(text) from error
    text = text.replace(" ", "")
    if not re.fullmatch(SHAPES[country], text):
        raise ValueError(text)
    return text


def postal_code_of(text: str, *, but: str) -> str:
    """The neighbour whose name stands before the code, or whose codes look so; nothing where several may."""
    for country, mark in MARKS.items():
        if country != but and re.match(rf"{mark} ?-? ?\d", text.strip(), re.IGNORECASE):
            return country
    return "NL" if but != "NL" and re.fullmatch(r"[1-9]\d{3} ?[a-z]{2}", text.strip(), re.IGNORECASE) else ""


def postal_code_sentence(country: str, text: str) -> str:
    """What to do about a code that the country has not; of a neighbour's it says whose it is."""
    if where := postal_code_of(text, but=country):
        return _("This looks like a postal code of another country (%(country)s). Choose that country.") % {
            "country": countries.country_name(where)
        }
    return _("Enter a postal code that exists, such as %(example)s.") % {"example": EXAMPLES.get(country, "")}
