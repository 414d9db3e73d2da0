"""What every action on an invoice begins with: the lock, and the version that counts what happened."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from apps.company.models import Company
from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.money import Totals, VatSum
from apps.core.refusals import Forbidden, Refused
from apps.core.versions import version_lock
from apps.invoicing import rules
from apps.invoicing.models import Invoice, InvoiceLine, Payment, VatLine
from apps.invoicing.rules import sums, vat_deducted
from apps.invoicing.states import InvoiceStatus


def invoice_lock(pk: int) -> Invoice:
    """The invoice as it is now; until the transaction ends nobody else changes it, its lines or its payments."""
    return Invoice.objects.select_for_update(of=("self",)).get(pk=pk)


def family_of(invoices: Iterable[int]) -> set[int]:
    """These invoices, those whose credited lines they ask anew, and those that ask theirs, once or again."""
    ends = InvoiceLine.objects.filter(rebills__isnull=False).values_list("invoice", "rebills__invoice")
    found: set[int] = set()
    step = set(invoices)
    while step:
        found |= step
        near = ends.filter(invoice__in=step).union(ends.filter(rebills__invoice__in=step))
        step = {pk for pair in near for pk in pair} - found
    return found


def origin_lock(invoice: Invoice) -> None:
    """The first invoice of a family: those who give up something of it, on whichever draft, wait for each other here.

    Its id is the lowest, so it is locked before the others, as by who locks several.
    """
    first = min(family_of([invoice.pk]))
    if first != invoice.pk:
        invoice_lock(first)


def draft_like(invoice: Invoice, by: Actor) -> Invoice:
    """An empty draft for the same customer, in the same language and on the same terms."""
    return Invoice.objects.create(
        customer_id=invoice.customer_id,
        language=invoice.language,
        reference=invoice.reference,
        payment_term_days=invoice.payment_term_days,
        delivered_on=invoice.delivered_on,
        created_at=clock.now(),
        created_by_id=by.pk,
    )


def line_get(line: InvoiceLine, draft: Invoice) -> InvoiceLine:
    """A line of a locked draft as it is now. Raises Refused when a colleague took it off."""
    found = draft.lines.select_related("invoice", "rebills").filter(pk=line.pk).first()
    if found is None:
        raise Refused(_("This is no longer there."))
    return found


def draft_lock(invoice: Invoice, by: Actor, version: int | None = None) -> Invoice:
    """As `invoice_lock`, for a draft. Raises Refused when it is one no longer, Stale when it is not `version`."""
    may_or_refuse(by, "issue_invoice")
    origin_lock(invoice)
    locked = version_lock(invoice, version)
    if locked.status != InvoiceStatus.DRAFT:
        raise Refused(_("%(invoice)s is no longer a draft: it cannot be changed.") % {"invoice": locked})
    return locked


def may_or_refuse(by: Actor, ability: str) -> None:
    if not by.may(ability):
        raise Forbidden(_("You may not do this."))


def touch(invoice: Invoice, *, verb: str, by: Actor, reason: str = "") -> None:
    """Count and record something that happened to an invoice without moving its status."""
    Invoice.objects.filter(pk=invoice.pk).update(version=F("version") + 1)
    invoice.version += 1
    audit_record(invoice, verb=f"invoice.{verb}", by=by, reason=reason)


def company_get() -> Company:
    company = Company.objects.select_related("logo").row()
    if company is None:
        raise Refused(_("Fill in the company's details first: they stand on every invoice."))
    return company


def vat_credited(invoice: Invoice) -> list[VatSum]:
    """The VAT that earlier credit notes took back of an invoice."""
    rows = VatLine.objects.filter(invoice__credits=invoice, invoice__number__isnull=False)
    deducted = InvoiceLine.objects.filter(
        invoice__credits=invoice, invoice__number__isnull=False, deducts__isnull=False
    )
    return [*(VatSum(one.category, one.rate, one.base, one.vat) for one in rows), *vat_deducted(deducted)]


def draft_sums_store(invoice: Invoice) -> Totals:
    """Bring a draft's totals up to date with its lines, so that lists can show them."""
    found = sums(invoice.lines.all())
    invoice.net, invoice.vat, invoice.total = found.net, found.vat, found.total
    invoice.prepaid, invoice.payable = found.prepaid, found.payable
    invoice.save(update_fields=["net", "vat", "total", "prepaid", "payable"])
    return found


def open_amount(invoice: Invoice) -> Decimal:
    """Euros still to come in for the invoice; below zero: to go back."""
    paid = Payment.objects.filter(invoice=invoice).aggregate(sum=Sum("amount"))["sum"] or rules.ZERO
    credited = invoice.payable - asked(invoice)
    return rules.open_amount(status=invoice.status, payable=invoice.payable, paid=paid, credited=credited)


def asked(invoice: Invoice) -> Decimal:
    """What an issued invoice asks once its credit notes are taken off, VAT included."""
    notes = Invoice.objects.filter(credits=invoice, number__isnull=False)
    return invoice.payable - (notes.aggregate(sum=Sum("payable"))["sum"] or rules.ZERO)
