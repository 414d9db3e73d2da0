"""Where a postal code lies: the centre of its area, near enough to plan a route by.

Postal code centres © GeoNames (geonames.org), CC BY 4.0; fixtures/postal-codes.csv.
"""

import csv
from functools import cache

from django.conf import settings

Place = tuple[str, float, float]


@cache
def _places() -> dict[tuple[str, str], Place]:
    with (settings.BASE_DIR / "fixtures" / "postal-codes.csv").open(newline="", encoding="utf-8") as file:
        return {
            (row["country"], row["postal_code"]): (
                row["place"],
                float(row["latitude"]),
                float(row["longitude"]),
            )
            for row in csv.DictReader(file)
        }


def place(country: str, postal_code: str) -> Place | None:
    """(name of the place, latitude, longitude), or None for a code that is not in the file."""
    code = postal_code[:4] if country == "NL" else postal_code
    return _places().get((country, code))
