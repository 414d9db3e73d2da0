-- Invoices of what is billable, of the jobs that 70 chose.
CREATE TEMP TABLE scale_bill AS
SELECT x.i, min(j.customer_id) AS customer_id, min(j.status) AS job_status, max(j.worked_to) AS delivered_at, min(j.handler) AS handler,
  string_agg(lower(j.number), ' ' ORDER BY j.number) AS numbers, max(j.approved_at) AS approved_at
FROM scale_invoiced x JOIN scale_job j USING (n) GROUP BY x.i;

CREATE TEMP TABLE scale_invoice AS
WITH drawn AS (
  SELECT b.*, pg_temp.h(b.i, 702, 100) AS r, p.now_at, p.today,
    LEAST(b.approved_at + (1 + pg_temp.h(b.i, 703, 60)) * interval '1 hour', p.now_at - (180 + pg_temp.h(b.i, 704, 900)) * interval '1 second') AS issued_at
  FROM scale_bill b, scale_p p
), dated AS (
  SELECT *, (issued_at AT TIME ZONE 'Europe/Amsterdam')::date AS issue_date FROM drawn
), placed AS (
  SELECT *,
    CASE WHEN job_status = 'ready_for_invoicing' THEN 'draft' WHEN job_status = 'closed' OR r < 30 THEN 'paid' WHEN r < 90 THEN 'sent'
      ELSE 'issued' END AS status,
    GREATEST(issue_date, LEAST(issue_date + 2 + pg_temp.h(i, 705, 26), today - 1)) AS paid_on
  FROM dated
)
SELECT placed.*, row_number() OVER (ORDER BY issued_at, i) + pg_temp.base('invoicing_invoice') AS id,
  -- on the day itself, after it was sent
  LEAST(GREATEST((paid_on + time '10:00') AT TIME ZONE 'Europe/Amsterdam', issued_at + interval '150 seconds'), now_at) AS paid_at,
  LEAST((paid_on + 3)::timestamptz, now_at) AS booked_at,
  CASE WHEN status <> 'draft' THEN pg_temp.number('invoice', issued_at, row_number() OVER (
    PARTITION BY status = 'draft', extract(year FROM issue_date) ORDER BY issued_at, i)) END AS number,
  COALESCE(c.payment_term_days, p.term_days) AS term, c.language, pg_temp.uuid(i, 706) AS nonce
FROM placed JOIN customers_customer c ON c.id = placed.customer_id CROSS JOIN (SELECT term_days FROM scale_p) p;
ALTER TABLE scale_invoice ADD PRIMARY KEY (i);

CREATE TEMP TABLE scale_invoice_line AS
SELECT v.i, v.id AS invoice_id, b.id AS billable_id, b.work_order_id, b.description, b.quantity, b.unit, b.unit_price, b.discount,
  b.vat_category, b.vat_rate, b.net, row_number() OVER (PARTITION BY v.i ORDER BY b.work_order_id, b.id) AS position
FROM scale_invoice v JOIN scale_invoiced x USING (i) JOIN scale_billable b USING (n)
WHERE b.fate = 'billable';

CREATE TEMP TABLE scale_vat AS
SELECT i, invoice_id, vat_category, vat_rate, sum(net) AS base, round(sum(net) * vat_rate / 100, 2) AS vat
FROM scale_invoice_line GROUP BY 1, 2, 3, 4;

CREATE TEMP TABLE scale_total AS
SELECT i, sum(base) AS net, sum(vat) AS vat, sum(base) + sum(vat) AS total FROM scale_vat GROUP BY i;
ALTER TABLE scale_total ADD PRIMARY KEY (i);
ANALYZE scale_invoice;

INSERT INTO invoicing_invoice (
  id, kind, number, customer_id, credits_id, status, reference, note, language, payment_term_days, delivered_on, created_at, created_by_id,
  issued_at, issue_date, due_date, seller, buyer, net, vat, total, prepaid, payable, search_text, version)
SELECT v.id, 'invoice', v.number, v.customer_id, NULL, v.status, '', '', v.language, v.term,
  (v.delivered_at AT TIME ZONE 'Europe/Amsterdam')::date, v.issued_at - interval '20 minutes', v.handler,
  CASE WHEN v.number IS NOT NULL THEN v.issued_at END, CASE WHEN v.number IS NOT NULL THEN v.issue_date END,
  CASE WHEN v.number IS NOT NULL THEN v.issue_date + v.term END, CASE WHEN v.number IS NOT NULL THEN p.seller END,
  CASE WHEN v.number IS NOT NULL THEN jsonb_build_object(
    'kind', c.kind, 'name', c.name, 'street_line', c.street || ' ' || c.house_number, 'postal_code', c.postal_code, 'city', c.city,
    'city_line', c.postal_code || ' ' || c.city, 'country', c.country, 'vat_number', c.vat_number, 'kvk_number', c.kvk_number,
    'email', c.email) END,
  t.net, t.vat, t.total, 0, t.total,
  lower(concat_ws(' ', v.number, replace(v.number, '-', ''), c.name, c.street || ' ' || c.house_number, c.postal_code || ' ' || c.city,
    c.email, v.numbers)),
  CASE v.status WHEN 'draft' THEN 0 WHEN 'issued' THEN 1 WHEN 'sent' THEN 2 ELSE 4 END
FROM scale_invoice v JOIN scale_total t USING (i) JOIN customers_customer c ON c.id = v.customer_id CROSS JOIN scale_p p;

INSERT INTO invoicing_invoiceline (
  invoice_id, position, billable_id, work_order_id, credited_line_id, live, description, quantity, unit, unit_price, discount,
  vat_category, vat_rate, net)
SELECT invoice_id, position, billable_id, work_order_id, NULL, true, left(description, 300), quantity, unit, unit_price, discount,
  vat_category, vat_rate, net
FROM scale_invoice_line ORDER BY invoice_id, position;

INSERT INTO invoicing_vatline (invoice_id, category, rate, base, vat)
SELECT l.invoice_id, l.vat_category, l.vat_rate, l.base, l.vat FROM scale_vat l JOIN scale_invoice v USING (i)
WHERE v.number IS NOT NULL;

INSERT INTO invoicing_invoicefact (invoice_id, kind, at, by_id, note)
SELECT v.id, x.kind, CASE x.kind WHEN 'sent' THEN v.issued_at + interval '2 minutes' WHEN 'delivered' THEN LEAST(v.issued_at + interval '1 day', v.now_at)
    ELSE v.booked_at END, v.handler, ''
FROM scale_invoice v, (VALUES ('sent'), ('delivered'), ('booked')) x (kind)
WHERE CASE x.kind WHEN 'sent' THEN v.status IN ('sent', 'paid') WHEN 'delivered' THEN v.status = 'paid' ELSE v.job_status = 'closed' END;

INSERT INTO invoicing_payment (invoice_id, amount, method, paid_on, reference, reverses_id, recorded_at, recorded_by_id)
SELECT v.id, CASE WHEN v.status = 'paid' THEN t.total ELSE round(t.total / 2, 2) END,
  CASE WHEN pg_temp.h(v.i, 707, 20) = 0 THEN 'pin' ELSE 'bank' END, v.paid_on, v.number, NULL,
  v.paid_at, v.handler
FROM scale_invoice v JOIN scale_total t USING (i)
WHERE v.status = 'paid' OR (v.status = 'sent' AND pg_temp.h(v.i, 708, 100) < 8);

INSERT INTO invoicing_paylink (invoice_id, nonce, token_hash, made_at, killed_at)
SELECT id, nonce, pg_temp.token_hash('pay', nonce), issued_at + interval '2 minutes', NULL FROM scale_invoice WHERE status IN ('sent', 'paid');

INSERT INTO invoicing_reminder (invoice_id, step, at, by_id)
SELECT v.id, k, (v.issue_date + v.term + (ARRAY[7, 14, 28])[k])::timestamptz + interval '9 hours', v.handler
FROM scale_invoice v, generate_series(1, 2) k
WHERE v.status = 'sent' AND v.issue_date + v.term + (ARRAY[7, 14, 28])[k] < v.today;

-- What its trigger would have kept: which of them are not settled.
ANALYZE invoicing_invoice, invoicing_invoicefact, invoicing_payment;
INSERT INTO pipeline_standinginvoice (invoice_id)
SELECT DISTINCT record_id FROM pipeline_invoice WHERE record_id > pg_temp.base('invoicing_invoice');
