-- Who works when: each stretch of each weekday, and for which days it holds. Where no hours are noted of somebody, the opening
-- hours of the company hold. `rules.WorkWeeks` reads the same for a day in Python.

-- Which of two weeks a day is in: the odd weeks, or A, are the first; A is the week of the day since when it holds.
CREATE OR REPLACE FUNCTION wt_week_of(rhythm text, since date, day date) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE rhythm
  WHEN 'odd_even' THEN 2 - extract(week FROM day)::integer % 2
  WHEN 'fortnight' THEN (day - since + extract(isodow FROM since)::integer - 1) / 7 % 2 + 1
  ELSE 1
END;

CREATE OR REPLACE VIEW technicians_works AS
SELECT p.id::text AS id, h.technician_id, h.valid, lower(h.valid) AS since, upper(h.valid) AS until, h.rhythm,
       p.week, p.weekday, p.starts, p.ends
  FROM technicians_workinghours h
  JOIN technicians_workingpattern p ON p.hours_id = h.id
UNION ALL
SELECT o.id || ':' || t.id || ':' || coalesce(lower(g.valid)::text, ''), t.id, g.valid, lower(g.valid), upper(g.valid), 'weekly',
       1, o.weekday, o.opens, o.closes
  FROM technicians_technician t
  CROSS JOIN LATERAL unnest('{(,)}'::datemultirange - coalesce(
    (SELECT range_agg(h.valid) FROM technicians_workinghours h WHERE h.technician_id = t.id), '{}')) AS g(valid)
  CROSS JOIN company_openinghours o;
