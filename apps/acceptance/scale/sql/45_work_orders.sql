-- Work orders, what is on the plan, and who may therefore execute what.
INSERT INTO workorders_workorder (
  id, number, customer_id, contact_id, site_id, request_id, type_id, title, scope, notes, urgency, billing_basis, sold_hours, people,
  skill_id, sla_class_id, respond_by, complete_by, preferred_from, preferred_until, preferred_part, job_form_version_id, equipment_id,
  confirm_to_customer, status, created_at, created_by_id, search_text, version)
SELECT j.id, j.number, j.customer_id, NULL, j.site_id, j.request_id, j.type_id, j.title, j.scope, '',
  pg_temp.pick(ARRAY['normal', 'normal', 'normal', 'normal', 'high', 'urgent'], j.n, 401), j.basis,
  CASE WHEN j.quoted THEN j.sold ELSE 0 END, 1, NULL, sla.id, j.created_at + sla.respond_hours * interval '1 hour',
  j.created_at + sla.complete_hours * interval '1 hour', NULL, NULL, 'any', j.job_form_version_id, NULL, true, j.status, j.created_at,
  j.handler, btrim(regexp_replace(lower(concat_ws(' ', j.number, j.customer, j.title, j.address)), '\W+', ' ', 'g')),
  CASE j.status WHEN 'to_plan' THEN 0 WHEN 'planned' THEN 1 WHEN 'cancelled' THEN 2 WHEN 'in_progress' THEN 2 WHEN 'closed' THEN 7 ELSE 4 END
FROM scale_job j
CROSS JOIN scale_p p
LEFT JOIN workorders_slaclass sla ON NOT j.quoted AND pg_temp.h(j.n, 402, 4) = 0
  AND sla.id = p.slas[1 + pg_temp.h(j.n, 403, cardinality(p.slas))];

INSERT INTO workorders_tobring (work_order_id, material_id, description, quantity, unit)
SELECT j.id, l.material_id, l.description, l.quantity, l.unit
FROM scale_job j
JOIN scale_quote q ON q.of = 'job' AND q.n = j.n
JOIN scale_line l ON l.q = q.q AND l.kind = 'material';

CREATE TEMP TABLE scale_booking AS
SELECT row_number() OVER (ORDER BY starts_at, technician_id) + pg_temp.base('planning_assignment') AS id, b.*
FROM (
  SELECT 'visit' AS what, n, id AS work_order_id, NULL::bigint AS request_id, technician_id, user_id, technician, starts_at, ends_at,
    status <> 'cancelled' AS active, created_at + interval '15 minutes' AS created_at, handler
  FROM scale_job WHERE starts_at IS NOT NULL
  UNION ALL
  SELECT 'again', n, id, NULL, technician_id, user_id, technician, (day + time '15:55') AT TIME ZONE 'Europe/Amsterdam',
    (day + time '16:30') AT TIME ZONE 'Europe/Amsterdam', true, starts_at + interval '1 hour', handler
  FROM scale_job WHERE came_back
  UNION ALL
  SELECT 'intake', r.n, NULL, r.id, r.technician_id, r.user_id, '', r.visit_at, r.visit_at + interval '35 minutes', true,
    r.created_at + interval '1 hour', r.handler
  FROM scale_request r WHERE r.visit_at IS NOT NULL AND r.technician_id IS NOT NULL
) b;
CREATE INDEX ON scale_booking (n);
ANALYZE scale_booking;

INSERT INTO planning_assignment (
  id, technician_id, work_order_id, request_id, period, lanes, active, version, created_at, created_by_id)
SELECT id, technician_id, work_order_id, request_id, tstzrange(starts_at, ends_at), int4range(0, NULL), active, 1,
  LEAST(created_at, starts_at), handler
FROM scale_booking;

INSERT INTO workorders_workorderuserobjectpermission (permission_id, user_id, content_object_id)
SELECT DISTINCT p.execute_order, user_id, work_order_id FROM scale_booking, scale_p p WHERE active AND work_order_id IS NOT NULL;

INSERT INTO intake_requestuserobjectpermission (permission_id, user_id, content_object_id)
SELECT DISTINCT p.execute_request, user_id, request_id FROM scale_booking, scale_p p WHERE active AND request_id IS NOT NULL;
