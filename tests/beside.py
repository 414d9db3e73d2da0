"""Two people at once, without luck: the second acts on a connection of their own, and one sees where they wait."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection

from apps.core import clock


def waits_at() -> str:
    """The statement at which another connection waits for a lock, as soon as one does."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees what it saw first
            cursor.execute(
                "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                " AND query <> ''"
            )
            if found := cursor.fetchone():
                return str(found[0])
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def beside(act: Callable[[], Any], at: datetime) -> tuple[threading.Thread, list[Any]]:
    """Somebody else does that on a connection of their own; what came of it, once the thread has ended."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            with clock.at(at):
                outcome.append(act())
        except Exception as error:
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome
