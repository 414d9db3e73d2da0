-- No TRUNCATE of what never changes, also by the owner and also by way of CASCADE: row triggers do not see one.
-- Only who owns the table, and says the name of this very database in `app.rebuild`, may empty it: `manage.py demo
-- --replace` does in its transaction, and a test database has the setting of its own. No role of the application owns a
-- table, so the setting gives those nothing. Which tables: FROZEN in config/database_roles.py.
CREATE OR REPLACE FUNCTION wt_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('app.rebuild', true) = current_database()
    AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'TRUNCATE on % is refused: what stands in it never changes', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
