-- What the next package will hold. An issued invoice never changes, nor does a payment: their lines are made once, and go when
-- a package holds them.
CREATE OR REPLACE FUNCTION wt_package_waits() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  CASE TG_TABLE_NAME
    WHEN 'invoicing_invoice' THEN
      INSERT INTO bookkeeping_waitingline (invoice_id, payment_id, net, vat, total, paid)
      SELECT i.id, NULL, s.sign * i.net, s.sign * i.vat, s.sign * i.total, 0
        FROM added i CROSS JOIN LATERAL (SELECT CASE i.kind WHEN 'credit_note' THEN -1 ELSE 1 END AS sign) s
       WHERE i.number IS NOT NULL
       ORDER BY i.issued_at, i.id;
    WHEN 'invoicing_payment' THEN
      INSERT INTO bookkeeping_waitingline (invoice_id, payment_id, net, vat, total, paid)
      SELECT invoice_id, id, 0, 0, 0, amount FROM added ORDER BY id;
    WHEN 'bookkeeping_packageline' THEN
      DELETE FROM bookkeeping_waitingline w USING added a
       WHERE w.invoice_id = a.invoice_id AND w.payment_id IS NOT DISTINCT FROM a.payment_id;
  END CASE;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_package_waits() FROM PUBLIC;

-- An invoice gets its number after it was made: whatever is made with one was copied.
CREATE OR REPLACE FUNCTION wt_invoice_waits() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE sign int := CASE NEW.kind WHEN 'credit_note' THEN -1 ELSE 1 END;
BEGIN
  INSERT INTO bookkeeping_waitingline (invoice_id, payment_id, net, vat, total, paid)
  VALUES (NEW.id, NULL, sign * NEW.net, sign * NEW.vat, sign * NEW.total, 0);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_invoice_waits() FROM PUBLIC;

CREATE OR REPLACE TRIGGER waits AFTER UPDATE OF number ON invoicing_invoice
  FOR EACH ROW WHEN (OLD.number IS NULL AND NEW.number IS NOT NULL) EXECUTE FUNCTION wt_invoice_waits();
CREATE OR REPLACE TRIGGER waits_copied AFTER INSERT ON invoicing_invoice REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION wt_package_waits();
CREATE OR REPLACE TRIGGER waits AFTER INSERT ON invoicing_payment REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION wt_package_waits();
CREATE OR REPLACE TRIGGER waits AFTER INSERT ON bookkeeping_packageline REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION wt_package_waits();

INSERT INTO bookkeeping_waitingline (invoice_id, payment_id, net, vat, total, paid)
SELECT i.id, NULL, s.sign * i.net, s.sign * i.vat, s.sign * i.total, 0
  FROM invoicing_invoice i CROSS JOIN LATERAL (SELECT CASE i.kind WHEN 'credit_note' THEN -1 ELSE 1 END AS sign) s
 WHERE i.number IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM bookkeeping_packageline l WHERE l.invoice_id = i.id AND l.payment_id IS NULL)
 ORDER BY i.issued_at, i.id;
INSERT INTO bookkeeping_waitingline (invoice_id, payment_id, net, vat, total, paid)
SELECT p.invoice_id, p.id, 0, 0, 0, p.amount
  FROM invoicing_payment p
 WHERE NOT EXISTS (SELECT 1 FROM bookkeeping_packageline l WHERE l.payment_id = p.id)
 ORDER BY p.id;
