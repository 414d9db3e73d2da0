"""The figures behind the finance page: read from the ledger, the invoices and the clock, never stored.

Each function says what it counts; the page repeats that beside the figure.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from apps.invoicing.models import Invoice

ZERO = Decimal(0)


@dataclass(frozen=True)
class Period:
    """From the first day, up to and not including the last; narrowed to a technician, a type or a customer."""

    start: date
    end: date
    technician: int | None = None
    type: int | None = None
    customer: int | None = None

    @property
    def values(self) -> dict[str, Any]:
        return {
            "start": self.start, "end": self.end, "technician": self.technician, "type": self.type,
            "customer": self.customer,
        }  # fmt: skip


# The jobs that the filters leave; `w` is the work order. A filter that is not set leaves all.
_JOBS = """
    (%(type)s::bigint IS NULL OR w.type_id = %(type)s)
    AND (%(customer)s::bigint IS NULL OR w.customer_id = %(customer)s)
    AND (%(technician)s::bigint IS NULL OR EXISTS (
      SELECT 1 FROM field_visit v WHERE v.work_order_id = w.id AND v.technician_id = %(technician)s))
"""
# Issued invoices count as revenue on their date, credit notes as less of it. Amounts without VAT.
_REVENUE = """
    FROM invoicing_invoice i
    JOIN invoicing_invoiceline l ON l.invoice_id = i.id
    LEFT JOIN workorders_workorder w ON w.id = l.work_order_id
   WHERE i.number IS NOT NULL AND i.issue_date >= %(start)s AND i.issue_date < %(end)s
"""
_SIGNED = "CASE WHEN i.kind = 'credit_note' THEN -l.net ELSE l.net END"


def _is_narrowed(period: Period) -> bool:
    return any(one is not None for one in (period.technician, period.type, period.customer))


def _rows(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def revenue_by_month(period: Period) -> list[tuple[date, Decimal]]:
    """Issued invoices less credit notes, per month of their date, without VAT."""
    jobs = f"AND w.id IS NOT NULL AND {_JOBS}" if _is_narrowed(period) else ""
    return [
        (month, net)
        for month, net in _rows(
            f"SELECT date_trunc('month', i.issue_date)::date, sum({_SIGNED}) {_REVENUE} {jobs} GROUP BY 1 ORDER BY 1",
            period.values,
        )
    ]


def jobs(period: Period, *, limit: int | None = 12) -> list[dict[str, Any]]:
    """Per job: what was invoiced for it in the period, what it cost in all, and what is left. Dearest loss first."""
    top = "" if limit is None else f"LIMIT {int(limit)}"
    # The ledger is read for the jobs that are shown only; OFFSET 0 keeps the planner from reading all of it first.
    found = _rows(
        f"""
        WITH sums AS (
          SELECT l.work_order_id, sum({_SIGNED}) AS net {_REVENUE} AND l.work_order_id IS NOT NULL
           GROUP BY l.work_order_id
        ), costs AS (
          SELECT b.work_order_id, sum(round(b.recorded_quantity * b.unit_cost, 2)) AS cost
            FROM review_billable b
           WHERE b.kind IN ('time', 'material') AND b.work_order_id IN (SELECT work_order_id FROM sums)
           GROUP BY b.work_order_id
        ), shown AS (
          SELECT w.id, w.number, w.customer_id, w.title, w.sold_hours, sums.net, coalesce(costs.cost, 0) AS cost
            FROM sums
            JOIN workorders_workorder w ON w.id = sums.work_order_id
            LEFT JOIN costs ON costs.work_order_id = w.id
           WHERE {_JOBS}
           ORDER BY sums.net - coalesce(costs.cost, 0), w.id {top}
        )
        SELECT w.id, w.number, c.name, w.title, w.net, w.cost, w.sold_hours, coalesce(g.recorded_hours, 0)
          FROM shown w
          JOIN customers_customer c ON c.id = w.customer_id
          LEFT JOIN LATERAL (
            SELECT recorded_hours FROM invoicing_ledger WHERE work_order_id = w.id OFFSET 0) g ON true
         ORDER BY w.net - w.cost, w.id
        """,
        period.values,
    )
    names = ("pk", "number", "customer", "title", "revenue", "cost", "sold", "hours")
    return [dict(zip(names, row, strict=True)) for row in found]


def cost_of_invoiced_jobs(period: Period) -> Decimal:
    """What the jobs that were invoiced in the period cost: recorded hours and parts, at their own cost price."""
    ((total,),) = _rows(
        f"""
        SELECT coalesce(sum(round(b.recorded_quantity * b.unit_cost, 2)), 0)
          FROM review_billable b
          JOIN workorders_workorder w ON w.id = b.work_order_id
         WHERE b.kind IN ('time', 'material') AND {_JOBS}
           AND b.work_order_id IN (SELECT l.work_order_id {_REVENUE})
        """,
        period.values,
    )
    return total


def outstanding(today: date) -> tuple[Decimal, Decimal]:
    """What customers still have to pay, VAT included, credits taken off: in all, and of that what is overdue."""
    return Invoice.objects.outstanding(today)


def utilisation(period: Period) -> dict[str, Decimal]:
    """Of the jobs that sold hours and were worked on in the period: worked and sold hours."""
    ((worked, sold, count),) = _rows(
        f"""
        SELECT coalesce(sum(done.hours), 0), coalesce(sum(w.sold_hours), 0), count(*)
          FROM workorders_workorder w
          JOIN LATERAL (
            SELECT sum(extract(epoch FROM t.ended_at - t.started_at) / 3600)::numeric(12, 2) AS hours,
                   min(t.started_at) AS first
              FROM field_timeentry t JOIN field_visit v ON v.id = t.visit_id
             WHERE v.work_order_id = w.id AND t.kind = 'work' AND t.ended_at IS NOT NULL) done ON true
         WHERE w.sold_hours > 0 AND w.status IN ('ready_for_review', 'in_review', 'ready_for_invoicing', 'invoiced', 'closed')
           AND w.created_at < %(end)s AND done.first >= %(start)s AND done.first < %(end)s AND {_JOBS}
        """,
        period.values,
    )
    return {"worked": worked, "sold": sold, "jobs": Decimal(count)}


def technicians(period: Period) -> list[dict[str, Any]]:
    """Per technician: hours of work recorded in the period, what they cost, and what they bring at the charged price."""
    found = _rows(
        f"""
        SELECT p.id, u.name, sum(b.recorded_quantity), sum(b.recorded_quantity * b.unit_cost),
               sum(b.quantity * b.unit_price) FILTER (WHERE b.fate = 'billable'),
               sum(b.recorded_quantity) FILTER (WHERE b.fate = 'written_off')
          FROM review_billable b
          JOIN field_timeentry t ON t.id = b.time_entry_id
          JOIN field_visit vv ON vv.id = t.visit_id
          JOIN technicians_technician p ON p.id = vv.technician_id
          JOIN accounts_user u ON u.id = p.user_id
          JOIN workorders_workorder w ON w.id = b.work_order_id
         WHERE b.kind = 'time' AND t.kind = 'work' AND t.started_at >= %(start)s AND t.started_at < %(end)s
           AND (%(technician)s::bigint IS NULL OR vv.technician_id = %(technician)s) AND {_JOBS}
         GROUP BY p.id, u.name ORDER BY u.name
        """,
        period.values,
    )
    return [
        {
            "pk": pk, "name": name, "hours": hours or ZERO, "cost": cost or ZERO, "charged": charged or ZERO,
            "written_off": lost or ZERO, "cost_per_hour": (cost / hours) if hours else ZERO,
        }
        for pk, name, hours, cost, charged, lost in found
    ]  # fmt: skip


def win_rate(period: Period) -> tuple[int, int]:
    """Of the quotes that were sent in the period and have their answer: accepted, and answered or expired."""
    ((won, answered),) = _rows(
        """
        SELECT count(*) FILTER (WHERE q.status = 'accepted'), count(*)
          FROM quotes_quote q JOIN quotes_quoteversion v ON v.id = q.current_id
         WHERE q.status IN ('accepted', 'declined', 'expired') AND v.frozen_at >= %(start)s AND v.frozen_at < %(end)s
           AND (%(type)s::bigint IS NULL OR q.type_id = %(type)s)
           AND (%(customer)s::bigint IS NULL OR q.customer_id = %(customer)s)
        """,
        period.values,
    )
    return won, answered
