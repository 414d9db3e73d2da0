-- Customers and their sites: one site for a private person, up to five for a company.
CREATE TEMP TABLE scale_customer AS
WITH drawn AS (
  SELECT n::int AS n, pg_temp.h(n, 101, 100) AS r,
    CASE WHEN pg_temp.h(n, 101, 100) < 78 THEN 1 ELSE 1 + pg_temp.h(n, 102, 5) END AS site_count,
    1 + pg_temp.h(n, 103, cardinality(p.place_codes)) AS place, p.*
  FROM scale_p p, generate_series(1, p.customers) n
)
SELECT
  n, pg_temp.base('customers_customer') + n AS id, site_count,
  (sum(site_count) OVER (ORDER BY n) - site_count)::int AS sites_before,
  CASE WHEN r < 78 THEN 'person' ELSE 'company' END AS kind,
  CASE
    WHEN r < 78 THEN pg_temp.pick(first_names, n, 104) || ' ' || pg_temp.pick(last_names, n, 105)
    WHEN r < 90 THEN pg_temp.pick(trades, n, 106) || ' ' || pg_temp.pick(last_names, n, 105)
    WHEN r < 97 THEN 'VvE ' || pg_temp.pick(streets, n, 107)
    ELSE 'Bouwbedrijf ' || pg_temp.pick(last_names, n, 105) || ' B.V.'
  END AS name,
  CASE WHEN r >= 97 THEN pg_temp.pick(vat_numbers, n, 108) ELSE '' END AS vat_number,
  CASE WHEN r >= 78 THEN lpad((10000000 + pg_temp.h(n, 109, 79999999))::text, 8, '0') ELSE '' END AS kvk_number,
  r >= 97 AS reverse_charge,
  CASE WHEN pg_temp.h(n, 110, 10) = 0 THEN 'en' ELSE 'nl' END AS language,
  CASE WHEN r >= 78 AND pg_temp.h(n, 111, 3) = 0 THEN 30 END AS payment_term_days,
  '06 ' || lpad(pg_temp.h(n, 112, 100000000)::text, 8, '0') AS phone,
  pg_temp.pick(streets, n, 113) AS street,
  (1 + pg_temp.h(n, 114, 180))::text || pg_temp.pick(ARRAY['', '', '', '', 'a', 'b'], n, 115) AS house_number,
  place_codes[place] || ' ' || pg_temp.pick(letters, n, 116) || pg_temp.pick(letters, n, 117) AS postal_code,
  place_names[place] AS city, place,
  p_start + pg_temp.h(n, 118, 86400 * 30) * interval '1 second' - interval '40 days' AS created_at
FROM (SELECT *, first_moment AS p_start FROM drawn) drawn;
ALTER TABLE scale_customer ADD PRIMARY KEY (n);
ANALYZE scale_customer;

INSERT INTO customers_customer (
  id, kind, name, email, phone, vat_number, kvk_number, language, payment_term_days, reverse_charge, remarks, active,
  created_at, street, house_number, postal_code, city, country, version)
SELECT
  id, kind, name, btrim(regexp_replace(lower(name), '[^a-z]+', '.', 'g'), '.') || n || '@klant.example', phone,
  vat_number, kvk_number, language, payment_term_days, reverse_charge, '', true, created_at, street, house_number,
  postal_code, city, 'NL', 0
FROM scale_customer;

CREATE TEMP TABLE scale_site AS
WITH numbered AS (
  SELECT c.n AS customer_n, c.id AS customer_id, c.sites_before + k AS m, k, c.place AS home, c.street, c.house_number,
    c.postal_code, c.city, p.*
  FROM scale_p p, scale_customer c, generate_series(1, c.site_count) k
), placed AS (
  SELECT *, CASE WHEN k = 1 THEN home ELSE 1 + pg_temp.h(m, 120, cardinality(place_codes)) END AS place FROM numbered
)
SELECT
  pg_temp.base('customers_site') + m AS id, customer_n, customer_id, m,
  CASE WHEN k = 1 THEN street ELSE pg_temp.pick(streets, m, 121) END AS site_street,
  CASE WHEN k = 1 THEN house_number ELSE (1 + pg_temp.h(m, 122, 180))::text END AS site_house_number,
  CASE WHEN k = 1 THEN postal_code
    ELSE place_codes[place] || ' ' || pg_temp.pick(letters, m, 123) || pg_temp.pick(letters, m, 124) END AS site_postal_code,
  CASE WHEN k = 1 THEN city ELSE place_names[place] END AS site_city,
  place_latitudes[place] + (pg_temp.h(m, 125, 2000) - 1000) / 60000.0 AS latitude,
  place_longitudes[place] + (pg_temp.h(m, 126, 2000) - 1000) / 40000.0 AS longitude
FROM placed;
ALTER TABLE scale_site ADD PRIMARY KEY (m);
ANALYZE scale_site;

INSERT INTO customers_site (
  id, customer_id, name, latitude, longitude, access_notes, street, house_number, postal_code, city, country, version)
SELECT id, customer_id, '', latitude, longitude, '', site_street, site_house_number, site_postal_code, site_city, 'NL', 0
FROM scale_site;

INSERT INTO customers_contact (id, customer_id, name, email, phone, role, version)
SELECT pg_temp.base('customers_contact') + n, c.id,
  pg_temp.pick(p.first_names, n, 130) || ' ' || pg_temp.pick(p.last_names, n, 131), '', c.phone, 'Beheerder', 0
FROM scale_customer c, scale_p p WHERE c.kind = 'company';
