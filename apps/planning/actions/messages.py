"""What the customer and the technician hear of the plan."""

from datetime import timedelta
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.company.models import Company
from apps.core import clock, formats
from apps.core.actors import Actor
from apps.documents.actions import file_store
from apps.intake.models import Request
from apps.messaging import links
from apps.messaging.actions import message_queue, message_withdraw, notice_send, push_queue
from apps.messaging.models import Message
from apps.messaging.states import MessageStatus
from apps.planning.facts import Recipient, recipient
from apps.planning.models import Appointment, Assignment, ChangeRequest
from apps.planning.rules.calendar import Entry, arrival_window, calendar_text
from apps.planning.rules.spans import Span
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder

PLACED, MOVED, CANCELLED = "appointment_placed", "appointment_moved", "appointment_cancelled"
REMINDER, DECLINED = "appointment_reminder", "appointment_declined"
PURPOSE = "appointment"


def who_comes(assignment: Assignment) -> str:
    """The names of all who come at that time, in one order however they were booked: of who is away when nobody else comes."""
    together = Assignment.objects.at_once(assignment).select_related("technician__user").order_by("pk")
    found = list(together.coming()) or list(together) or [assignment]
    *names, last = [one.technician.user.name for one in found]
    return _("%(names)s and %(last)s") % {"names": ", ".join(names), "last": last} if names else last


def customer_tell(
    appointment: Appointment,
    assignment: Assignment,
    *,
    kind: str,
    by: Actor,
    wait: timedelta | None = None,
) -> Message | None:
    """Mail the customer the appointment with a calendar file, after `wait`. Says nothing about what is already over.

    What is off is told by the time at which they expect it.
    """
    job = assignment.job
    to = recipient(job)
    period = appointment.told_period if kind == CANCELLED else assignment.period
    if to is None or period.upper <= clock.now():
        return None
    span = Span(period.lower, period.upper)
    with translation.override(job.customer.language):
        subject, body = _words(kind, _facts(appointment, assignment, to, span))
        calendar = visit_calendar(appointment, assignment, span, cancelled=kind == CANCELLED)
        name = _("appointment") + ".ics"
    file = file_store(content=calendar.encode(), name=name, content_type="text/calendar", by=by)
    told = _told(appointment, assignment, kind)
    return _mail(job, to, kind, subject, body, attachments=[file], facts=told, wait=wait)


def visit_calendar(
    appointment: Appointment, assignment: Assignment, span: Span, *, cancelled: bool = False
) -> str:
    """The visit as an entry of the customer's calendar, the same one however often it moves and whoever comes."""
    company = Company.objects.row()
    # Each change of a visit of the job counts, so the number grows also when a colleague takes the appointment over.
    changes = assignment.job.assignments.aggregate(sum=Sum("version"))["sum"]
    entry = Entry(
        uid=f"visit-{appointment.pk}@watertight",
        sequence=changes,
        span=span,
        stamp=clock.now(),
        summary=visit_title(assignment),
        location=str(assignment.job.site),
        description=assignment.job.number,
        cancelled=cancelled,
    )
    return calendar_text(entry, organizer=(company.name, company.email) if company else None)


def reminder_tell(appointment: Appointment, assignment: Assignment) -> Message | None:
    """Mail the customer that somebody comes tomorrow."""
    job, to = assignment.job, recipient(assignment.job)
    if to is None:
        return None
    with translation.override(job.customer.language):
        facts = _facts(appointment, assignment, to, Span(assignment.starts_at, assignment.ends_at))
        subject = _("Tomorrow: your appointment between %(window)s") % facts
        body = _(
            "Dear %(name)s,\n\nTomorrow, %(day)s, we come to %(site)s for “%(what)s” (%(number)s), and arrive between"
            " %(window)s.\nWho comes: %(people)s\n\nDoes it not suit you? Tell us here:\n%(link)s"
        )
    return _mail(job, to, REMINDER, subject, body % facts, facts={"appointment": appointment.pk})


def reminder_withdraw(appointment: Appointment, assignment: Assignment, by: Actor) -> None:
    """A reminder that has not left would tell what may hold no more."""
    waiting = Message.objects.about(assignment.job).filter(kind=REMINDER, status=MessageStatus.QUEUED)
    for message in waiting.filter(facts__appointment=appointment.pk):
        message_withdraw(message=message, by=by)


def declined_tell(asked: ChangeRequest) -> Message | None:
    """Mail the customer that the appointment stays as it is, and why."""
    assignment = asked.appointment.assignment
    job, to = assignment.job, recipient(assignment.job)
    if to is None:
        return None
    with translation.override(job.customer.language):
        span = Span(assignment.starts_at, assignment.ends_at)
        facts = _facts(asked.appointment, assignment, to, span) | {"answer": asked.answer}
        subject = _("Your appointment stays on %(day)s") % facts
        body = _(
            "Dear %(name)s,\n\nYou asked us to change our appointment for “%(what)s” (%(number)s). Our answer:\n\n"
            "%(answer)s\n\nSo we come to %(site)s on %(day)s, and arrive between %(window)s.\nWho comes: %(people)s"
            "\n\nYour appointment:\n%(link)s"
        )
    return _mail(job, to, DECLINED, subject, body % facts)


def _mail(
    job: WorkOrder | Request, to: Recipient, kind: str, subject: str, body: str, **more: Any
) -> Message | None:
    """A mail to whoever hears of the visits of a job, in its customer's language."""
    return message_queue(
        kind=kind, about=job, to_address=to.address, to_name=to.name, subject=subject, body=body,
        language=job.customer.language, **more,
    )  # fmt: skip


def _facts(appointment: Appointment, assignment: Assignment, to: Recipient, span: Span) -> dict[str, str]:
    """What stands in a mail, in the language of the moment."""
    window = arrival_window(span.start)
    return {
        "day": formats.day(span.start).replace(formats.SPACE, " "),
        "window": formats.period(window.start, window.end).replace(formats.SPACE, " "),
        "site": str(assignment.job.site),
        "what": visit_title(assignment),
        "number": assignment.job.number,
        "name": to.name,
        "people": who_comes(assignment),
        "link": links.placeholder(PURPOSE, appointment.nonce),
    }


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
        titles = {
            PLACED: _("New on your plan"),
            MOVED: _("Moved on your plan"),
            CANCELLED: _("Off your plan"),
        }
    url = _phone_address(assignment, gone=kind == CANCELLED)
    notice_send(user=user, text=text, url=url)
    push_queue(
        user=user,
        title=titles[kind],
        # Anybody may read a lock screen: no customer, no street, and nothing that somebody typed about the job.
        text=" · ".join([when, assignment.job.number, assignment.job.site.city]),
        url=url,
        tag=f"visit-{assignment.pk}",
        until=assignment.ends_at,
    )


def _phone_address(assignment: Assignment, *, gone: bool) -> str:
    if gone:
        return reverse("phone:agenda")
    if assignment.request_id:
        return reverse("phone-intake:report", args=[assignment.request_id])
    return reverse("phone:job", args=[assignment.pk])


def _told(appointment: Appointment, assignment: Assignment, kind: str) -> dict[str, Any]:
    """What the customer knows once it has left: of no visit, or of this technician at this time."""
    if kind == CANCELLED:
        return {"appointment": appointment.pk}
    return {
        "appointment": appointment.pk,
        "technician": assignment.technician_id,
        "start": assignment.starts_at.isoformat(),
        "end": assignment.ends_at.isoformat(),
    }


def visit_title(assignment: Assignment) -> str:
    """What the visit is for, as a customer reads it."""
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
            "Dear %(name)s,\n\nOur appointment for “%(what)s” (%(number)s) is changed. We will now come to %(site)s on"
            " %(day)s, and arrive between %(window)s.\nWho comes: %(people)s\n\nThe attached file puts it in your"
            " calendar. To confirm it, or to ask for another time:\n%(link)s"
        )
    else:
        subject = _("Your appointment on %(day)s") % facts
        body = _(
            "Dear %(name)s,\n\nWe will come to %(site)s for “%(what)s” (%(number)s) on %(day)s, and arrive between"
            " %(window)s.\nWho comes: %(people)s\n\nThe attached file puts it in your calendar."
            " To confirm it, or to ask for another time:\n%(link)s"
        )
    return subject, body % facts
