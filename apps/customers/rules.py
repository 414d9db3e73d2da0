"""Addresses and company numbers: how they must look, and the one way that we write them."""

import re

from stdnum.eu import vat
from stdnum.exceptions import ValidationError
from stdnum.nl import postcode

POSTAL_CODES = {"BE": r"[1-9]\d{3}", "DE": r"\d{5}", "LU": r"\d{4}"}
# A number, and perhaps a letter, a word or a second number: 12, 12a, 12-3, 12 bis, 12 hs.
HOUSE_NUMBER = re.compile(r"\d{1,5}( ?[a-z]{1,12}|( | ?[-/] ?)[0-9a-z]{1,12}){0,2}", re.IGNORECASE)


def postal_code_clean(country: str, text: str) -> str:
    """The code as it is written in its country, such as 1234 AB. Raises ValueError for one that cannot exist."""
    text = text.strip().upper()
    if country == "NL":
        try:
            return postcode.validate(text)
        except ValidationError as error:
            raise ValueError(text) from error
    text = re.sub(r"^[A-Z]{1,2}-", "", text).replace(" ", "")  # B-2000, L-1234: as it was written once
    pattern = POSTAL_CODES.get(country)
    if pattern and not re.fullmatch(pattern, text):
        raise ValueError(text)
    return text


def house_number_clean(country: str, text: str) -> str:
    """The number with its addition. Raises ValueError where a Dutch one does not begin with a number."""
    text = " ".join(text.split())
    if country == "NL" and not HOUSE_NUMBER.fullmatch(text):
        raise ValueError(text)
    return text


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
