"""What the customer and the technician hear of the plan."""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import clock, formats
from apps.core.actors import Actor
from apps.documents.actions import file_store
from apps.messaging.actions import message_queue, notice_send
from apps.messaging.models import Message
from apps.planning.facts import recipient
from apps.planning.models import Assignment
from apps.planning.rules.calendar import arrival_window, calendar_text
from apps.planning.rules.spans import Span
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder

PLACED, MOVED, CANCELLED = "appointment_placed", "appointment_moved", "appointment_cancelled"


def customer_tell(
    assignment: Assignment, *, kind: str, by: Actor, wait: timedelta | None = None
) -> Message | None:
    """Mail the customer the appointment with a calendar file, after `wait`. Says nothing about what is already over,
    nor once more when a colleague comes at the same time."""
    job = assignment.job
    customer, to = job.customer, recipient(job)
    if to is None or assignment.ends_at <= clock.now():
        return None
    if Assignment.objects.active().filter(_same_visit(assignment)).exclude(pk=assignment.pk).exists():
        return None
    span = Span(assignment.starts_at, assignment.ends_at)
    window = arrival_window(span.start)
    with translation.override(customer.language):
        what = _title(assignment)
        facts = {
            "day": formats.day(span.start).replace(formats.SPACE, " "),
            "window": formats.period(window.start, window.end).replace(formats.SPACE, " "),
            "site": str(job.site),
            "what": what,
            "number": job.number,
            "name": to.name,
            "technician": assignment.technician.user.name,
        }
        subject, body = _words(kind, facts)
        calendar = calendar_text(
            uid=f"appointment-{assignment.pk}@watertight",
            sequence=assignment.version,
            span=span,
            stamp=clock.now(),
            summary=what,
            location=str(job.site),
            description=job.number,
            cancelled=kind == CANCELLED,
        )
        name = _("appointment") + ".ics"
    file = file_store(content=calendar.encode(), name=name, content_type="text/calendar", by=by)
    return message_queue(
        kind=kind,
        about=job,
        to_address=to.address,
        to_name=to.name,
        subject=subject,
        body=body,
        language=customer.language,
        attachments=[file],
        wait=wait,
    )


def technician_tell(technician: Technician, assignment: Assignment, *, kind: str) -> None:
    """A notice in the product, in the technician's language; not about what is already over."""
    if assignment.ends_at <= clock.now():
        return
    user = technician.user
    with translation.override(user.language):
        words = {
            PLACED: _("New on your plan: %(job)s, %(when)s"),
            MOVED: _("Moved: %(job)s is now %(when)s"),
            CANCELLED: _("Off your plan: %(job)s, %(when)s"),
        }[kind]
        when = (
            f"{formats.day(assignment.starts_at)} {formats.period(assignment.starts_at, assignment.ends_at)}"
        )
        text = words % {"job": f"{assignment.job} {assignment.job.customer}", "when": when}
    notice_send(user=user, text=text, url=_phone_address(assignment, gone=kind == CANCELLED))


def _phone_address(assignment: Assignment, *, gone: bool) -> str:
    if gone:
        return reverse("phone:agenda")
    if assignment.request_id:
        return reverse("phone-intake:report", args=[assignment.request_id])
    return reverse("phone:job", args=[assignment.pk])


def _same_visit(assignment: Assignment) -> Q:
    return Q(
        work_order_id=assignment.work_order_id,
        request_id=assignment.request_id,
        period__startswith=assignment.starts_at,
    )


def _title(assignment: Assignment) -> str:
    job = assignment.job
    return job.title if isinstance(job, WorkOrder) else _("Visit to look at your request")


def _words(kind: str, facts: dict[str, str]) -> tuple[str, str]:
    if kind == CANCELLED:
        subject = _("Your appointment of %(day)s is off") % facts
        body = _(
            "Dear %(name)s,\n\nOur appointment of %(day)s for “%(what)s” (%(number)s) at %(site)s is cancelled."
            "\n\nWe will contact you about what follows."
        )
    elif kind == MOVED:
        subject = _("Your appointment is moved to %(day)s") % facts
        body = _(
            "Dear %(name)s,\n\nOur appointment for “%(what)s” (%(number)s) is moved. %(technician)s will now be"
            " at %(site)s on %(day)s, and arrives between %(window)s.\n\nThe attached file puts it in your calendar."
        )
    else:
        subject = _("Your appointment on %(day)s") % facts
        body = _(
            "Dear %(name)s,\n\nWe will come for “%(what)s” (%(number)s). %(technician)s will be at %(site)s on"
            " %(day)s, and arrives between %(window)s.\n\nThe attached file puts it in your calendar."
        )
    return subject, body % facts
