"""The rail: where one can go, as the work flows, and where something waits."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core.compiled import Given, compiled
from apps.core.formats import money
from apps.core.together import Figure, number_of, sum_of, together
from apps.field.models import FieldEvent
from apps.intake.models import Request
from apps.invoicing.lists import to_draft
from apps.invoicing.models import Invoice
from apps.leaks.models import Leak
from apps.messaging.models import Notice
from apps.quotes.models import Quote
from apps.timesheets.models import Week
from apps.workorders.models import WorkOrder


@dataclass(frozen=True)
class Item:
    """A place on the rail, for whoever has the ability."""

    label: str | Promise
    url_name: str
    icon: str
    ability: str
    count: str = ""


RAIL: list[tuple[str | Promise, list[Item]]] = [
    (
        _("Today"),
        [
            Item(_("Dashboard"), "office:dashboard", "dashboard", "see_office"),
            Item(_("Notices"), "messaging:notice_list", "bell", "see_office", "notices"),
        ],
    ),
    (
        _("Work"),
        [
            Item(_("Intake"), "intake:request_list", "inbox", "see_office", "requests"),
            Item(_("Quotes"), "quotes:quote_list", "quote", "see_prices", "quotes"),
            Item(_("Work orders"), "workorders:work_order_list", "wrench", "see_office"),
            Item(_("Planning"), "planning:week", "calendar", "see_office", "to_plan"),
            Item(_("Maintenance"), "maintenance:visit_list", "refresh", "see_office"),
            Item(_("Customers"), "customers:customer_list", "building", "see_office"),
        ],
    ),
    (
        _("Control"),
        [
            Item(_("Review"), "review:review_list", "check", "review_work", "review"),
            Item(_("From the phones"), "field:event_list", "phone", "see_office", "events"),
            Item(_("Hours"), "timesheets:week_list", "clock", "approve_hours", "hours"),
            Item(_("Leaks"), "leaks:leak_list", "drop", "see_prices", "leaks"),
        ],
    ),
    (
        _("Money"),
        [
            Item(_("Invoicing"), "invoicing:invoice_list", "euro", "see_prices", "invoicing"),
            Item(_("Bookkeeper"), "bookkeeping:package_list", "box", "export_package"),
            Item(_("Finance"), "finance:overview", "chart", "see_finance"),
        ],
    ),
    (
        _("Set-up"),
        [
            Item(_("Materials"), "materials:material_list", "tag", "see_office"),
            Item(_("Technicians"), "technicians:technician_list", "truck", "see_office"),
            Item(_("Users"), "accounts:user_list", "users", "manage_users"),
            Item(_("Settings"), "company:settings", "gear", "see_office"),
            Item(_("Logic"), "office:logic", "route", "see_office"),
            Item(_("End-to-end test"), "acceptance:run", "flag", "run_acceptance"),
        ],
    ),
]

TABS = [
    (_("Today"), "phone:today", "list"),
    (_("Agenda"), "phone:agenda", "calendar"),
    (_("Materials"), "phone:materials", "box"),
    (_("Me"), "phone:me", "user"),
]


def counts(user: Any) -> dict[str, Any]:
    """What waits, now: one number for each place, the same for everyone who may see it, and one's own notices. One statement."""
    found = compiled("rail", _questions, reader=user.pk)
    together(*found.values())
    waiting = {name: figure.value for name, figure in found.items()}
    return waiting | {"invoicing": waiting["invoicing"] + waiting["invoices"]}


def _questions() -> dict[str, Figure]:
    orders = WorkOrder.objects
    return {
        "notices": number_of(Notice.objects.unread().filter(user=Given("reader"))),
        "requests": number_of(Request.objects.filter(status__in=["new", "accepted", "received", "missed"])),
        "quotes": number_of(Quote.objects.filter(status="draft")),
        "to_plan": number_of(orders.to_plan()),
        "events": number_of(FieldEvent.objects.to_decide()),
        "hours": number_of(Week.objects.to_approve()),
        "review": number_of(orders.ready_for_review()),
        "invoicing": number_of(to_draft(orders.all())),
        "invoices": number_of(Invoice.objects.filter(status__in=["draft", "issued"])),
        "leaks": sum_of(Leak.objects.at_risk(), "amount"),
    }


@cache
def address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def groups(request: HttpRequest) -> list[tuple[Any, list[dict[str, Any]]]]:
    """The rail for this user, with the place that they are at."""
    user: Any = request.user
    waiting = counts(user)
    here = request.resolver_match.namespace if request.resolver_match else ""
    found = []
    for label, items in RAIL:
        shown = []
        for item in items:
            url = address(item.url_name) if user.may(item.ability) else ""
            if not url:
                continue
            count = waiting.get(item.count, 0)
            hot = item.count == "leaks"
            same_app = item.url_name.partition(":")[0] == here
            name = request.resolver_match.url_name if request.resolver_match else ""
            current = same_app and (here != "office" or item.url_name == f"office:{name}")
            shown.append(
                {
                    "label": item.label,
                    "url": url,
                    "icon": item.icon,
                    "current": current,
                    "count": money(count, 0) if hot and count else count,
                    "hot": hot,
                }
            )
        if shown:
            found.append((label, shown))
    return found


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """The bottom bar of the phone."""
    return [
        {"label": label, "url": address(name), "icon": icon, "current": request.path == address(name)}
        for label, name, icon in TABS
    ]
