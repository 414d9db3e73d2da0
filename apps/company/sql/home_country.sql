-- Where the company is. Every role may know: telephone numbers are written for somebody there.
CREATE OR REPLACE FUNCTION wt_home_country() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN coalesce((SELECT country FROM company_company WHERE id = 1), 'NL');
END $$;
