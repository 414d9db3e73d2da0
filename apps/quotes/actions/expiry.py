"""Reminders, and the end of an offer. `now` is given, so that a day can be told to pass."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from apps.core.actors import SYSTEM, Actor
from apps.core.audit import audit_record
from apps.core.refusals import Refused
from apps.core.transitions import move
from apps.messaging.actions import message_queue
from apps.quotes import letters
from apps.quotes.actions.sending import newest_link
from apps.quotes.models import Quote
from apps.quotes.states import QuoteStatus

REMIND_DAYS = 5
# Nobody is reminded of what came two days ago.
QUIET = timedelta(days=2)


def quotes_expire(now: datetime) -> int:
    """Let every sent quote whose last day has passed expire; return how many."""
    day = timezone.localdate(now)
    rows = Quote.objects.expired_on(day).order_by("pk")
    return sum(quote_expire(quote=quote, by=SYSTEM) for quote in rows)


def quote_expire(*, quote: Quote, by: Actor) -> bool:
    """Let one quote expire; False when it was answered just before."""
    try:
        move(quote, "expire", by=by)
    except Refused:
        return False
    return True


def quotes_remind(now: datetime) -> int:
    """Remind customers whose quote ends within a few days; once per version. Return how many."""
    day = timezone.localdate(now)
    rows = Quote.objects.expiring(day, day + timedelta(days=REMIND_DAYS))
    rows = rows.filter(current__frozen_at__lt=now - QUIET).order_by("pk")
    return sum(quote_remind(quote=quote, by=SYSTEM, now=now) for quote in rows)


def quote_remind(*, quote: Quote, by: Actor, now: datetime) -> bool:
    """Mail one reminder; False when there is nobody to mail, or it was answered or reminded meanwhile."""
    with transaction.atomic():
        # Its version only once it is locked: a join that waits would look for the version of before, and find none.
        locked = Quote.objects.select_for_update().get(pk=quote.pk)
        link = newest_link(locked.current)
        if locked.status != QuoteStatus.SENT or locked.reminded_at or link is None or not link.to_address:
            return False
        letter = letters.reminder_letter(link)
        message_queue(
            kind="quote_reminder", about=locked, to_address=link.to_address, to_name=link.to_name,
            subject=letter.subject, body=letter.body, language=link.version.language,
        )  # fmt: skip
        locked.reminded_at = now
        locked.save(update_fields=["reminded_at"])
        audit_record(locked, verb="quote.remind", by=by)
    return True
