"""How far it is between places: by the OSRM server of the installation when it has one that answers in time, else our own estimate."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings

from apps.core.degrees import distance_km
from apps.planning.rules.routes import Ways
from apps.planning.rules.suggest import ROAD_FACTOR, SPEED_KMH, Place

# All questions to the server together, in seconds; and places asked from and to at once: a server refuses more than a hundred.
PATIENCE = 4.0
AT_ONCE = 50

Table = tuple[list[list[int]], list[list[int]]]


@dataclass(frozen=True)
class Known:
    """The ways, and whether the server said them; `failed`: it was asked, and did not answer."""

    ways: Ways
    by_road: bool = False
    failed: bool = False


def ways_between(places: Sequence[Place]) -> Known:
    seconds, metres = _estimated(places)
    if not settings.OSRM_SERVER or len(places) < 2:
        return Known(Ways(seconds, metres))
    try:
        _ask(places, seconds, metres)
    except (URLError, OSError, ValueError, KeyError, IndexError, TypeError):
        return Known(Ways(*_estimated(places)), failed=True)
    return Known(Ways(seconds, metres), by_road=True)


def _estimated(places: Sequence[Place]) -> Table:
    """The straight line by road, as for the quick plan."""
    count = len(places)
    seconds, metres = ([[0] * count for _one in places] for _table in range(2))
    for a, one in enumerate(places):
        for b in range(a):
            road = distance_km(one, places[b]) * ROAD_FACTOR
            seconds[a][b] = seconds[b][a] = round(road / SPEED_KMH * 3600)
            metres[a][b] = metres[b][a] = round(road * 1000)
    return seconds, metres


def _ask(places: Sequence[Place], seconds: list[list[int]], metres: list[list[int]]) -> None:
    """Write what the server knows over the estimate, part by part; what it finds no road for stays estimated."""
    until = monotonic() + PATIENCE
    parts = [range(n, min(n + AT_ONCE, len(places))) for n in range(0, len(places), AT_ONCE)]
    for one in parts:
        for other in parts:
            found = _part(places, one, other, until - monotonic())
            for table, name in ((seconds, "durations"), (metres, "distances")):
                for a, row in zip(one, found[name], strict=True):
                    for b, value in zip(other, row, strict=True):
                        if value is not None:
                            table[a][b] = max(0, round(value))


def _part(
    places: Sequence[Place], one: range, other: range, patience: float
) -> dict[str, list[list[float | None]]]:
    if patience <= 0:
        raise OSError("the server takes too long")
    asked = [places[n] for n in (*one, *other)]
    where = ";".join(f"{longitude:.6f},{latitude:.6f}" for latitude, longitude in asked)
    sources = ";".join(str(n) for n in range(len(one)))
    destinations = ";".join(str(n) for n in range(len(one), len(asked)))
    address = (
        f"{settings.OSRM_SERVER}/table/v1/driving/{where}"
        f"?annotations=duration,distance&sources={sources}&destinations={destinations}"
    )
    with urlopen(
        address, timeout=patience
    ) as answer:  # the installation's own setting, not what anybody typed
        return json.load(answer)
