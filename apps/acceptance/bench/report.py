"""What was measured, as a table for a terminal, as Markdown and as JSON."""

import os
import platform
from collections.abc import Sequence
from typing import Any

from django.db import connection

from apps.acceptance.bench.measure import Result
from apps.acceptance.bench.pages import Budget, Page
from apps.workorders.models import WorkOrder

HEADINGS = (
    "role", "page", "web", "db", "× raw", "× ORM", "median", "p95", "req/s", "SQL", "slowest", "KB", "gzip", "first", "budget", "",
)  # fmt: skip
TEXTS = 2
MARKER = "## Measured"


def rows(measured: Sequence[tuple[Page, Result]]) -> list[list[str]]:
    return [_row(page, result) for page, result in measured]


def _row(page: Page, result: Result) -> list[str]:
    if result.http_status != 200:
        return [result.role, result.label, *["–"] * (len(HEADINGS) - 3), f"answered {result.http_status}"]
    return [
        result.role,
        result.label,
        _figure(result.web),
        _figure(result.database),
        _figure(result.of_raw),
        _figure(result.of_orm),
        f"{result.median:.1f}",
        f"{result.p95:.1f}",
        "" if result.per_second is None else f"{result.per_second:.0f}",
        str(result.queries),
        _figure(result.slowest),
        f"{result.raw_bytes / 1024:.0f}",
        f"{result.gzip_bytes / 1024:.0f}",
        f"{result.first:.0f}",
        _budget(page.budget),
        "over: " + ", ".join(result.over) if result.over else "ok",
    ]


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _budget(budget: Budget) -> str:
    """Median / p95 in milliseconds, queries, requests per second, kilobytes; a dash is not limited."""
    values = (budget.median, budget.p95, budget.queries, budget.per_second, budget.kilobytes)
    marks = ("", "", "q", "/s", "KB")
    return (
        " · ".join(f"{value:g}{mark}" for value, mark in zip(values, marks, strict=True) if value is not None)
        or "–"
    )


def text_table(lines: list[list[str]]) -> str:
    whole = [list(HEADINGS), *lines]
    widths = [max(len(line[number]) for line in whole) for number in range(len(HEADINGS))]
    right = range(TEXTS, len(HEADINGS) - 2)
    return "\n".join(
        "  ".join(
            cell.rjust(widths[number]) if number in right else cell.ljust(widths[number])
            for number, cell in enumerate(line)
        ).rstrip()
        for line in whole
    )


def markdown_table(lines: list[list[str]]) -> str:
    edge = ["---"] * TEXTS + ["---:"] * (len(HEADINGS) - TEXTS - 2) + ["---"] * 2
    return "\n".join("| " + " | ".join(line) + " |" for line in [list(HEADINGS), edge, *lines])


def growth(files: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Processor time of each page at each size, web and Postgres together, and how much of it came with the last."""
    files = sorted(files, key=lambda one: one["circumstances"]["work_orders"])
    found = [["role", "page", *(str(one["circumstances"]["work_orders"]) for one in files), "×"]]
    costs: dict[tuple[str, str], list[float | None]] = {}
    for place, one in enumerate(files):
        for page in one["pages"]:
            if page["web"] is not None:
                row = costs.setdefault((page["role"], page["label"]), [None] * len(files))
                row[place] = page["web"] + page["database"]
    for (role, label), row in costs.items():
        grown = row[-1] / row[0] if row[0] and row[-1] else None
        found.append([role, label, *map(_figure, row), _figure(grown)])
    return found


def markdown_write(text: str, old: str) -> str:
    """`old` with everything under its heading "Measured" replaced by `text`."""
    head = old.partition(MARKER)[0].rstrip()
    return (f"{head}\n\n" if head else "") + f"{MARKER}\n\n{text.rstrip()}\n"


def circumstances(seconds_to_start: float) -> dict[str, Any]:
    """Where and on what it was measured."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    return {
        "work_orders": WorkOrder.objects.count(),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "postgres": version,
        "database_mb": round(size / 1_000_000),
        "seconds_to_first_answer": round(seconds_to_start, 2),
    }
