-- What nobody may approve before a person judged it, one row each: a deviation, a signature or a photo that is not there,
-- a clock above ten hours, another end of work that the technician proposes, an estimate that is exceeded by more than a tenth,
-- more than was agreed, a price other than the list's, and whatever is pending. `facts` are what was judged: as soon as
-- they are others the concern is open again. `worth` is in euros, excluding VAT: docs/algorithms/review.md.
CREATE OR REPLACE VIEW review_concern AS
-- The visit that has the last word about its job: what a job needs once, a signature and photos, is asked there.
WITH ending AS (
  SELECT v.id, v.work_order_id FROM field_visit v
   WHERE v.status = 'finished' AND NOT EXISTS (
     SELECT 1 FROM field_visit l
      WHERE l.work_order_id = v.work_order_id AND l.status = 'finished' AND (l.finished_at, l.id) > (v.finished_at, v.id))
), found AS (
  SELECT 'deviation'::text AS kind, 'field.deviation'::text AS subject_type, d.id AS subject_id, v.work_order_id, v.id AS visit_id,
         d.text AS words, md5(d.text || d.blocks) AS facts,
         -- what its visit recorded and no agreement covers
         (SELECT coalesce(sum(b.net), 0) FROM review_billable b
            LEFT JOIN field_timeentry t ON t.id = b.time_entry_id
            LEFT JOIN field_materialusage m ON m.id = b.material_usage_id
            LEFT JOIN field_extrawork e ON e.id = b.extra_work_id
           WHERE b.work_order_id = v.work_order_id AND v.id IN (t.visit_id, m.visit_id, e.visit_id)
             AND b.proposal NOT IN ('in_agreement', 'within_sold', 'travel_free')) AS worth
    FROM field_deviation d JOIN field_visit v ON v.id = d.visit_id
  UNION ALL
  SELECT CASE WHEN s.signature_id IS NULL THEN 'signature' ELSE 'outdated' END, 'field.visit.signature', v.id, v.work_order_id, v.id,
         CASE WHEN s.signature_id IS NULL THEN coalesce(s.reason, '') ELSE '' END,
         md5(concat_ws('|', s.id, s.outdated_at)),
         (SELECT coalesce(sum(b.net), 0) FROM review_billable b
           WHERE b.work_order_id = v.work_order_id AND b.fate IN ('billable', 'pending'))
    FROM ending v
    -- the signature that stands, or else the last one
    LEFT JOIN LATERAL (
      SELECT o.id, o.signature_id, o.reason, coalesce(g.sign_off_outdated_at, g.sign_off_overtaken_at) AS outdated_at
        FROM field_visit g JOIN field_signoff o ON o.id = g.sign_off_id
       WHERE g.work_order_id = v.work_order_id
       ORDER BY coalesce(g.sign_off_outdated_at, g.sign_off_overtaken_at) IS NOT NULL, o.at DESC, o.id DESC LIMIT 1) s ON true
   WHERE s.signature_id IS NULL OR s.outdated_at IS NOT NULL
  UNION ALL
  SELECT 'photos', 'field.visit.photos', v.id, v.work_order_id, v.id, string_agg(p.what, '|' ORDER BY p.place),
         md5(string_agg(p.what, '|' ORDER BY p.place)),
         (SELECT coalesce(sum(b.net), 0) FROM review_billable b
           WHERE b.work_order_id = v.work_order_id AND b.fate IN ('billable', 'pending'))
    FROM ending v
    JOIN workorders_workorder w ON w.id = v.work_order_id
    JOIN LATERAL (
      SELECT k.what, k.place FROM (VALUES ('before', -2), ('after', -1)) k (what, place)
       WHERE NOT EXISTS (SELECT 1 FROM field_visitphoto f JOIN field_visit g ON g.id = f.visit_id
                          WHERE g.work_order_id = v.work_order_id AND f.kind = k.what)
      UNION ALL
      SELECT q.label, q.position FROM workorders_jobformfield q
       WHERE q.version_id = w.job_form_version_id AND q.kind = 'photo' AND q.required
         AND NOT EXISTS (SELECT 1 FROM field_formanswer a JOIN field_visit g ON g.id = a.visit_id
                          WHERE g.work_order_id = v.work_order_id AND a.field_id = q.id)) p ON true
   GROUP BY v.id, v.work_order_id
  UNION ALL
  -- The clock that nobody stopped, or of which the technician says that it ended otherwise: what its hours ask.
  SELECT CASE WHEN p.id IS NULL THEN 'clock' ELSE 'proposal' END, 'field.timeentry', t.id, v.work_order_id, v.id,
         CASE WHEN p.id IS NULL THEN round(extract(epoch FROM t.ended_at - t.started_at) / 3600, 3)::text
              ELSE extract(epoch FROM p.ended_at)::bigint || '|' || p.reason END,
         md5(concat_ws('|', extract(epoch FROM t.started_at), extract(epoch FROM t.ended_at), p.id)),
         (SELECT coalesce(sum(b.net), 0) FROM review_billable b WHERE b.time_entry_id = t.id AND b.fate IN ('billable', 'pending'))
    FROM field_timeentry t
    JOIN field_visit v ON v.id = t.visit_id
    LEFT JOIN LATERAL (SELECT id, ended_at, reason FROM field_timeproposal WHERE entry_id = t.id ORDER BY id DESC LIMIT 1) p ON true
   WHERE t.kind <> 'pause' AND t.ended_at IS NOT NULL AND (p.id IS NOT NULL OR t.ended_at - t.started_at > interval '10 hours')
  UNION ALL
  -- What recorded work asks more than its accepted estimate, of which the law wants the customer to be warned (article 7:752 of
  -- the Dutch Civil Code): judged anew when it becomes another tenth of the estimate.
  SELECT 'exceeded', 'workorders.workorder', e.id, e.id, NULL, e.asked || '|' || e.estimated,
         md5(concat_ws('|', e.estimated, ceil(e.asked * 10 / nullif(e.estimated, 0)))), e.asked - e.estimated
    FROM (SELECT w.id, coalesce(sum(b.net) FILTER (WHERE b.quote_line_id IS NOT NULL), 0) AS estimated,
                 coalesce(sum(b.net) FILTER (WHERE b.fate IN ('billable', 'pending') AND (
                   b.quote_line_id IS NOT NULL AND b.proposal = 'as_agreed' OR b.kind IN ('time', 'material'))), 0) AS asked
            FROM workorders_workorder w JOIN review_billable b ON b.work_order_id = w.id AND b.kind <> 'correction'
           WHERE w.billing_basis = 'actuals'
           GROUP BY w.id HAVING count(b.quote_line_id) > 0) e
   WHERE e.asked > e.estimated * 1.1
), judged AS (
  SELECT f.kind || '-' || f.subject_id AS id, f.*, NOT EXISTS (
           SELECT 1 FROM review_finding n JOIN review_review r ON r.id = n.review_id
            WHERE r.work_order_id = f.work_order_id AND n.subject_type = f.subject_type AND n.subject_id = f.subject_id
              AND n.standing AND n.decision <> 'returned' AND n.facts = f.facts) AS open
    FROM found f
)
SELECT id, work_order_id, kind, subject_type, subject_id, visit_id, words, facts, worth, open FROM judged
UNION ALL
-- What becomes of a billable is decided on the billable itself: by whom, when and why stands there.
SELECT k.kind || '-' || b.id, b.work_order_id, k.kind, 'review.billable', b.id, NULL, b.description,
       md5(concat_ws('|', b.fate, b.quantity, b.unit_price, b.list_price)),
       CASE WHEN k.kind = 'price' THEN b.recorded_net - b.net ELSE b.net END,
       CASE WHEN k.kind = 'price' THEN NOT b.claimed AND (b.decided_at IS NULL OR b.reason = '') ELSE b.fate = 'pending' END
  FROM review_billable b
  JOIN LATERAL (
    SELECT CASE WHEN b.kind <> 'correction' AND b.proposal IN ('above_sold', 'above_agreed') THEN 'over_use'
                WHEN b.fate = 'pending' THEN 'undecided'
                WHEN b.fate = 'billable' AND b.kind IN ('time', 'material') AND b.unit_price <> b.list_price THEN 'price'
            END AS kind) k ON k.kind IS NOT NULL;
