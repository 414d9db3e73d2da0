"""How gunicorn serves Watertight: a process per core, a few threads each, database connections kept open."""

import gc
import os
from pathlib import Path
from typing import Any

wsgi_app = "config.wsgi"
bind = os.environ.get("WATERTIGHT_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WATERTIGHT_WORKERS", str(max(2, min(8, os.cpu_count() or 2)))))
worker_class = "config.even_worker.EvenWorker"
threads = 4
keepalive = 30
graceful_timeout = 10
# A first-time visitor may send photos over a slow line; threads wait for that, not the whole process.
timeout = 60
preload_app = True
control_socket_disable = True
# The heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
loglevel = "warning"
# One line a request, on standard output; `None` to have none.
accesslog = os.environ.get("WATERTIGHT_ACCESS_LOG", "-") or None
logger_class = "config.gunicorn_log.MaskedLogger"


def when_ready(server: Any) -> None:
    """What is loaded by now stays for good: looking through it for circles again and again costs 5 to 9 % of a page (and 13 MB)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pre_fork(server: Any, worker: Any) -> None:
    """Two processes must never share one database connection."""
    from django.db import connections

    connections.close_all()


def child_exit(server: Any, worker: Any) -> None:
    from config.even_worker import forget

    forget(worker)
