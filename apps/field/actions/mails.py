"""What the customer hears from the field."""

from django.utils import translation
from django.utils.translation import gettext as _

from apps.field.models import Visit
from apps.messaging.actions import message_queue
from apps.workorders.models import WorkOrder


def recipient(work_order: WorkOrder) -> tuple[str, str]:
    """Address and name of whoever is told about a job: its contact, or else the customer."""
    contact = work_order.contact
    if contact is not None and contact.email:
        return contact.email, contact.name
    return work_order.customer.email, work_order.customer.name


def on_my_way(*, visit: Visit, work_order: WorkOrder) -> None:
    """Tell the customer that the technician has left; nothing when there is no address."""
    address, name = recipient(work_order)
    if not address:
        return
    language = work_order.customer.language
    with translation.override(language):
        technician = visit.technician.user.name
        subject = _("%(technician)s is on the way to you") % {"technician": technician}
        body = _(
            "%(technician)s has just left for %(address)s, for your work order %(number)s: %(title)s.\n\n"
            "You need not do anything. If nobody can be there, please call us."
        ) % {
            "technician": technician,
            "address": work_order.site,
            "number": work_order.number,
            "title": work_order.title,
        }
    message_queue(
        kind="on_my_way",
        about=work_order,
        to_address=address,
        to_name=name,
        subject=subject,
        body=body,
        language=language,
    )
