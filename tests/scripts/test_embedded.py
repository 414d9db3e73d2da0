"""The embedded server's life: started by the first process, shared, stopped after the last, come what may."""

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from config import embedded

BASE_DIR = Path(__file__).resolve().parents[2]
# SIGINT as in a terminal: under nohup, or in the background of a script, a child inherits that it is ignored.
USE = """
import signal
import sys
from pathlib import Path
from config.embedded import socket_folder
signal.signal(signal.SIGINT, signal.default_int_handler)
print(socket_folder(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""
SECONDS = 90  # longer than the server may take to start: every wait has an end


class User:
    """Another process that uses the server until it is told to leave."""

    def __init__(self, data_folder: Path, durable: bool = False) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USE, str(data_folder)],
            cwd=BASE_DIR,
            env=os.environ | {"WATERTIGHT_THROWAWAY_DATABASE": "0" if durable else "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ready(self) -> str:
        """The folder of the socket, once the server answers."""
        assert self.process.stdout
        read, _, _ = select.select([self.process.stdout], [], [], SECONDS)
        assert read, "it said nothing"
        folder = self.process.stdout.readline().strip()
        assert folder, self.leave()
        return folder

    def leave(self) -> str:
        """Go in an orderly way; what was printed to stderr."""
        return self.process.communicate(timeout=SECONDS)[1]

    def kill(self) -> None:
        self.process.kill()
        self.leave()


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="wt-", dir="/tmp"))
    yield made
    for data in made.rglob("postgres.keeper"):
        wait_until_stopped(data.with_name("postgres"))
    shutil.rmtree(made)


@pytest.fixture
def use() -> Iterator[Callable[..., User]]:
    users: list[User] = []

    def start(data_folder: Path, durable: bool = False) -> User:
        users.append(User(data_folder, durable))
        return users[-1]

    yield start
    for user in users:
        if user.process.poll() is None:
            user.kill()


def servers(data_folder: Path) -> list[psutil.Process]:
    """The processes that work in the data folder; any of them may end while they are counted.

    What is told of each (`info`) was read at one moment: asking the process again may find it gone.
    """
    return [each for each in psutil.process_iter(["cwd", "ppid"]) if each.info["cwd"] == str(data_folder)]


def main_processes(data_folder: Path) -> list[psutil.Process]:
    """The servers themselves, without the processes that they start for each connection."""
    found = servers(data_folder)
    return [each for each in found if each.info["ppid"] not in {one.pid for one in found}]


def wait_until_stopped(data_folder: Path, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while servers(data_folder) or embedded._keeper_lives(data_folder):
        assert time.monotonic() < deadline, f"still running: {servers(data_folder)}"
        time.sleep(0.02)


def wait_until_without_keeper(data_folder: Path, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while embedded._keeper_lives(data_folder):
        assert time.monotonic() < deadline, "the keeper lives"
        time.sleep(0.02)


def ask(socket_folder: str, question: str) -> object:
    with psycopg.connect(
        host=socket_folder, dbname="watertight", user="postgres", autocommit=True
    ) as connection:
        cursor = connection.execute(question)
        return cursor.fetchone()[0] if cursor.description else None


def test_it_starts_with_the_first_user_and_stops_with_the_last(folder, use):
    data = folder / "postgres"
    first, second = use(data), use(data)
    where = first.ready()
    assert second.ready() == where
    assert first.leave() == ""
    assert ask(where, "SELECT 1") == 1
    assert second.leave() == ""
    wait_until_stopped(data)
    with pytest.raises(psycopg.OperationalError):
        ask(where, "SELECT 1")


def test_many_first_users_at_once_share_one_server(folder, use):
    data = folder / "postgres"
    users = [use(data) for _ in range(5)]
    assert len({user.ready() for user in users}) == 1
    assert len(main_processes(data)) == 1


def test_what_was_stored_is_there_at_the_next_start(folder, use):
    data = folder / "postgres"
    first = use(data)
    ask(first.ready(), "CREATE TABLE kept (value int); INSERT INTO kept VALUES (42)")
    first.leave()
    assert ask(use(data).ready(), "SELECT value FROM kept") == 42


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_its_only_user_is_killed_and_starts_again(folder, use, number):
    data = folder / "postgres"
    first = use(data)
    first.ready()
    first.process.send_signal(number)
    first.process.wait(SECONDS)
    wait_until_stopped(data)
    assert ask(use(data).ready(), "SELECT 1") == 1


def test_killing_the_first_user_does_not_disturb_the_second(folder, use):
    data = folder / "postgres"
    first = use(data)
    where = first.ready()
    second = use(data)
    second.ready()
    first.kill()
    time.sleep(0.5)
    assert ask(where, "SELECT 1") == 1
    second.leave()
    wait_until_stopped(data)


def test_a_killed_server_comes_back_under_its_users_with_all_it_had_promised(folder, use):
    data = folder / "postgres"
    where = use(data, durable=True).ready()
    ask(where, "CREATE TABLE kept (value int); INSERT INTO kept VALUES (42)")
    for process in servers(data):
        with suppress(psutil.NoSuchProcess):  # the children go with the first
            process.kill()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            assert ask(where, "SELECT value FROM kept") == 42
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    pytest.fail("the server did not come back")


def test_a_server_whose_keeper_was_killed_gets_a_new_one(folder, use):
    data = folder / "postgres"
    first = use(data)
    first.ready()
    (keeper,) = [each for each in psutil.process_iter() if "config.embedded_keeper" in command_of(each, data)]
    keeper.kill()
    wait_until_without_keeper(data)
    use(data).ready()
    first.leave()
    use(data).leave()


def command_of(process: psutil.Process, data_folder: Path) -> list[str]:
    try:
        command = process.cmdline()
    except psutil.Error:
        return []
    return command if str(data_folder) in command else []


def test_a_pid_file_that_names_a_stranger_does_not_stop_it(folder, use):
    data = folder / "postgres"
    first = use(data)
    first.ready()
    left_behind = (data / "postmaster.pid").read_text().splitlines()
    first.leave()
    wait_until_stopped(data)
    (data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *left_behind[1:]]) + "\n")
    assert ask(use(data).ready(), "SELECT 1") == 1


def test_a_half_made_data_folder_is_made_anew(folder, use):
    (folder / "postgres.new").mkdir()
    (folder / "postgres.new" / "PG_VERSION").write_text("18")
    assert ask(use(folder / "postgres").ready(), "SELECT 1") == 1


@pytest.mark.parametrize("name", ["with a space", "naïve, 'quoted'", "x" * 120])
def test_any_path_will_do(folder, use, name):
    data = folder / name / "postgres"
    where = use(data).ready()
    assert ask(where, "SELECT current_database()") == "watertight"
    if where != str(data):
        assert Path(where).stat().st_mode & 0o777 == 0o700


def test_the_private_socket_folder_goes_with_the_server(folder, use):
    data = folder / ("x" * 120) / "postgres"
    user = use(data)
    where = user.ready()
    user.leave()
    wait_until_stopped(data)
    assert not Path(where).exists()


def test_a_folder_that_others_cannot_enter_stays_that_way(folder, use):
    private = folder / "private"
    private.mkdir(mode=0o700)
    assert ask(use(private / "postgres").ready(), "SELECT 1") == 1
    assert private.stat().st_mode & 0o777 == 0o700
    assert folder.stat().st_mode & 0o777 == 0o700


def test_release_returns_when_the_server_has_stopped(folder):
    data = folder / "postgres"
    embedded.socket_folder(data)
    embedded.release(data)
    assert not servers(data)


def test_release_leaves_the_server_to_its_other_users(folder, use):
    data = folder / "postgres"
    other = use(data)
    where = other.ready()
    embedded.socket_folder(data)
    embedded.release(data)
    assert ask(where, "SELECT 1") == 1


def test_times_are_utc_and_commits_are_durable_unless_for_tests(folder, use):
    data = folder / "postgres"
    where = use(data, durable=True).ready()
    names = ["TimeZone", "fsync", "synchronous_commit", "full_page_writes", "jit", "listen_addresses"]
    assert [ask(where, f"SHOW {name}") for name in names] == ["UTC", "on", "on", "on", "off", ""]
