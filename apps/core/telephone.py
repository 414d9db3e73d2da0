"""Telephone numbers: read as people write them, kept in one way, shown as they are written here, dialled as they must be.

Kept is `+31612345678`, with `;ext=12` of an extension, and behind a space what somebody wrote beside it. What Google's
libphonenumber does not know as a number of a country (112, 1850, the 214 of a colleague) is kept as its digits.
docs/algorithms/telephone.md says what is taken.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _
from phonenumbers import (
    Leniency,
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberMatcher,
    PhoneNumberType,
    can_be_internationally_dialled,
    country_code_for_region,
    format_number,
    is_possible_number_for_type,
    number_type,
    parse,
)

HOME = "NL"  # until the company says where it is
LONGEST = 80  # as it is typed
_KEPT = re.compile(r"(\+\d{4,17}|\d{3,6})(?:;ext=(\d{1,10}))?(?: (.+))?")
_SHORT = re.compile(r"\d(?:[ .-]?\d){2,5}(?=$| (?!\d))")  # of the country, of a network, or within a house
_EXTENSION = re.compile(
    r"[\s,;(]*(?:extension|ext|toestel|tst|doorkies|x|#)\.?[\s:=]*(\d{1,7})\b\)?", re.IGNORECASE
)
_OTHER_WORD = re.compile(r" (?=\S*[^\d\s().\-/])")
_OF_NUMBERS = re.compile(r"[+(]*\d")
_EDGES = " \t,;:/|-–—"
_SAYS_NOTHING = {"tel", "tel.", "telefoon", "telephone", "t", "t.", "phone"}
_ANYBODYS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
# Which nobody can call from another country, or only as they are dialled here.
_SERVICES = {PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST}


class Unreadable(ValueError):
    """`none`: no number stands there; `unknown`: a number that no country has."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Telephone(NamedTuple):
    """A number as it is kept, in its parts. Of what was written down before there were rules, `number` is empty."""

    number: str
    extension: str = ""
    remark: str = ""

    @property
    def kept(self) -> str:
        extension = f";ext={self.extension}" if self.extension else ""
        return f"{self.number}{extension} {self.remark}".strip()


def read(text: str, *countries: str) -> str:
    """What `text` is kept as; a number without a country's code is one of the first of `countries` that has it.

    Raises Unreadable.
    """
    plain = " ".join(text.split())
    if not plain:
        return ""
    if len(re.sub(r"\D", "", plain)) < 3 or plain.startswith("="):
        raise Unreadable("none")
    found = _valid(plain, countries) or _short(plain) or _abroad(plain)
    if found is None:
        raise Unreadable("unknown")
    return found.kept


def parts(kept: str) -> Telephone:
    found = _KEPT.fullmatch(kept)
    return Telephone(*(one or "" for one in found.groups())) if found else Telephone("", "", kept)


@lru_cache(4096)
def number_shown(number: str, home: str) -> str:
    known = _known(number)
    if known is None:
        return number
    is_home = known.country_code == country_code_for_region(home)
    return format_number(known, PhoneNumberFormat.NATIONAL if is_home else PhoneNumberFormat.INTERNATIONAL)


def shown(kept: str, home: str) -> str:
    """As it is written in the country `home`."""
    number, extension, remark = parts(kept)
    said = [number_shown(number, home)] if number else []
    if extension:
        said.append(_("ext. %(number)s") % {"number": extension})
    return " ".join([*said, remark] if remark else said)


@lru_cache(4096)
def dialled(kept: str) -> str:
    """What a telephone must dial; empty where no number stands."""
    number, extension, remark = parts(kept)
    known = _known(number)
    if known is None:
        return number or re.sub(r"[^\d+]", "", re.split(r"[^\d+\s().\-/]", remark.replace("(0)", ""))[0])
    if number_type(known) in _SERVICES or not can_be_internationally_dialled(known):
        return re.sub(r"\D", "", format_number(known, PhoneNumberFormat.NATIONAL))
    return f"{number};ext={extension}" if extension else number


def _known(number: str) -> PhoneNumber | None:
    try:
        return parse(number, None) if number.startswith("+") else None
    except NumberParseException:
        return None


def _valid(plain: str, countries: tuple[str, ...]) -> Telephone | None:
    """A number that a country has. Hours that follow it are digits as well: it ends before a word that is no part of one."""
    ends = [len(plain), *(one.start() for one in _OTHER_WORD.finditer(plain))]
    for country in dict.fromkeys(countries):
        for end in ends:
            for match in PhoneNumberMatcher(plain[:end], country, leniency=Leniency.VALID):
                return _found(match.number, plain[: match.start], plain[match.end :])
    return None


def _short(plain: str) -> Telephone | None:
    match = _SHORT.match(plain)
    return Telephone(re.sub(r"\D", "", match[0]), "", _remark("", plain[match.end() :])) if match else None


def _abroad(plain: str) -> Telephone | None:
    """With its country's code, and as long as numbers are there: the library's lists age."""
    international = re.sub(r"^00(?=[1-9])", "+", plain)
    for match in PhoneNumberMatcher(international, None, leniency=Leniency.POSSIBLE):
        if any(is_possible_number_for_type(match.number, one) for one in _ANYBODYS):
            return _found(match.number, international[: match.start], international[match.end :])
    return None


def _found(number: PhoneNumber, before: str, after: str) -> Telephone:
    extension = number.extension or ""
    if not extension and (match := _EXTENSION.match(after)):
        extension, after = match[1], after[match.end() :]
    bare = PhoneNumber(
        country_code=number.country_code,
        national_number=number.national_number,
        italian_leading_zero=number.italian_leading_zero,
        number_of_leading_zeros=number.number_of_leading_zeros,
    )
    return Telephone(format_number(bare, PhoneNumberFormat.E164), extension, _remark(before, after))


def _remark(before: str, after: str) -> str:
    said = (one.strip(_EDGES) for one in (before, after))
    remark = " ".join(one for one in said if one and one.lower() not in _SAYS_NOTHING)
    return f"/ {remark}" if _OF_NUMBERS.match(remark) else remark  # stays apart from the number before it
