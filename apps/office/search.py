"""Global search: any customer, number, address or page."""

from typing import Any

from django.db.models import TextField
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.compiled import Given, compiled, reader_of
from apps.core.search import words_asked, words_begun
from apps.core.spelling import forgiven
from apps.core.together import together
from apps.customers.models import Customer, Equipment
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
    (Customer, "customers:customer_detail", "", lambda row: _marked(row, f"{row.street_line}, {row.city}")),
    (Equipment, "maintenance:equipment_detail", "site__customer", lambda row: _placed(row)),
    (Material, "materials:material_detail", "", lambda row: _marked(row, row.code)),
]


def _marked(row: Any, detail: str) -> str:
    """What is out of use is found as well, and says so."""
    return detail if row.active else f"{detail} · {_('No longer active')}"


def _placed(device: Equipment) -> str:
    """Whose it is and where; one that is gone is found as well, and says so."""
    detail = f"{device.site.customer} · {device.site}"
    return f"{detail} · {_('No longer there')}" if device.is_gone else detail


def _questions(user: Any, words: bool) -> dict[str, Any]:
    """Of each kind the newest that begin with what was typed, and the newest that hold it at all."""
    found = {}
    for model, url_name, related, _detail in SOURCES:
        rows = model.objects.for_user(user).order_by("-pk")
        rows = rows.select_related(related) if related else rows
        for asked in ("begun", "words"):
            found[f"{url_name} {asked}"] = (rows.matching(Given(asked, TextField())) if words else rows)[
                :EACH
            ]
    return found


def _found(user: Any, words: str) -> dict[str, list[Any]]:
    """Up to so many records of each kind, the best first, by the name of their address."""
    asked = compiled(
        ("palette", reader_of(user), bool(words)),
        lambda: _questions(user, bool(words)),
        words=words, begun=words_begun(words),
    )  # fmt: skip
    together(*asked.values(), plan_anew=True)
    found = {}
    for _model, url_name, _related, _detail in SOURCES:
        rows = dict.fromkeys((*asked[f"{url_name} begun"], *asked[f"{url_name} words"]))
        found[url_name] = list(rows)[:EACH]
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
        found = _found(user, words)
        if words and not any(found.values()) and (near := forgiven(words)):
            found = _found(user, near.asked)
        for model, url_name, _related, detail in SOURCES:
            hits = [
                {"label": str(row), "url": reverse(url_name, args=[row.pk]), "detail": detail(row)}
                for row in found[url_name]
            ]
            if hits:
                groups.append((model._meta.verbose_name_plural, hits))
    if pages:
        groups.append((_("Pages"), pages))
    return groups
