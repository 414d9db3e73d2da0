"""What an invoice gives up: by discounts, and of what was credited without a job that could take it back."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Sum

from apps.core.actors import Actor
from apps.core.transitions import move
from apps.invoicing.actions.common import draft_like, draft_sums_store, family_of
from apps.invoicing.models import Invoice, InvoiceLine
from apps.invoicing.states import InvoiceStatus
from apps.review.actions.losses import loss_check

ZERO = Decimal(0)


def has_no_job(invoice: Invoice) -> bool:
    """Whether no job could take back what its lines ask: all of them were typed."""
    return not invoice.lines.exclude(work_order=None).exists()


def given_up(lines: Iterable[InvoiceLine]) -> Decimal:
    """Euros that lines of no job ask, without VAT."""
    return sum((one.net for one in lines), ZERO)


def given_up_of(credited: Iterable[int], *, but: Invoice | None = None) -> Decimal:
    """What was given up, of these invoices without a job and of those that ask them anew, once or again.

    By a credit note that asked nothing anew, by a line that was taken off a draft, and by what a draft, or an invoice that
    it became, asks less. Without what `but` gives up: the draft at hand.
    """
    family = family_of(credited)
    back = InvoiceLine.objects.filter(
        credited_line__invoice__in=family, invoice__number__isnull=False, billable=None
    )
    anew = InvoiceLine.objects.filter(rebills__invoice__in=family)
    at_once = back.exclude(credited_line__in=anew.values("rebills"))
    others = anew.exclude(invoice=but)
    taken_off = others.filter(invoice__status=InvoiceStatus.CANCELLED)
    asking = others.exclude(invoice__status=InvoiceStatus.CANCELLED).values("invoice")
    less = InvoiceLine.objects.filter(invoice__in=asking, billable=None).select_related("rebills")
    found = at_once.aggregate(net=Sum("net", default=ZERO))["net"]
    found += taken_off.aggregate(net=Sum("rebills__net", default=ZERO))["net"]
    return max(sum(map(line_gives_up, less), found), ZERO)


def given_up_on(invoice: Invoice, *, but: InvoiceLine | None = None) -> Decimal:
    """Euros that the typed lines of an invoice give up together: many small discounts are one large one.

    With what was given up already of the credited invoices that it asks anew.
    """
    lines = list(invoice.lines.filter(billable=None).select_related("rebills"))
    credited = {one.rebills.invoice_id for one in lines if one.rebills}
    return sum((line_gives_up(one) for one in lines if one != but), given_up_of(credited, but=invoice))


def line_gives_up(line: InvoiceLine, net: Decimal | None = None) -> Decimal:
    """A discount, or what it asks less than the credited line that it asks anew; would give up, were it for `net`."""
    asks = line.net if net is None else net
    return max((line.rebills.net if line.rebills else ZERO) - asks, ZERO)


def change_check(line: InvoiceLine, net: Decimal, *, by: Actor) -> None:
    """Raises Forbidden when a line of a draft, changed to `net`, gives up more than it did, and that is too much."""
    loss = line_gives_up(line, net)
    if loss > line_gives_up(line):
        loss_check(by, loss + given_up_on(line.invoice, but=line))


def gives_up_credited(line: InvoiceLine, net: Decimal) -> bool:
    """Whether a credited line that is asked anew would be asked for less, without a word."""
    return line.rebills is not None and net < line.rebills.net


def asks_credited(line: InvoiceLine) -> bool:
    """Whether taking this line off a draft gives something up: a credited line that no job can take back."""
    return line.rebills is not None and line.rebills.net > 0


def line_given_up(line: InvoiceLine) -> Decimal:
    """What a draft gives up in all once it asks this credited line no longer."""
    return (line.rebills.net if line.rebills else ZERO) + given_up_on(line.invoice, but=line)


def credited_given_up(draft: Invoice) -> Decimal:
    """What is given up of credited invoices in all once this draft asks nothing of them anew."""
    lines = [
        one.rebills for one in draft.lines.exclude(rebills=None).select_related("rebills") if one.rebills
    ]
    return given_up(lines) + given_up_of({one.invoice_id for one in lines}, but=draft)


def line_give_up(line: InvoiceLine, *, by: Actor, reason: str) -> None:
    """Ask a credited line no longer: on a draft of its own that is cancelled, where the reason stands beside it."""
    apart = draft_like(line.invoice, by)
    line.delete()
    line.invoice, line.position, line.live = apart, 1, True
    line.save(force_insert=True)
    draft_sums_store(apart)
    move(apart, "cancel", by=by, reason=reason)
    InvoiceLine.objects.filter(invoice=apart).update(live=False)
