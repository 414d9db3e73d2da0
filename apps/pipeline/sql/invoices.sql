-- Where the euros of an invoice stand, for every one that has a number; one that is settled has no row. A credit note has none
-- of its own: it takes its euros off its invoice.
-- It costs what was ever invoiced: `pipeline_row` asks it only about the invoices of `pipeline_standinginvoice`.
DROP VIEW IF EXISTS pipeline_row, pipeline_invoice;
CREATE VIEW pipeline_invoice AS
SELECT part.name || '-' || i.id AS id, part.place, NULL::text AS turns_into, NULL::timestamptz AS turns_at, part.due, part.since,
       'invoicing.invoice'::text AS record_type, i.id AS record_id, i.number::text AS label, i.customer_id,
       NULL::bigint AS work_order_id, part.net::numeric(14, 2) AS net, 0::numeric(12, 3) AS hours, part.gross::numeric(14, 2) AS gross
  FROM invoicing_invoice i
  LEFT JOIN LATERAL (SELECT sum(net) AS net, sum(payable) AS payable FROM invoicing_invoice
                      WHERE credits_id = i.id AND number IS NOT NULL) credited ON true
  LEFT JOIN LATERAL (SELECT sum(amount) AS amount, max(recorded_at) AS last FROM invoicing_payment
                      WHERE invoice_id = i.id) paid ON true
  LEFT JOIN LATERAL (SELECT min(at) FILTER (WHERE kind = 'sent') AS sent_at, min(at) FILTER (WHERE kind = 'booked') AS booked_at
                       FROM invoicing_invoicefact WHERE invoice_id = i.id) fact ON true
  LEFT JOIN LATERAL (SELECT min(k.created_at) AS packed_at
                       FROM bookkeeping_packageline l JOIN bookkeeping_package k ON k.id = l.package_id
                      WHERE l.invoice_id = i.id AND l.payment_id IS NULL) package ON true
  -- what is left of it after its credit notes, and what of that is open: below zero it is owed to the customer
  CROSS JOIN LATERAL (SELECT i.net - coalesce(credited.net, 0) AS net, i.payable - coalesce(credited.payable, 0) AS payable,
                             i.payable - coalesce(credited.payable, 0) - coalesce(paid.amount, 0) AS open,
                             greatest(paid.last, i.issued_at) AS paid_at) b
  CROSS JOIN LATERAL (SELECT CASE WHEN b.payable <> 0 AND sign(b.open) = sign(b.payable)
                                  THEN round(b.net * b.open / b.payable, 2) ELSE 0 END AS net) open
  -- Since when it is owed, by whom it is owed now: the last time that the balance went from one side to the other. What comes
  -- on top of an old debt makes it no younger.
  LEFT JOIN LATERAL (
    SELECT max(at) AS at FROM (
      SELECT at, sum(amount) OVER (ORDER BY at, id) AS after, sum(amount) OVER (ORDER BY at, id) - amount AS before FROM (
        SELECT issued_at AS at, 0::bigint AS id, payable AS amount FROM invoicing_invoice WHERE invoicing_invoice.id = i.id
         UNION ALL
        SELECT issued_at, 0, -payable FROM invoicing_invoice WHERE credits_id = i.id AND number IS NOT NULL
         UNION ALL
        SELECT recorded_at, id, -amount FROM invoicing_payment WHERE invoice_id = i.id) event) balance
     WHERE sign(after) = sign(b.open) AND sign(before) <> sign(b.open)
       -- asked of the few that the parts below ask it of
       AND (b.open < 0 OR b.open > 0 AND i.status NOT IN ('issued', 'sent'))) turned ON true
  CROSS JOIN LATERAL (
    -- The part that nobody paid. One that was never sent is not overdue: nobody asked for it. A credited one asks for nothing,
    -- but for money that went back to the customer, and whose payment bounced afterwards: without VAT that is worth nothing.
    SELECT 'unpaid' AS name, CASE WHEN i.status = 'issued' THEN 'unsent' ELSE 'sent' END AS place,
           CASE WHEN i.status <> 'issued' THEN i.due_date END AS due,
           CASE WHEN i.status IN ('issued', 'sent') THEN coalesce(fact.sent_at, i.issued_at)
                ELSE coalesce(turned.at, b.paid_at) END AS since,
           open.net, b.open AS gross
     WHERE i.kind = 'invoice' AND (b.open > 0 OR b.payable = 0 AND i.status = 'issued')
    UNION ALL
    -- The part that was paid, until the bookkeeper has it in the books. Together the two parts are the invoice, to the cent.
    SELECT 'paid', CASE WHEN package.packed_at IS NULL THEN 'paid' ELSE 'packed' END, NULL,
           coalesce(package.packed_at, b.paid_at), b.net - open.net, 0
     WHERE i.kind = 'invoice' AND i.status IN ('issued', 'sent', 'paid') AND fact.booked_at IS NULL AND b.open <> b.payable
    UNION ALL
    -- Money of a customer's that we hold: paid too much, paid and credited, or a bill below zero.
    SELECT 'owed', 'owed', NULL, coalesce(turned.at, b.paid_at), open.net, b.open
     WHERE i.kind = 'invoice' AND b.open < 0
  ) part
 WHERE i.number IS NOT NULL AND i.status <> 'draft';

-- Which invoices have a row there: kept by the database, at whatever changes what the view reads. Payments, facts and lines of
-- packages are only ever added (`append_only`), and of an issued invoice only the status changes (`frozen`).
-- The lock makes two that change the same invoice take turns: the later one sees what the earlier one did.
CREATE OR REPLACE FUNCTION wt_invoice_stands() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE touched bigint[];
BEGIN
  IF TG_TABLE_NAME = 'invoicing_invoice' THEN
    touched := ARRAY[NEW.id, NEW.credits_id];
  ELSE
    touched := ARRAY(SELECT DISTINCT invoice_id FROM added);
  END IF;
  PERFORM 1 FROM invoicing_invoice WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;
  DELETE FROM pipeline_standinginvoice s
   WHERE s.invoice_id = ANY (touched) AND NOT EXISTS (SELECT 1 FROM pipeline_invoice v WHERE v.record_id = s.invoice_id);
  INSERT INTO pipeline_standinginvoice (invoice_id)
  SELECT DISTINCT record_id FROM pipeline_invoice WHERE record_id = ANY (touched)
      ON CONFLICT (invoice_id) DO NOTHING;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_invoice_stands() FROM PUBLIC;

CREATE OR REPLACE TRIGGER stands AFTER UPDATE OF status, number ON invoicing_invoice
  FOR EACH ROW WHEN (NEW.number IS NOT NULL AND (OLD.number IS NULL OR OLD.status <> NEW.status))
  EXECUTE FUNCTION wt_invoice_stands();
CREATE OR REPLACE TRIGGER stands AFTER INSERT ON invoicing_payment REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION wt_invoice_stands();
CREATE OR REPLACE TRIGGER stands AFTER INSERT ON invoicing_invoicefact REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION wt_invoice_stands();
CREATE OR REPLACE TRIGGER stands AFTER INSERT ON bookkeeping_packageline REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION wt_invoice_stands();

INSERT INTO pipeline_standinginvoice (invoice_id)
SELECT DISTINCT record_id FROM pipeline_invoice ON CONFLICT (invoice_id) DO NOTHING;
