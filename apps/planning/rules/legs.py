"""The way from one visit to the next, as it is drawn on a day."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.planning.rules.spans import Span
from apps.planning.rules.suggest import Place, Stop, travel_time


@dataclass(frozen=True)
class Leg:
    """A drive that ends when the next visit begins. `is_short`: the visit before ends too late for it."""

    span: Span
    minutes: int
    from_home: bool
    is_short: bool


def legs_of(stops: Sequence[Stop], home: Place | None) -> list[Leg]:
    """The drives of a day: from home to the first visit, and on to each next one. What is unknown or no way is left out."""
    found, before = [], None
    for stop in sorted(stops, key=lambda one: one.span.start):
        way = travel_time(before.place if before else home, stop.place)
        if way:
            short = before is not None and before.span.end + way > stop.span.start
            span = Span(stop.span.start - way, stop.span.start)
            found.append(Leg(span, round(way.total_seconds() / 60), before is None, short))
        before = stop
    return found
