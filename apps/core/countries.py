"""Countries by their names in each language, of Unicode's CLDR as Babel has it."""

from functools import cache
from typing import Any

from babel import Locale
from django.utils.functional import lazy
from django.utils.translation import get_language

from apps.core.search import plain

# Of the Netherlands and its neighbours we know postal codes, VAT rates and holidays: they stand first.
NEAR = ("NL", "BE", "DE", "LU")
NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


@cache
def _names(language: str) -> dict[str, str]:
    names = Locale.parse(language, sep="-").territories
    return {code: str(name) for code, name in names.items() if len(code) == 2 and code not in NO_COUNTRIES}


def country_name(code: str) -> str:
    """In full, in the language that is active; what is no code stays as it is."""
    return _names(get_language() or "en").get(code, code)


_later = lazy(country_name, str)  # a model's choices are made once, in whatever language is active then


def near_choices() -> list[tuple[str, Any]]:
    return [(code, _later(code)) for code in NEAR]


def choices() -> list[tuple[str, Any]]:
    """All of them: the near ones first, the others by their name."""
    names = _names(get_language() or "en")
    others = sorted((plain(name), code) for code, name in names.items() if code not in NEAR)
    return [*near_choices(), *((code, _later(code)) for _plain, code in others)]
