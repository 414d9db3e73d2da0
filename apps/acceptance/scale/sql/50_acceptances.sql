-- What was computed in scale_content goes in with the rows that it freezes.
INSERT INTO quotes_quote (
  id, number, customer_id, contact_id, site_id, request_id, type_id, work_order_id, current_id, status, created_at, created_by_id,
  reminded_at, search_text, version)
SELECT id, number, customer_id, NULL, site_id, request_id, type_id, work_order_id, NULL, status, created_at, handler, NULL,
  concat_ws(' ', number, customer, address, title),
  CASE status WHEN 'draft' THEN 0 WHEN 'sent' THEN 1 ELSE 2 END
FROM scale_quote;

INSERT INTO quotes_quoteversion (
  id, quote_id, number, title, introduction, scope, terms, notes, billing_basis, sold_hours, sla_class_id, valid_until,
  deposit_percentage, language, net, vat, total, content, content_hash, frozen_at, revision)
SELECT q.version_id, q.id, 1, q.title, '', q.scope, p.terms, '', q.basis, q.sold, NULL, q.valid_until, 0, q.language, s.net, s.vat,
  s.total, c.content, COALESCE(c.content_hash, ''), q.sent_at, 1
FROM scale_quote q JOIN scale_sum s USING (q) CROSS JOIN scale_p p
LEFT JOIN scale_content c USING (q);

UPDATE quotes_quote q SET current_id = s.version_id FROM scale_quote s WHERE s.id = q.id;

INSERT INTO quotes_quoteline (
  id, version_id, position, section, kind, description, material_id, rate_kind, quantity, unit, unit_price, discount, optional,
  vat_code_id, unit_cost, vat_category, vat_rate, price_source)
SELECT id, version_id, position, '', kind, description, material_id, rate_kind, quantity, unit, unit_price, discount, optional,
  vat_code_id, unit_cost, vat_category, vat_rate, source
FROM scale_line;

INSERT INTO quotes_quotelink (
  version_id, to_address, to_name, nonce, token_hash, made_at, expires_at, revoked_at, first_opened_at)
SELECT q.version_id, c.email, c.name, q.nonce, pg_temp.token_hash('quote', q.nonce), q.sent_at,
  q.valid_until + interval '90 days', CASE WHEN q.status = 'withdrawn' THEN q.answered_at END,
  CASE WHEN q.status IN ('accepted', 'declined') THEN q.answered_at - interval '10 minutes' END
FROM scale_quote q JOIN customers_customer c ON c.id = q.customer_id
WHERE q.sent_at IS NOT NULL;

INSERT INTO quotes_acceptance (
  version_id, name, signature_id, options, shown, shown_hash, net, vat, total, address, browser, at)
SELECT q.version_id, q.customer_name, NULL, c.options, c.shown, c.shown_hash, c.net, c.vat, c.total, NULL, '', q.answered_at
FROM scale_quote q JOIN scale_content c USING (q)
WHERE q.status = 'accepted';
