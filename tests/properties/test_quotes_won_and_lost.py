"""won + lost + open = all that were sent, whatever happens to quotes in whatever order."""

import contextlib
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core import clock
from apps.core.actors import SYSTEM
from apps.core.refusals import Refused
from apps.finance import checks
from apps.finance.actions import sums_catch_up
from apps.finance.models import DaySum, Entry, Kind
from apps.planning.actions import job_cancel
from apps.quotes import actions
from apps.quotes.models import Quote, QuoteVersion
from apps.quotes.states import QuoteStatus
from apps.review.actions import agreement_cancel
from tests.review.conftest import shop

__all__ = ["shop"]
pytestmark = pytest.mark.django_db
VERBS = ("accept", "decline", "expire", "withdraw", "revise", "send", "cancel_job", "take_back")
OPEN = (QuoteStatus.SENT, QuoteStatus.DRAFT)
steps = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 1)), min_size=3, max_size=12)


def take(step: str, quote: Quote, cast) -> None:
    """One step; the product may refuse it, and then nothing has changed."""
    quote = Quote.objects.select_related("current", "work_order").get(pk=quote.pk)
    if step == "accept":
        actions.quote_accept(version=quote.current, name="P. Vermeer", by=cast.bram)
    elif step == "decline":
        actions.quote_decline(version=quote.current, by=cast.bram, reason="too dear")
    elif step == "expire":
        actions.quote_expire(quote=quote, by=SYSTEM)
    elif step == "withdraw":
        actions.quote_withdraw(quote=quote, by=cast.bram, reason="a mistake", tell=False)
    elif step == "revise":
        actions.quote_revise(quote=quote, by=cast.bram)
    elif step == "send":
        actions.quote_send(quote=quote, by=cast.bram, to_address="p@mail.example")
    elif step == "cancel_job" and quote.work_order:
        job_cancel(work_order=quote.work_order, by=cast.bram, reason="not now")
    elif step == "take_back":
        agreement_cancel(quote=quote, by=cast.olga, reason="they moved house")


def holds() -> None:
    """What finance says, against the quotes themselves."""
    sums_catch_up()
    sent = Quote.objects.filter(pk__in=QuoteVersion.objects.filter(frozen_at__isnull=False).values("quote"))
    found = DaySum.objects.of(Kind.COMPANY).sums()
    won, lost = found["quotes_won"], found["quotes_closed"] - found["quotes_won"]
    assert won + lost + sent.filter(status__in=OPEN).count() == sent.count()
    assert won == sent.filter(status=QuoteStatus.ACCEPTED).count()
    assert checks.faults() == []
    for one in DaySum.objects.of(Kind.COMPANY).by_month().summed():
        assert 0 <= one["quotes_won"] <= one["quotes_closed"], "no month has won less than nothing"
    assert not Entry.objects.filter(quote__isnull=False, quotes_closed__gt=1).exists()


@given(todo=steps)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_quote_that_was_sent_is_won_lost_or_open(shop, cast, todo):
    with transaction.atomic():
        quotes = [shop.quote(), shop.quote()]
        now = clock.now()
        for number, (step, which) in enumerate(todo):
            with clock.at(now + timedelta(days=number)), contextlib.suppress(Refused), transaction.atomic():
                take(step, quotes[which], cast)
            holds()
        transaction.set_rollback(True)
