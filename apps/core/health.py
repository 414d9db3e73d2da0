"""How the installation is, for whoever watches over it. Public, and so without anything that is nobody's business."""

import os
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

# From when it is trouble: the worker beats every second, and a mail should leave within ten minutes.
WORKER_SECONDS = 30
QUEUE_SECONDS = 600
DISK_BYTES = 200_000_000

_ASK = """
SELECT extract(epoch FROM now() - (SELECT max(last_heartbeat) FROM procrastinate_workers)),
       coalesce((SELECT extract(epoch FROM now() - min(coalesce(job.scheduled_at, event.at)))
                   FROM procrastinate_jobs job
                   LEFT JOIN procrastinate_events event ON event.job_id = job.id AND event.type = 'deferred'
                  WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())), 0)
"""


def health() -> dict[str, Any]:
    """What was looked at and what was found; `problems` names what is not as it should be."""
    found: dict[str, Any] = {"version": settings.VERSION, "database": "ok"}
    try:
        with connection.cursor() as cursor:
            cursor.execute(_ASK)
            worker, queue = cursor.fetchone()
        found["worker_seconds"] = None if worker is None else round(float(worker), 1)
        found["queue_seconds"] = round(float(queue), 1)
    except Error:
        found["database"] = "away"
    media = _nearest(Path(settings.MEDIA_ROOT))  # may be a disk of its own, that several machines share
    found["disk_free_bytes"] = min(shutil.disk_usage(one).free for one in (settings.VAR_DIR, media))
    # Not when it is another user's, or on a disk that the system no longer lets anybody write to.
    found["files"] = "ok" if os.access(media, os.W_OK) else "closed"
    found["problems"] = problems(found)
    return found


def _nearest(folder: Path) -> Path:
    """The folder, or where it will be made when it is needed."""
    while not folder.exists():
        folder = folder.parent
    return folder


def problems(found: dict[str, Any]) -> list[str]:
    """The names of what is not as it should be."""
    wrong = []
    if found["database"] != "ok":
        wrong.append("database")
    elif found["worker_seconds"] is None or found["worker_seconds"] > WORKER_SECONDS:
        wrong.append("worker")
    if found.get("queue_seconds", 0) > QUEUE_SECONDS:
        wrong.append("queue")
    if found["disk_free_bytes"] < DISK_BYTES:
        wrong.append("disk")
    if found["files"] != "ok":
        wrong.append("files")
    return wrong


@require_safe
def health_show(request: HttpRequest) -> JsonResponse:
    """200 when all is well, 503 when something is not."""
    found = health()
    response = JsonResponse(found, status=503 if found["problems"] else 200)
    response["Cache-Control"] = "no-store"
    # Whoever watches reads the answer; an ERROR at each look, while the worker starts, would say that we broke.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
