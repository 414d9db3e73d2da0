"""Processor time, of a web server's processes and of the backends that Postgres gave them. On this machine only."""

from pathlib import Path

from django.db import connection


def milliseconds(pids: list[int]) -> float:
    """What these processes have used up to now, all their threads together."""
    found = 0
    for pid in pids:
        for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            found += int(file.read_text().split()[0])
    return found / 1_000_000


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [pid, *map(int, children.read_text().split())] if children.exists() else [pid]


def backends(application: str) -> list[int]:
    """The processes of Postgres behind the connections of that name; none when it runs on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [application])
        pids = [pid for (pid,) in cursor.fetchall()]
    return [pid for pid in pids if _is_postgres(pid)]


def _is_postgres(pid: int) -> bool:
    command = Path(f"/proc/{pid}/cmdline")
    return command.exists() and b"postgres" in command.read_bytes()
