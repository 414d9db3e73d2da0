"""`script/server`: database, the rest of the set-up, web server and worker as one, until Ctrl-C or SIGTERM."""

import argparse
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from config import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
FIRST_PORT = 8000
PORTS_TRIED = 100
START_SECONDS = 60
STOP_SECONDS = 15
PR_SET_PDEATHSIG = 1
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
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        listener = listen(port)
        # A name, because a browser keeps no passkey for a bare IP address.
        address = f"http://localhost:{listener.getsockname()[1]}"
        children["set-up"] = start([sys.executable, "-m", "config.prepare"], os.environ)
        if not os.environ.get("DATABASE_URL"):
            embedded.socket_folder(var_folder / "postgres")  # starts while the set-up still loads
        if children["set-up"].wait():
            raise RuntimeError("The set-up failed; what went wrong stands above.")
        del children["set-up"]
        environment = {"WATERTIGHT_ADDRESS": address} | os.environ | {"WATERTIGHT_LOGIN": "web"}
        children["web server"] = start(web_command(listener), environment, listener)
        wait_for_page(address, children)
        children["worker"] = start(worker_command(), environment)  # last: nobody waits for it to load
        print(f"\nWatertight is at {address}\n", flush=True)
        show_logins(var_folder / "logins.txt")
        print("Ctrl-C stops it.", flush=True)
        return watch(children)
    except Stopped:
        print("\nStopping …", flush=True)
        return 0
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        stop(list(children.values()))
        embedded.release(var_folder / "postgres")


def _stop(_number: int, _frame: object) -> None:
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)  # once is enough: what follows must not be broken off
    raise Stopped


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
    return [sys.executable, "manage.py", "procrastinate", "worker"]


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


def wait_for_page(address: str, children: "dict[str, subprocess.Popen[bytes]]") -> None:
    """Return when the web server answers; RuntimeError when it does not."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        for name, child in children.items():
            if child.poll() is not None:
                raise RuntimeError(f"The {name} did not start (exit status {child.returncode}).")
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return  # an answer is an answer
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The web server did not answer within {START_SECONDS} seconds.")


def show_logins(path: Path) -> None:
    """The demo company's logins, as its builder wrote them."""
    if path.exists():
        print(path.read_text().rstrip() + "\n", flush=True)


def watch(children: "dict[str, subprocess.Popen[bytes]]") -> int:
    """Wait for ever, or until a child stops by itself: half an installation is worse than none."""
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                print(f"The {name} stopped by itself (exit status {child.returncode}).", file=sys.stderr)
                return 1
        time.sleep(0.5)


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
