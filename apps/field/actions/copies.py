"""The customer's copy of the work order: what was done, and what was signed. No amounts exist here."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from apps.company.models import Company
from apps.core import clock
from apps.core.actors import SYSTEM
from apps.documents.actions import file_store
from apps.documents.models import StoredFile
from apps.documents.rendering import pdf_render
from apps.field.actions.mails import recipient
from apps.field.evidence import evidence_for, shown_durations, shown_of
from apps.messaging.actions import message_queue
from apps.messaging.models import Message
from apps.workorders.models import WorkOrder


def work_order_copy_send(*, work_order: WorkOrder) -> Message | None:
    """Mail the customer the work order as a PDF. None when there is no address to send it to."""
    address, name = recipient(work_order)
    language = work_order.customer.language
    with translation.override(language):
        subject = _("Work order %(number)s: what we did") % {"number": work_order.number}
        body = _(
            "The work at %(address)s is done. The work order is attached: what was done, what was used, "
            "and your signature if you gave one.\n\nIs something not as you expected? Reply to this mail."
        ) % {"address": work_order.site}
    return message_queue(
        kind="work_order_copy",
        about=work_order,
        to_address=address,
        to_name=name,
        subject=subject,
        body=body,
        language=language,
    )


def work_order_copy_files(message: Message) -> list[StoredFile]:
    """The PDF that the mail carries: made when that goes out, when all that was recorded has come in."""
    work_order = WorkOrder.objects.get(pk=message.about_id)
    language = message.language
    content = pdf_render(
        "documents/work_order_copy.html", copy_context(work_order, language), language=language
    )
    with translation.override(language):
        name = _("Work order %(number)s.pdf") % {"number": work_order.number}
    return [file_store(content=content, name=name, content_type="application/pdf", by=SYSTEM)]


def copy_context(work_order: WorkOrder, language: str) -> dict[str, Any]:
    """What stands on the copy: what was signed for, or what was recorded at all visits when nobody signed that."""
    found: dict[str, Any] = {"letterhead": Company.objects.row(), "order": work_order}
    with translation.override(language):
        evidence = evidence_for(work_order)
        ending, signed = evidence.ending, evidence.signed
        if ending is None or ending.visit.status != "finished":
            return found
        ending.visit.work_order = work_order
        sign_off = signed.sign_off if signed and not signed.sign_off_outdated else None
        shown = (
            sign_off.shown if sign_off else shown_of(ending.visit, at=ending.visit.finished_at or clock.now())
        )
        durations = shown_durations(shown)
    return found | {
        "shown": shown,
        "durations": durations,
        "sign_off": sign_off,
        "day": ending.visit.finished_at,
    }
