"""Who is in the way of a booking, and the lanes in which they then share the time."""

from collections.abc import Sequence

from psycopg.types.range import Int4Range, TimestamptzRange

from apps.planning.models import Assignment, all_lanes
from apps.planning.rules.lanes import lanes_share
from apps.technicians.models import Technician


def overlapping(technician: Technician, period: TimestamptzRange, pk: int | None) -> list[Assignment]:
    return list(
        Assignment.objects.active()
        .filter(technician=technician, period__overlap=period)
        .exclude(pk=pk or 0)
        .select_related("technician__user", "work_order__customer", "request__customer")
        .order_by("pk")
    )


def lanes_make(others: Sequence[Assignment]) -> Int4Range:
    """Shrink those who are overlapped to one lane each; the lane that is left for the newcomer."""
    lanes = {one.pk: None if one.lanes.upper is None else one.lanes.lower for one in others}
    shrunk, own = lanes_share(lanes)
    for booked, lane in shrunk.items():
        Assignment.objects.filter(pk=booked).update(lanes=Int4Range(lane, lane + 1))
    return all_lanes() if own is None else Int4Range(own, own + 1)
