"""The VAT of a draft: what its work was found to ask, unless the customer's reverse charge was changed since."""

from collections.abc import Iterable

from apps.customers.models import Customer
from apps.invoicing.models import Invoice, InvoiceLine
from apps.pricing.lookup import default_vat_code, vat_still
from apps.pricing.models import VatCode
from apps.review.models import BillableKind

# What takes off, or adds to, a line that was invoiced: at the VAT of that line.
_BESIDE = (BillableKind.CORRECTION, BillableKind.DEPOSIT)


def vat_follow(lines: Iterable[InvoiceLine], customer: Customer) -> list[InvoiceLine]:
    """Give lines that are not issued the VAT that holds for the customer; gives those that change. Nothing is saved."""
    lines = list(lines)
    beside = {one.billable.corrects_id for one in lines if one.billable and one.billable.kind in _BESIDE}
    issued = InvoiceLine.objects.filter(
        billable__in=beside - {None}, live=True, invoice__number__isnull=False
    )
    asked = {one.billable_id: one for one in issued}
    changed = []
    for line in lines:
        before = (line.vat_category, line.vat_rate)
        first = asked.get(line.billable.corrects_id) if line.billable else None
        if first is not None:
            line.vat_category, line.vat_rate = first.vat_category, first.vat_rate
        else:
            code = line.billable.vat_code if line.billable else typed_vat_code(line)
            found = vat_still(customer, code, *before)
            line.vat_category, line.vat_rate = found.category, found.rate
        if (line.vat_category, line.vat_rate) != before:
            changed.append(line)
    return changed


def typed_vat_code(line: InvoiceLine) -> VatCode:
    """What was chosen for a typed line; of one that was typed before that was kept, the code that says the same."""
    same = VatCode.objects.filter(category=line.vat_category, rate=line.vat_rate)
    return line.vat_code or same.order_by("active", "pk").last() or default_vat_code()


def draft_vat_follow(invoice: Invoice) -> list[InvoiceLine]:
    """As `vat_follow`, for the lines of a draft as they stand."""
    return vat_follow(invoice.lines.select_related("billable__vat_code", "vat_code"), invoice.customer)
