"""What a package holds, as tables: read once from the stored rows, then previewed or written."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from apps.bookkeeping import rules
from apps.bookkeeping.models import LedgerAccount, LedgerUse
from apps.core.ordering import in_order
from apps.customers.models import Customer, MailPurpose
from apps.invoicing.models import Invoice, InvoiceLine, Payment, VatLine
from apps.review.models import Billable, BillableKind
from apps.workorders.models import WorkOrder


@dataclass
class Table:
    """One CSV of the package, and one sheet of its workbook."""

    name: str
    heading: Sequence[str]
    rows: list[list[Any]] = field(default_factory=list)


@dataclass
class Content:
    invoices: list[Invoice]
    payments: list[Payment]
    sums: rules.Sums
    tables: list[Table]
    paid: dict[int, Decimal]

    def table(self, name: str) -> Table:
        return next(one for one in self.tables if one.name == name)


def sign(invoice: Invoice) -> int:
    """A credit note counts against."""
    return -1 if invoice.is_credit_note else 1


def gather(invoices: Iterable[Invoice], payments: Iterable[Payment], *, contents: frozenset[str]) -> Content:
    """Read everything that a package of these invoices and payments holds: a query per table."""
    found = sorted(invoices, key=lambda one: (one.issue_date, in_order(str(one))))
    money = list(payments)
    by_pk = {one.pk: one for one in found}
    lines = list(
        InvoiceLine.objects.filter(invoice__in=by_pk)
        .select_related("work_order")
        .order_by("invoice__number__in_order", "position")
    )
    vat_rows = list(
        VatLine.objects.filter(invoice__in=by_pk).order_by("invoice__number__in_order", "-rate", "category")
    )
    sums = rules.sums((sign(one), one.net, one.vat, one.total) for one in found)
    rules.tie_out(
        sums,
        lines=sum((sign(by_pk[one.invoice_id]) * one.net for one in lines), Decimal("0.00")),
        bases=sum((sign(by_pk[one.invoice_id]) * one.base for one in vat_rows), Decimal("0.00")),
        vat=sum((sign(by_pk[one.invoice_id]) * one.vat for one in vat_rows), Decimal("0.00")),
    )
    orders_of: dict[int, dict[int, WorkOrder]] = defaultdict(dict)
    for line in lines:
        if line.work_order is not None:
            orders_of[line.invoice_id][line.work_order.pk] = line.work_order
    touched = set(by_pk) | {one.invoice_id for one in money}
    paid = dict(
        Payment.objects.filter(invoice__in=touched)
        .values_list("invoice")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    accounts = Accounts()
    tables = [
        _invoices(found, orders_of, paid),
        _vat(vat_rows, by_pk, accounts),
    ]
    orders = {pk for several in orders_of.values() for pk in several}
    if "lines" in contents:
        tables.append(_lines(lines, by_pk, accounts))
    if "work_orders" in contents:
        tables.append(_work_orders(orders))
    if "materials" in contents:
        tables.append(_billables("materials", _("Material"), orders, BillableKind.MATERIAL))
    if "extra_work" in contents:
        tables.append(_billables("extra_work", _("Extra work"), orders, BillableKind.EXTRA_WORK))
    if "customers" in contents:
        tables.append(_customers({one.customer_id for one in found}))
    if "payments" in contents:
        tables.append(_payments(money))
        tables.append(_outstanding())
    return Content(found, money, sums, tables, paid)


class Accounts:
    """The bookkeeper's account for each use and VAT rate."""

    def __init__(self) -> None:
        self.rows = list(LedgerAccount.objects.select_related("vat_code").order_by("code"))

    def code(self, use: str, category: str, rate: Decimal) -> str:
        """The account for this VAT, or else the general one for the use; empty when none is set up."""
        general = ""
        for row in self.rows:
            if row.use != use:
                continue
            if row.vat_code and (row.vat_code.category, row.vat_code.rate) == (category, rate):
                return row.code
            if row.vat_code is None:
                general = general or row.code
        return general


def _invoices(found: Iterable[Any], orders_of: Any, paid: dict[int, Decimal]) -> Table:
    heading = [_("number"), _("kind"), _("date"), _("due date"), _("customer number"), _("customer"), _("VAT number"),
               _("reference"), _("work orders"), _("net"), _("VAT"), _("total"), _("status"), _("paid")]  # fmt: skip
    rows = [
        [one.number, one.get_kind_display(), one.issue_date, one.due_date, str(one.customer_id), one.buyer["name"],
         one.buyer["vat_number"], one.reference, " ".join(order.number for order in orders_of[one.pk].values()),
         sign(one) * one.net, sign(one) * one.vat, sign(one) * one.total, one.get_status_display(),
         paid.get(one.pk, Decimal("0.00"))]
        for one in found
    ]  # fmt: skip
    return Table("invoices", heading, rows)


def _lines(lines: list[InvoiceLine], by_pk: dict[int, Invoice], accounts: Accounts) -> Table:
    heading = [_("invoice"), _("position"), _("work order"), _("description"), _("quantity"), _("unit"),
               _("unit price"), _("discount (%)"), _("VAT category"), _("VAT (%)"), _("net"), _("account")]  # fmt: skip
    rows = [
        [by_pk[one.invoice_id].number, one.position, one.work_order.number if one.work_order else "", one.description,
         sign(by_pk[one.invoice_id]) * one.quantity, one.get_unit_display(), one.unit_price, one.discount,
         one.vat_category, one.vat_rate, sign(by_pk[one.invoice_id]) * one.net, accounts.code(LedgerUse.REVENUE, one.vat_category, one.vat_rate)]
        for one in lines
    ]  # fmt: skip
    return Table("lines", heading, rows)


def _vat(vat_rows: list[VatLine], by_pk: dict[int, Invoice], accounts: Accounts) -> Table:
    heading = [_("invoice"), _("VAT category"), _("VAT (%)"), _("base"), _("VAT"), _("account")]
    rows = [
        [by_pk[one.invoice_id].number, one.category, one.rate, sign(by_pk[one.invoice_id]) * one.base,
         sign(by_pk[one.invoice_id]) * one.vat, accounts.code(LedgerUse.VAT, one.category, one.rate)]
        for one in vat_rows
    ]  # fmt: skip
    return Table("vat", heading, rows)


def _work_orders(orders: set[int]) -> Table:
    heading = [_("work order"), _("customer"), _("title"), _("site"), _("billing"), _("status")]
    found = (
        WorkOrder.objects.filter(pk__in=orders)
        .select_related("customer", "site")
        .order_by("number__in_order")
    )
    rows = [
        [one.number, one.customer.name, one.title, str(one.site), one.get_billing_basis_display(), one.get_status_display()]
        for one in found
    ]  # fmt: skip
    return Table("work_orders", heading, rows)


def _billables(name: str, label: str, orders: set[int], kind: str) -> Table:
    heading = [
        _("work order"),
        label,
        _("recorded"),
        _("quantity"),
        _("unit"),
        _("unit price"),
        _("net"),
        _("fate"),
    ]
    # With what was corrected after the approval: the rows come to what is charged.
    of_kind = Q(kind=kind) | Q(kind=BillableKind.CORRECTION, corrects__kind=kind)
    found = Billable.objects.filter(of_kind, work_order__in=orders).select_related("work_order")
    rows = [
        [one.work_order.number, one.description, one.recorded_quantity, one.quantity, one.get_unit_display(),
         one.unit_price, one.net, one.get_fate_display()]
        for one in found.order_by("work_order__number__in_order", "pk")
    ]  # fmt: skip
    return Table(name, heading, rows)


def _customers(pks: set[int]) -> Table:
    heading = [_("customer number"), _("name"), _("kind"), _("street"), _("postal code"), _("city"), _("country"),
               _("e-mail"), _("VAT number"), _("CoC number"), _("payment term (days)")]  # fmt: skip
    rows = [
        [str(one.pk), one.name, one.get_kind_display(), one.street_line, one.postal_code, one.city, one.country,
         one.mail_for(MailPurpose.INVOICE), one.vat_number, one.kvk_number, one.payment_term_days]
        for one in Customer.objects.filter(pk__in=pks).order_by("pk")
    ]  # fmt: skip
    return Table("customers", heading, rows)


def _payments(money: list[Payment]) -> Table:
    heading = [
        _("invoice"),
        _("paid on"),
        _("method"),
        _("amount"),
        _("reference"),
        _("reverses an earlier payment"),
    ]
    numbers = dict(
        Invoice.objects.filter(pk__in={one.invoice_id for one in money}).values_list("pk", "number")
    )
    rows = [
        [numbers[one.invoice_id], one.paid_on, one.get_method_display(), one.amount, one.reference,
         _("yes") if one.reverses_id else ""]
        for one in money
    ]  # fmt: skip
    return Table("payments", heading, rows)


def _outstanding() -> Table:
    """Everything that is open at this moment, to come in or to go back, exported before or not."""
    heading = [
        _("invoice"),
        _("customer"),
        _("date"),
        _("due date"),
        _("total"),
        _("paid"),
        _("credited"),
        _("open"),
    ]
    open_rows: Any = Invoice.objects.unsettled()
    found = open_rows.annotate(customer_name=F("customer__name")).order_by("number__in_order")
    rows = [
        [
            one.number,
            one.customer_name,
            one.issue_date,
            one.due_date,
            one.total,
            one.paid,
            one.credited,
            one.open,
        ]
        for one in found
    ]
    return Table("outstanding", heading, rows)
