"""Issuing: the moment at which an invoice gets its number and never changes again."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.company.models import Company
from apps.core import clock
from apps.core.actors import SYSTEM, Actor
from apps.core.numbering import CREDIT_NOTE, INVOICE, number_take
from apps.core.queue import job_defer
from apps.core.refusals import Missing, Refused
from apps.core.telephone_fields import tel
from apps.core.transitions import move
from apps.customers.models import Customer, MailPurpose
from apps.documents.actions import file_store
from apps.invoicing import documents, rules
from apps.invoicing.actions.case import case_complete
from apps.invoicing.actions.common import company_get, draft_lock, invoice_lock, sums, vat_credited
from apps.invoicing.actions.deposits import deposits_stand_check
from apps.invoicing.actions.vat import draft_vat_follow
from apps.invoicing.models import Invoice, InvoiceDocument, InvoiceLine, VatLine
from apps.pricing.models import VatCategory
from apps.review.models import Billable, Fate
from apps.workorders.models import WorkOrder
from apps.workorders.states import WorkOrderStatus


def invoice_issue(*, invoice: Invoice, by: Actor, version: int | None = None) -> Invoice:
    """Number the draft and freeze it with the data of both parties; its work orders become invoiced.

    One of which the lines undo each other is settled at once. Raises Refused when it is no draft any more, asks nothing
    on any line, comes below zero, asks the deposit of a cancelled job, holds other VAT than the customer's reverse charge
    wants, or lacks what the law wants on it; Stale when it is not the `version` that was seen.
    """
    with transaction.atomic():
        locked = draft_lock(invoice, by, version)
        orders = list(
            WorkOrder.objects.select_for_update(of=("self",))
            .filter(pk__in=locked.lines.exclude(work_order=None).values("work_order"))
            .order_by("pk")
        )
        deposits_stand_check(locked)
        if draft_vat_follow(locked):
            raise Refused(
                _(
                    "The reverse charge of %(name)s was changed after this draft was made. Change the draft and save it:"
                    " its VAT then follows the customer."
                )
                % {"name": locked.customer}
            )
        freeze(locked, by=by, buyer=party_of_customer(locked.customer))
        _work_orders_invoiced(orders, by=by)
        if locked.payable == 0:
            # Its lines undo each other: there is nothing to send for, to wait for or to pay.
            move(locked, "pay", by=SYSTEM, reason=_("Nothing is to be paid."))
            case_complete(locked, by=SYSTEM)
        job_defer("invoicing.documents", invoice_id=locked.pk)
    return locked


def freeze(invoice: Invoice, *, by: Actor, buyer: dict[str, Any]) -> None:
    """Give a locked draft, invoice or credit note, its sums, parties, dates and number, and issue it.

    The number is taken as the last thing but the save: its series stays locked until the transaction ends.
    """
    lines = list(invoice.lines.all())
    if not lines:
        raise Refused(_("An invoice needs at least one line."))
    if all(line.net == 0 for line in lines):
        raise Refused(
            _("These lines ask nothing: tick what was charged.")
            if invoice.is_credit_note
            else _(
                "Nothing on this invoice is to be paid. Cancel the draft: work of which nothing is left to invoice"
                " is closed without one."
            )
        )
    found = sums(lines, vat_credited(invoice.credits) if invoice.credits else ())
    if found.total < 0:
        raise Refused(
            _(
                "This invoice comes below zero. Cancel the draft; what was corrected is then credited under"
                " “Ready for invoicing”."
            )
        )
    company = company_get()
    seller = party_of_company(company)
    _check_parties(lines, seller=seller, buyer=buyer)
    VatLine.objects.bulk_create(
        VatLine(invoice=invoice, category=one.category, rate=one.rate, base=one.base, vat=one.vat)
        for one in found.vat_sums
    )
    now = clock.now()
    today = timezone.localdate(now)
    invoice.net, invoice.vat, invoice.total = found.net, found.vat, found.total
    invoice.prepaid, invoice.payable = found.prepaid, found.payable
    invoice.seller, invoice.buyer = seller, buyer
    invoice.issued_at, invoice.issue_date = now, today
    invoice.due_date = rules.due_date(today, invoice.payment_term_days)
    # Of the year of its date: whoever waits for a colleague over New Year's midnight has the old year on both.
    invoice.number = number_take(CREDIT_NOTE if invoice.is_credit_note else INVOICE, on=today)
    invoice.save(
        update_fields=["net", "vat", "total", "prepaid", "payable", "seller", "buyer", "issued_at", "issue_date",
                       "due_date", "number"]
    )  # fmt: skip
    move(invoice, "issue", by=by)


def _check_parties(lines: list[InvoiceLine], *, seller: dict[str, Any], buyer: dict[str, Any]) -> None:
    if not seller["vat_number"] or not seller["iban"]:
        raise Missing(
            _("The company's VAT number and IBAN must stand on an invoice: fill them in first."),
            url=reverse("company:company_change"),
            label=_("Company and logo"),
        )
    reverse_charge = any(line.vat_category == VatCategory.REVERSE_CHARGE for line in lines)
    if reverse_charge and not buyer["vat_number"]:
        raise Refused(_("Reverse charge needs the customer's VAT number on the invoice."))


def _work_orders_invoiced(orders: list[WorkOrder], *, by: Actor) -> None:
    """Move each job of which nothing is left to invoice."""
    left = set(
        Billable.objects.filter(work_order__in=orders, fate__in=[Fate.BILLABLE, Fate.PENDING])
        .exclude(
            pk__in=InvoiceLine.objects.filter(
                live=True, billable__isnull=False, invoice__number__isnull=False
            ).values("billable")
        )
        .values_list("work_order_id", flat=True)
    )
    for order in orders:
        if order.pk not in left and order.status == WorkOrderStatus.READY_FOR_INVOICING:
            move(order, "invoice", by=by)


def party_of_company(company: Company) -> dict[str, Any]:
    """The seller as the law and the letterhead want it, at this moment."""
    return {
        "name": company.name,
        "street_line": company.street_line,
        "postal_code": company.postal_code,
        "city": company.city,
        "city_line": company.city_line,
        "country": company.country,
        "vat_number": company.vat_number,
        "kvk_number": company.kvk_number,
        "iban": company.iban,
        "bic": company.bic,
        "email": company.email,
        "phone": tel(company.phone),
        "website": company.website,
        "colour": company.colour,
        "logo": {"path": company.logo.path} if company.logo else None,
    }


def party_of_customer(customer: Customer) -> dict[str, Any]:
    """The buyer, at this moment."""
    return {
        "kind": customer.kind,
        "name": customer.name,
        "street_line": customer.street_line,
        "postal_code": customer.postal_code,
        "city": customer.city,
        "city_line": customer.city_line,
        "country": customer.country,
        "vat_number": customer.vat_number,
        "kvk_number": customer.kvk_number,
        "email": customer.mail_for(MailPurpose.INVOICE),
    }


def documents_make(*, invoice: Invoice, by: Actor = SYSTEM) -> InvoiceDocument:
    """The PDF and the e-invoice of an issued invoice: made once, on demand or by the worker, and kept."""
    found = InvoiceDocument.objects.filter(invoice=invoice).select_related("pdf", "ubl").first()
    if found is not None:
        return found
    with transaction.atomic():
        locked = invoice_lock(invoice.pk)
        found = InvoiceDocument.objects.filter(invoice=locked).select_related("pdf", "ubl").first()
        if found is not None:
            return found
        if locked.number is None:
            raise Refused(_("A draft has no documents yet: issue it first."))
        name = locked.number
        pdf = file_store(
            content=documents.invoice_pdf(locked), name=f"{name}.pdf", content_type="application/pdf", by=by
        )
        ubl = file_store(
            content=documents.invoice_ubl(locked), name=f"{name}.xml", content_type="application/xml", by=by
        )
        return InvoiceDocument.objects.create(invoice=locked, pdf=pdf, ubl=ubl)
