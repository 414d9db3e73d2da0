-- The domain's events: what the history of each record shows.
CREATE TEMP TABLE scale_event AS
SELECT created_at AS at, handler AS actor, 'workorder.create' AS verb, 'workorders.workorder' AS subject_type, id AS subject_id,
  '' AS before, 'to_plan' AS after, '' AS reason, '{}'::jsonb AS data
FROM scale_job
UNION ALL
SELECT created_at + interval '15 minutes', handler, 'workorder.plan', 'workorders.workorder', id, 'to_plan', 'planned', '',
  jsonb_build_object('technician', technician, 'start', pg_temp.iso(starts_at), 'end', pg_temp.iso(ends_at))
FROM scale_job WHERE starts_at IS NOT NULL
UNION ALL
SELECT worked_from, user_id, 'workorder.start', 'workorders.workorder', id, 'planned', 'in_progress', '', '{}'
FROM scale_job WHERE worked OR status IN ('in_progress', 'on_hold')
UNION ALL
SELECT done_at, user_id, 'workorder.finish', 'workorders.workorder', id, 'in_progress', 'ready_for_review', '', '{}' FROM scale_job
WHERE worked AND status <> 'action_required'
UNION ALL
SELECT done_at, user_id, 'workorder.' || (ARRAY['report_issue', 'miss', 'hold'])[x], 'workorders.workorder', id,
  CASE x WHEN 2 THEN 'planned' ELSE 'in_progress' END, status, (ARRAY['Het werk kan niet af.', 'Niemand thuis, twee keer gebeld.', 'Wacht op onderdelen.'])[x], '{}'
FROM (SELECT *, array_position(ARRAY['action_required', 'missed', 'on_hold'], status) AS x FROM scale_job) j WHERE x IS NOT NULL
UNION ALL
SELECT review_at, handler, 'workorder.review', 'workorders.workorder', id, 'ready_for_review', 'in_review', '', '{}'
FROM scale_job WHERE approved OR status IN ('in_review', 'returned')
UNION ALL
SELECT approved_at, handler, CASE WHEN approved THEN 'workorder.approve' ELSE 'workorder.return' END, 'workorders.workorder', id, 'in_review',
  CASE WHEN approved THEN 'ready_for_invoicing' ELSE 'returned' END, CASE WHEN approved THEN '' ELSE 'Foto van de meterkast ontbreekt.' END, '{}'
FROM scale_job WHERE approved OR status = 'returned'
UNION ALL
SELECT created_at + interval '1 day', handler, 'workorder.cancel', 'workorders.workorder', id, 'planned', 'cancelled', 'De klant ziet ervan af.', '{}'
FROM scale_job WHERE status = 'cancelled'
UNION ALL
SELECT v.issued_at, v.handler, 'workorder.invoice', 'workorders.workorder', j.id, 'ready_for_invoicing', 'invoiced', '', '{}'
FROM scale_invoice v JOIN scale_invoiced x USING (i) JOIN scale_job j USING (n) WHERE v.number IS NOT NULL
UNION ALL
SELECT v.booked_at, v.handler, 'workorder.close', 'workorders.workorder', j.id, 'invoiced', 'closed', v.number, '{}'
FROM scale_invoice v JOIN scale_invoiced x USING (i) JOIN scale_job j USING (n) WHERE v.job_status = 'closed'
UNION ALL
SELECT created_at, handler, 'request.create', 'intake.request', id, '', 'new', '', '{}' FROM scale_request
UNION ALL
SELECT visit_at + interval '35 minutes', user_id, 'request.receive', 'intake.request', id, 'planned', 'received', '', '{}'
FROM scale_request WHERE visit_at IS NOT NULL AND technician_id IS NOT NULL AND status IN ('received', 'ordered')
UNION ALL
SELECT created_at, handler, 'quote.create', 'quotes.quote', id, '', 'draft', '', '{}' FROM scale_quote
UNION ALL
SELECT sent_at, handler, 'quote.send', 'quotes.quote', id, 'draft', 'sent', '', '{}' FROM scale_quote WHERE sent_at IS NOT NULL
UNION ALL
SELECT answered_at, handler, 'quote.' || CASE status WHEN 'accepted' THEN 'accept' WHEN 'declined' THEN 'decline' WHEN 'expired' THEN 'expire' ELSE 'withdraw' END,
  'quotes.quote', id, 'sent', status, CASE status WHEN 'declined' THEN 'Te duur' WHEN 'withdrawn' THEN 'Prijs klopte niet' ELSE '' END, '{}'
FROM scale_quote WHERE status NOT IN ('draft', 'sent')
UNION ALL
SELECT issued_at - interval '20 minutes', handler, 'invoice.create', 'invoicing.invoice', id, '', 'draft', '', '{}' FROM scale_invoice
UNION ALL
SELECT issued_at, handler, 'invoice.issue', 'invoicing.invoice', id, 'draft', 'issued', '', '{}' FROM scale_invoice WHERE number IS NOT NULL
UNION ALL
SELECT issued_at + interval '2 minutes', handler, 'invoice.send', 'invoicing.invoice', id, 'issued', 'sent', '', '{}' FROM scale_invoice
WHERE status IN ('sent', 'paid')
UNION ALL
SELECT paid_at, handler, 'invoice.pay', 'invoicing.invoice', id, 'sent', 'paid', number, '{}' FROM scale_invoice
WHERE status = 'paid';

INSERT INTO core_auditevent (
  at, actor_id, actor_kind, actor_label, verb, subject_type, subject_id, before, after, reason, data, request_id)
SELECT e.at, e.actor, CASE WHEN e.actor IS NULL THEN 'system' ELSE 'user' END, COALESCE(left(u.name, 120), 'Watertight'), e.verb,
  e.subject_type, e.subject_id, e.before, e.after, e.reason, e.data, ''
FROM scale_event e LEFT JOIN accounts_user u ON u.id = e.actor
ORDER BY e.at;
