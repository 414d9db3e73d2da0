"""What a text says of its job (numbers, names, addresses, days), said of the copy instead."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone, translation

from apps.core import clock, formats
from apps.customers.models import Customer, Site

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[+-]\d\d:\d\d|Z)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
Pairs = list[tuple[str, str]]


def moved(moment: datetime, days: int) -> datetime:
    """The same time of the day, so many days on: where the company is, whatever its clocks do meanwhile."""
    local = timezone.localtime(moment)
    return (local.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=local.tzinfo)


def spellings(old: str, new: str) -> Pairs:
    """A number or a name as it stands on paper, and as the searches spell it."""
    found = [(old, new), (old.lower(), new.lower()), (_words(old), _words(new))]
    return [*found, (old.lower().replace("-", ""), new.lower().replace("-", ""))] if "-" in old else found


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def address_pairs(old: tuple[Customer, Site], new: tuple[Customer, Site]) -> Pairs:
    """Of a customer and their site: how they are called and where they are."""
    found: Pairs = []
    for before, after in ((_told(*old), _told(*new)),):
        for was, becomes in zip(before, after, strict=True):
            if was:
                found += spellings(was, becomes)
    return found


def _told(customer: Customer, site: Site) -> list[str]:
    return [
        customer.name, customer.email, customer.phone, str(site), f"{site.street_line}, {site.city_line}", site.city_line,
        site.street_line,
    ]  # fmt: skip


def day_pairs(days: Iterable[date], shift: int, language: str) -> Pairs:
    """Days as a line of an invoice writes them."""
    found: Pairs = []
    with translation.override(language):
        for day in days:
            then = day + timedelta(days=shift)
            found.append((_short(day), _short(then)))
    return found


def _short(day: date) -> str:
    with clock.at(datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_current_timezone())):
        return formats.day_short(day)


class Wording:
    """Replaces all words of a job at once, so that nothing that was replaced is replaced again."""

    def __init__(self, pairs: Pairs, days: int) -> None:
        self.new = dict(pairs)
        self.days = days
        words = sorted(self.new, key=len, reverse=True)
        self._find = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")

    def text(self, text: str) -> str:
        return self._find.sub(lambda found: self.new[found.group()], text)

    def value(self, value: Any) -> Any:
        """The same, in everything that a document holds; days and moments go along."""
        if isinstance(value, str):
            if _MOMENT.fullmatch(value):
                moment = datetime.fromisoformat(value)
                then = moved(moment, self.days)
                return (then.astimezone(moment.tzinfo) if not moment.utcoffset() else then).isoformat()
            if _DAY.fullmatch(value):
                return (date.fromisoformat(value) + timedelta(days=self.days)).isoformat()
            return self.text(value)
        if isinstance(value, dict):
            return {name: self.value(one) for name, one in value.items()}
        return [self.value(one) for one in value] if isinstance(value, list) else value


Rewrite = Callable[[str], str]
