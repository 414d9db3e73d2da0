"""The figures of the daily control room."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.formats import money
from apps.core.money import ZERO
from apps.invoicing.models import Invoice
from apps.leaks.models import Leak
from apps.workorders.models import WorkOrder


def counters(user: Any) -> list[dict[str, Any]]:
    """Each a link to the rows that it counts."""
    orders = WorkOrder.objects.for_user(user)
    found: list[dict[str, Any]] = [
        {
            "label": _("Ready for review"),
            "value": orders.ready_for_review().count(),
            "url": reverse("review:review_list"),
        },
        {
            "label": _("Urgent / deviations"),
            "value": orders.open()
            .filter(Q(urgency="urgent") | Q(status__in=["action_required", "missed"]))
            .count(),
            "url": reverse("workorders:work_order_list") + "?status=action_required",
            "tone": "red",
        },
    ]
    if user.may("see_prices"):
        monday = clock.today() - timedelta(days=clock.today().weekday())
        week = Invoice.objects.issued().filter(issue_date__gte=monday)
        sums = week.aggregate(
            billed=Sum("net", filter=Q(kind="invoice")), credited=Sum("net", filter=Q(kind="credit_note"))
        )
        queue = (
            orders.ready_for_invoicing().count()
            + Invoice.objects.filter(status__in=["draft", "issued"]).count()
        )
        found += [
            {"label": _("Invoicing queue"), "value": queue, "url": reverse("invoicing:ready_list")},
            {
                "label": _("Revenue this week, excl. VAT"),
                "value": money((sums["billed"] or ZERO) - (sums["credited"] or ZERO)),
                "url": reverse("invoicing:invoice_list"),
            },
        ]
    return found


def leak_alerts(user: Any) -> dict[str, Any] | None:
    """The largest open leaks and what all of them come to; None for whoever may not see amounts."""
    if not user.may("see_prices"):
        return None
    leaks = Leak.objects.for_user(user).open()
    return {"total": leaks.total(), "count": leaks.count(), "largest": list(leaks.order_by("-amount")[:6])}
