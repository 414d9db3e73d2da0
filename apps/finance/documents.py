"""The report of a period as a PDF: what the overview says, to keep and to send."""

from typing import Any

from django.db.models import F

from apps.company.models import Company
from apps.core import clock, formats
from apps.documents.rendering import pdf_render
from apps.finance import board, figures
from apps.finance.figures import Totals
from apps.finance.models import Entry
from apps.finance.rules import COMPANY, HEIGHT, Bar, Choice

COLUMN, BAR, TOP = 56, 36, 16
LOWEST = 10
COLOUR = "#0b5f66"


def report_pdf(choice: Choice, *, language: str) -> bytes:
    """The figures of the period on the letterhead."""
    found = figures.figures(choice)
    today = clock.today()
    company = Company.objects.select_related("logo").row()
    context = board.board(found, choice, rows=figures.KEPT_ROWS) | {
        "letterhead": company,
        "colour": company.colour[:7] if company and company.colour else COLOUR,
        "period": board.period_text(choice.period),
        "days": board.span_text(choice.period.counted(today)),
        "before": board.span_text(choice.period.before(today)),
        "scope_name": board.scope_name(choice.scope),
        "chart": _chart(found["bars"]),
        "lowest": _lowest(choice),
    }
    return pdf_render("documents/finance_report.html", context, language=language)


def _chart(bars: list[Bar]) -> dict[str, Any]:
    """Where each column and its words stand, in units of the viewBox."""
    return {
        "width": COLUMN * len(bars),
        "height": TOP + HEIGHT + 18,
        "top": TOP,
        "base": TOP + HEIGHT,
        "foot": TOP + HEIGHT + 14,
        "bar": BAR,
        "columns": [
            {
                "bar": bar,
                "x": COLUMN * place + (COLUMN - BAR) // 2,
                "middle": COLUMN * place + COLUMN // 2,
                "label_y": TOP + min(bar.y, bar.cost_y) - 4,
                "amount": formats.number(bar.amount, 0) if bar.amount else "",
                "month": formats.month_short(bar.month),
            }
            for place, bar in enumerate(bars)
        ],
    }


def _lowest(choice: Choice) -> list[dict[str, Any]]:
    """The jobs that brought least above what they cost."""
    scope = {} if choice.scope.kind == COMPANY else {choice.scope.kind: choice.scope.key}
    rows = (
        Entry.objects.within(choice.period.counted(clock.today()))
        .narrowed(scope)
        .with_any("revenue", "labour", "parts")
        .exclude(work_order=None)
        .by_record()
        .summed(measures=("revenue", "labour", "parts"))
        .annotate(margin_sum=F("revenue") - F("labour") - F("parts"))
        .order_by("margin_sum", "work_order_id")[:LOWEST]
    )
    found = []
    for row in rows:
        sums = Totals(row)
        found.append(
            row | {"cost": sums.cost, "margin": sums.margin, "percent": board.percent(sums.margin_percentage)}
        )
    return found
