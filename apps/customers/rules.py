"""Addresses and company numbers: how they must look, and the one way that we write them."""

import re
from collections.abc import Mapping
from typing import Any

from stdnum.eu import vat
from stdnum.exceptions import ValidationError

# Whatever stands at a door in the Netherlands: 12, 12a, 12-3, 12 bis, 12½, t/o 12, 12 (achter), 12+14, 12 t/m 16, A 7.
HOUSE_NUMBER = re.compile(r"(?!.*\d{6})[^\W_½¼¾]?[\w ./+&,()'½¼¾–-]*")
NO_NUMBER = re.compile(r"(ong|onb|z\.?/?n|bij|nabij)\b.*", re.IGNORECASE)
# A square or a street that is called after a year: what follows the year is its number.
STREET_OF_YEAR = re.compile(
    r"((?:plein|laan|park|hof|straat|markt) (?:1[89]|20)\d\d(?:[-/](?:\d{4}|\d\d))?)(?:[ ,]+(\d.*))?",
    re.IGNORECASE,
)
STREET_WITH_NUMBER = re.compile(r"(\D*?[^\W\d_]\.?)[ ,]+(?:nr\.? ?)?(\d.*)")


def house_number_clean(country: str, text: str) -> str:
    """The number with what belongs to it. Raises ValueError for what stands at no door in the Netherlands."""
    text = " ".join(text.split())
    numbered = re.search(r"[\d½¼¾]", text) and HOUSE_NUMBER.fullmatch(text)
    if country == "NL" and text and not (numbered or NO_NUMBER.fullmatch(text)):
        raise ValueError(text)
    return text


def number_apart(street: str) -> tuple[str, str] | None:
    """A street and the number that was typed behind it, such as Postbus 123; nothing where no number stands there."""
    street = " ".join(street.split())
    found = STREET_OF_YEAR.fullmatch(street) or STREET_WITH_NUMBER.fullmatch(street)
    if found and found[2] is None:
        return None
    return (found[1], found[2]) if found and len(found[2]) <= 20 else None


def email_clean(text: str) -> str:
    return text.strip().lower()


def vat_number_clean(country: str, text: str) -> str:
    """A VAT number with its country, such as NL123456789B01. Raises ValueError when its check digits are wrong."""
    text = text.strip().upper()
    if not text:
        return ""
    if text[:1] in "0123456789":
        text = country + text
    try:
        return vat.validate(text)
    except ValidationError as error:
        raise ValueError(text) from error


def kvk_number_clean(text: str) -> str:
    """Eight digits; the register gives no check digit. Raises ValueError otherwise."""
    digits = re.sub(r"[\s.]", "", text)
    if digits and not re.fullmatch(r"\d{8}", digits):
        raise ValueError(text)
    return digits


KEPT, GONE, BOTH = "kept", "gone", "both"
# What two customers that are merged may each have of their own: chosen by group, for the parts of an address belong together.
MERGED = {
    "name": ("name",),
    "kind": ("kind",),
    "email": ("email",),
    "quote_email": ("quote_email",),
    "invoice_email": ("invoice_email",),
    "planning_email": ("planning_email",),
    "phone": ("phone",),
    "language": ("language",),
    "address": ("street", "house_number", "postal_code", "city", "country"),
    "vat": ("vat_number", "reverse_charge"),
    "kvk_number": ("kvk_number",),
    "payment_term_days": ("payment_term_days",),
    "remarks": ("remarks",),
}


def merged_says(customer: Any, group: str) -> tuple[Any, ...]:
    """What a customer says in one group; nothing where the first of its fields is empty."""
    values = tuple(getattr(customer, name) for name in MERGED[group])
    return values if values[0] not in ("", None) else ()


def merged_differs(kept: Any, gone: Any) -> list[str]:
    """The groups of which both say something else: somebody has to choose."""
    said = {group: (merged_says(kept, group), merged_says(gone, group)) for group in MERGED}
    return [group for group, (ours, theirs) in said.items() if ours and theirs and ours != theirs]


def merged_values(kept: Any, gone: Any, choices: Mapping[str, str]) -> dict[str, Any]:
    """The values of the one that is kept: its own, those that it lacks, and those that were chosen."""
    values: dict[str, Any] = {}
    for group, names in MERGED.items():
        ours, theirs = merged_says(kept, group), merged_says(gone, group)
        if theirs and (not ours or choices.get(group) == GONE):
            values |= dict(zip(names, theirs, strict=True))
        elif ours != theirs and theirs and group == "remarks" and choices.get(group) == BOTH:
            values["remarks"] = f"{kept.remarks}\n\n{gone.remarks}"
    return values


def in_common(one: Any, other: Any) -> list[str]:
    """By which of these two customers look the same: of `name`, `phone`, `email` and `address`."""
    columns = {"name": "same_name", "phone": "phone", "email": "email", "address": "same_address"}
    return [
        name
        for name, column in columns.items()
        if getattr(one, column) and getattr(one, column) == getattr(other, column)
    ]
