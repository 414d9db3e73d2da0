-- How many hours each technician had in these days: the working pattern of now, without holidays and absences. {technician: hours}
-- A pattern times its weekdays, and then only the days that are not as the others: it costs what the odd days are, not the days.
CREATE FUNCTION wt_available(start date, until date, zone text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
WITH
pattern AS (
  SELECT p.technician_id, p.weekday, p.starts, p.ends, extract(epoch FROM p.ends - p.starts) AS seconds FROM technicians_workingpattern p
),
plain AS (
  SELECT p.technician_id,
         p.seconds * greatest(0, (until - start - (p.weekday - extract(isodow FROM start)::int + 7) % 7 + 6) / 7) AS seconds
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
    JOIN pattern p ON p.technician_id = o.technician_id AND p.weekday = extract(isodow FROM o.day)
    CROSS JOIN LATERAL (
      SELECT tstzmultirange(tstzrange((o.day + p.starts) AT TIME ZONE zone, (o.day + p.ends) AT TIME ZONE zone)) - coalesce(
               (SELECT range_agg(a.period) FROM away a WHERE a.technician_id = o.technician_id), '{}') AS hours
       WHERE o.day NOT IN (SELECT f.day FROM free f)
    ) h
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(extract(epoch FROM upper(r) - lower(r))), 0) AS seconds FROM unnest(h.hours) r
    ) n
  UNION ALL
  SELECT p.technician_id, -p.seconds FROM free f JOIN pattern p ON p.weekday = extract(isodow FROM f.day)
)
SELECT coalesce(jsonb_object_agg(found.technician_id, (found.seconds / 3600)::numeric(12, 3)), '{}')
  FROM (
    SELECT one.technician_id, sum(one.seconds) AS seconds
      FROM (SELECT * FROM plain UNION ALL SELECT * FROM mended) one GROUP BY 1
  ) found
$$;
DROP FUNCTION IF EXISTS wt_available_hours(bigint, date, date, text);
