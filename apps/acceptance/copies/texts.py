"""What a text says of its job (numbers, names, addresses, days), said of the copy instead."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.utils import timezone, translation

from apps.core import clock, formats
from apps.customers.models import Customer, MailPurpose, Site

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[+-]\d\d:\d\d|Z)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
Pairs = list[tuple[str, str]]


def moved(moment: datetime, days: int) -> datetime:
    """The same time of the day, so many days on: where the company is, whatever its clocks do meanwhile."""
    local = timezone.localtime(moment)
    return (local.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=local.tzinfo)


def address_pairs(old: tuple[Customer, Site], new: tuple[Customer, Site]) -> Pairs:
    """Of a customer and their site: how they are called and where they are."""
    found: Pairs = []
    for was, becomes in zip(_told(*old), _told(*new), strict=True):
        if was:
            found.append((was, becomes))
    return found


def _told(customer: Customer, site: Site) -> list[str]:
    return [
        customer.name, customer.email, *(customer.mail_for(one) for one in MailPurpose), customer.phone, str(site), f"{site.street_line}, {site.city_line}", site.city_line,
        site.street_line,
    ]  # fmt: skip


def day_pairs(days: Iterable[date], shift: int, language: str) -> Pairs:
    """Days as a line of an invoice writes them."""
    return [(_short(day, language), _short(day + timedelta(days=shift), language)) for day in days]


@lru_cache(maxsize=8192)
def _short(day: date, language: str) -> str:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_current_timezone())
    with clock.at(noon), translation.override(language):
        return formats.day_short(day)


@lru_cache(maxsize=65536)
def later(text: str, days: int) -> str:
    """A day or a moment as documents write them, so many days on."""
    if _DAY.fullmatch(text):
        return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
    moment = datetime.fromisoformat(text)
    then = moved(moment, days)
    return (then.astimezone(moment.tzinfo) if not moment.utcoffset() else then).isoformat()


class Wording:
    """Finds all that a job's texts say of it, at once, so that nothing that was found is found again.

    `word` and `when` say what stands instead of a word, and of a day or a moment.
    """

    def __init__(self, words: Iterable[str], word: Callable[[str], str], when: Callable[[str], str]) -> None:
        self._word, self._when = word, when
        longest = sorted({one for one in words if one}, key=len, reverse=True)
        self._find = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")

    def text(self, text: str) -> str:
        return self._find.sub(lambda found: self._word(found.group()), text)

    def value(self, value: Any) -> Any:
        """The same, in everything that a document holds; days and moments go along."""
        if isinstance(value, str):
            if _MOMENT.fullmatch(value) or _DAY.fullmatch(value):
                return self._when(value)
            return self.text(value)
        if isinstance(value, dict):
            return {name: self.value(one) for name, one in value.items()}
        return [self.value(one) for one in value] if isinstance(value, list) else value
