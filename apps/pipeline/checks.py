"""Whether every euro has its one place, asked of the records themselves. What differs is a fault of the product."""

from dataclasses import dataclass

from django.db import connection

from apps.pipeline.figures import catch_up

MOST = 50
UNPRICED, CLAIM, JOB, INVOICE, SETTLED = "unpriced", "claim", "job", "invoice", "settled"
KEPT, LEDGER = "kept", "ledger"


@dataclass(frozen=True)
class Fault:
    """One record that is wrong: `kind` says how, `pk` and `number` which work order (or invoice). An amount has no page: no `pk`."""

    kind: str
    pk: int
    number: str


# Jobs with evidence that has no billable and that nobody is going to price.
_UNPRICED = """
        SELECT DISTINCT w.id, w.number
          FROM (
            SELECT t.visit_id FROM field_timeentry t
             WHERE t.ended_at IS NOT NULL AND t.kind <> 'pause'
               AND NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.time_entry_id = t.id)
            UNION ALL
            SELECT m.visit_id FROM field_materialusage m
             WHERE NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.material_usage_id = m.id)
            UNION ALL
            SELECT e.visit_id FROM field_extrawork e
             WHERE NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.extra_work_id = e.id)
          ) lost
          JOIN field_visit v ON v.id = lost.visit_id
          JOIN workorders_workorder w ON w.id = v.work_order_id
         WHERE NOT EXISTS (SELECT 1 FROM review_stalejob s WHERE s.work_order_id = w.id)
"""
# Jobs with a billable that does not know whether it stands on an invoice.
_CLAIM = """
        SELECT DISTINCT w.id, w.number
          FROM review_billable b JOIN workorders_workorder w ON w.id = b.work_order_id
         WHERE b.claimed <> EXISTS (SELECT 1 FROM invoicing_invoiceline l WHERE l.billable_id = b.id AND l.live)
"""
# Jobs whose stages, and drafts, do not come to what the ledger calls open.
_JOB = """
        SELECT w.id, w.number
          FROM (
            SELECT work_order_id, sum(net) AS net FROM review_billable
             WHERE fate IN ('pending', 'billable') AND NOT claimed GROUP BY work_order_id
          ) open
          FULL JOIN (
            SELECT record_id, sum(net) AS net FROM pipeline_row
             WHERE record_type = 'workorders.workorder' GROUP BY record_id
          ) held ON held.record_id = open.work_order_id
          JOIN workorders_workorder w ON w.id = coalesce(open.work_order_id, held.record_id)
         WHERE coalesce(open.net, 0) <> coalesce(held.net, 0)
           -- what was agreed on a cancelled job stands with its quote, as long as nobody worked at it
           AND (w.status <> 'cancelled' OR EXISTS (
             SELECT 1 FROM review_billable b
              WHERE b.work_order_id = w.id AND b.kind <> 'deposit'
                AND (b.claimed OR b.quote_line_id IS NULL AND b.fate IN ('pending', 'billable'))))
           -- what is not priced line by line yet
           AND NOT EXISTS (SELECT 1 FROM review_stalejob s WHERE s.work_order_id = w.id)
"""
# Issued invoices, not booked, whose rows do not add up to what is left of their lines.
_INVOICE = """
        SELECT i.id, i.number
          FROM invoicing_invoice i
          LEFT JOIN LATERAL (SELECT sum(net) AS net FROM invoicing_invoiceline WHERE invoice_id = i.id AND live) l ON true
          LEFT JOIN (
            SELECT record_id, sum(net) AS net FROM pipeline_row WHERE record_type = 'invoicing.invoice' GROUP BY record_id
          ) held ON held.record_id = i.id
         WHERE i.kind = 'invoice' AND i.number IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM invoicing_invoicefact f WHERE f.invoice_id = i.id AND f.kind = 'booked')
           AND coalesce(l.net, 0) <> coalesce(held.net, 0)
"""
# Invoices that the pipeline leaves out and that are not settled, or looks at and that are; a credit note is never one.
_SETTLED = """
        SELECT i.id, i.number
          FROM invoicing_invoice i
          LEFT JOIN (SELECT invoice_id, sum(amount) AS sum FROM invoicing_payment GROUP BY 1) paid ON paid.invoice_id = i.id
          LEFT JOIN (
            SELECT credits_id, sum(payable) AS sum FROM invoicing_invoice WHERE number IS NOT NULL GROUP BY 1
          ) credited ON credited.credits_id = i.id
          LEFT JOIN (
            SELECT DISTINCT invoice_id FROM invoicing_invoicefact WHERE kind = 'booked'
          ) booked ON booked.invoice_id = i.id
          LEFT JOIN pipeline_standinginvoice standing ON standing.invoice_id = i.id
         WHERE (standing.id IS NULL) <> (i.number IS NULL OR CASE
           WHEN i.kind = 'credit_note' THEN true
           -- whatever was credited, what came in for it went back, and no more
           WHEN i.status = 'credited' THEN coalesce(paid.sum, 0) = 0
           -- to the cent, asked for, and in the books as far as any of it came in
           ELSE i.payable - coalesce(credited.sum, 0) = coalesce(paid.sum, 0) AND i.status <> 'issued'
             AND (booked.invoice_id IS NOT NULL OR coalesce(paid.sum, 0) = 0) END)
"""
# Amounts of which what the database keeps for the pages is not what the records say.
_COLUMNS = (
    "id", "place", "turns_into", "turns_at", "due", "since", "record_type", "record_id", "label", "customer_id",
    "work_order_id", "net", "hours", "gross",
)  # fmt: skip
_KEPT = f"""
        SELECT 0::bigint, coalesce(nullif(held.label, ''), nullif(kept.label, ''), held.id, kept.id) AS number
          FROM pipeline_row held
          FULL JOIN pipeline_standing kept ON kept.id = held.id
         WHERE ({", ".join(f"held.{one}" for one in _COLUMNS)})
            IS DISTINCT FROM ({", ".join(f"kept.{one}" for one in _COLUMNS)})
"""
# The sums of the whole ledger, where they are not what its lines come to: by how much, at most.
_SUMS = ("recorded", "corrected", "claimed", "included", "written_off", "waiting")
_LEDGER = f"""
        SELECT 0::bigint, to_char(greatest({", ".join(f"abs(held.{one} - coalesce(kept.{one}, 0))" for one in _SUMS)}),
                                  'FM999999999990.00')
          FROM wt_pipeline_lines() held LEFT JOIN pipeline_ledgersums kept ON true
         WHERE ({", ".join(f"held.{one}" for one in _SUMS)})
            IS DISTINCT FROM ({", ".join(f"coalesce(kept.{one}, 0)" for one in _SUMS)})
"""


def faults() -> list[Fault]:
    """All of them, MOST of a kind, in one statement."""
    catch_up()
    asked = {
        UNPRICED: _UNPRICED,
        CLAIM: _CLAIM,
        JOB: _JOB,
        INVOICE: _INVOICE,
        SETTLED: _SETTLED,
        KEPT: _KEPT,
        LEDGER: _LEDGER,
    }
    parts = [f"(SELECT '{kind}', one.* FROM ({query}) one LIMIT {MOST})" for kind, query in asked.items()]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return [Fault(*row) for row in cursor.fetchall()]
