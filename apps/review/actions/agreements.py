"""An agreement whose work order was cancelled: it is carried out after all, or the customer takes it back."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.refusals import Forbidden, Refused
from apps.core.transitions import move
from apps.quotes.actions import quote_lock, quote_order_again
from apps.quotes.models import Acceptance, Quote
from apps.review.actions.billables import billables_sync
from apps.review.actions.deposits import deposit_follow, deposits_asked, deposits_include, deposits_of
from apps.review.actions.fates import fate_decide, fates_open
from apps.review.actions.losses import loss_check
from apps.review.actions.verdict import order_locked, refusing
from apps.review.models import Billable, Fate, Review
from apps.review.states import Proposal, ReviewStatus
from apps.workorders.models import WorkOrder


def agreement_order(*, quote: Quote, by: Actor) -> WorkOrder:
    """Make the work order of an accepted quote again: what was agreed and not billed goes over to the new one.

    What was recorded on the cancelled one stays there, to be billed or written off. Raises Refused when a work order
    carries it out already, and when all of it was billed.
    """
    if not by.may("manage_work_orders"):
        raise Forbidden(_("You may not make work orders."))
    with transaction.atomic(), refusing():
        quote, old = _given_back(quote)
        billed: set[Any] = set()
        if old is not None:
            billables_sync(old)
            agreed = _agreed(quote, old)
            billed = set(agreed.filter(claimed=True).values_list("quote_line", flat=True))
            if agreed.exists() and not agreed.filter(claimed=False).exists():
                raise Refused(_("All that was agreed has been billed: make a new quote."))
        order = quote_order_again(quote=quote, by=by, billed=billed)
        if old is not None:
            left = _agreed(quote, old).filter(claimed=False)
            fates_open(left)
            left.update(work_order=order)
            deposit_follow(old, order)
            billables_sync(old)
        billables_sync(order)
    return order


def agreement_cancel(*, quote: Quote, by: User, reason: str) -> Quote:
    """The customer takes an accepted quote back: what was agreed and not billed is written off, with the reason.

    Raises Refused while a work order carries it out, or without a reason; Forbidden for more than `by` may give up.
    """
    if not reason.strip():
        raise Refused(_("Give a reason."))
    with transaction.atomic(), refusing():
        quote, old = _given_back(quote)
        lost = Acceptance.objects.get(version=quote.current).net
        left: QuerySet[Billable] = Billable.objects.none()
        if old is not None:
            billables_sync(old)
            if deposits_asked(old).exists():
                raise Refused(
                    _(
                        "The deposit is on an invoice: cancel its draft first, or credit it; what was paid of it is then"
                        " owed to the customer."
                    )
                )
            deposits_include(deposits_of(old).filter(claimed=False, fate=Fate.BILLABLE), by=by)
            left = _agreed(quote, old).filter(claimed=False)
            lost = sum((one.net for one in left), Decimal(0))
        loss_check(by, lost)
        move(quote, "cancel", by=by, reason=reason)
        for one in left:
            fate_decide(one, Fate.WRITTEN_OFF, by=by, reason=reason)
        if old is not None:
            billables_sync(old)
    return quote


def _given_back(quote: Quote) -> tuple[Quote, WorkOrder | None]:
    """The quote, locked, with its cancelled work order, locked too. Raises Refused when somebody carries it out."""
    now = quote_lock(quote.pk)
    if not now.has_no_job:
        raise Refused(_("%(number)s is not without a work order.") % {"number": now.number})
    old = order_locked(now.work_order_id) if now.work_order_id else None
    if old is not None:
        review = Review.objects.select_for_update().filter(work_order=old).first()
        if review is not None and review.status == ReviewStatus.APPROVED:
            raise Refused(_("The review of %(number)s settled it.") % {"number": old.number})
    return now, old


def _agreed(quote: Quote, order: WorkOrder) -> QuerySet[Billable]:
    """What stands on the work order of the lines of this quote, but for what was given up already."""
    lines = Billable.objects.filter(work_order=order, quote_line__version=quote.current_id)
    return lines.exclude(proposal=Proposal.TAKEN_BACK).order_by("id")
