"""What `script/server` does around the product: its port, its children, its end."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from config import server

BASE_DIR = Path(__file__).resolve().parents[2]
SECONDS = 120  # a busy machine is slow; how soon everything is back on a quiet one, script/trouble measures


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_is_passed_over(monkeypatch, taken_port):
    monkeypatch.setattr(server, "FIRST_PORT", taken_port)
    with server.listen(None) as found:
        assert taken_port < found.getsockname()[1] < taken_port + server.PORTS_TRIED


def test_a_port_that_was_asked_for_and_is_taken_is_refused(taken_port):
    with pytest.raises(RuntimeError, match=f"Port {taken_port} is taken"):
        server.listen(taken_port)


def test_two_servers_never_get_the_same_port(monkeypatch, taken_port):
    monkeypatch.setattr(server, "FIRST_PORT", taken_port)
    with server.listen(None) as first, server.listen(None) as second:
        assert first.getsockname() != second.getsockname()


def test_it_listens_on_this_machine_only(monkeypatch, taken_port):
    monkeypatch.setattr(server, "FIRST_PORT", taken_port)
    with server.listen(None) as found:
        assert found.getsockname()[0] == "127.0.0.1"


def test_a_child_goes_with_its_killed_parent():
    program = (
        "import os, sys; from config import server;"
        "child = server.start([sys.executable, '-c', 'import time; time.sleep(60)'], os.environ);"
        "print(child.pid, flush=True); sys.stdin.read()"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", program], cwd=BASE_DIR, stdin=pipe, stdout=pipe) as parent:
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    deadline = time.monotonic() + 10
    while lives(child):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def tended_until(child: server.Child, what: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        child.tend()
        time.sleep(0.02)


@pytest.fixture
def sleeper() -> Iterator[server.Child]:
    child = server.Child("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], os.environ)
    child.start()
    yield child
    child.process.kill()
    child.process.wait(10)


def test_what_was_killed_is_started_again(sleeper, capfd):
    sleeper.proven = True
    for _ in range(server.FIRST_TRIES + 1):
        killed = sleeper.process
        killed.kill()
        tended_until(sleeper, lambda killed=killed: sleeper.process is not killed)
    assert sleeper.process.poll() is None
    assert "The sleeper ended (exit status -9); it is started again." in capfd.readouterr().err


def test_what_dies_again_and_again_is_started_later_and_later(sleeper):
    sleeper.proven = True
    waits = []
    for _ in range(3):
        sleeper.process.kill()
        sleeper.process.wait(10)
        sleeper.tend()
        waits.append(round(sleeper.again_at - time.monotonic(), 1))
        tended_until(sleeper, lambda: not sleeper.again_at)
    assert waits == [0.1, 0.2, 0.4]


def test_what_cannot_start_at_all_is_given_up_loudly():
    child = server.Child("worker", [sys.executable, "-c", "raise SystemExit(3)"], os.environ)
    child.start()
    with pytest.raises(RuntimeError, match="The worker does not start"):
        tended_until(child, lambda: False)


def test_nohup_is_meant_a_closed_terminal_stops_nothing():
    program = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); from config import server;"
        "server.listen = lambda port: (print(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN), exit(0));"
        "server.main([])"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=BASE_DIR, capture_output=True, text=True, timeout=60
    )
    assert said.stdout == "True\n"


class Running:
    """`config.server` as `script/server` runs it, in a folder of its own."""

    def __init__(self, var_folder: Path) -> None:
        self.log = var_folder / "out.txt"
        environment = os.environ | {"WATERTIGHT_VAR": str(var_folder), "WATERTIGHT_DEMO": "0"}
        for name in ("DJANGO_SETTINGS_MODULE", "WATERTIGHT_THROWAWAY_DATABASE", "DATABASE_URL"):
            environment.pop(name, None)
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.server"],
                cwd=BASE_DIR,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def address(self) -> str:
        """Where it answers, once it does."""
        deadline = time.monotonic() + 300
        while not (found := re.search(r"Watertight is at (\S+)", self.log.read_text())):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)
        return found[1]

    def family(self) -> list[psutil.Process]:
        """The server and everything it started, database included."""
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def health(self) -> dict[str, Any]:
        """What it says of itself; empty when it says nothing."""
        return server.health(self.address()) or {}

    def well_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.health().get("problems", ["silent"]):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def one(self, *words: str, but: psutil.Process | None = None) -> psutil.Process:
        """A process of the family whose command holds these words, parents first, once there is one other than `but`."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            for process in self.family():
                with suppress(psutil.Error):
                    if process != but and all(word in " ".join(process.cmdline()) for word in words):
                        return process
            time.sleep(0.1)
        raise AssertionError(f"no {words} among {names(self.family())}")


def names(processes: list[psutil.Process]) -> list[str]:
    """What they are called; one that ends just now has no name any more."""
    found = []
    for one in processes:
        with suppress(psutil.NoSuchProcess):
            found.append(one.name())
    return found


def gone(processes: list[psutil.Process]) -> bool:
    deadline = time.monotonic() + 60
    while any(lives(one) for one in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# What may die, by words of its command: the web server, the worker, the database, and who keeps that.
MORTAL = [("gunicorn",), ("config.worker",), ("postgres", "-D"), ("config.embedded_keeper",)]


@pytest.fixture(scope="module")
def var_folder() -> Iterator[Path]:
    """An installation: the first start makes it, the next one finds it."""
    folder = Path(tempfile.mkdtemp(prefix="wt with space ", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)  # what failed is to be read, not that


@pytest.mark.slow
class TestInstallation:
    def test_what_is_killed_comes_back_by_itself(self, var_folder: Path) -> None:
        running = Running(var_folder)
        try:
            assert running.well_within(SECONDS), running.health()
            for words in MORTAL:
                killed = running.one(*words)
                killed.kill()
                assert gone([killed])
                running.one(*words, but=killed)
                assert running.well_within(SECONDS), (words, running.health(), running.log.read_text())
            assert running.process.poll() is None
        finally:
            running.process.terminate()
            running.process.wait(60)

    def test_it_serves_and_stops_clean_and_starts_again_after_kill_9(self, var_folder: Path) -> None:
        first = Running(var_folder)
        with urllib.request.urlopen(f"{first.address()}/account/login/") as page:
            assert page.status == 200
        family = first.family()
        assert any(name.startswith("postgres") for name in names(family))
        assert any(name.startswith("python") for name in names(family))
        first.process.kill()
        first.process.wait(60)
        assert gone(family)

        for number in (signal.SIGTERM, signal.SIGINT):
            again = Running(var_folder)
            again.address()
            family = again.family()
            again.process.send_signal(number)
            assert again.process.wait(60) == 0
            assert gone(family)
