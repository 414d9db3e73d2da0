"""Connections that stay open are shared evenly by gunicorn's processes."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

APPLICATION = """
import os

def application(environ, start_response):
    start_response("200 OK", [("Content-Length", str(len(str(os.getpid()))))])
    return [str(os.getpid()).encode()]
"""
# One that is late is waited for: a test is on a machine that others use as well.
SETTINGS = """
from config.gunicorn import *  # noqa: F403
from config.even_worker import EvenWorker

workers, preload_app, accesslog = 2, False, None
wsgi_app = "answering"
EvenWorker.PATIENCE = {patience}


def post_worker_init(worker):
    open(f"{folder}/{{worker.pid}}.there", "w").close()
"""
CLIENTS = 8


@pytest.fixture
def port(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    """gunicorn with our settings and two processes, which answer with who they are."""
    (tmp_path / "answering.py").write_text(APPLICATION)
    (tmp_path / "settings_even.py").write_text(
        SETTINGS.format(patience=getattr(request, "param", 30), folder=tmp_path)
    )
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    path = os.pathsep.join((str(tmp_path), str(Path(__file__).parents[2])))
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "python:settings_even",
         "--bind", f"fd://{listener.fileno()}"],
        env=os.environ | {"PYTHONPATH": path}, pass_fds=[listener.fileno()],
    )  # fmt: skip
    try:
        both_there(tmp_path, 2)
        yield listener.getsockname()[1]
    finally:
        web.terminate()
        web.wait(30)
        listener.close()


def both_there(folder: Path, many: int) -> None:
    """Wait until so many processes have begun."""
    deadline = time.monotonic() + 60
    while len(list(folder.glob("*.there"))) < many:
        assert time.monotonic() < deadline
        time.sleep(0.05)


class Client:
    """A browser that keeps its connection open."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self) -> int:
        """Which process answers."""
        self.connection.request("GET", "/")
        return int(self.connection.getresponse().read())


def together(clients: list[Client]) -> Counter[int]:
    """They all ask at once: how many each process answers."""
    answered: list[int] = []
    asking = [threading.Thread(target=lambda one=one: answered.append(one.ask())) for one in clients]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    return Counter(answered)


def test_eight_browsers_that_come_at_once_are_shared(port: int) -> None:
    clients: list[Client] = []
    for _again in range(3):
        clients += [Client(port) for _n in range(CLIENTS)]
        together(clients)
        first, second = together(clients).values()
        assert first == second


def test_browsers_that_come_one_after_another_are_shared(port: int) -> None:
    clients = [Client(port) for _n in range(CLIENTS)]
    who = Counter(one.ask() for one in clients)
    assert sorted(who.values()) == [4, 4]
    assert together(clients) == who


@pytest.mark.parametrize("port", [0.2], indirect=True)
def test_one_that_does_nothing_keeps_nobody_waiting(port: int) -> None:
    stopped = Client(port).ask()
    os.kill(stopped, signal.SIGSTOP)
    try:
        clients = [Client(port) for _n in range(CLIENTS)]
        assert stopped not in {one.ask() for one in clients}
    finally:
        os.kill(stopped, signal.SIGCONT)


def test_one_that_died_counts_no_more(port: int, tmp_path: Path) -> None:
    dead = Client(port).ask()
    os.kill(dead, signal.SIGKILL)
    both_there(tmp_path, 3)
    clients = [Client(port) for _n in range(CLIENTS)]
    together(clients)
    first, second = together(clients).values()
    assert first == second
