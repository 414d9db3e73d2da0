"""The list of quotes, and the four steps that stand above it."""

from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import clock
from apps.core.lists import Column, Filter, ListPage, as_known, counted
from apps.core.together import Figure
from apps.core.ui.cells import MONEY, lead, linked, status, two
from apps.intake.models import Request, RequestType
from apps.quotes.models import Quote
from apps.quotes.states import QuoteStatus

NOT_IN_A_LIST = ("content", "introduction", "scope", "terms", "notes")


def quote_rows(user: Any) -> QuerySet:
    """Quotes with what a row shows, without the texts that it does not; `amount` is what was accepted, or is offered."""
    rows = Quote.objects.for_user(user).select_related("customer", "current", "request", "work_order")
    rows = rows.annotate(amount=Coalesce("current__acceptance__total", "current__total"))
    return rows.defer(*(f"current__{name}" for name in NOT_IN_A_LIST))


def _expiring(rows: QuerySet, value: str) -> QuerySet:
    today = clock.today()
    return rows.filter(status="sent", current__valid_until__range=(today, today + timedelta(days=int(value))))


def _version(row: Quote) -> SafeString:
    number = row.current.number
    return format_html('<span class="faint">v{}</span>', number) if number > 1 else SafeString("")


class QuoteList(ListPage):
    name = "quotes"
    search_hint = gettext_lazy("Number, customer, title, street…")
    default_order = ("-created_at", "-pk")
    columns: tuple[Column, ...] = (
        Column("number", gettext_lazy("Quote"), lambda row: row.number, ("number__in_order",),
               cell=lead("quotes:quote_detail", mark=_version)),
        Column("customer", gettext_lazy("Customer"), lambda row: row.customer.name, ("customer__sort_name",),
               cell=two(attrgetter("current.title"))),
        Column("request", gettext_lazy("Intake"), lambda row: row.request.number if row.request else "", ("request__number__in_order",),
               css="opt", cell=linked("intake:request_detail", attrgetter("request_id"))),
        Column("amount", gettext_lazy("Amount"), lambda row: row.amount, ("amount",), numeric=True, cell=MONEY),
        Column("status", gettext_lazy("Status"), lambda row: row.get_status_display(), ("status",), cell=status()),
        Column("order", gettext_lazy("Work order"), lambda row: row.work_order.number if row.work_order else "",
               ("work_order__number__in_order",), css="opt-2",
               cell=linked("workorders:work_order_detail", attrgetter("work_order_id"))),
    )  # fmt: skip
    export_columns = (
        Column("title", gettext_lazy("Title"), lambda row: row.current.title),
        Column("version", gettext_lazy("Version"), lambda row: row.current.number),
        Column("until", gettext_lazy("Valid until"), lambda row: row.current.valid_until),
        Column("created", gettext_lazy("Made on"), lambda row: row.created_at),
    )
    filters = (
        Filter(
            "status",
            gettext_lazy("Status"),
            QuoteStatus.choices,
            lambda rows, value: rows.filter(status=value),
        ),
        Filter(
            "type",
            gettext_lazy("Type of work"),
            RequestType.objects.named,
            lambda rows, value: rows.filter(type_id=value),
        ),
        Filter(
            "ends",
            gettext_lazy("Expires"),
            [("7", gettext_lazy("within a week")), ("14", gettext_lazy("within two weeks"))],
            _expiring,
        ),
    )

    def figures(self) -> dict[str, Figure]:
        of = {one: self.everything.filter(status=one) for one in ("draft", "sent", "accepted", "expired")}
        of["ready"] = of["accepted"].filter(work_order__status="to_plan")
        of["intake"] = Request.objects.for_user(self.request.user).ready_for_quote()
        return {name: counted(rows) for name, rows in of.items()}

    @cached_property
    def counters(self) -> list[dict[str, Any]]:
        labels = {"draft": _("Draft"), "sent": _("Sent"), "accepted": _("Accepted"), "expired": _("Expired")}
        chosen = self.query.get("status", "")
        return [
            {
                "label": label,
                "value": as_known(self.figure(status)),
                "url": self.path if chosen == status else f"{self.path}?status={status}",
                "current": chosen == status,
                "tone": "",
            }
            for status, label in labels.items()
        ]

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The four steps with how many stand in each."""
        waiting = self.figure("draft") + self.figure("sent")
        return [
            _step(
                _("Intake ready"), self.figure("intake"), f"{reverse('intake:request_list')}?status=received"
            ),
            _step(_("Quote draft / sent"), waiting, self.path),
            _step(_("Customer approved"), self.figure("accepted"), f"{self.path}?status=accepted"),
            _step(
                _("Work order ready"),
                self.figure("ready"),
                f"{reverse('workorders:work_order_list')}?status=to_plan",
            ),
        ]


def _step(label: str, count: int, url: str) -> dict[str, Any]:
    return {"label": label, "url": url, "state": "done" if count else "todo", "note": as_known(count)}


def quote_steps(quote: Quote) -> list[dict[str, Any]]:
    """Where one quote stands in the four steps."""
    status = QuoteStatus(quote.status)
    accepted = status == QuoteStatus.ACCEPTED
    ended = status in (QuoteStatus.DECLINED, QuoteStatus.EXPIRED, QuoteStatus.WITHDRAWN)
    order = quote.work_order
    return [
        {
            "label": _("Intake ready"),
            "state": "done" if quote.request_id else "skipped",
            "url": reverse("intake:request_detail", args=[quote.request_id]) if quote.request_id else "",
            "note": quote.request.number if quote.request else "",
        },
        {
            "label": _("Quote draft / sent"),
            "state": "done" if accepted else "current",
            "url": "",
            "note": quote.get_status_display() if not accepted else "",
        },
        {
            "label": _("Customer approved"),
            "state": "done" if accepted else "skipped" if ended else "todo",
            "url": "",
        },
        {
            "label": _("Work order ready"),
            "state": "done" if order else "todo",
            "url": reverse("workorders:work_order_detail", args=[order.pk]) if order else "",
            "note": order.number if order else "",
        },
    ]
