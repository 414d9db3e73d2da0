"""The figures of the daily control room."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.compiled import compiled, reader_of
from apps.core.formats import money
from apps.core.together import Question, number_of, sum_of
from apps.invoicing.lists import to_draft
from apps.invoicing.models import Invoice
from apps.leaks.lists import type_label
from apps.leaks.models import Leak
from apps.workorders.models import WorkOrder


def _asked(user: Any) -> dict[str, Question]:
    orders = WorkOrder.objects.for_user(user)
    found: dict[str, Question] = {
        "review": number_of(orders.ready_for_review()),
        "urgent": number_of(orders.pressing()),
    }
    if user.may("see_prices"):
        week = Invoice.objects.issued_this("week", clock.today())
        leaks = Leak.objects.for_user(user).at_risk()
        found |= {
            "billed": sum_of(week.filter(kind="invoice"), "net"),
            "credited": sum_of(week.filter(kind="credit_note"), "net"),
            "ready": number_of(to_draft(orders)),
            "leaks": number_of(leaks),
            "at_risk": sum_of(leaks, "amount"),
            "largest": leaks.order_by("-amount")[:6],
        }
    return found


class Figures:
    """The counters, each a link to the rows that it counts, and the largest leaks: what must be asked, and the answers."""

    def __init__(self, user: Any) -> None:
        self.sees_prices, self.reviews = user.may("see_prices"), user.may("review_work")
        found = compiled(("figures", reader_of(user)), lambda: _asked(user))
        self.review, self.urgent = found["review"], found["urgent"]
        if self.sees_prices:
            self.billed, self.credited, self.ready = found["billed"], found["credited"], found["ready"]
            self.leaks, self.at_risk, self.largest = found["leaks"], found["at_risk"], found["largest"]
        self.questions: list[Question] = list(found.values())

    def counters(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [
            {
                "label": _("Ready for review"),
                "value": self.review.value,
                "url": f"{reverse('review:review_list')}?status=to_review" if self.reviews else "",
            },
            {
                "label": _("Urgent / deviations"),
                "value": self.urgent.value,
                "url": reverse("workorders:work_order_list") + "?attention=pressing",
                "tone": "red",
            },
        ]
        if self.sees_prices:
            found += [
                {
                    "label": _("Ready for invoicing"),
                    "value": self.ready.value,
                    "url": reverse("invoicing:ready_list"),
                },
                {
                    "label": _("Revenue this week, excl. VAT"),
                    "value": money(self.billed.value - self.credited.value),
                    "url": f"{reverse('invoicing:invoice_list')}?issued=week",
                },
            ]
        return found

    def leak_alerts(self) -> dict[str, Any] | None:
        """The largest open leaks and what all of them come to; None for whoever may not see amounts."""
        if not self.sees_prices:
            return None
        largest = [{"leak": leak, "label": type_label(leak)} for leak in self.largest]
        return {"total": self.at_risk.value, "count": self.leaks.value, "largest": largest}
