-- The audit held every hash that a password ever had. Its rows never change; this is the exception, by their owner.
ALTER TABLE core_rowchange DISABLE TRIGGER append_only;
UPDATE core_rowchange SET old = old - 'password', new = new - 'password'
  WHERE table_name = 'accounts_user' AND (old ? 'password' OR new ? 'password');
ALTER TABLE core_rowchange ENABLE TRIGGER append_only;

-- What an admin may know of second factors and sessions. A view reads with its owner's rights; who may read the view
-- (config/database_roles.py) therefore needs none on the tables, where the secrets are.
CREATE VIEW accounts_secondfactor AS
  SELECT id, user_id, type, coalesce(data ->> 'name', '') AS name, created_at, last_used_at FROM mfa_authenticator;
CREATE VIEW accounts_opensession AS
  SELECT encode(sha256(convert_to(session_key, 'UTF8')), 'hex') AS handle, user_id, came_at, address, agent, expire_date
  FROM accounts_session WHERE user_id IS NOT NULL;

-- An address counts when a link to it was followed; what an open session could add here counts no more.
DELETE FROM account_emailconfirmation;
DELETE FROM account_emailaddress;
-- Sessions stand in accounts_session, with whose they are.
DROP TABLE IF EXISTS django_session;
