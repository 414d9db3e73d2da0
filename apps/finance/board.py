"""What the overview of finance shows: each figure in words, beside what it was, with the page of the records behind it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import formats
from apps.finance.figures import Totals, named, waiting
from apps.finance.lists import BUCKETS, WHATS
from apps.finance.lists.base import records_url
from apps.finance.lists.tables import NOBODY
from apps.finance.models import Kind
from apps.finance.querysets import LATE
from apps.finance.rules import COMPANY, HEIGHT, MONTHS, Choice, Period, Scope, Span, percentage, period_of
from apps.pipeline.states import PHASES

Text = str | Promise
DASH = "—"
SHOWN_ROWS = 5
OF_TECHNICIAN = {"hours", "cost"}  # the other measures are of a whole job, not of one of its people
PER_JOB = "margin"  # these records are a table like the others


@dataclass(frozen=True)
class Tile:
    """One figure: what it is now, what it was, and where it comes from. `tone` g or r: better or worse than before."""

    label: Text
    value: str
    url: str = ""
    before: str = ""
    tone: str = ""
    says: Text = ""


def span_text(span: Span) -> str:
    """1 Nov – 26 Nov, as short as it can be told apart."""
    first, last = formats.day_short(span.start), formats.day_short(span.last)
    return first if first == last else f"{first} – {last}"


def period_text(period: Period) -> str:
    if period.kind == "month":
        return formats.month(period.start)
    if period.kind == "quarter":
        return _("Quarter %(n)s of %(year)s") % {
            "n": (period.start.month + 2) // 3,
            "year": period.start.year,
        }
    return str(period.start.year) if period.kind == "year" else span_text(period)


_KINDS = {"month": gettext_lazy("Month"), "quarter": gettext_lazy("Quarter"), "year": gettext_lazy("Year")}


def periods(choice: Choice, today: date) -> dict[str, Any]:
    """The links that choose another period, for whatever page stands above them."""
    of = {name: value for name, value in choice.query.items() if name not in choice.period.query}
    anchor = choice.period.counted(today).last

    def link(period: Period) -> str:
        return f"?{urlencode(period.query | of)}"

    following = choice.period.shifted(1)
    return {
        "text": period_text(choice.period),
        "kinds": [
            {
                "label": _KINDS[kind],
                "url": link(period_of(kind, anchor)),
                "current": choice.period.kind == kind,
            }
            for kind in MONTHS
        ],
        "previous": link(choice.period.shifted(-1)),
        "following": link(following) if following.start <= today else "",
        "of": of,
        "query": urlencode(choice.query),
        "clear": f"?{urlencode(choice.period.query)}",
    }


def scope_name(scope: Scope) -> str:
    """Of whom the figures are, when they are not of the whole company."""
    if scope.kind == COMPANY:
        return ""
    if not scope.key:
        return str(NOBODY[Kind(scope.kind)])
    return named(scope.kind).filter(pk=scope.key).values_list("label", flat=True).first() or ""


def tables(choice: Choice, current: str) -> list[dict[str, Any]]:
    """The way from one table to the other."""
    labels = {
        "customer": _("Customers"), "type": _("Types of work"), "technician": _("Technicians"), "month": _("Months")
    }  # fmt: skip
    found = [
        {
            "label": label,
            "url": f"{reverse('finance:sum_list', args=[kind])}?{urlencode(choice.query)}",
            "current": kind == current,
        }
        for kind, label in labels.items()
    ]
    jobs = {"label": _("Jobs"), "url": records_url(PER_JOB, choice.query), "current": current == PER_JOB}
    return [*found, jobs]


def board(found: dict[str, Any], choice: Choice, *, rows: int = SHOWN_ROWS) -> dict[str, Any]:
    """Everything that the overview shows; `rows` of each customer, type and technician."""
    now, then = found["now"], found["then"]
    return {
        "figures": found,
        "chart": {"height": HEIGHT},
        "heads": _heads(found, now, then, choice.query),
        "money": _stand(found),
        "phases": [
            {
                "label": one.label,
                "total": one.total,
                "late": waiting(one),
                "url": f"{reverse('pipeline:row_list')}?phase={name}",
            }
            for name, one in zip(PHASES, found["phases"], strict=False)
        ],
        "runs": _runs(found, now, then, choice.query),
        "ageing": [
            Tile(BUCKETS[name], formats.money(amount), f"{reverse('finance:unpaid_list')}?bucket={name}")
            for name, amount in found["ageing"].items()
        ],
        "best": [_table(kind, of[:rows], choice) for kind, of in found["tables"].items()],
        "tables": tables(choice, ""),
        "definitions": [(one.title, one.says) for one in WHATS.values()],
    }


def _change(now: Decimal, then: Decimal) -> str:
    share = percentage(now - then, then)
    if share is None:
        return ""
    return f"{'+' if share >= 0 else ''}{formats.percent(share)}"


def _tone(now: Decimal | None, then: Decimal | None, *, up_is_good: bool = True) -> str:
    if now is None or then is None or now == then:
        return ""
    return "g" if (now > then) == up_is_good else "r"


def _heads(found: dict[str, Any], now: Totals, then: Totals, query: dict[str, str]) -> list[Tile]:
    share = now.margin_percentage
    return [
        Tile(
            _("Revenue"), formats.money(now["revenue"], 0), records_url("revenue", query),
            _before(formats.money(then["revenue"], 0), _change(now["revenue"], then["revenue"])),
            _tone(now["revenue"], then["revenue"]),
        ),
        Tile(
            _("Cost"), formats.money(now.cost, 0), records_url("cost", query),
            _before(formats.money(then.cost, 0), _change(now.cost, then.cost)),
        ),
        Tile(
            _("Margin"), formats.money(now.margin_shown, 0), records_url("margin", query),
            _before(formats.money(then.margin_shown, 0), _change(now.margin, then.margin)), _tone(now.margin, then.margin),
        ),
        Tile(
            _("Margin, %"), percent(share), records_url("margin", query),
            _before(percent(then.margin_percentage), ""), _tone(share, then.margin_percentage),
        ),
    ]  # fmt: skip


def _before(value: str, change: str) -> str:
    return _("was %(value)s") % {"value": value} + (f" · {change}" if change else "")


def percent(value: Decimal | None) -> str:
    return DASH if value is None else formats.percent(value, 1)


def _days(value: Decimal | None) -> str:
    return DASH if value is None else formats.number(value, 1)


def _euros(value: Decimal | None) -> str:
    return DASH if value is None else formats.money(value)


def _stand(found: dict[str, Any]) -> list[Tile]:
    """How it stands today, whatever the period: what has to come in, and what is at risk of never coming."""
    return [
        Tile(_("Outstanding, incl. VAT"), formats.money(found["outstanding"], 0), reverse("finance:unpaid_list")),
        Tile(
            _("Overdue, incl. VAT"), formats.money(found["overdue"], 0), f"{reverse('finance:unpaid_list')}?bucket={LATE}",
            tone="r" if found["overdue"] else "",
        ),
        Tile(
            _("Amount at risk, excl. VAT"), formats.money(found["leaks"], 0), f"{reverse('leaks:leak_list')}?kind=leak",
            tone="r" if found["leaks"] else "",
        ),
    ]  # fmt: skip


def _runs(found: dict[str, Any], now: Totals, then: Totals, query: dict[str, str]) -> list[Tile]:
    """How well the company works. Hours, promises and quotes."""
    available = reverse("finance:available_list")
    used, used_then = found["capacity"], found["capacity_then"]
    rows = [
        (_("Hours worked"), formats.hours(now["hours"]), formats.hours(then["hours"]), "hours", ""),
        (_("Worked of sold hours"), percent(now.spent_percentage), percent(then.spent_percentage), "sold",
         _tone(now.spent_percentage, then.spent_percentage, up_is_good=False)),
        (_("Revenue per hour"), _euros(now.revenue_per_hour), _euros(then.revenue_per_hour), "cost",
         _tone(now.revenue_per_hour, then.revenue_per_hour)),
        (_("Cost per hour"), _euros(now.cost_per_hour), _euros(then.cost_per_hour), "cost",
         _tone(now.cost_per_hour, then.cost_per_hour, up_is_good=False)),
        (_("Jobs done"), formats.number(now["jobs_done"], 0), formats.number(then["jobs_done"], 0), "done",
         _tone(now["jobs_done"], then["jobs_done"])),
        (_("Promised moments kept"), percent(now.sla_percentage), percent(then.sla_percentage), "sla",
         _tone(now.sla_percentage, then.sla_percentage)),
        (_("Quotes won"), percent(now.win_percentage), percent(then.win_percentage), "quotes",
         _tone(now.win_percentage, then.win_percentage)),
        (_("Days to an answer on a quote"), _days(now.days_to_answer), _days(then.days_to_answer), "quotes",
         _tone(now.days_to_answer, then.days_to_answer, up_is_good=False)),
        (_("Days from done to invoiced"), _days(now.days_to_bill), _days(then.days_to_bill), "billing",
         _tone(now.days_to_bill, then.days_to_bill, up_is_good=False)),
        (_("Days from invoiced to paid"), _days(now.days_to_pay), _days(then.days_to_pay), "paying",
         _tone(now.days_to_pay, then.days_to_pay, up_is_good=False)),
        (_("Written off"), _euros(now["written_off"]), _euros(then["written_off"]), "written_off",
         _tone(now["written_off"], then["written_off"], up_is_good=False)),
    ]  # fmt: skip
    of_technician = Kind.TECHNICIAN in query
    tiles = [
        Tile(label, value, records_url(what, query), was, tone)
        for label, value, was, what, tone in rows
        if not of_technician or what in OF_TECHNICIAN
    ]
    if not query.keys() & {Kind.CUSTOMER, Kind.TYPE, Kind.TECHNICIAN}:
        tiles.insert(
            1,
            Tile(
                _("Worked of available hours"), percent(used), f"{available}?{urlencode(query)}", percent(used_then),
                _tone(used, used_then),
            ),
        )  # fmt: skip
    return tiles


def _table(kind: str, rows: list[Totals], choice: Choice) -> dict[str, Any]:
    titles = {Kind.CUSTOMER: _("Customers"), Kind.TYPE: _("Types of work"), Kind.TECHNICIAN: _("Technicians")}
    most = max((row["revenue"] for row in rows), default=Decimal(0))
    return {
        "title": titles[Kind(kind)],
        "url": f"{reverse('finance:sum_list', args=[kind])}?{urlencode(choice.query)}",
        "rows": [
            {
                "name": row["name"] or str(NOBODY[Kind(kind)]),
                "url": f"?{urlencode(choice.period.query | {kind: str(row['key'])})}",
                "revenue": formats.money(row["revenue"], 0),
                "revenue_url": records_url("revenue", choice.period.query | {kind: str(row["key"])}),
                "margin": percent(row.margin_percentage),
                "margin_url": records_url("margin", choice.period.query | {kind: str(row["key"])}),
                "share": max(0, round(percentage(row["revenue"], most) or 0)),
                "change": _change(row["revenue"], row["revenue_before"]),
                "before": formats.money(row["revenue_before"], 0),
                "cost": formats.money(row.cost, 0),
                "euros": formats.money(row.margin_shown, 0),
            }
            for row in rows
        ],
    }  # fmt: skip
