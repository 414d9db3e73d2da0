"""`script/server`: database, the rest of the set-up, web server and worker as one, until Ctrl-C or SIGTERM.

What dies is started again; so is what lives and does nothing any more, as `/health/` tells.
"""

import argparse
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from config import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
FIRST_PORT = 8000
PORTS_TRIED = 100
START_SECONDS = 60
STOP_SECONDS = 15
PR_SET_PDEATHSIG = 1
TEND_SECONDS = 0.2
# A child that dies is started again after so long, doubled each time that it dies soon after.
SHORTEST_WAIT, LONGEST_WAIT = 0.1, 10
STEADY_SECONDS = 5
FIRST_TRIES = 5
# How often the installation is asked how it is, and how long something may do nothing before it is put down.
LOOK_SECONDS, HUNG_SECONDS = 5, 60
BROWSER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine is behind no proxy
FIRST_ADMIN_FILE = "first_admin.txt"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; 0 when that was asked for, 1 when something could not start or fell over."""
    parser = argparse.ArgumentParser(prog="script/server", description="Run Watertight on this machine.")
    parser.add_argument("--port", type=int, help=f"default: {FIRST_PORT}, or the next free one")
    port = parser.parse_args(arguments).port
    for each in STOP_SIGNALS:
        # nohup means it: a closed terminal stops nothing
        if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN:
            signal.signal(each, _stop)
    var_folder = Path(os.environ.get("WATERTIGHT_VAR", BASE_DIR / "var"))
    children: list[Child] = []
    try:
        listener = listen(port)
        # A name, because a browser keeps no passkey for a bare IP address.
        address = f"http://localhost:{listener.getsockname()[1]}"
        set_up = Child("set-up", [sys.executable, "-m", "config.prepare"], os.environ)
        children.append(set_up)
        set_up.start()
        if not os.environ.get("DATABASE_URL"):
            embedded.socket_folder(var_folder / "postgres")  # starts while the set-up still loads
        if set_up.process.wait():
            raise RuntimeError("The set-up failed; what went wrong stands above.")
        environment = {"WATERTIGHT_ADDRESS": address} | os.environ | {"WATERTIGHT_LOGIN": "web"}
        web = Child("web server", web_command(listener), environment, listener)
        worker = Child("worker", worker_command(), environment)
        children[:] = [web, worker]
        web.start()
        wait_for_page(address, web)
        worker.start()  # last: nobody waits for it to load
        print(f"\nWatertight is at {address}\n", flush=True)
        show_logins(var_folder / "logins.txt")
        show_first_admin(var_folder / FIRST_ADMIN_FILE, address)
        print("Ctrl-C stops it.", flush=True)
        watch(web, worker, address, var_folder / "postgres")
    except Stopped:
        print("\nStopping …", flush=True)
        return 0
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        stop([child.process for child in children if child.begun])
        embedded.release(var_folder / "postgres")


def _stop(_number: int, _frame: object) -> None:
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)  # once is enough: what follows must not be broken off
    raise Stopped


class Child:
    """A process that has to be there, and is started again when it is not."""

    process: "subprocess.Popen[bytes]"

    def __init__(
        self, name: str, command: list[str], environment: Mapping[str, str], *sockets: socket.socket
    ) -> None:
        self.name, self.command, self.environment, self.sockets = name, command, environment, sockets
        self.begun = 0.0
        self.again_at = 0.0
        self.deaths = 0
        self.proven = False

    def start(self) -> None:
        self.process = start(self.command, self.environment, *self.sockets)
        self.begun, self.again_at = time.monotonic(), 0.0

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self.begun

    def tend(self) -> None:
        """Start it again if it died: soon the first time, later and later when it does nothing but die.

        Raises RuntimeError when it never ran at all: then something is wrong that no patience mends.
        """
        if self.again_at:
            if time.monotonic() >= self.again_at:
                self.start()
        elif self.process.poll() is None:
            if self.age > STEADY_SECONDS:
                self.proven, self.deaths = True, 0
        else:
            self.deaths += 1
            if not self.proven and self.deaths >= FIRST_TRIES:
                raise RuntimeError(f"The {self.name} does not start; what went wrong stands above.")
            wait = min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** (self.deaths - 1))
            self.again_at = time.monotonic() + wait
            say(f"The {self.name} ended (exit status {self.process.returncode}); it is started again.")

    def put_down(self, reason: str) -> None:
        """End it by force; it is started again like any that died."""
        say(f"The {self.name} {reason}.")
        self.process.kill()
        self.process.wait()


def say(text: str) -> None:
    with suppress(OSError):  # on a full disk nothing can be written down, and everything has to go on
        print(text, file=sys.stderr, flush=True)


def listen(port: int | None) -> socket.socket:
    """A bound socket, handed to gunicorn, so that nobody can take the port in between.

    Raises RuntimeError when the port that was asked for, or every port that was tried, is taken.
    """
    for candidate in [port] if port is not None else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", candidate))
            listener.listen(512)
        except OSError:
            listener.close()
        else:
            return listener
    if port is not None:
        raise RuntimeError(f"Port {port} is taken or not allowed; choose another, or leave out --port.")
    raise RuntimeError(f"No free port between {FIRST_PORT} and {FIRST_PORT + PORTS_TRIED - 1}.")


def web_command(listener: socket.socket) -> list[str]:
    bind = f"fd://{listener.fileno()}"
    return [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "--bind", bind]


def worker_command() -> list[str]:
    return [sys.executable, "-m", "config.worker"]


def start(
    command: list[str], environment: Mapping[str, str], *sockets: socket.socket
) -> "subprocess.Popen[bytes]":
    """A child that stops when this process is killed."""
    return subprocess.Popen(
        command,
        cwd=BASE_DIR,
        env=environment,
        stdin=subprocess.DEVNULL,
        pass_fds=[each.fileno() for each in sockets],
        process_group=0,  # Ctrl-C is for the supervisor; it stops its children in order
        preexec_fn=_as_a_child,
    )


def _as_a_child() -> None:
    """Let the child hear the signals by which it is stopped, whatever this process ignores (as under nohup).

    And ask the kernel for SIGTERM when the parent dies: also after kill -9 nothing keeps the port.
    """
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_for_page(address: str, web: Child) -> None:
    """Return when the web server answers; RuntimeError when it does not."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if web.process.poll() is not None:
            raise RuntimeError(f"The {web.name} did not start (exit status {web.process.returncode}).")
        try:
            BROWSER.open(address, timeout=5).close()
        except urllib.error.HTTPError:
            pass  # an answer is an answer
        except OSError:
            time.sleep(0.05)
            continue
        web.proven = True
        return
    raise RuntimeError(f"The {web.name} did not answer within {START_SECONDS} seconds.")


def show_logins(path: Path) -> None:
    """The demo company's logins, as its builder wrote them."""
    if path.exists():
        print(path.read_text().rstrip() + "\n", flush=True)


def show_first_admin(path: Path, address: str) -> None:
    """The link that makes the first admin, as the set-up left it for an installation that nobody can enter yet."""
    if path.exists():
        print(
            f"Nobody can log in yet. This link makes the first admin; it holds for a day:\n\n{address}{path.read_text()}\n"
        )


def watch(web: Child, worker: Child, address: str, data_folder: Path) -> NoReturn:
    """Keep everything going until told to stop."""
    looked = answered = time.monotonic()
    while True:
        for child in (web, worker):
            child.tend()
        embedded.keep(data_folder)
        now = time.monotonic()
        if now - looked > LOOK_SECONDS:
            found = health(address)
            looked = time.monotonic()
            if found is not None:
                answered = looked
            if looked - answered > HUNG_SECONDS and web.age > HUNG_SECONDS:
                web.put_down("answers no more")
                answered = looked
            if found and found.get("database") == "ok" and worker.age > HUNG_SECONDS:
                beat = found.get("worker_seconds")
                if beat is None or beat > HUNG_SECONDS:
                    worker.put_down("does nothing any more")
        time.sleep(TEND_SECONDS)


def health(address: str) -> dict[str, Any] | None:
    """What the installation says of itself, well or not; None when it says nothing."""
    try:
        with BROWSER.open(f"{address}/health/", timeout=2) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with suppress(ValueError, OSError):
            return json.load(error)
        return {}
    except (OSError, ValueError):
        return None


def stop(children: "list[subprocess.Popen[bytes]]") -> None:
    """End the children: politely, so that running requests and jobs finish, and by force when that takes long."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


if __name__ == "__main__":
    sys.exit(main())
