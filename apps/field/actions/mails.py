"""What the customer hears from the field."""

from datetime import datetime, timedelta

from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from apps.core import clock, formats
from apps.core.degrees import distance_km
from apps.customers.models import MailPurpose
from apps.field.models import Visit
from apps.field.rules import UNDOABLE
from apps.messaging.actions import message_queue
from apps.messaging.models import Message
from apps.planning.rules.suggest import place_of, travel_minutes
from apps.workorders.models import WorkOrder

# What a phone without a network tells later than this is no news to a customer.
JUST_LEFT = timedelta(minutes=15)


def recipient(work_order: WorkOrder) -> tuple[str, str]:
    """Address and name of whoever is told about a job: its contact, or else the customer."""
    return work_order.customer.reach(work_order.contact, MailPurpose.PLANNING)


def is_told(visit: Visit, work_order: WorkOrder, left_at: datetime) -> bool:
    """Whether the customer hears of it who leaves then: on the day of the visit, where there is an address."""
    planned = visit.assignment
    is_that_day = localdate(planned.starts_at) <= localdate(left_at) <= localdate(planned.ends_at)
    return is_that_day and bool(recipient(work_order)[0])


def on_my_way(*, visit: Visit, work_order: WorkOrder, left_at: datetime) -> None:
    """Tell the customer that the technician has left, and when he will be there as far as that can be told.

    Nothing when there is no address, when the visit is planned on another day, or when the phone tells it too late.
    """
    if not is_told(visit, work_order, left_at) or clock.now() - left_at > JUST_LEFT:
        return
    address, name = recipient(work_order)
    minutes = trip_minutes(visit, left_at)
    arrival = None if minutes is None else arrival_told(left_at, minutes)
    language = work_order.customer.language
    with translation.override(language):
        technician = visit.technician.user.name
        subject = _("%(technician)s is on the way to you") % {"technician": technician}
        left = _(
            "%(technician)s has just left for %(address)s, for your work order %(number)s: %(title)s."
        ) % {
            "technician": technician,
            "address": work_order.site,
            "number": work_order.number,
            "title": work_order.title,
        }
        if arrival is not None:
            there = _("We expect to be there at about %(time)s.") % {"time": formats.clock_time(arrival)}
            left = f"{left} {there}"
        call = _("You need not do anything. If nobody can be there, please call us.")
        body = f"{left}\n\n{call}"
    message_queue(
        kind="on_my_way",
        about=work_order,
        to_address=address,
        to_name=name,
        subject=subject,
        body=body,
        language=language,
        facts={"visit": visit.pk},
        wait=UNDOABLE,
    )


def is_on_the_way(message: Message) -> bool:
    """Whether what the mail says is still so, and no later one says it. Until it leaves the trip may be broken off, made to
    wait or given away, or be over: who is there already has not just left."""
    pk = message.facts.get("visit")
    visit = (
        Visit.objects.filter(pk=pk, status="travelling", held_at=None).select_related("assignment").first()
    )
    if visit is None or not visit.assignment.active or visit.technician_id != visit.assignment.technician_id:
        return False
    return not Message.objects.filter(kind=message.kind, facts__visit=pk, pk__gt=message.pk).exists()


def arrival_told(left_at: datetime, minutes: int) -> datetime:
    """When the customer is told that the technician will be there: to five minutes (js/arrival.js says the same)."""
    there = left_at.replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    return there + timedelta(minutes=-there.minute % 5)


def trip_minutes(visit: Visit, left_at: datetime) -> int | None:
    """How long it takes to get there: from where he last was that day, or from home. None if unknown."""
    technician, site = visit.technician, visit.work_order.site
    midnight, _next = clock.day_bounds(localdate(left_at))
    earlier = technician.visits.exclude(pk=visit.pk).filter(
        time_entries__ended_at__gte=midnight, time_entries__ended_at__lte=left_at
    )
    last = earlier.select_related("work_order__site").order_by("-time_entries__ended_at").first()
    begins = place_of(technician.home_latitude, technician.home_longitude)
    if last is not None:
        begins = place_of(last.work_order.site.latitude, last.work_order.site.longitude)
    ends = place_of(site.latitude, site.longitude)
    if begins is None or ends is None:
        return None
    return travel_minutes(distance_km(begins, ends))
