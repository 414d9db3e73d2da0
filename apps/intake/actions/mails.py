"""What a customer reads about a request, in the customer's language."""

from django.utils import translation
from django.utils.translation import gettext as _

from apps.customers.models import Customer
from apps.intake.models import Request
from apps.messaging.actions import message_queue


def received(request: Request, customer: Customer) -> None:
    """After the public form. Holds nothing that the sender typed but the name, so that it carries no advertisement."""
    with translation.override(customer.language):
        _queue(
            request,
            customer,
            "request_received",
            _("We have received your request %(number)s"),
            _(
                "We have received your request, and gave it the number %(number)s.\n\n"
                "What it is about: %(type)s\nWhere: %(address)s\n\n"
                "We will read it and let you know whether we can help, usually within one working day."
            ),
        )


def accepted(request: Request) -> None:
    customer = request.customer
    with translation.override(customer.language):
        _queue(
            request,
            customer,
            "request_accepted",
            _("We will help you: request %(number)s"),
            _(
                "Thank you for your request %(number)s (%(type)s, %(address)s). We are glad to help.\n\n"
                "We will come and look first, and will let you know the day and time."
            ),
        )


def declined(request: Request, reason: str) -> None:
    customer = request.customer
    with translation.override(customer.language):
        _queue(
            request,
            customer,
            "request_declined",
            _("About your request %(number)s"),
            _(
                "Thank you for your request %(number)s (%(type)s, %(address)s). "
                "We are sorry that we cannot take it on.\n\n%(reason)s"
            ),
            reason=reason.strip(),
        )


def _queue(request: Request, customer: Customer, kind: str, subject: str, body: str, **more: str) -> None:
    words = {"number": request.number, "type": str(request.type), "address": str(request.site)} | more
    greeting = _("Dear %(name)s,") % {"name": customer.name}
    message_queue(
        kind=kind,
        about=request,
        to_address=customer.email,
        to_name=customer.name,
        subject=subject % words,
        body=f"{greeting}\n\n{body % words}",
        language=customer.language,
    )
