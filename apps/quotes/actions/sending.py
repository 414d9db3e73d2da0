"""Sending a quote, and taking it back."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock, formats
from apps.core.actors import SYSTEM, Actor
from apps.core.audit import audit_record
from apps.core.canonical import fingerprint
from apps.core.refusals import Refused
from apps.core.tokens import token_for, token_hash
from apps.core.transitions import move
from apps.customers.models import MailPurpose
from apps.documents.actions import file_store
from apps.documents.models import StoredFile
from apps.messaging.actions import message_queue
from apps.messaging.models import Message
from apps.quotes import letters
from apps.quotes.actions.content import version_content
from apps.quotes.actions.drafts import VERSION_FIELDS, _lines_write, draft_lock, lines_fresh, may_make_quotes
from apps.quotes.actions.lines import lines_copied
from apps.quotes.documents import file_name, quote_pdf
from apps.quotes.models import Quote, QuoteLine, QuoteLink, QuoteVersion
from apps.quotes.states import QuoteStatus
from apps.workorders.models import BillingBasis

# How long a link still opens after the offer ended: to read again what was agreed.
READABLE = timedelta(days=90)
# What is mailed about a link.
OFFER, ACCEPTED = "offer", "accepted"


def default_address(quote: Quote) -> tuple[str, str]:
    """To whom the quote goes unless the office says otherwise: (address, name)."""
    return quote.customer.reach(quote.contact, MailPurpose.QUOTE)


def sendable(version: QuoteVersion, lines: list[QuoteLine]) -> list[str]:
    """What still has to be done before a draft can go out, in whole sentences."""
    faults = []
    if not lines:
        faults.append(_("Add at least one line."))
    elif all(line.optional for line in lines):
        faults.append(_("At least one line must not be optional."))
    if any(not line.description.strip() for line in lines):
        faults.append(_("Give every line a description."))
    if version.valid_until < clock.today():
        faults.append(_("The date until which the quote is valid has passed."))
    if version.total < 0:
        faults.append(_("The total is below zero."))
    sold = sum((line.hours for line in lines if not line.optional), Decimal(0))
    if version.billing_basis == BillingBasis.SOLD_HOURS and sold and not version.sold_hours:
        hours = {"hours": formats.quantity(sold)}
        faults.append(_("Say how many hours are sold: the lines hold %(hours)s hours of labour.") % hours)
    return faults


def quote_send(
    *, quote: Quote, by: Actor, to_address: str | None = None, revision: int | None = None
) -> QuoteLink:
    """Freeze the draft and mail it as a PDF with a private link, to the customer unless `to_address` says otherwise.

    An empty `to_address` mails nothing: the office hands the link or the PDF over itself. Raises Refused when the
    draft is not complete, Conflict when it is not `revision` any more.
    """
    now = clock.now()
    with transaction.atomic():
        version = draft_lock(quote.current, revision)
        lines = lines_fresh(version)
        _lines_write(version, lines)
        if faults := sendable(version, lines):
            raise Refused(" ".join(faults))
        version.content = version_content(version, lines)
        version.content_hash = fingerprint(version.content)
        version.frozen_at = now
        version.save(update_fields=["content", "content_hash", "frozen_at"])
        move(quote, "send", by=by)
        quote.current = version
        address, name = default_address(version.quote)
        link = _link_make(
            version,
            address if to_address is None else to_address,
            name if to_address in (None, address) else "",
            now,
        )
    return link


def _link_make(version: QuoteVersion, address: str, name: str, now: datetime) -> QuoteLink:
    nonce = uuid.uuid4()
    ends = datetime.combine(version.valid_until, datetime.min.time(), tzinfo=now.tzinfo)
    link = QuoteLink.objects.create(
        version=version,
        to_address=address,
        to_name=name,
        nonce=nonce,
        token_hash=token_hash(token_for(letters.PURPOSE, nonce)),
        made_at=now,
        expires_at=max(ends, now) + READABLE,
    )
    quote_mail(link=link, what=OFFER)
    return link


def quote_mail(*, link: QuoteLink, what: str) -> Message | None:
    """Queue the mail of a link: the offer, or the confirmation. None when the office hands the link over itself."""
    version = link.version
    acceptance = version.acceptance if what == ACCEPTED else None
    letter = letters.accepted_letter(link, acceptance) if acceptance else letters.quote_letter(link)
    return message_queue(
        kind=f"quote_{what}",
        about=version.quote,
        to_address=link.to_address,
        to_name=link.to_name,
        subject=letter.subject,
        body=letter.body,
        language=version.language,
        facts={"version": version.pk, "what": what},
    )


def quote_files(message: Message) -> list[StoredFile]:
    """The PDF that the mail of a link carries."""
    version = QuoteVersion.objects.get(pk=message.facts["version"])
    acceptance = version.acceptance if message.facts["what"] == ACCEPTED else None
    file = file_store(
        content=quote_pdf(version, acceptance),
        name=file_name(version, accepted=acceptance is not None),
        content_type="application/pdf",
        by=SYSTEM,
    )
    return [file]


def quote_resend(*, quote: Quote, by: Actor, to_address: str) -> QuoteLink:
    """Mail the sent version again, with a link of its own, to the address that is given."""
    may_make_quotes(by)
    if quote.status not in (QuoteStatus.SENT, QuoteStatus.ACCEPTED):
        raise Refused(_("Only a quote that is out can be sent again."))
    address, name = default_address(quote)
    with transaction.atomic():
        link = _link_make(quote.current, to_address, name if to_address == address else "", clock.now())
        audit_record(quote, verb="quote.resend", by=by)
    return link


def link_revoke(*, link: QuoteLink, by: Actor) -> None:
    """Close a private link at once."""
    may_make_quotes(by)
    with transaction.atomic():
        closed = QuoteLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_at=clock.now())
        if closed:
            audit_record(link.version.quote, verb="quote.revoke_link", by=by)


def link_open(*, link: QuoteLink, by: Actor) -> None:
    """Note when the customer first opened the quote."""
    with transaction.atomic():
        first = QuoteLink.objects.filter(pk=link.pk, first_opened_at__isnull=True).update(
            first_opened_at=clock.now()
        )
        if first:
            audit_record(link.version.quote, verb="quote.open", by=by)


def newest_link(version: QuoteVersion) -> QuoteLink | None:
    """The link that a mail about this version should carry."""
    return version.links.live(clock.now()).order_by("-made_at", "-id").first()


def quote_withdraw(*, quote: Quote, by: Actor, reason: str, tell: bool = True) -> Quote:
    """Take a sent quote back: its page says so from now on. With `tell` the customer gets a mail, without the reason."""
    with transaction.atomic():
        move(quote, "withdraw", by=by, reason=reason)
        link = newest_link(quote.current)
        if tell and link is not None and link.to_address:
            letter = letters.withdrawn_letter(link)
            message_queue(
                kind="quote_withdrawn", about=quote, to_address=link.to_address, to_name=link.to_name,
                subject=letter.subject, body=letter.body, language=link.version.language,
            )  # fmt: skip
    return quote


def quote_revise(*, quote: Quote, by: Actor, reason: str = "") -> QuoteVersion:
    """Start a new version from the newest; that one stays as it was sent, and its link says that it was replaced."""
    now = clock.now()
    with transaction.atomic():
        move(quote, "revise", by=by, reason=reason)
        old = QuoteVersion.objects.select_related("quote__customer").get(pk=quote.current_id or 0)
        term = max(old.valid_until - (old.frozen_at or now).date(), timedelta(days=1))
        kept = {name: getattr(old, name) for name in VERSION_FIELDS}
        version = QuoteVersion(quote=old.quote, number=old.number + 1, **kept)
        version.valid_until = clock.today() + term
        version.save()
        lines = lines_copied(
            version, old.quote.customer, old.lines.select_related("vat_code").order_by("position", "id")
        )
        _lines_write(version, lines)
        quote.current = version
        quote.reminded_at = None
        quote.save(update_fields=["current", "reminded_at"])
    return version
