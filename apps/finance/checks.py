"""Whether the sums of finance are what the records say, by statements of their own. What differs is a fault of the product.

What is marked to be counted anew is left out: at most a minute old, unless the worker stands still.
"""

from dataclasses import dataclass

from django.db import connection

from apps.finance.querysets import MEASURES

MOST = 50
JOB, INVOICE, QUOTE, CUSTOMER, DAY = "job", "invoice", "quote", "customer", "day"


@dataclass(frozen=True)
class Fault:
    """One record whose figures are wrong: `kind` says how; `label` is its number, its name, or the day."""

    kind: str
    pk: int
    label: str


# Jobs whose entries are not their lines, their clocks, or their materials and hours at cost.
_JOB = """
    WITH charged AS (
      SELECT l.work_order_id AS id, sum(CASE i.kind WHEN 'invoice' THEN l.net ELSE -l.net END) AS revenue
        FROM invoicing_invoiceline l, invoicing_invoice i
       WHERE i.id = l.invoice_id AND i.issue_date IS NOT NULL AND l.work_order_id IS NOT NULL GROUP BY 1
    ), proposed AS (
      SELECT DISTINCT ON (entry_id) entry_id AS entry, ended_at AS said FROM field_timeproposal ORDER BY entry_id, id DESC
    ), worked AS (
      SELECT v.work_order_id AS id, sum(round(extract(epoch FROM coalesce(p.said, t.ended_at) - t.started_at) / 3600, 2)) AS hours
        FROM field_timeentry t JOIN field_visit v ON v.id = t.visit_id LEFT JOIN proposed p ON p.entry = t.id
       WHERE t.kind = 'work' AND t.ended_at IS NOT NULL GROUP BY 1
    ), cut AS (
      -- each stretch of one price as a whole: what was recorded of it, and no more than up to the end that was said
      SELECT b.work_order_id, count(*) AS parts, b.unit_cost * CASE WHEN p.said <= coalesce(b.starts_at, t.started_at) THEN 0
               ELSE least(sum(b.recorded_quantity), extract(epoch FROM p.said - coalesce(b.starts_at, t.started_at)) / 3600) END AS cost
        FROM proposed p JOIN field_timeentry t ON t.id = p.entry JOIN review_billable b ON b.time_entry_id = p.entry
       WHERE b.kind = 'time' GROUP BY b.work_order_id, b.unit_cost, p.entry, p.said, coalesce(b.starts_at, t.started_at)
    ), spent AS (
      SELECT work_order_id AS id, sum(cost) AS cost, sum(slack) AS slack, sum(written_off) AS written_off FROM (
        SELECT b.work_order_id, 0.0 AS slack,
               CASE WHEN b.kind IN ('time', 'material') AND p.entry IS NULL
                    THEN round(b.unit_cost * b.recorded_quantity, 2) ELSE 0 END AS cost,
               CASE WHEN b.fate = 'written_off' THEN b.net ELSE 0 END AS written_off
          FROM review_billable b LEFT JOIN proposed p ON p.entry = b.time_entry_id
        UNION ALL
        -- its parts are rounded each by itself
        SELECT work_order_id, parts * 0.01, cost, 0 FROM cut) b GROUP BY 1
    ), kept AS (
      SELECT work_order_id AS id, sum(revenue) AS revenue, sum(hours) AS hours, sum(labour + parts) AS cost,
             sum(written_off) AS written_off, sum(jobs_done) AS done, sum(sla_known) AS promised
        FROM finance_entry WHERE work_order_id IS NOT NULL GROUP BY 1
    )
    SELECT w.id, w.number
      FROM workorders_workorder w
      LEFT JOIN charged USING (id) LEFT JOIN worked USING (id) LEFT JOIN spent USING (id) LEFT JOIN kept USING (id)
     WHERE (coalesce(charged.revenue, 0) <> coalesce(kept.revenue, 0)
         OR coalesce(worked.hours, 0) <> coalesce(kept.hours, 0)
         OR coalesce(spent.written_off, 0) <> coalesce(kept.written_off, 0)
         -- of a job that was neither invoiced nor cancelled it may not count yet
         OR abs(coalesce(kept.cost, 0) - coalesce(spent.cost, 0)) > coalesce(spent.slack, 0)
            AND NOT (charged.id IS NULL AND w.status <> 'cancelled' AND coalesce(kept.cost, 0) = 0)
         OR coalesce(kept.promised, 0) <> (w.complete_by IS NOT NULL AND w.status <> 'cancelled')::int
         OR coalesce(kept.done, 0) <> (w.status <> 'cancelled' AND EXISTS (
              SELECT 1 FROM core_auditevent e WHERE e.subject_type = 'workorders.workorder' AND e.subject_id = w.id
                 AND e.after = 'ready_for_review'))::int)
       AND NOT EXISTS (SELECT 1 FROM finance_mark m WHERE m.work_order = w.id)
"""
# Issued papers whose lines are not what the paper says, or whose free lines are not in the figures.
_INVOICE = """
    SELECT i.id, i.number
      FROM invoicing_invoice i
      LEFT JOIN (SELECT invoice_id AS id, sum(net) AS net, coalesce(sum(net) FILTER (WHERE work_order_id IS NULL), 0) AS free
                   FROM invoicing_invoiceline GROUP BY 1) l USING (id)
      LEFT JOIN (SELECT invoice_id AS id, sum(revenue) AS revenue FROM finance_entry WHERE invoice_id IS NOT NULL GROUP BY 1) e USING (id)
     WHERE i.number IS NOT NULL
       AND (coalesce(l.net, 0) <> i.net
         OR abs(coalesce(e.revenue, 0)) <> abs(coalesce(l.free, 0)))
       AND NOT EXISTS (SELECT 1 FROM finance_mark m WHERE m.invoice = i.id)
"""
# Quotes that were sent and are neither won, nor lost, nor open, or more than one of these.
_QUOTE = """
    SELECT q.id, coalesce(q.number, '')
      FROM quotes_quote q
      LEFT JOIN (SELECT quote_id AS id, sum(quotes_won) AS won, sum(quotes_closed) - sum(quotes_won) AS lost
                   FROM finance_entry WHERE quote_id IS NOT NULL GROUP BY 1) e USING (id)
     WHERE (coalesce(e.won, 0) <> (q.status = 'accepted')::int
         OR coalesce(e.lost, 0) <> (q.status NOT IN ('accepted', 'sent', 'draft'))::int)
       AND NOT EXISTS (SELECT 1 FROM finance_mark m WHERE m.quote = q.id)
"""
# Customers whose invoices less credit notes are not the revenue of their days.
_CUSTOMER = """
    SELECT c.id, c.name
      FROM customers_customer c
      LEFT JOIN (SELECT customer_id AS id, sum(CASE kind WHEN 'invoice' THEN net ELSE -net END) AS net
                   FROM invoicing_invoice WHERE number IS NOT NULL GROUP BY 1) i USING (id)
      LEFT JOIN (SELECT key AS id, sum(revenue) AS net FROM finance_daysum WHERE kind = 'customer' GROUP BY 1) s USING (id)
     WHERE coalesce(i.net, 0) <> coalesce(s.net, 0)
       AND NOT EXISTS (SELECT 1 FROM finance_mark)
"""
_PARTS = {
    "company": "0",
    "customer": "customer_id",
    "type": "coalesce(type_id, 0)",
    "technician": "coalesce(technician_id, 0)",
}
_OF_ENTRIES = " UNION ALL ".join(
    f"SELECT '{kind}' AS kind, {key} AS key, day, {', '.join(f'sum({name}) AS {name}' for name in MEASURES)}"
    f" FROM finance_entry GROUP BY day, {key}"
    if kind != "company"
    else f"SELECT 'company' AS kind, 0 AS key, day, {', '.join(f'sum({name}) AS {name}' for name in MEASURES)} FROM finance_entry GROUP BY day"
    for kind, key in _PARTS.items()
)
# Days whose sums are not those of their entries.
_DAY = f"""
    SELECT 0, day::text FROM (
      SELECT kind, key, day, {", ".join(MEASURES)} FROM ({_OF_ENTRIES}) entries
      EXCEPT ALL
      SELECT kind, key, day, {", ".join(MEASURES)} FROM finance_daysum
    ) differs
    UNION
    SELECT 0, day::text FROM finance_daysum s
     WHERE ({" OR ".join(f"s.{name} <> 0" for name in MEASURES)})
       AND NOT EXISTS (SELECT 1 FROM finance_entry e WHERE e.day = s.day)
"""


def faults() -> list[Fault]:
    """All of them, MOST of a kind, in one statement."""
    asked = {JOB: _JOB, INVOICE: _INVOICE, QUOTE: _QUOTE, CUSTOMER: _CUSTOMER, DAY: _DAY}
    parts = [f"(SELECT '{kind}', one.* FROM ({query}) one LIMIT {MOST})" for kind, query in asked.items()]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return [Fault(*row) for row in cursor.fetchall()]
