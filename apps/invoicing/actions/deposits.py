"""What was agreed to be paid beforehand: asked on an invoice of its own, and taken off the job's own invoice."""

from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.core import formats
from apps.core.actors import Actor
from apps.core.refusals import Refused
from apps.customers.models import Customer
from apps.invoicing.actions.common import may_or_refuse
from apps.invoicing.models import Invoice, InvoiceLine
from apps.review.actions.deposits import deposits_include
from apps.review.models import Billable, BillableKind
from apps.review.querysets import BillableQuerySet
from apps.workorders.models import WorkOrder
from apps.workorders.states import WorkOrderStatus


def deposit_leave(*, work_order: WorkOrder, by: Actor) -> None:
    """Ask no deposit after all: the final invoice asks all of it. Raises Refused when none is left to ask."""
    may_or_refuse(by, "issue_invoice")
    with transaction.atomic():
        order = WorkOrder.objects.select_for_update(of=("self",)).get(pk=work_order.pk)
        rows = list(_both_open(Billable.objects.filter(work_order=order)))
        if not rows:
            raise Refused(_("No deposit of %(number)s is to be asked.") % {"number": order.number})
        deposits_include(rows, by=by)


def _both_open(rows: BillableQuerySet) -> BillableQuerySet:
    """Deposits that are on no invoice, and taken off none."""
    taken_off = Billable.objects.filter(kind=BillableKind.DEPOSIT, claimed=True).exclude(corrects=None)
    return rows.deposits_to_ask().exclude(pk__in=taken_off.values("corrects"))


def with_deposits(billables: Iterable[Billable], ready: Collection[int], *, by: Actor) -> list[Billable]:
    """What a draft asks of these: of a job that is `ready` all, but a deposit that nobody asked; of another its deposit.

    Raises Refused for a deposit on a draft: it is taken off by the number of its invoice.
    """
    found = list(billables)
    both = Billable.objects.filter(pk__in=[one.pk for one in found if one.work_order_id in ready])
    left = list(_both_open(both))
    deposits_include(left, by=by)
    gone = {one.pk for one in left}
    kept = [
        one
        for one in found
        if one.pk not in gone and one.corrects_id not in gone
        and (one.work_order_id in ready or (one.kind == BillableKind.DEPOSIT and not one.is_deduction))
    ]  # fmt: skip
    drafted = InvoiceLine.objects.filter(
        billable__in=[one.corrects_id for one in kept if one.is_deduction], live=True, invoice__number=None
    )
    if line := drafted.select_related("work_order").first():
        raise Refused(
            _("The deposit of %(number)s stands on a draft: issue it or cancel it first.")
            % {"number": line.work_order}
        )
    return kept


def deposits_stand_check(invoice: Invoice) -> None:
    """Raises Refused when the draft asks beforehand for work that will not be done: of a job that was cancelled since.

    `deposit_of_cancelled_job` in the database knows it too. The jobs are locked: none is cancelled meanwhile.
    """
    asked = Billable.objects.filter(
        pk__in=invoice.lines.values("billable"), kind=BillableKind.DEPOSIT, corrects=None
    )
    orders = WorkOrder.objects.select_for_update(of=("self",)).filter(pk__in=asked.values("work_order"))
    for order in orders.order_by("pk"):
        if order.status == WorkOrderStatus.CANCELLED:
            raise Refused(
                _(
                    "%(number)s was cancelled: nobody asks a deposit for work that will not be done. Cancel this draft, or"
                    " make the work order again on its quote; then its deposit may be asked."
                )
                % {"number": order.number}
            )


def all_deposits(billables: Iterable[Billable]) -> bool:
    return all(one.kind == BillableKind.DEPOSIT and not one.is_deduction for one in billables)


def deposit_lines_of(billables: Iterable[Billable]) -> dict[int | None, InvoiceLine]:
    """The lines on which deposits were asked that these take off, by deposit."""
    lines = InvoiceLine.objects.filter(
        billable__in=[one.corrects_id for one in billables if one.is_deduction], live=True
    )
    return {line.billable_id: line for line in lines.select_related("invoice")}


def deduction_text(one: Billable, asked: Mapping[int | None, InvoiceLine], customer: Customer) -> str:
    """In the words of the customer, with the number and the date of the invoice that asked it."""
    invoice = asked[one.corrects_id].invoice
    with override(customer.language):
        return _("Deposit already asked, invoice %(number)s of %(date)s") % {
            "number": invoice.number,
            "date": formats.day_on_paper(invoice.issue_date),
        }
