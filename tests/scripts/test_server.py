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
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from config import server

BASE_DIR = Path(__file__).resolve().parents[2]


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


@pytest.mark.slow
def test_it_serves_and_stops_clean_and_starts_again_after_kill_9():
    var_folder = Path(tempfile.mkdtemp(prefix="wt with space ", dir="/tmp"))
    try:
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
    finally:
        shutil.rmtree(var_folder, ignore_errors=True)  # what failed is to be read, not that
