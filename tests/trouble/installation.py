"""`config.server` in a folder of its own, with a mail server beside it, and ways to break it."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import psycopg
from aiosmtpd.controller import Controller

from config import embedded, server
from tests.messaging.conftest import Box, free_port

BASE_DIR = Path(__file__).resolve().parents[2]
PATIENCE = 180.0


class Installation:
    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "postgres"
        self.log = folder / "out.txt"
        self.box = Box()
        self.photos_before = 0
        self.address = ""  # once it runs
        self.post = Controller(self.box, hostname="127.0.0.1", port=free_port())
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("WATERTIGHT_THROWAWAY_DATABASE", "DATABASE_URL", "WATERTIGHT_LOGIN")
        } | {
            "WATERTIGHT_VAR": str(folder), "WATERTIGHT_DEMO": "0", "WATERTIGHT_SMTP_HOST": "127.0.0.1",
            "WATERTIGHT_SMTP_PORT": str(self.post.port), "WATERTIGHT_SMTP_TLS": "0", "WATERTIGHT_WORKERS": "2",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }  # fmt: skip

    def start(self) -> None:
        self.post.start()
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.server"], cwd=BASE_DIR, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip
        # All migrations: on a machine that does other things as well they take their time.
        self.until(lambda: "Watertight is at" in self.said() or self.process.poll() is not None, 900)
        assert self.process.poll() is None, self.said()
        found = re.search(r"Watertight is at (\S+)", self.said())
        assert found
        self.address = found[1]
        self.until(self.well)

    def stop(self) -> int:
        self.process.terminate()
        try:
            return self.process.wait(90)
        finally:
            self.post.stop()

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def seed(self, count: int) -> Any:
        made = subprocess.run(
            [sys.executable, "-m", "tests.trouble.seed", str(count)], cwd=BASE_DIR, env=self.environment,
            capture_output=True, text=True, timeout=900,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        return json.loads(made.stdout)

    def health(self) -> dict[str, Any]:
        return server.health(self.address) or {} if self.address else {}

    def well(self) -> bool:
        return self.health().get("problems", ["silent"]) == []

    def until(self, what: Callable[[], bool], seconds: float = PATIENCE) -> float:
        """Seconds until `what` holds."""
        began = time.monotonic()
        while not what():
            assert time.monotonic() - began < seconds, f"{self.health()}\n{self.said()[-3000:]}"
            time.sleep(0.05)
        return time.monotonic() - began

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        where = str(embedded.socket_path(self.data.resolve()))
        with psycopg.connect(host=where, dbname=embedded.DATABASE, user=embedded.OWNER) as connection:
            return connection.execute(question).fetchall()  # type: ignore[arg-type]

    # -- what breaks ---------------------------------------------------------------

    def processes(self, *words: str) -> list[psutil.Process]:
        """Processes of this installation whose command holds these words, parents first."""
        found = []
        for each in psutil.process_iter(["cmdline", "environ", "cwd", "create_time"]):
            ours = (each.info["environ"] or {}).get("WATERTIGHT_VAR") == str(self.folder)
            database = each.info["cwd"] == str(self.data)
            if (ours or database) and all(word in " ".join(each.info["cmdline"] or []) for word in words):
                found.append(each)
        return sorted(found, key=lambda one: one.info["create_time"])

    def kill_web(self) -> None:
        """The web server, or one of the processes that it serves with."""
        random.choice(self.processes("gunicorn")).kill()

    def kill_worker(self) -> None:
        for each in self.processes("config.worker"):
            each.kill()

    def kill_backend(self) -> None:
        """A connection of the database; for Postgres reason enough to break off all of them."""
        for (pid,) in random.sample(found := self.ask(_BACKENDS), k=min(1, len(found))):
            os.kill(pid, signal.SIGKILL)

    def restart_database(self) -> None:
        """As an administrator does: everybody is thrown out, and it comes back."""
        for each in self.processes("postgres", "-D"):
            each.send_signal(signal.SIGINT)


_BACKENDS = "SELECT pid FROM pg_stat_activity WHERE usename = 'wt_web'"
