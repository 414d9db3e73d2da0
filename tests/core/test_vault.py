"""Secrets that are sealed open here, and after a change of key as long as the former one is known."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.accounts.actions import factors_reseal
from apps.core.vault import is_current, is_sealed, seal, unseal
from config.database_roles import database_sync
from tests.accounts.people import SECRET, code, with_app


def test_what_is_sealed_says_nothing_and_opens_here():
    sealed = seal(SECRET)
    assert SECRET not in sealed
    assert sealed != seal(SECRET)
    assert unseal(sealed) == SECRET


@pytest.mark.parametrize("text", [SECRET, "sealed:made up", "", "sealed:"])
def test_what_was_not_sealed_here_is_refused(text):
    with pytest.raises(ValueError, match="sealed"):
        unseal(text)


def test_a_former_key_opens_what_it_sealed(settings):
    sealed = seal(SECRET)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
    with pytest.raises(ValueError, match="key"):
        unseal(sealed)
    settings.SECRET_KEY_FALLBACKS = [former]
    assert unseal(sealed) == SECRET
    assert not is_current(sealed)
    assert is_current(seal(SECRET))


@pytest.mark.django_db
def test_the_job_seals_second_factors_with_the_key_of_today(cast, settings):
    with_app(cast.bram)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
    settings.SECRET_KEY_FALLBACKS = [former]
    assert factors_reseal() == 1
    assert factors_reseal() == 0
    settings.SECRET_KEY_FALLBACKS = []
    assert Authenticator.objects.get().wrap().validate_code(code())


@pytest.mark.django_db(transaction=True)
def test_secrets_and_hashes_that_stood_in_the_clear_are_put_away(transactional_cast):
    """The migration, over what an installation held before it."""
    bram = transactional_cast.bram
    TOTP.activate(bram, SECRET)
    executor = MigrationExecutor(connection)
    state = executor.loader.project_state(
        [("accounts", "0005_secrets_apart"), ("mfa", "0003_authenticator_type_uniq")]
    )
    migration = executor.loader.get_migration("accounts", "0005_secrets_apart")
    factor = Authenticator.objects.get()
    factor.data = {"secret": SECRET}
    factor.save()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_rowchange (at, transaction, db_role, request_id, table_name, row_id, operation, new)"
            " VALUES (now(), 1, 'x', '', 'accounts_user', '1', 'I', %s)",
            ['{"id": 1, "password": "scrypt$old"}'],
        )
        cursor.execute("DROP VIEW accounts_secondfactor, accounts_opensession")
    with connection.schema_editor() as editor:
        for operation in migration.operations[-2:]:
            operation.database_forwards("accounts", editor, state, state)
    database_sync()  # the views were made anew
    factor.refresh_from_db()
    assert is_sealed(factor.data["secret"])
    assert factor.wrap().validate_code(code())
    with connection.cursor() as cursor:
        cursor.execute("SELECT new FROM core_rowchange WHERE table_name = 'accounts_user' AND row_id = '1'")
        assert all("password" not in row[0] for row in cursor.fetchall())
        cursor.execute(
            "SELECT tgenabled FROM pg_trigger WHERE tgname = 'append_only' AND tgrelid = 'core_rowchange'::regclass"
        )
        assert cursor.fetchone() == ("O",)
