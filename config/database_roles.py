"""The database wall: which role may do what to which table, and which tables are audited.

The one place. Applied after every migrate by the owner, so test databases get it too; idempotent. A table that is
not named here gives nobody anything.
"""

import random
import time
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import InternalError, connections, transaction
from django.db.models import GeneratedField, Model
from psycopg import sql

from apps.core import merging
from apps.core.database import ACCOUNT, OFFICE, PUBLIC, ROLES, TECHNICIAN
from apps.core.models import Versioned
from apps.core.search import search_words_of
from config.database import WEB_LOGIN, web_password

ROLE_TRIES = 50

READ = "SELECT"
ADD = "SELECT, INSERT"
WRITE = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"

# What the office may do to every table of an app, unless a table says otherwise below.
OFFICE_APPS = {
    "accounts": ALL,
    "documents": ADD,
    "messaging": ALL,
    "company": ALL,
    "customers": ALL,
    "materials": ALL,
    "technicians": ALL,
    "intake": ALL,
    "workorders": ALL,
    "planning": ALL,
    "field": ALL,
    "timesheets": ALL,
    "pricing": ALL,
    "maintenance": ALL,
    "quotes": ALL,
    "review": ALL,
    "invoicing": ALL,
    "bookkeeping": ALL,
    "pipeline": ALL,
    "leaks": ALL,
    "tasks": ALL,
    "finance": "SELECT, INSERT, DELETE",
    "guardian": READ,
    "procrastinate": ALL,
    "auth": READ,
    "contenttypes": READ,
}

# Apps above the price line: no other role than the office's may ever be given anything here.
MONEY_APPS = {
    "pricing",
    "maintenance",
    "quotes",
    "review",
    "invoicing",
    "bookkeeping",
    "pipeline",
    "leaks",
    "finance",
}

SESSION_TABLES = {
    "accounts.user": "SELECT, UPDATE (language)",
    "accounts.user_groups": READ,
    "accounts.user_user_permissions": READ,
    "auth.group": READ,
    "auth.permission": READ,
    "auth.group_permissions": READ,
    "contenttypes.contenttype": READ,
    "company.company": READ,
    "core.idempotentanswer": ALL,
    "core.hit": ADD,
    # Writing an event needs no right to read the log; an INSERT reads back what the database filled in itself.
    "core.auditevent": "INSERT, SELECT (id, request_id)",
}

NOTHING = ""

TABLES: dict[str, dict[str, str]] = {
    # The pages under /account/, and the actions of accounts that name this role.
    ACCOUNT: SESSION_TABLES
    | {
        "accounts.user": "SELECT, UPDATE (last_login, email, stamp, language)",
        "accounts.passwordhash": WRITE,
        "accounts.session": ALL,
        "accounts.accountlink": WRITE,
        "mfa.authenticator": ALL,
        "core.hit": ALL,
        "messaging.message": "INSERT, SELECT (id)",
    },
    OFFICE: {
        "documents.pendingupload": "",
        "accounts.passwordhash": NOTHING,
        "accounts.session": NOTHING,
        "accounts.accountlink": NOTHING,
        "accounts.secondfactor": READ,
        "accounts.opensession": READ,
        "core.auditevent": ADD,
        "core.rowchange": READ,
        "core.counter": READ,
        "core.edition": READ,
        "core.searchword": READ,
        "core.merge": "SELECT, INSERT, UPDATE (undone_at, undone_by_id)",
        "customers.suspect": READ,
        "review.stalejob": "SELECT, INSERT, DELETE",
        "finance.daysum": READ,
        "pipeline.standinginvoice": READ,
        "pipeline.standing": READ,
        "pipeline.ledgersums": READ,
        "pipeline.mark": READ,
        "bookkeeping.waitingline": READ,
        "core.series": "SELECT, UPDATE (prefix)",
        "core.idempotentanswer": ALL,
        "core.hit": ALL,
        "auth.group_permissions": ALL,
        "field.signoff": ADD,
        "timesheets.submission": ADD,
        "timesheets.submittedday": ADD,
    },
    TECHNICIAN: SESSION_TABLES
    | {
        "documents.storedfile": ADD,
        "messaging.message": "INSERT, SELECT (id)",
        "messaging.attachment": "INSERT, SELECT (id)",
        "messaging.notice": ALL,
        "messaging.pushdevice": "SELECT, INSERT, DELETE",
        "messaging.push": "SELECT, DELETE",
        "company.openinghours": READ,
        "core.searchword": READ,
        "company.holiday": READ,
        "customers.customer": READ,
        "customers.contact": READ,
        "customers.site": READ,
        "customers.equipment": READ,
        "customers.equipmentfile": READ,
        "materials.category": READ,
        "materials.material": READ,
        "technicians.technician": READ,
        "technicians.technician_skills": READ,
        "technicians.skill": READ,
        "technicians.workinghours": READ,
        "technicians.workingpattern": READ,
        "technicians.works": READ,
        "technicians.certificatekind": READ,
        "technicians.certificate": READ,
        "technicians.absence": READ,
        "technicians.absencerequest": "SELECT, INSERT, UPDATE (status, version, decided_at)",
        "technicians.calendarfeed": ALL,
        "intake.request": "SELECT, UPDATE (status, version)",
        "intake.requesttype": READ,
        "intake.requestphoto": READ,
        "intake.requestuserobjectpermission": READ,
        "intake.intakereport": WRITE,
        "intake.materialestimate": ALL,
        "intake.intakephoto": ALL,
        "workorders.workorder": "SELECT, UPDATE (status, version, left_over, hours_left)",
        "workorders.workorder_serviced": READ,
        "workorders.workorderuserobjectpermission": READ,
        "workorders.workorderfile": READ,
        "workorders.tobring": READ,
        "workorders.slaclass": READ,
        "workorders.jobform": READ,
        "workorders.jobformversion": READ,
        "workorders.jobformfield": READ,
        "planning.assignment": READ,
        "field.visit": WRITE,
        "field.timeentry": WRITE,
        "field.timeproposal": ADD,
        "field.materialusage": ALL,
        "field.extrawork": ALL,
        "field.deviation": ADD,
        "field.formanswer": WRITE,
        "field.visitphoto": ADD,
        "field.signoff": ADD,
        "field.returneditem": "SELECT, UPDATE (resolved_at)",
        "field.fieldevent": WRITE,
        "field.phoneholding": ALL,
        "field.phonesettings": READ,
        "timesheets.week": WRITE,
        "timesheets.handtime": "SELECT, INSERT, DELETE",
        "timesheets.submission": ADD,
        "timesheets.submittedday": ADD,
    },
    PUBLIC: SESSION_TABLES
    | {
        "documents.storedfile": ADD,
        # Written and read outside the transaction of the request, for whoever sent it.
        "documents.pendingupload": ALL,
        "messaging.message": "INSERT, SELECT (id)",
        # The public request form only adds: see docs/adr/0003-public-request-form.md.
        "customers.customer": "INSERT, SELECT (id)",
        "customers.contact": "INSERT, SELECT (id)",
        "customers.site": "INSERT, SELECT (id)",
        "intake.request": "INSERT, SELECT (id)",
        "intake.requestphoto": "INSERT, SELECT (id)",
        "intake.requesttype": READ,
        "intake.requestformsettings": READ,
        "technicians.skill": READ,
    },
}

# Columns that the audit leaves out: it says that they changed, and not from what into what.
SECRETS = {
    "accounts.passwordhash": ("value",),
    "mfa.authenticator": ("data",),
}

# Tables that are not the product's own records: what happens to them is not audited row by row.
NOT_AUDITED = {
    "documents.pendingupload",
    "core.auditevent",
    "core.rowchange",
    "core.idempotentanswer",
    "core.hit",
    "core.counter",
    "accounts.session",
    "messaging.message",
    "messaging.attachment",
    "messaging.notice",
    "messaging.pushdevice",
    "messaging.push",
    "field.fieldevent",
    "field.phoneholding",
    "leaks.leak",
    "core.edition",
    "review.stalejob",
    "finance.entry",
    "finance.daysum",
    "finance.mark",
    "pipeline.standinginvoice",
    "pipeline.standing",
    "pipeline.ledgersums",
    "pipeline.mark",
    "bookkeeping.waitingline",
}

# Tables whose rows are edited as one page: their changes are counted together (`core.versions.edition`).
EDITED_TOGETHER = {
    "auth.group_permissions",
    "company.openinghours",
    "pricing.rate",
    "pricing.materialprice",
    "pricing.technicianrate",
}

# What stands in these never changes, which row triggers see to (`sql/frozen.sql` of each app). None may be emptied with
# TRUNCATE either, which row triggers do not see: `apps/core/sql/truncate.sql` says who may, and how.
FROZEN = {
    "core.auditevent",
    "core.rowchange",
    "core.counter",
    "core.merge",
    "documents.storedfile",
    "field.signoff",
    "timesheets.submission",
    "timesheets.submittedday",
    "quotes.quoteversion",
    "quotes.quoteline",
    "quotes.acceptance",
    "review.billable",
    "maintenance.jobprice",
    "review.finding",
    "review.extraworkoffer",
    "invoicing.invoice",
    "invoicing.invoiceline",
    "invoicing.vatline",
    "invoicing.payment",
    "invoicing.invoicefact",
    "invoicing.reminder",
    "invoicing.invoicedocument",
    "bookkeeping.package",
    "bookkeeping.packageline",
}


def rights(role: str, label: str) -> str:
    """What `role` may do to the table of the model `label`."""
    listed = TABLES[role].get(label)
    if listed is not None:
        return listed
    return OFFICE_APPS.get(label.split(".")[0], "") if role == OFFICE else ""


def database_sync(using: str = "default") -> None:
    """Make roles, grants and audit triggers what this file says. Needs the owner's rights."""
    connection = connections[using]
    _roles_sync(using)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(727001)")
        tables = set(connection.introspection.table_names(cursor, include_views=True))
        cursor.execute("".join(f"{one};\n" for one in _statements(tables, connection.settings_dict["NAME"])))


def _roles_sync(using: str) -> None:
    """Make the roles, which belong to the whole cluster: another database that is set up at once does the same.

    No lock reaches across databases, and PostgreSQL refuses the second writer of a role ("tuple concurrently
    updated"); it then finds the first one's outcome in place and writes the same again.
    """
    for _again in range(ROLE_TRIES):
        try:
            with transaction.atomic(using=using), connections[using].cursor() as cursor:
                cursor.execute("".join(f"{one};\n" for one in _role_statements(cursor.connection)))
            return
        except InternalError as error:
            refused = error
            time.sleep(random.uniform(0.01, 0.2))
    raise refused


def _role_statements(wire: Any) -> Iterator[str]:
    for role in ROLES:
        yield _make_role(role, "NOLOGIN")
    yield _make_role(WEB_LOGIN, "LOGIN NOINHERIT")
    # Encrypted here: a server that logs statements would write it down. Altering it is idempotent.
    encrypted = wire.pgconn.encrypt_password(
        web_password(settings.SECRET_KEY).encode(), WEB_LOGIN.encode(), b"scram-sha-256"
    )
    password = sql.Literal(encrypted.decode()).as_string(None)
    yield f"ALTER ROLE {WEB_LOGIN} PASSWORD {password}"
    # A detail page joins a dozen small tables by their keys: trying every order takes longer than the answer.
    yield f"ALTER ROLE {WEB_LOGIN} SET join_collapse_limit = 6"
    # No page needs a second process: to start one takes longer than its statement, and eight clients ask at once. Nor
    # does compiling an estimate that was too high ever pay.
    yield f"ALTER ROLE {WEB_LOGIN} SET max_parallel_workers_per_gather = 0"
    yield f"ALTER ROLE {WEB_LOGIN} SET jit = off"
    # The owner too: commands and tests take a role as the web does, and not every owner is a superuser.
    yield f"GRANT {', '.join(ROLES)} TO {WEB_LOGIN}, CURRENT_USER"


# What only triggers call.
_OF_TRIGGERS = (
    "wt_found_by",
    "wt_said_of_customer",
    "wt_said_of_contact",
    "wt_said_of_site",
    "wt_week_differs",
)

# A new function may be called by everybody, and so may one of a backup that is restored without its rights. A trigger's
# needs no caller; where numbers go on is for the office alone.
_FUNCTIONS = f"""
DO $$ DECLARE one regprocedure; BEGIN
  FOR one IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, 'wt_')
    AND (prorettype = 'trigger'::regtype OR proname IN ('wt_number_next', '{"', '".join(_OF_TRIGGERS)}'))
  LOOP EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one); END LOOP;
  IF to_regprocedure('wt_number_next(text, integer, integer)') IS NOT NULL THEN
    GRANT EXECUTE ON FUNCTION wt_number_next(text, integer, integer) TO {OFFICE};
  END IF;
END $$"""


def _statements(tables: set[str], database: str) -> Iterator[str]:
    everyone = ", ".join(ROLES)
    yield f'GRANT CONNECT ON DATABASE "{database}" TO {WEB_LOGIN}'
    yield f"GRANT USAGE ON SCHEMA public TO {WEB_LOGIN}, {everyone}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {WEB_LOGIN}, {everyone}"
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if meta.proxy or meta.db_table not in tables:
            continue
        for role in ROLES:
            if right := rights(role, meta.label_lower):
                yield f'GRANT {right} ON "{meta.db_table}" TO {role}'
        if _is_audited(model):
            columns = (*SECRETS.get(meta.label_lower, ()), *search_words_of(model))
            left_out = ", ".join(f"'{column}'" for column in columns)
            yield (
                f'CREATE OR REPLACE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON "{meta.db_table}"'
                f" FOR EACH ROW EXECUTE FUNCTION wt_audit_row({left_out})"
            )
        if meta.label_lower in FROZEN:
            yield (
                f'CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON "{meta.db_table}"'
                " FOR EACH STATEMENT EXECUTE FUNCTION wt_refuse_truncate()"
            )
        if issubclass(model, Versioned):
            yield from _version_triggers(model)
        if meta.label_lower in EDITED_TOGETHER:
            yield (
                "CREATE OR REPLACE TRIGGER count_edition BEFORE INSERT OR UPDATE OR DELETE"
                f' ON "{meta.db_table}" FOR EACH STATEMENT EXECUTE FUNCTION wt_edition()'
            )
    for table, column, of, label in merging.triggers():
        if table in tables:
            yield (
                f'CREATE OR REPLACE TRIGGER merged_away BEFORE INSERT OR UPDATE OF "{column}" ON "{table}"'
                f" FOR EACH ROW EXECUTE FUNCTION wt_merged_away('{column}', '{of}', '{label}')"
            )
    yield _FUNCTIONS
    # The login role itself: enough to find out who is asking, to throttle, and to run the worker's queue.
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON core_cache TO {WEB_LOGIN}, {everyone}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON accounts_session TO {WEB_LOGIN}"
    yield (
        "GRANT SELECT ON accounts_user, accounts_user_groups, accounts_user_user_permissions, auth_group,"
        f" auth_permission, auth_group_permissions, django_content_type TO {WEB_LOGIN}"
    )
    for table in sorted(one for one in tables if one.startswith("procrastinate_")):
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {WEB_LOGIN}, {everyone}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {WEB_LOGIN}, {everyone}"


def _version_triggers(model: type[Versioned]) -> Iterator[str]:
    """Count every change of a record, and of the rows that are a part of it."""
    meta = model._meta
    made = [field.column for field in meta.concrete_fields if isinstance(field, GeneratedField)]
    skipped = ", ".join(f"'{one}'" for one in ("version", *made, *search_words_of(model), *model.uncounted))
    yield (
        f'CREATE OR REPLACE TRIGGER count_version BEFORE UPDATE ON "{meta.db_table}"'
        f" FOR EACH ROW EXECUTE FUNCTION wt_version({skipped})"
    )
    for name in model.counted:
        relation: Any = meta.get_field(name)
        if relation.many_to_many:
            table, column = relation.m2m_db_table(), relation.m2m_column_name()
        else:
            table, column = relation.related_model._meta.db_table, relation.field.column
        yield (
            f'CREATE OR REPLACE TRIGGER count_version_of AFTER INSERT OR UPDATE OR DELETE ON "{table}"'
            f" FOR EACH ROW EXECUTE FUNCTION wt_version_of('{meta.db_table}', '{column}')"
        )


def _is_audited(model: type[Model]) -> bool:
    label = model._meta.label_lower
    ours = model.__module__.startswith("apps.") and model._meta.managed
    return label in SECRETS or (ours and label not in NOT_AUDITED)


def _make_role(name: str, options: str) -> str:
    # Roles belong to the whole cluster: two databases that are set up at once may both try.
    return (
        f"DO $$ BEGIN CREATE ROLE {name} {options};"
        f" EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )
