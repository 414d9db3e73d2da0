"""What is made of the plan to be taken along: a day on paper, a technician's visits for a calendar of their own."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.company.models import Company
from apps.core import clock, formats, telephone
from apps.documents.rendering import pdf_render
from apps.planning.board import Board, Cell
from apps.planning.facts import span_of
from apps.planning.models import Assignment
from apps.planning.rules.calendar import Entry, feed_text
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder

# So long what was stays in the calendar, and so far ahead it goes.
BEHIND, AHEAD = timedelta(days=60), timedelta(days=400)


def day_sheet_pdf(board: Board, *, day: date, apart: bool, language: str) -> bytes:
    """The day of everybody on the board on paper: who goes where, and what to know there.

    `apart`: a page for each who goes anywhere.
    """
    bookings = [block.booking for cell in board.cells for block in cell.blocks if block.booking.work_order]
    prefetch_related_objects(
        bookings, "work_order__to_bring", "work_order__equipment", "work_order__serviced"
    )
    context = {
        "letterhead": Company.objects.select_related("logo").row(),
        "day": day,
        "apart": apart,
        "people": [_sheet(cell) for row in board.rows for cell in row.cells if cell.blocks or not apart],
        "at": clock.now(),
    }
    return pdf_render("documents/day_sheet.html", context, language=language)


def _sheet(cell: Cell) -> dict[str, Any]:
    """A sheet goes from hand to hand: it says that somebody is away, and not why."""
    day = cell.day
    hours = "" if day.absent else ", ".join(formats.period(one.start, one.end) for one in day.hours)
    return {
        "technician": day.technician,
        "hours": hours,
        "word": _("Absent") if day.absent else cell.word,
        "absences": [] if day.absent else [one.period for one in day.absences],
        "visits": [_visit(block.booking) for block in cell.blocks],
    }


def _visit(booking: Assignment) -> dict[str, Any]:
    job = booking.job
    order = job if isinstance(job, WorkOrder) else None
    return {
        "booking": booking,
        "job": job,
        "title": order.title if order else _("Visit for an intake"),
        "text": job.scope if isinstance(job, WorkOrder) else job.description,
        "contact": job.contact,
        "telephone": (job.contact and job.contact.phone) or job.customer.phone,
        "equipment": _equipment(order) if order else [],
        "to_bring": order.to_bring.all() if order else (),
    }


def _equipment(order: WorkOrder) -> list[Any]:
    """All that is serviced, or the one that the job is about."""
    return [*order.serviced.all()] or [one for one in [order.equipment] if one]


def technician_calendar(technician: Technician) -> str:
    """The technician's visits and absences as a calendar. No amounts; what is off the plan is off the calendar."""
    now = clock.now()
    today = clock.today()
    start, end = now - BEHIND, now + AHEAD
    if not technician.may_see_agenda:  # as on the phone
        start, end = clock.day_bounds(today)[0], clock.day_bounds(today + timedelta(days=1))[1]
    return feed_text(
        [*_visits(technician, start, end, now), *_absences(technician, start, end, now)],
        name=_("Visits of %(name)s") % {"name": technician},
    )


def _visits(technician: Technician, start: datetime, end: datetime, now: datetime) -> Iterator[Entry]:
    rows = Assignment.objects.active().filter(technician=technician).between(start, end).with_job()
    for visit in rows.order_by("period", "pk"):
        job = visit.job
        what = job.title if isinstance(job, WorkOrder) else _("Visit for an intake")
        words = [job.number, str(job.type or ""), _whom(visit)]
        yield Entry(
            uid=f"assignment-{visit.pk}@watertight",
            sequence=visit.version,
            span=span_of(visit.period),
            stamp=now,
            summary=f"{what} · {job.customer.name}",
            location=str(job.site),
            description="\n".join(filter(None, words)),
            url=settings.PUBLIC_ADDRESS + _page(visit),
        )


def _page(visit: Assignment) -> str:
    """Where the phone shows it."""
    if visit.request_id:
        return reverse("phone-intake:report", args=[visit.request_id])
    return reverse("phone:job", args=[visit.pk])


def _whom(visit: Assignment) -> str:
    """Whom to call, and how: with the country, as a calendar may be read on any telephone."""
    contact, customer = visit.job.contact, visit.job.customer
    name = contact.name if contact else customer.name
    phone = (contact and contact.phone) or customer.phone
    return f"{name} {telephone.shown(phone, '')}" if phone else ""


def _absences(technician: Technician, start: datetime, end: datetime, now: datetime) -> Iterator[Entry]:
    for one in technician.absences.filter(period__overlap=(start, end)).order_by("period"):
        yield Entry(
            uid=f"absence-{one.pk}@watertight",
            sequence=0,
            span=span_of(one.period),
            stamp=now,
            summary=one.get_kind_display(),
            description=one.remark,
        )
