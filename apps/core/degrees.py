"""Places on earth: as people paste them from a map, in the usual ways to write them, and how far they are apart."""

import re
from math import asin, cos, radians, sin, sqrt

Position = tuple[float, float]
EARTH_KM = 6371.0
FLAGS = re.ASCII | re.IGNORECASE
DOT = r"([-+]?\d{1,3}(?:\.\d+)?)"
COMMA = r"([-+]?\d{1,3},\d+)"
EXACT = r"([-+]?\d{1,3}\.\d+)"
ANGLE = r"(\d{1,3}(?:[.,]\d+)?)\s*°?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*'\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*\"\s*)?"
# What links to maps say: Google (its pin before the middle of the picture), OpenStreetMap, Apple, and geo:.
LINKS = [
    re.compile(pattern, FLAGS)
    for pattern in (
        rf"!3d{EXACT}!4d{EXACT}",
        rf"mlat={EXACT}&mlon={EXACT}",
        rf"(?:[?&](?:q|query|ll|destination|daddr|center)=|geo:){EXACT}(?:,|%2C){EXACT}",
        rf"@{EXACT},{EXACT}",
        rf"#map=\d+(?:\.\d+)?/{EXACT}/{EXACT}",
    )
]
# 52.1561, 5.3878 and 52,1561; 5,3878: two numbers with a dot, or two with a comma and more than a comma between them.
PLAIN = [
    re.compile(pattern, FLAGS) for pattern in (rf"{DOT}\s*[,;\s]\s*{DOT}", rf"{COMMA}(?:\s*;\s*|,?\s){COMMA}")
]
# 52°09'22.1"N 5°23'16.1"E, N 52.1561 E 5.3878; in Dutch with the Z of zuid and the O of oost.
BEHIND = re.compile(rf"{ANGLE}([NSZ])[\s,;]*{ANGLE}([EOW])", FLAGS)
BEFORE = re.compile(rf"([NSZ])\s*{ANGLE}[\s,;]*([EOW])\s*{ANGLE}", FLAGS)
QUOTES = str.maketrans({"’": "'", "′": "'", "”": '"', "″": '"', "º": "°"})


def position_read(text: str) -> Position:
    """(latitude, longitude) in degrees. Raises ValueError for what is none, or none on earth."""
    typed = " ".join(text.translate(QUOTES).split())
    found = _pair(typed) or _angles(typed)
    if found is None or abs(found[0]) > 90 or abs(found[1]) > 180:
        raise ValueError(text)
    return found


def position_written(latitude: float, longitude: float) -> str:
    """As maps write it, to a metre."""
    return f"{latitude:.5f}, {longitude:.5f}"


def _pair(typed: str) -> Position | None:
    """Two numbers that stand side by side, or in a link."""
    matches = [one.search(typed) for one in LINKS] + [one.fullmatch(typed.strip("()")) for one in PLAIN]
    return next(((_number(one[1]), _number(one[2])) for one in matches if one), None)


def _angles(typed: str) -> Position | None:
    """Two angles, each with the letter of its side of the world."""
    if match := BEHIND.fullmatch(typed):
        *first, north, fourth, fifth, sixth, east = match.groups()
        second = [fourth, fifth, sixth]
    elif match := BEFORE.fullmatch(typed):
        north, fourth, fifth, sixth, east, *second = match.groups()
        first = [fourth, fifth, sixth]
    else:
        return None
    return (
        _degrees(first) * (1 if north.upper() == "N" else -1),
        _degrees(second) * (-1 if east.upper() == "W" else 1),
    )


def _degrees(parts: list[str | None]) -> float:
    whole, minutes, seconds = (_number(one) for one in parts)
    return whole + minutes / 60 + seconds / 3600


def _number(text: str | None) -> float:
    return float((text or "0").replace(",", "."))


def distance_km(one: Position, other: Position) -> float:
    """As the crow flies (haversine)."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(radians, place)) for place in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, half)))
