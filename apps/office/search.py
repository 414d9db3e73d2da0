"""Global search: any customer, number, address or page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.together import together
from apps.customers.models import Customer
from apps.intake.models import Request
from apps.invoicing.models import Invoice
from apps.materials.models import Material
from apps.office import shell
from apps.quotes.models import Quote
from apps.workorders.models import WorkOrder

EACH = 5
SOURCES: list[tuple[Any, str, str, Any]] = [
    (WorkOrder, "workorders:work_order_detail", "customer", lambda row: f"{row.customer} · {row.title}"),
    (Request, "intake:request_detail", "customer", lambda row: row.customer.name),
    (Quote, "quotes:quote_detail", "customer", lambda row: row.customer.name),
    (Invoice, "invoicing:invoice_detail", "customer", lambda row: row.customer.name),
    (Customer, "customers:customer_detail", "", lambda row: f"{row.street_line}, {row.city}"),
    (Material, "materials:material_detail", "", lambda row: row.code),
]


def search(user: Any, request: Any, text: str) -> list[tuple[Any, list[dict[str, str]]]]:
    """What matches, by kind; with no text the pages that one may open."""
    groups: list[tuple[Any, list[dict[str, str]]]] = []
    pages = [
        {"label": str(item["label"]), "url": item["url"], "detail": ""}
        for _label, items in shell.groups(request)
        for item in items
        if text.lower() in str(item["label"]).lower()
    ]
    if text.strip():
        asked = []
        for model, _url_name, related, _detail in SOURCES:
            rows = model.objects.for_user(user).search(text).order_by("-pk")
            asked.append((rows.select_related(related) if related else rows)[:EACH])
        together(*asked)
        for (model, url_name, _related, detail), rows in zip(SOURCES, asked, strict=True):
            hits = [
                {"label": str(row), "url": reverse(url_name, args=[row.pk]), "detail": detail(row)}
                for row in rows
            ]
            if hits:
                groups.append((model._meta.verbose_name_plural, hits))
    if pages:
        groups.append((_("Pages"), pages))
    return groups
