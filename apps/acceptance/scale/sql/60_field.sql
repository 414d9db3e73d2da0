-- What was recorded on site: visits with their time, materials, checklist, photos and signature.
CREATE TEMP TABLE scale_visit AS
WITH rows AS (
  SELECT b.id AS assignment_id, b.what, j.n, j.id AS work_order_id, j.technician_id, j.status AS job_status, j.basis,
    b.starts_at AS left_at,
    CASE b.what WHEN 'visit' THEN j.worked_from ELSE b.starts_at + interval '4 minutes' END AS worked_from,
    CASE b.what WHEN 'visit' THEN j.worked_to ELSE b.starts_at + interval '33 minutes' + pg_temp.h(j.n, 501, 60) * interval '1 second' END AS worked_to,
    CASE WHEN j.status = 'in_progress' THEN 'started' WHEN j.status = 'missed' THEN 'no_access'
      WHEN j.status IN ('returned', 'on_hold') THEN 'paused' ELSE 'finished' END AS status
  FROM scale_booking b JOIN scale_job j USING (n)
  WHERE b.what IN ('visit', 'again') AND j.status NOT IN ('planned', 'cancelled', 'to_plan')
)
SELECT rows.*, row_number() OVER (ORDER BY left_at, rows.technician_id) + pg_temp.base('field_visit') AS id,
  row_number() OVER (ORDER BY left_at, rows.technician_id) AS m,
  CASE WHEN what = 'again' THEN 'Ontbrekend onderdeel alsnog geplaatst en getest.' ELSE work.done_text END AS work_done,
  work.job_form_version_id, what = 'visit' AND job_status NOT IN ('in_progress', 'missed', 'on_hold') AS recorded
FROM rows JOIN scale_job j USING (n) JOIN scale_work work USING (w);
ALTER TABLE scale_visit ADD PRIMARY KEY (id);
ALTER TABLE scale_visit ADD extra boolean, ADD parts boolean;
UPDATE scale_visit SET extra = recorded AND basis <> 'actuals' AND pg_temp.h(m, 502, 100) < 14,
  parts = recorded AND pg_temp.h(m, 503, 100) < 88;
ANALYZE scale_visit;

-- A clock that runs has no end yet; work of more than three hours has a lunch in it.
CREATE TEMP TABLE scale_time AS
WITH rows AS (
  SELECT id AS visit_id, m, n, technician_id, 'travel' AS kind, left_at AS started_at, worked_from AS ended_at FROM scale_visit
  UNION ALL
  SELECT id, m, n, technician_id, 'work', worked_from,
    CASE WHEN status = 'started' THEN NULL WHEN worked_to - worked_from > interval '3 hours' THEN worked_from + interval '130 minutes' ELSE worked_to END
  FROM scale_visit WHERE status <> 'no_access' AND (status <> 'started' OR worked_from <= (SELECT now_at FROM scale_p))
  UNION ALL
  SELECT id, m, n, technician_id, 'pause', worked_from + interval '130 minutes', worked_from + interval '160 minutes'
  FROM scale_visit WHERE status NOT IN ('no_access', 'started') AND worked_to - worked_from > interval '3 hours'
  UNION ALL
  SELECT id, m, n, technician_id, 'work', worked_from + interval '160 minutes', worked_to
  FROM scale_visit WHERE status NOT IN ('no_access', 'started') AND worked_to - worked_from > interval '3 hours'
)
SELECT rows.visit_id, rows.m, rows.n, rows.technician_id, rows.kind, rows.started_at,
  CASE WHEN rows.kind = 'travel' THEN LEAST(rows.ended_at, p.now_at) ELSE rows.ended_at END AS ended_at,
  row_number() OVER (ORDER BY rows.started_at, rows.m, rows.kind) + pg_temp.base('field_timeentry') AS id
FROM rows, scale_p p;
CREATE INDEX ON scale_time (visit_id);
ANALYZE scale_time;

CREATE TEMP TABLE scale_usage AS
SELECT v.id AS visit_id, v.m, v.n, part.material_id, part.name, part.unit, part.price, part.cost, part.source,
  part.least + pg_temp.h(v.m * 16 + part.place, 504, (part.most - part.least)::int + 1) AS quantity, v.worked_to AS at,
  row_number() OVER (ORDER BY v.id, part.place) + pg_temp.base('field_materialusage') AS id
FROM scale_visit v JOIN scale_job j USING (n) JOIN scale_part part ON part.w = j.w
WHERE v.parts AND part.least + pg_temp.h(v.m * 16 + part.place, 504, (part.most - part.least)::int + 1) > 0;
CREATE INDEX ON scale_usage (visit_id);
ANALYZE scale_usage;

CREATE TEMP TABLE scale_extra AS
SELECT row_number() OVER (ORDER BY v.id) + pg_temp.base('field_extrawork') AS id, v.id AS visit_id, v.m, v.n, v.worked_to AS at,
  p.extra_texts[1 + pg_temp.h(v.m, 505, cardinality(p.extra_texts))] AS description,
  (3 + pg_temp.h(v.m, 506, 5)) / 4.0 AS hours,
  CASE WHEN v.job_status IN ('ready_for_invoicing', 'invoiced', 'closed')
    THEN (CASE WHEN pg_temp.h(v.m, 507, 10) < 8 THEN 'approved' ELSE 'declined' END) ELSE 'waiting' END AS status
FROM scale_visit v, scale_p p WHERE v.extra;

SET CONSTRAINTS visit_keeps_its_own_sign_off DEFERRED;
INSERT INTO field_visit (
  id, assignment_id, technician_id, work_order_id, status, work_done, no_materials, no_extra_work, no_deviation, finished_at, held_at,
  sign_off_id, version)
SELECT v.id, v.assignment_id, v.technician_id, v.work_order_id, v.status, CASE WHEN v.status IN ('finished', 'paused') THEN v.work_done ELSE '' END,
  NOT EXISTS (SELECT 1 FROM scale_usage u WHERE u.visit_id = v.id) AND v.status = 'finished',
  NOT v.extra AND v.status = 'finished', v.job_status <> 'action_required' AND v.status = 'finished',
  CASE WHEN v.status = 'finished' OR v.job_status = 'returned' THEN v.worked_to END,
  CASE WHEN v.job_status = 'on_hold' THEN v.worked_to END,
  CASE WHEN v.status = 'finished' THEN pg_temp.base('field_signoff') + v.m END,
  CASE v.status WHEN 'started' THEN 2 ELSE 3 END
FROM scale_visit v;

INSERT INTO field_timeentry (id, visit_id, technician_id, kind, started_at, ended_at)
SELECT id, visit_id, technician_id, kind, started_at, ended_at FROM scale_time;

INSERT INTO field_materialusage (id, visit_id, material_id, description, own_unit, quantity, at)
SELECT id, visit_id, material_id, '', '', quantity, at FROM scale_usage;

INSERT INTO field_extrawork (id, visit_id, description, hours, status, at, version)
SELECT id, visit_id, description, hours, status, at, CASE status WHEN 'waiting' THEN 0 ELSE 1 END FROM scale_extra;

INSERT INTO field_deviation (visit_id, text, blocks, field_id, at, followed_up_at, followed_up_by_id, follow_up)
SELECT v.id, p.deviation_texts[1 + pg_temp.h(v.m, 508, cardinality(p.deviation_texts))], true, NULL, v.worked_to, NULL, NULL, ''
FROM scale_visit v, scale_p p WHERE v.job_status = 'action_required' AND v.what = 'visit';

INSERT INTO field_returneditem (
  visit_id, text, subject_type, subject_id, subject_label, returned_at, returned_by_id, resolved_at)
SELECT v.id, 'Foto van de meterkast ontbreekt.', '', NULL, '', j.approved_at, j.handler, NULL
FROM scale_visit v JOIN scale_job j USING (n) WHERE v.job_status = 'returned';

INSERT INTO field_visitphoto (visit_id, kind, file_id, at)
SELECT v.id, x.kind, p.photos[1 + pg_temp.h(v.m, x.salt, cardinality(p.photos))], CASE x.kind WHEN 'after' THEN v.worked_to ELSE v.worked_from END
FROM scale_visit v, scale_p p, (VALUES ('before', 509), ('after', 510), ('no_access', 511)) x (kind, salt)
WHERE CASE x.kind WHEN 'before' THEN v.status <> 'no_access' WHEN 'after' THEN v.status = 'finished' ELSE v.status = 'no_access' END;

CREATE TEMP TABLE scale_answer AS
SELECT v.id AS visit_id, f.id AS field_id, f.position, f.label, v.worked_to AS at, f.kind,
  CASE f.kind
    WHEN 'tick' THEN 'true'::jsonb
    WHEN 'text' THEN '"In orde"'::jsonb
    WHEN 'choice' THEN f.options -> 0
    ELSE to_jsonb(trim_scale(round(COALESCE(f.minimum, 0) + (COALESCE(f.maximum, COALESCE(f.minimum, 0) + 900) - COALESCE(f.minimum, 0))
      * (200 + pg_temp.h(v.m * 32 + f.position, 512, 600)) / 1000.0, 1))::text)
  END AS value, f.unit
FROM scale_visit v JOIN workorders_jobformfield f ON f.version_id = v.job_form_version_id
WHERE v.recorded AND f.kind <> 'photo' AND (f.required OR pg_temp.h(v.m * 32 + f.position, 513, 2) = 0);

INSERT INTO field_formanswer (visit_id, field_id, value, file_id, at)
SELECT visit_id, field_id, value, NULL, at FROM scale_answer WHERE value IS NOT NULL;

-- What the customer signed, spelled as apps.field.rules.canonical spells it: sorted keys, no idle spaces.
CREATE TEMP TABLE scale_signed AS
WITH times AS (
  SELECT visit_id, string_agg('{"from":"' || pg_temp.iso(started_at) || '","kind":"' || kind || '","until":"' || pg_temp.iso(ended_at) || '"}', ','
    ORDER BY started_at, id) AS text FROM scale_time GROUP BY 1
), usages AS (
  SELECT visit_id, string_agg('{"name":' || to_json(u.name)::text || ',"quantity":"' || trim_scale(quantity)::text || '","unit":'
    || COALESCE((p.unit_words -> u.unit)::text, to_json(u.unit)::text) || '}', ',' ORDER BY u.id) AS text
  FROM scale_usage u, scale_p p GROUP BY 1
), extras AS (
  SELECT visit_id, string_agg('{"hours":"' || trim_scale(hours)::text || '","status":"waiting","text":' || to_json(description)::text || '}', ',') AS text
  FROM scale_extra GROUP BY 1
), answers AS (
  SELECT visit_id, string_agg('{"answer":' || CASE kind WHEN 'tick' THEN '"ja"' ELSE to_json(btrim((value #>> '{}') || ' ' || unit))::text END
    || ',"label":' || to_json(label)::text || '}', ',' ORDER BY position) AS text
  FROM scale_answer WHERE value IS NOT NULL GROUP BY 1
)
SELECT v.id AS visit_id, v.m, v.worked_to AS at, j.customer,
  '{"checklist":[' || COALESCE(a.text, '') || '],"customer":' || to_json(j.customer)::text || ',"deviations":[],"extra_work":['
  || COALESCE(e.text, '') || '],"materials":[' || COALESCE(u.text, '') || '],"scope":' || to_json(j.scope)::text || ',"shown_at":"'
  || pg_temp.iso(v.worked_to) || '","site":' || to_json(s.site_street || ' ' || s.site_house_number || ', ' || s.site_city)::text
  || ',"technician":' || to_json(j.technician)::text || ',"time":[' || t.text || '],"title":' || to_json(j.title)::text
  || ',"version":1,"work_done":' || to_json(v.work_done)::text || ',"work_order":"' || j.number || '"}' AS shown
FROM scale_visit v
JOIN scale_job j USING (n)
JOIN scale_site s ON s.id = j.site_id
JOIN times t ON t.visit_id = v.id
LEFT JOIN usages u ON u.visit_id = v.id
LEFT JOIN extras e ON e.visit_id = v.id
LEFT JOIN answers a ON a.visit_id = v.id
WHERE v.status = 'finished';

INSERT INTO field_signoff (id, visit_id, name, signature_id, reason, shown, shown_hash, at)
SELECT pg_temp.base('field_signoff') + m, visit_id, CASE WHEN pg_temp.h(m, 514, 20) = 0 THEN '' ELSE left(customer, 120) END,
  CASE WHEN pg_temp.h(m, 514, 20) = 0 THEN NULL ELSE p.signature END,
  CASE WHEN pg_temp.h(m, 514, 20) = 0 THEN 'Klant was niet thuis bij vertrek.' ELSE '' END,
  shown::jsonb, encode(sha256(convert_to(shown, 'UTF8')), 'hex'), at
FROM scale_signed, scale_p p;
SET CONSTRAINTS visit_keeps_its_own_sign_off IMMEDIATE;
