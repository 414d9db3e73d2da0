"""Where password hashes and the secrets of second factors are, and who can read them: asked of Postgres itself."""

from collections.abc import Iterator

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.db import connection
from django.test import Client

from apps.accounts.models import PasswordHash
from apps.core.database import ACCOUNT, OFFICE, PUBLIC, TECHNICIAN
from apps.core.models import RowChange
from apps.core.vault import unseal
from config.database import WEB_LOGIN, web_password
from tests.accounts.people import SECRET, at_a_browser, last_mail, link_in, proved
from tests.conftest import PASSWORD, Cast
from tests.pages import submit

pytestmark = pytest.mark.django_db(transaction=True)
SECRETS = [
    "accounts_passwordhash",
    "mfa_authenticator",
    "accounts_session",
    "accounts_accountlink",
]
DENIED = psycopg.errors.InsufficientPrivilege
NEW = "a brand new phrase 7"


@pytest.fixture
def blind() -> Iterator[psycopg.Connection]:
    """A connection as the web server has it."""
    known = connection.settings_dict
    with psycopg.connect(
        host=known["HOST"], port=known["PORT"] or None, dbname=known["NAME"], user=WEB_LOGIN,
        password=web_password(settings.SECRET_KEY), autocommit=True,
    ) as found:  # fmt: skip
        yield found


def run(blind: psycopg.Connection, role: str, statement: str) -> psycopg.Cursor:
    """As a request of that role would."""
    with blind.transaction():
        blind.execute("SELECT set_config('role', %s, true)", [role])
        return blind.execute(statement)


@pytest.mark.parametrize("role", [PUBLIC, TECHNICIAN, OFFICE])
@pytest.mark.parametrize("table", SECRETS)
def test_the_roles_of_pages_read_no_secret(blind: psycopg.Connection, role: str, table: str) -> None:
    for statement in (f"SELECT * FROM {table}", f"DELETE FROM {table}", "SET LOCAL ROLE postgres"):
        with pytest.raises(DENIED):
            run(blind, role, statement)


@pytest.mark.parametrize("role", [PUBLIC, TECHNICIAN])
@pytest.mark.parametrize("view", ["accounts_secondfactor", "accounts_opensession"])
def test_what_an_admin_sees_of_them_is_the_offices(blind: psycopg.Connection, role: str, view: str) -> None:
    with pytest.raises(DENIED):
        run(blind, role, f"SELECT * FROM {view}")
    run(blind, OFFICE, f"SELECT * FROM {view}")  # the control
    with pytest.raises(DENIED):
        run(blind, OFFICE, f"DELETE FROM {view}")


def test_the_login_itself_reads_sessions_and_no_hash(blind: psycopg.Connection, cast: Cast) -> None:
    for table in ("accounts_passwordhash", "mfa_authenticator", "accounts_accountlink"):
        with pytest.raises(DENIED):
            blind.execute(f"SELECT * FROM {table}")
    columns = blind.execute("SELECT * FROM accounts_user").description
    assert columns is not None
    assert "password" not in {column.name for column in columns}


def test_the_role_that_reads_them_reads_nothing_of_the_business(
    blind: psycopg.Connection, cast: Cast
) -> None:
    assert run(blind, ACCOUNT, "SELECT count(*) FROM accounts_passwordhash").fetchone() == (7,)
    for table in (
        "customers_customer", "intake_request", "workorders_workorder", "quotes_quote", "invoicing_invoice",
        "core_rowchange", "messaging_message", "documents_storedfile",
    ):  # fmt: skip
        with pytest.raises(DENIED):
            run(blind, ACCOUNT, f"SELECT * FROM {table}")


def everywhere(text: str) -> set[str]:
    """The tables of this database in which this text stands."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT EXISTS (SELECT 1 FROM "{table}" AS t WHERE t::text LIKE %s)', [f"%{text}%"]
            )
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def test_a_secret_stands_in_its_own_table_and_nowhere_else(cast: Cast) -> None:
    """Not in the audit, a kept answer, a mail, a job, the cache."""
    client = at_a_browser(cast.bram)
    TOTP.activate(cast.tim, SECRET)
    page = client.get("/account/password/change/")
    assert submit(page, client=client, oldpassword=PASSWORD, password=NEW, again=NEW).status_code == 302
    submit(proved(client, "/account/email/", NEW), client=client, email="new@x.example")
    page = client.get("/account/2fa/totp/activate/")
    shown = page.context["form"].secret
    submit(page, client=client, code="000000")  # refused, and shown again with the secret on it
    submit("/account/password/forgotten/", client=Client(), email=cast.ada.email)
    tokens = [
        link_in(last_mail("account_link", to)).rstrip("/").rpartition("/")[2]
        for to in ("new@x.example", cast.ada.email)
    ]
    hashes = set(PasswordHash.objects.values_list("value", flat=True))
    assert len(hashes) == 7
    for value in hashes:
        assert everywhere(value) == {"accounts_passwordhash"}
    for secret in (SECRET, shown, NEW, PASSWORD, *tokens):
        assert everywhere(secret) == set()
    sealed = Authenticator.objects.get(user=cast.tim).data["secret"]
    assert unseal(sealed) == SECRET
    assert everywhere(sealed) == {"mfa_authenticator"}


def test_the_audit_says_that_a_secret_changed_and_not_what_it_is(cast: Cast) -> None:
    cast.bram.set_password(NEW)
    cast.bram.save()
    TOTP.activate(cast.bram, SECRET)
    change = RowChange.objects.filter(table_name="accounts_passwordhash", operation="U").latest("id")
    assert set(change.new) == {"changed_at"}
    change = RowChange.objects.filter(table_name="mfa_authenticator").latest("id")
    assert change.new["type"] == "totp"
    assert "data" not in change.new
