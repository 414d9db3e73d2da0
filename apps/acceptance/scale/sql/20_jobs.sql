-- Every job with its place in a technician's week, its status and all its moments; the tables are filled from this.
-- A day holds either one project or three visits, an intake (15:10) and room to come back (15:55). What was booked
-- already, absences and holidays are stepped around, so nothing overlaps.
CREATE TEMP TABLE scale_shift AS
WITH busy AS (
  SELECT technician_id, generate_series(lower(period)::date, upper(period)::date, interval '1 day')::date AS day
  FROM planning_assignment WHERE active
  UNION
  SELECT technician_id, generate_series(lower(period)::date, upper(period)::date, interval '1 day')::date
  FROM technicians_absence WHERE NOT lower_inf(period) AND NOT upper_inf(period)
)
SELECT t.technician_id, t.user_id, t.name, t.cost, d.day::date AS day,
  row_number() OVER (PARTITION BY t.technician_id ORDER BY d.day)::int AS seq,
  pg_temp.h(t.technician_id * 100000 + (d.day::date - date '2000-01-01'), 1, 100) < 25 AS project,
  pg_temp.h(t.technician_id * 100000 + (d.day::date - date '2000-01-01'), 2, 100) AS r
FROM scale_p p
CROSS JOIN scale_technician t
CROSS JOIN generate_series(p.today - p.days_back, p.today + 12, interval '1 day') d (day)
WHERE extract(isodow FROM d.day)::int = ANY (t.weekdays)
  AND NOT EXISTS (SELECT 1 FROM busy b WHERE b.technician_id = t.technician_id AND b.day = d.day::date)
  AND NOT EXISTS (SELECT 1 FROM company_holiday h WHERE h.day = d.day::date);
ALTER TABLE scale_shift ADD PRIMARY KEY (technician_id, seq);
ANALYZE scale_shift;

CREATE TEMP TABLE scale_slot AS
SELECT row_number() OVER (ORDER BY s.starts_at, s.technician_id)::int AS n, s.*
FROM (
  SELECT s.technician_id, s.user_id, s.name AS technician, s.cost, s.day, s.seq, s.project, x.part,
    (s.day + x.starts) AT TIME ZONE 'Europe/Amsterdam' AS starts_at,
    (s.day + x.ends) AT TIME ZONE 'Europe/Amsterdam' AS ends_at,
    row_number() OVER (ORDER BY s.day DESC, x.starts DESC, s.technician_id) AS newest
  FROM scale_p p
  CROSS JOIN scale_shift s
  JOIN (VALUES (true, 'P', time '08:00', time '15:00'), (false, 'A', time '08:00', time '10:00'),
               (false, 'B', time '10:15', time '12:15'), (false, 'C', time '12:45', time '14:45')
       ) x (project, part, starts, ends) ON x.project = s.project
  WHERE CASE WHEN s.day > p.today + 4 THEN s.r < 55 WHEN s.day > p.today THEN s.r < 85 ELSE s.r < 97 END
) s, scale_p p
WHERE s.newest <= p.orders - p.to_plan;

CREATE TEMP TABLE scale_job AS
WITH rows AS (
  SELECT n, technician_id, user_id, technician, cost, day, seq, project, part, starts_at, ends_at FROM scale_slot
  UNION ALL
  SELECT (p.orders - p.to_plan + k)::int, NULL, NULL, NULL, NULL, NULL, NULL, false, '', NULL, NULL
  FROM scale_p p, generate_series(1, p.to_plan) k
), drawn AS (
  SELECT rows.*, pg_temp.h(n, 3, 1000) AS r, p.today - day AS age, p.now_at, p.today, p.office,
    project OR pg_temp.h(n, 5, 100) < 33 AS quoted,
    1 + pg_temp.h(n, 7, p.customers) AS customer_n
  FROM rows, scale_p p
), placed AS (
  SELECT drawn.*,
    CASE
      WHEN starts_at IS NULL THEN 'to_plan'
      -- the drive takes at most 26 minutes
      WHEN starts_at + interval '27 minutes' > now_at THEN 'planned'
      WHEN ends_at + interval '6 minutes' > now_at THEN 'in_progress'
      -- what was done just now has not been looked at: every later step needs time to have happened
      WHEN ends_at + interval '5 hours' > now_at THEN (CASE WHEN r < 860 THEN 'ready_for_review' WHEN r < 900 THEN 'action_required'
        WHEN r < 960 THEN 'missed' ELSE 'on_hold' END)
      WHEN age <= 4 THEN (CASE WHEN r < 430 THEN 'ready_for_review' WHEN r < 520 THEN 'in_review' WHEN r < 560 THEN 'returned'
        WHEN r < 620 THEN 'action_required' WHEN r < 860 THEN 'ready_for_invoicing' WHEN r < 885 THEN 'missed'
        WHEN r < 900 THEN 'on_hold' WHEN r < 990 THEN 'invoiced' ELSE 'cancelled' END)
      WHEN age <= 30 THEN (CASE WHEN r < 12 THEN 'ready_for_review' WHEN r < 16 THEN 'in_review' WHEN r < 20 THEN 'missed'
        WHEN r < 24 THEN 'on_hold' WHEN r < 28 THEN 'action_required' WHEN r < 110 THEN 'ready_for_invoicing'
        WHEN r < 730 THEN 'invoiced' WHEN r < 990 THEN 'closed' ELSE 'cancelled' END)
      WHEN age <= 90 THEN (CASE WHEN r < 3 THEN 'ready_for_invoicing' WHEN r < 130 THEN 'invoiced' WHEN r < 985 THEN 'closed'
        ELSE 'cancelled' END)
      ELSE (CASE WHEN r < 1 THEN 'ready_for_invoicing' WHEN r < 5 THEN 'invoiced' WHEN r < 985 THEN 'closed' ELSE 'cancelled' END)
    END AS status,
    COALESCE(choice.works[1 + pg_temp.h(n, 8, cardinality(choice.works))], 1) AS w
  FROM drawn
  LEFT JOIN scale_choice choice ON choice.technician_id = COALESCE(drawn.technician_id, 0) AND choice.project = drawn.project
), told AS (
  SELECT placed.*, work.type_id, work.title, work.asked, work.scope, work.done_text, work.job_form_version_id,
    round((work.least_hours + (work.most_hours - work.least_hours) * pg_temp.h(n, 9, 1000) / 1000.0)::numeric, 2) AS hours,
    ceil(work.most_hours * 0.9 * 2) / 2.0 AS sold,
    quoted OR pg_temp.h(n, 6, 100) < 60 AS asked_for,
    quoted AND part IN ('P', 'A') AND COALESCE(before.day <= today - 4, false) AS surveyed,
    (before.day + time '15:10') AT TIME ZONE 'Europe/Amsterdam' AS survey_at,
    part = 'C' AND pg_temp.h(n, 10, 100) < 8
      AND (placed.day + time '16:36') AT TIME ZONE 'Europe/Amsterdam' < now_at AS came_back,
    CASE WHEN NOT quoted THEN 'actuals' WHEN pg_temp.h(n, 11, 100) < 60 THEN 'fixed_price' ELSE 'sold_hours' END AS basis,
    office[1 + pg_temp.h(n, 12, cardinality(office))] AS handler,
    (10 + pg_temp.h(n, 13, 16)) * interval '1 minute' + pg_temp.h(n, 14, 60) * interval '1 second' AS travel
  FROM placed
  JOIN scale_work work USING (w)
  LEFT JOIN scale_shift before ON before.technician_id = placed.technician_id AND before.seq = placed.seq - 8
), timed AS (
  SELECT told.*,
    CASE
      WHEN surveyed THEN LEAST(survey_at + (30 + pg_temp.h(n, 15, 40)) * interval '1 hour', now_at - interval '20 minutes')
      WHEN starts_at IS NULL THEN now_at - pg_temp.h(n, 16, 6 * 86400) * interval '1 second' - interval '10 minutes'
      ELSE LEAST(starts_at - (2 + pg_temp.h(n, 17, 7)) * interval '1 day' - pg_temp.h(n, 18, 21600) * interval '1 second',
                 now_at - (1200 + pg_temp.h(n, 19, 80000)) * interval '1 second')
    END AS created_at,
    starts_at + travel AS worked_from,
    LEAST(starts_at + travel + hours * interval '1 hour' + pg_temp.h(n, 20, 60) * interval '1 second',
          ends_at + pg_temp.h(n, 21, 300) * interval '1 second') AS worked_to
  FROM told
), settled AS (
  SELECT n, technician_id, user_id, technician, cost, day, seq, part, starts_at, ends_at, status, w, type_id, title, asked, scope,
    done_text, job_form_version_id, hours, sold, quoted, asked_for, surveyed, survey_at, basis, handler, worked_from, customer_n,
    created_at, now_at,
    came_back AND status NOT IN ('planned', 'cancelled', 'in_progress', 'missed', 'on_hold', 'returned') AS came_back,
    GREATEST(worked_to, worked_from + interval '20 minutes') AS worked_to
  FROM timed
)
SELECT
  n, pg_temp.base('workorders_workorder') + n AS id, technician_id, user_id, technician, cost, day, seq, part, starts_at, ends_at,
  status, w, type_id, title, asked, scope, done_text, job_form_version_id, hours, sold, quoted, asked_for, surveyed, survey_at,
  came_back,
  basis, handler, worked_from, worked_to, customer_n,
  -- the visit that ends the job; the review is opened an hour later
  CASE WHEN came_back THEN (day + time '16:34') AT TIME ZONE 'Europe/Amsterdam' ELSE worked_to END AS done_at,
  CASE WHEN came_back THEN (day + time '16:34') AT TIME ZONE 'Europe/Amsterdam' ELSE worked_to END + interval '1 hour' AS review_at,
  date_trunc('second', created_at) AS created_at,
  status IN ('ready_for_review', 'in_review', 'action_required', 'returned', 'ready_for_invoicing', 'invoiced', 'closed') AS worked,
  status IN ('ready_for_invoicing', 'invoiced', 'closed') AS approved,
  -- the review is done the next working morning, or an hour ago when that is still to come
  LEAST(date_trunc('day', worked_to) + interval '1 day 9 hours' + pg_temp.h(n, 22, 20000) * interval '1 second',
        now_at - (1800 + pg_temp.h(n, 23, 3000)) * interval '1 second') AS approved_at
FROM settled;
ALTER TABLE scale_job ADD PRIMARY KEY (n);
ALTER TABLE scale_job ADD customer_id bigint, ADD site_id bigint, ADD customer text, ADD address text, ADD reverse_charge boolean,
  ADD number text, ADD request_id bigint;
UPDATE scale_job j SET
  customer_id = c.id, site_id = s.id, customer = c.name, reverse_charge = c.reverse_charge,
  address = s.site_street || ' ' || s.site_house_number || ' ' || s.site_postal_code || ' ' || s.site_city,
  number = numbered.number
FROM scale_customer c, scale_site s, (
  SELECT n, pg_temp.number('work_order', created_at, row_number() OVER (
    PARTITION BY extract(year FROM created_at AT TIME ZONE 'Europe/Amsterdam') ORDER BY created_at, n)) AS number
  FROM scale_job
) numbered
WHERE c.n = j.customer_n AND s.m = c.sites_before + 1 + pg_temp.h(j.n, 24, c.site_count) AND numbered.n = j.n;
ANALYZE scale_job;
