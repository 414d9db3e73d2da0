-- The view is as it was at first, for the migration of then: what holds is `concern_view.sql`.
-- What nobody may approve before a person judged it, one row each: a deviation, a signature or a photo that is not there,
-- more than was agreed, a price other than the list's, and whatever is pending. `facts` are what was judged: as soon as
-- they are others the concern is open again. `worth` is in euros, excluding VAT: docs/algorithms/review.md.
CREATE OR REPLACE VIEW review_concern AS
WITH found AS (
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
         md5(concat_ws('|', s.id, v.sign_off_outdated_at)),
         (SELECT coalesce(sum(b.net), 0) FROM review_billable b
           WHERE b.work_order_id = v.work_order_id AND b.fate IN ('billable', 'pending'))
    FROM field_visit v LEFT JOIN field_signoff s ON s.id = v.sign_off_id
   WHERE v.status = 'finished' AND (s.signature_id IS NULL OR v.sign_off_outdated_at IS NOT NULL)
  UNION ALL
  SELECT 'photos', 'field.visit.photos', v.id, v.work_order_id, v.id, string_agg(p.what, '|' ORDER BY p.place),
         md5(string_agg(p.what, '|' ORDER BY p.place)),
         (SELECT coalesce(sum(b.net), 0) FROM review_billable b
           WHERE b.work_order_id = v.work_order_id AND b.fate IN ('billable', 'pending'))
    FROM field_visit v
    JOIN workorders_workorder w ON w.id = v.work_order_id
    JOIN LATERAL (
      SELECT k.what, k.place FROM (VALUES ('before', -2), ('after', -1)) k (what, place)
       WHERE NOT EXISTS (SELECT 1 FROM field_visitphoto f WHERE f.visit_id = v.id AND f.kind = k.what)
      UNION ALL
      SELECT q.label, q.position FROM workorders_jobformfield q
       WHERE q.version_id = w.job_form_version_id AND q.kind = 'photo' AND q.required
         AND NOT EXISTS (SELECT 1 FROM field_formanswer a WHERE a.visit_id = v.id AND a.field_id = q.id)) p ON true
   WHERE v.status = 'finished'
   GROUP BY v.id, v.work_order_id
), judged AS (
  SELECT f.kind || '-' || f.subject_id AS id, f.*, NOT EXISTS (
           SELECT 1 FROM review_finding n JOIN review_review r ON r.id = n.review_id
            WHERE r.work_order_id = f.work_order_id AND n.subject_type = f.subject_type AND n.subject_id = f.subject_id
              AND n.standing AND n.decision = 'accepted' AND n.facts = f.facts) AS open
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

-- A review is approved only when everything of it was judged, whoever asks.
CREATE OR REPLACE FUNCTION wt_review_judged() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM review_concern WHERE work_order_id = NEW.work_order_id AND open) THEN
    RAISE EXCEPTION 'review % has something that nobody judged', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_review_is_judged';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_review_judged() FROM PUBLIC;
CREATE OR REPLACE TRIGGER approved_review_is_judged BEFORE INSERT OR UPDATE OF status ON review_review
  FOR EACH ROW WHEN (NEW.status = 'approved') EXECUTE FUNCTION wt_review_judged();

-- A finding never changes: a newer one takes its place, and it says so.
CREATE OR REPLACE FUNCTION wt_finding_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.standing AND NOT NEW.standing AND to_jsonb(OLD) - 'standing' = to_jsonb(NEW) - 'standing' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% on % is refused: what was found never changes', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE TRIGGER frozen BEFORE UPDATE OR DELETE ON review_finding
  FOR EACH ROW EXECUTE FUNCTION wt_finding_frozen();
