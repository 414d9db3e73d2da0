"""Global search: any customer, number, address or page."""

from typing import Any

from django.db.models import TextField
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.compiled import Given, compiled, reader_of
from apps.core.search import words_asked
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


def _questions(user: Any, words: str) -> dict[str, Any]:
    found = {}
    for model, url_name, related, _detail in SOURCES:
        rows = model.objects.for_user(user).order_by("-pk")
        rows = rows.matching(Given("words", TextField())) if words else rows
        found[url_name] = (rows.select_related(related) if related else rows)[:EACH]
    return found


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
        words = words_asked(text)
        asked = compiled(
            ("palette", reader_of(user), bool(words)), lambda: _questions(user, words), words=words
        )
        together(*asked.values(), plan_anew=True)
        for (model, url_name, _related, detail), rows in zip(SOURCES, asked.values(), strict=True):
            hits = [
                {"label": str(row), "url": reverse(url_name, args=[row.pk]), "detail": detail(row)}
                for row in rows
            ]
            if hits:
                groups.append((model._meta.verbose_name_plural, hits))
    if pages:
        groups.append((_("Pages"), pages))
    return groups
