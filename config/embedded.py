"""The PostgreSQL server that lives under var/postgres when DATABASE_URL is not set.

The first process that asks for it starts it; it stops when the last one has gone, however that one went.
Nobody counts: every user holds a shared lock on a file until the kernel closes it, and a small keeper process
(`config.embedded_keeper`) waits for the exclusive lock and then stops the server. Nothing can be left stale.
"""

import fcntl
import hashlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psycopg

BASE_DIR = Path(__file__).resolve().parent.parent
DATABASE = "watertight"
OWNER = "postgres"
START_SECONDS = 60
SOCKET_PATH_LIMIT = 100  # bytes of folder + file name; the kernel's own limit is 107

_held: dict[Path, int] = {}
_keepers: "dict[Path, subprocess.Popen[bytes]]" = {}


def users_lock(data_folder: Path) -> Path:
    """Locked shared by every process that uses the server, exclusively by the keeper that stops it."""
    return data_folder.with_name(f"{data_folder.name}.users")


def keeper_lock(data_folder: Path) -> Path:
    """Locked by the one keeper, as long as it lives."""
    return data_folder.with_name(f"{data_folder.name}.keeper")


def log_file(data_folder: Path) -> Path:
    """What the keeper and the server have to say."""
    return data_folder.with_name(f"{data_folder.name}.log")


def socket_path(data_folder: Path) -> Path:
    """The folder of the server's socket: the data folder, or a private one under /tmp when that is too long.

    A comma or a quote in the path would mean something to libpq, so such a path also goes to /tmp.
    """
    plain = re.fullmatch(r"[\w/. +-]+", str(data_folder), re.ASCII)
    if plain and len(os.fsencode(data_folder / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
        return data_folder
    return Path("/tmp") / f"watertight-{hashlib.sha256(os.fsencode(data_folder)).hexdigest()[:16]}"


def socket_folder(data_folder: Path) -> str:
    """Use the server until this process ends, starting it if need be; return the folder of its socket."""
    data_folder = data_folder.resolve()
    if data_folder not in _held:
        data_folder.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(users_lock(data_folder), os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_SH)  # waits while a keeper is stopping the server
        _held[data_folder] = lock
        _wait_until_ready(data_folder)
    return str(socket_path(data_folder))


def keep(data_folder: Path) -> None:
    """Give a server that this process uses a new keeper if it lost the one it had; call it now and then."""
    data_folder = data_folder.resolve()
    if data_folder in _held and not _keeper_lives(data_folder):
        keeper = _keepers.get(data_folder)
        if keeper is None or keeper.poll() is not None:  # else it is about to take its lock
            _keepers[data_folder] = _spawn_keeper(data_folder)


def release(data_folder: Path) -> None:
    """Stop using the server; if this was the last user, return when the server has stopped."""
    data_folder = data_folder.resolve()
    lock = _held.pop(data_folder, None)
    if lock is None:
        return
    os.close(lock)
    deadline = time.monotonic() + START_SECONDS
    while not _others_use(data_folder) and _keeper_lives(data_folder) and time.monotonic() < deadline:
        time.sleep(0.02)


def _wait_until_ready(data_folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    keeper: subprocess.Popen[bytes] | None = None
    while not _answers(data_folder):
        if keeper and keeper.poll():
            raise RuntimeError(f"The database did not start.\n{_last_words(data_folder)}")
        if (keeper is None or keeper.poll() is not None) and not _keeper_lives(data_folder):
            keeper = _spawn_keeper(data_folder)
        if time.monotonic() > deadline:
            raise RuntimeError(
                f"The database did not answer in {START_SECONDS} s.\n{_last_words(data_folder)}"
            )
        time.sleep(0.02)
    if keeper is None and not _keeper_lives(data_folder):
        _spawn_keeper(data_folder)  # the server outlived a killed keeper: give it a new one


def _answers(data_folder: Path) -> bool:
    """A real login is the only proof that counts; it also shows that our database has been made."""
    try:
        psycopg.connect(host=str(socket_path(data_folder)), dbname=DATABASE, user=OWNER).close()
    except psycopg.OperationalError:
        return False
    return True


def _spawn_keeper(data_folder: Path) -> "subprocess.Popen[bytes]":
    """A process of its own session, so that neither Ctrl-C nor a closed terminal reaches it or the server."""
    log = log_file(data_folder)
    mode = "wb" if log.exists() and log.stat().st_size > 10_000_000 else "ab"
    with log.open(mode) as output:
        return subprocess.Popen(
            [sys.executable, "-m", "config.embedded_keeper", str(data_folder)],
            cwd=BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _keeper_lives(data_folder: Path) -> bool:
    return not _lockable(keeper_lock(data_folder), fcntl.LOCK_SH)


def _others_use(data_folder: Path) -> bool:
    """Whether another process holds the users' lock shared; the keeper's exclusive hold does not count."""
    path = users_lock(data_folder)
    return not _lockable(path, fcntl.LOCK_EX) and _lockable(path, fcntl.LOCK_SH)


def _lockable(path: Path, kind: int) -> bool:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True


def _last_words(data_folder: Path) -> str:
    lines = log_file(data_folder).read_text(errors="replace").splitlines()
    return "\n".join([*lines[-15:], f"(from {log_file(data_folder)})"])
