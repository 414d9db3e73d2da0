"""Every sign that the product knows: importing this registers them. The leaks themselves are stages of the pipeline."""

from apps.leaks.signs import clocks, letters, people, prices, work
from apps.leaks.signs.base import Found, Moment, Sign, page_of, register, signs

__all__ = [
    "Found",
    "Moment",
    "Sign",
    "clocks",
    "letters",
    "page_of",
    "people",
    "prices",
    "register",
    "signs",
    "work",
]
