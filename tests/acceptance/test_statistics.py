"""Companies are built and loaded side by side on one server; none waits for another."""

import pytest
from django.db import connection

from apps.acceptance.demo.build import statistics_refresh

SHARED = "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND database = 0 AND mode = 'ShareUpdateExclusiveLock'"


@pytest.mark.django_db
def test_refreshing_the_statistics_holds_nothing_that_other_databases_wait_for() -> None:
    with connection.cursor() as cursor:
        statistics_refresh()
        cursor.execute(SHARED)
        assert cursor.fetchone() == (0,)
        cursor.execute("ANALYZE")  # the control: what it did before
        cursor.execute(SHARED)
        assert cursor.fetchone()[0] > 0
