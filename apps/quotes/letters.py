"""The mails about a quote, in the customer's language. A private address is a placeholder until the mail goes out."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import formats
from apps.messaging.links import placeholder
from apps.quotes.models import Acceptance, QuoteLink, QuoteVersion

PURPOSE = "quote"


@dataclass(frozen=True)
class Letter:
    subject: str
    body: str


def _letter(version: QuoteVersion, name: str, subject: str, *paragraphs: str) -> Letter:
    words = {
        "number": version.quote.number,
        "title": version.title,
        "company": version.content["company"]["name"],
        "until": formats.day(version.valid_until),
    }
    greeting = _("Dear %(name)s,") % {"name": name or version.quote.customer.name}
    closing = _("Kind regards,\n%(company)s") % words
    body = "\n\n".join([greeting, *(one % words for one in paragraphs), closing])
    return Letter(subject % words, body)


def quote_letter(link: QuoteLink) -> Letter:
    """The quote itself, attached, with the address at which to answer."""
    version = link.version
    with translation.override(version.language):
        return _letter(
            version,
            link.to_name,
            _("Quote %(number)s: %(title)s"),
            _(
                "Attached is our quote for “%(title)s”. You can read it, choose options, and accept or decline it here:"
            ),
            placeholder(PURPOSE, link.nonce),
            _("The quote is valid until %(until)s. This link is meant for you only."),
        )


def reminder_letter(link: QuoteLink) -> Letter:
    with translation.override(link.version.language):
        return _letter(
            link.version,
            link.to_name,
            _("Quote %(number)s is valid until %(until)s"),
            _("Our quote for “%(title)s” is still waiting for your answer. It is valid until %(until)s."),
            _("You can read it, and accept or decline it, here:"),
            placeholder(PURPOSE, link.nonce),
            _("Do you have a question? Reply to this mail or call us."),
        )


def withdrawn_letter(link: QuoteLink) -> Letter:
    with translation.override(link.version.language):
        return _letter(
            link.version,
            link.to_name,
            _("Quote %(number)s is withdrawn"),
            _("We have withdrawn our quote for “%(title)s”. It can no longer be accepted."),
            _("Do you have a question? Reply to this mail or call us."),
        )


def accepted_letter(link: QuoteLink, acceptance: Acceptance) -> Letter:
    """The confirmation, with what was accepted attached."""
    with translation.override(link.version.language):
        return _letter(
            link.version,
            acceptance.name,
            _("You accepted quote %(number)s"),
            _("Thank you: we have received your acceptance of “%(title)s”. What you accepted is attached."),
            _("You can read it again here:"),
            placeholder(PURPOSE, link.nonce),
            _("We will contact you to make an appointment."),
        )
