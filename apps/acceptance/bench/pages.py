"""What is measured: one page of each kind, the roles that open it, and its budget."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db.models import Count
from django.urls import NoReverseMatch, reverse

from apps.accounts.models import User
from apps.accounts.roles import ADMIN, OFFICE, OWNER, TECHNICIAN
from apps.core import clock
from apps.customers.models import Customer, Equipment
from apps.intake.models import Request
from apps.invoicing.models import Invoice
from apps.leaks.models import Leak
from apps.maintenance.models import Contract
from apps.planning.models import Assignment
from apps.quotes.models import Quote
from apps.workorders.models import WorkOrder


@dataclass(frozen=True)
class Budget:
    """At 200,000 work orders on 2 cores. Milliseconds; None is not limited."""

    median: float | None = None
    p95: float | None = None
    queries: int | None = None
    per_second: int | None = None
    kilobytes: int | None = None


PAGE = Budget(median=10, p95=30, queries=15, per_second=250)
GRID = Budget(median=25, p95=60, queries=15)
BOARD = Budget(median=25, p95=80)
JOB = Budget(median=10, queries=12, kilobytes=60)
PHONE = Budget(median=10, p95=30, queries=15)
NONE = Budget()


@dataclass(frozen=True)
class Page:
    role: str
    label: str
    path: str
    budget: Budget


def users_by_role() -> dict[str, User]:
    """The first active user of each role; the technician with the most visits that are still to come."""
    found = {}
    for role in (OFFICE, OWNER, ADMIN):
        user = User.objects.filter(is_active=True, groups__name=role).order_by("pk").first()
        if user is not None:
            found[role] = user
    technicians = User.objects.filter(is_active=True, groups__name=TECHNICIAN).order_by("pk")
    busiest = (
        Assignment.objects.filter(active=True, period__endswith__gte=clock.now(), work_order__isnull=False)
        .filter(technician__user__in=technicians)
        .values("technician__user")
        .annotate(planned=Count("pk"))
        .order_by("-planned", "technician__user")
        .first()
    )
    user = technicians.get(pk=busiest["technician__user"]) if busiest else technicians.first()
    if user is not None:
        found[TECHNICIAN] = user
    return found


def pages(users: dict[str, User]) -> list[Page]:
    """Every page that is measured, for each role that is expected to open it."""
    found: list[Page] = []
    for role in (OFFICE, OWNER, ADMIN):
        if role in users:
            found += [Page(role, *row) for row in _office_pages() if _measured(role, row[0])]
    if TECHNICIAN in users:
        found += [Page(TECHNICIAN, *row) for row in _phone_pages(users[TECHNICIAN])]
    return found


# The office's pages are measured as the office; of the others' what is theirs alone, and what every day begins with.
_ALONE = {OWNER: {"finance"}, ADMIN: {"users", "user"}}
_ALSO = {
    OWNER: {"dashboard", "leaks", "work orders", "invoices", "invoice"},
    ADMIN: {"dashboard", "work orders"},
}


def _measured(role: str, label: str) -> bool:
    if role == OFFICE:
        return not any(label in labels for labels in _ALONE.values())
    return label in _ALONE[role] | _ALSO[role]


def _office_pages() -> Iterator[tuple[str, str, Budget]]:
    order = WorkOrder.objects.filter(status="closed").order_by("-pk").first()
    planned = WorkOrder.objects.filter(status="planned").order_by("-pk").first()
    waiting = WorkOrder.objects.filter(status="ready_for_review").order_by("-pk").first()
    customer = Customer.objects.annotate(jobs=Count("work_orders")).order_by("-jobs", "pk").first()
    word = quote(customer.name.split()[-1]) if customer else "jansen"
    device = Equipment.objects.order_by("-pk").first()
    contract = Contract.objects.order_by("-pk").first()
    coming = (
        Assignment.objects.filter(active=True, period__endswith__gte=clock.now()).order_by("period").first()
    )
    rows = [
        ("dashboard", "office:dashboard", None, "", BOARD),
        ("search over everything", "office:search", None, f"?q={word}", PAGE),
        ("requests", "intake:request_list", None, "", PAGE),
        ("requests, searched", "intake:request_list", None, f"?q={word}", PAGE),
        (
            "request",
            "intake:request_detail",
            Request.objects.exclude(report=None).order_by("-pk").first(),
            "",
            PAGE,
        ),
        ("quotes", "quotes:quote_list", None, "", PAGE),
        ("quotes, searched", "quotes:quote_list", None, f"?q={word}", PAGE),
        (
            "quote",
            "quotes:quote_detail",
            Quote.objects.filter(status="accepted").order_by("-pk").first(),
            "",
            PAGE,
        ),
        ("work orders", "workorders:work_order_list", None, "", PAGE),
        ("work orders, filtered", "workorders:work_order_list", None, "?status=planned", PAGE),
        ("work orders, searched", "workorders:work_order_list", None, f"?q={word}", PAGE),
        ("work orders, page 40", "workorders:work_order_list", None, "?page=40", PAGE),
        ("work order, closed", "workorders:work_order_detail", order, "", PAGE),
        ("work order, planned", "workorders:work_order_detail", planned, "", PAGE),
        ("week", "planning:week", None, "", GRID),
        ("day", "planning:day", None, "", GRID),
        ("review queue", "review:review_list", None, "", PAGE),
        ("review", "review:review_detail", waiting or order, "", PAGE),
        ("invoices", "invoicing:invoice_list", None, "", PAGE),
        ("invoices, searched", "invoicing:invoice_list", None, f"?q={word}", PAGE),
        ("ready for invoicing", "invoicing:ready_list", None, "", PAGE),
        (
            "invoice",
            "invoicing:invoice_detail",
            Invoice.objects.filter(status="paid").order_by("-pk").first(),
            "",
            PAGE,
        ),
        ("leaks", "leaks:leak_list", None, "", BOARD),
        ("leak", "leaks:leak_detail", Leak.objects.order_by("-pk").first(), "", PAGE),
        ("packages", "bookkeeping:package_list", None, "", PAGE),
        ("finance", "finance:overview", None, "", BOARD),
        ("customers", "customers:customer_list", None, "", PAGE),
        ("customers, searched", "customers:customer_list", None, f"?q={word}", PAGE),
        ("customer", "customers:customer_detail", customer, "", PAGE),
        ("materials", "materials:material_list", None, "", PAGE),
        ("technicians", "technicians:technician_list", None, "", PAGE),
        ("visit", "planning:assignment_detail", coming, "", PAGE),
        ("routes", "planning:day_routes", None, "", GRID),
        ("where every euro stands", "pipeline:row_list", None, "", BOARD),
        ("contracts", "maintenance:contract_list", None, "", PAGE),
        ("contract", "maintenance:contract_detail", contract, "", PAGE),
        ("maintenance due", "maintenance:visit_list", None, "", PAGE),
        ("equipment", "maintenance:equipment_list", None, "", PAGE),
        ("equipment, searched", "maintenance:equipment_list", None, f"?q={word}", PAGE),
        ("device", "maintenance:equipment_detail", device, "", PAGE),
        ("possible duplicates", "customers:customer_suspects", None, "", PAGE),
        ("hours by week", "timesheets:week_list", None, "", PAGE),
        ("users", "accounts:user_list", None, "", PAGE),
        ("user", "accounts:user_detail", User.objects.order_by("pk").first(), "", PAGE),
        ("shared flow", "office:logic", None, "", BOARD),
        ("notices", "messaging:notice_list", None, "", PAGE),
    ]
    for label, name, record, query, budget in rows:
        needs_record = name.endswith("_detail")
        if needs_record and record is None:
            continue
        path = _path(name, record if needs_record else None)
        if path:
            yield label, path + query, budget


def _phone_pages(user: User) -> Iterator[tuple[str, str, Budget]]:
    visits = Assignment.objects.filter(active=True, technician__user=user, work_order__isnull=False)
    now = clock.now()
    coming = (
        visits.filter(period__endswith__gte=now).order_by("period").first()
        or visits.order_by("-period").first()
    )
    done = visits.filter(period__endswith__lt=now, work_order__status="closed").order_by("-period").first()
    rows: list[tuple[str, str, Any, Budget]] = [
        ("today", "phone:today", None, PHONE),
        ("agenda", "phone:agenda", None, PHONE),
        ("materials", "phone:materials", None, PHONE),
        ("me", "phone:me", None, PHONE),
        ("job, to do", "phone:job", coming, JOB),
        ("job, done", "phone:job", done, JOB),
    ]
    for label, name, record, budget in rows:
        if name == "phone:job" and record is None:
            continue
        if path := _path(name, record):
            yield label, path, budget


def _path(name: str, record: Any) -> str:
    """The address, or nothing when this version of the product has no such page."""
    try:
        return reverse(name, args=[record.pk] if record is not None else [])
    except NoReverseMatch:
        return ""
