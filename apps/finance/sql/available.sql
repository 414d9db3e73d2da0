-- How many hours each technician had in these days: the hours that held then, without holidays and absences. {technician: hours}
-- A pattern times its weekdays, and then only the days that are not as the others: it costs what the odd days are, not the days.
CREATE OR REPLACE FUNCTION wt_available(start date, until date, zone text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
WITH
pattern AS (
  SELECT w.*, extract(epoch FROM w.ends - w.starts) AS seconds, n.first, n.past
    FROM technicians_works w
    CROSS JOIN LATERAL (
      SELECT d.first + (w.weekday - extract(isodow FROM d.first)::int + 7) % 7 AS first, least(wt_available.until, w.until) AS past
        FROM (SELECT greatest(start, w.since) AS first) d
    ) n
   WHERE w.valid && daterange(start, wt_available.until)
),
-- Two weeks in turns come back every fortnight; odd and even weeks do not where a year has 53.
plain AS (
  SELECT p.technician_id,
         p.seconds * CASE p.rhythm
           WHEN 'weekly' THEN greatest(0, (p.past - p.first + 6) / 7)
           WHEN 'fortnight' THEN greatest(0,
             (p.past - p.first - CASE WHEN wt_week_of(p.rhythm, p.since, p.first) = p.week THEN 0 ELSE 7 END + 13) / 14)
           ELSE (SELECT count(*) FROM generate_series(p.first::timestamp, p.past::timestamp - interval '1 day', interval '7 days') d
                  WHERE wt_week_of(p.rhythm, p.since, d::date) = p.week)
         END AS seconds
    FROM pattern p
),
away AS (
  SELECT a.technician_id, a.period FROM technicians_absence a
   WHERE a.period && tstzrange(start::timestamp AT TIME ZONE zone, until::timestamp AT TIME ZONE zone)
),
free AS (
  SELECT c.day FROM company_holiday c WHERE c.day >= start AND c.day < until
),
-- On which days somebody is away, or the clocks change.
odd AS (
  SELECT a.technician_id, d::date AS day
    FROM away a
    CROSS JOIN LATERAL generate_series(
      greatest((lower(a.period) AT TIME ZONE zone)::date, start)::timestamp,
      least((upper(a.period) AT TIME ZONE zone)::date, until - 1)::timestamp, interval '1 day') d
  UNION
  SELECT t.id, d::date
    FROM generate_series(start::timestamp, until::timestamp - interval '1 day', interval '1 day') d
    CROSS JOIN technicians_technician t
   WHERE (d + interval '1 day') AT TIME ZONE zone - d AT TIME ZONE zone <> interval '24 hours'
),
-- What there was on such a day, and not what there is on any.
mended AS (
  SELECT o.technician_id, n.seconds - p.seconds AS seconds
    FROM odd o
    JOIN pattern p ON p.technician_id = o.technician_id AND p.weekday = extract(isodow FROM o.day) AND o.day <@ p.valid
     AND wt_week_of(p.rhythm, p.since, o.day) = p.week
    CROSS JOIN LATERAL (
      SELECT tstzmultirange(tstzrange((o.day + p.starts) AT TIME ZONE zone, (o.day + p.ends) AT TIME ZONE zone)) - coalesce(
               (SELECT range_agg(a.period) FROM away a WHERE a.technician_id = o.technician_id), '{}') AS hours
       WHERE o.day NOT IN (SELECT f.day FROM free f)
    ) h
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(extract(epoch FROM upper(r) - lower(r))), 0) AS seconds FROM unnest(h.hours) r
    ) n
  UNION ALL
  SELECT p.technician_id, -p.seconds
    FROM free f
    JOIN pattern p ON p.weekday = extract(isodow FROM f.day) AND f.day <@ p.valid
     AND wt_week_of(p.rhythm, p.since, f.day) = p.week
)
SELECT coalesce(jsonb_object_agg(found.technician_id, (found.seconds / 3600)::numeric(12, 3)), '{}')
  FROM (
    SELECT one.technician_id, sum(one.seconds) AS seconds
      FROM (SELECT * FROM plain UNION ALL SELECT * FROM mended) one GROUP BY 1
  ) found
$$;
DROP FUNCTION IF EXISTS wt_available_hours(bigint, date, date, text);
