"""The deposit of an accepted quote: asked beforehand, and taken off the job's own invoice, so that it is counted once.

Two billables per VAT rate, which come to nothing together: the deposit, and its deduction, which points at it.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.core import clock, formats
from apps.core.actors import Actor
from apps.materials.models import Unit
from apps.quotes.rules import deposit_lines
from apps.review import rules
from apps.review.actions.fates import fate_decide
from apps.review.agreements import acceptance_of, accepted_lines
from apps.review.models import Billable, BillableKind, Fate
from apps.review.querysets import BillableQuerySet
from apps.review.states import Proposal
from apps.workorders.models import WorkOrder
from apps.workorders.states import DONE, WorkOrderStatus


def deposit_make(order: WorkOrder) -> None:
    """Give a job on which work is still to be done what its quote asks beforehand, once. The caller holds its lock."""
    if order.status in (*DONE, WorkOrderStatus.CANCELLED) or deposits_of(order).exists():
        return
    acceptance = acceptance_of(order)
    if acceptance is None or not acceptance.version.deposit_percentage:
        return
    lines, now = accepted_lines(order), clock.now()
    codes = {(one.vat_category, one.vat_rate): one.vat_code_id for one in reversed(lines)}
    with override(order.customer.language):  # the number too: 33,33 % or 33.33 %
        text = _("Deposit of %(share)s on quote %(number)s") % {
            "share": formats.rate(acceptance.version.deposit_percentage),
            "number": acceptance.version.quote.number,
        }
    for one in deposit_lines((line.priced for line in lines), acceptance.version.deposit_percentage):
        fields = {
            "work_order": order,
            "kind": BillableKind.DEPOSIT,
            "description": text,
            "unit": Unit.PIECE,
            "unit_price": one.unit_price,
            "list_price": one.unit_price,
            "vat_code_id": codes[one.category, one.rate],
            "vat_category": one.category,
            "vat_rate": one.rate,
            "price_source": f"deposit:{acceptance.version_id}",
            "fate": Fate.BILLABLE,
            "proposal": rules.AS_AGREED,
            "created_at": now,
        }
        head = Billable.objects.create(quantity=one.quantity, recorded_quantity=one.quantity, **fields)
        Billable.objects.create(
            quantity=-one.quantity, recorded_quantity=-one.quantity, corrects=head, **fields
        )


def deposits_include(rows: Iterable[Billable], *, by: Actor) -> None:
    """Ask no deposit, or none any more: these, with their deductions, are left to the job's own invoice."""
    heads = [row.corrects_id or row.pk for row in rows]
    both = Billable.objects.filter(pk__in=heads) | Billable.objects.filter(corrects__in=heads)
    for row in both.filter(kind=BillableKind.DEPOSIT, claimed=False).order_by("pk"):
        row.proposal = Proposal.DEPOSIT_LEFT
        fate_decide(row, Fate.INCLUDED, by=by, reason="", also=("proposal",))


def deposit_follow(old: WorkOrder, new: WorkOrder) -> None:
    """What was asked beforehand goes over to the job that carries out the agreement."""
    deposits_of(old).update(work_order=new)


def deposits_of(order: WorkOrder) -> BillableQuerySet:
    found: BillableQuerySet = Billable.objects.filter(work_order=order, kind=BillableKind.DEPOSIT)
    return found


def deposits_asked(order: WorkOrder) -> BillableQuerySet:
    """The deposits of a job that stand on an invoice, or its draft, and were not taken off another one."""
    taken_off = deposits_of(order).filter(claimed=True).exclude(corrects=None).values("corrects")
    return deposits_of(order).filter(claimed=True, corrects=None).exclude(pk__in=taken_off)
