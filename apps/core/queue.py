"""Background jobs: put on the queue in the same transaction as the change that they belong to."""

from datetime import timedelta
from typing import Any

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager

# Not the app's own: a worker gives that one connections of its own, on which a job would be on the queue, and perhaps
# done for nothing, before the change that it belongs to is committed.
_queue = JobManager(connector=DjangoConnector())


def job_defer(name: str, *, wait: timedelta | None = None, **arguments: Any) -> None:
    """Queue the job `name` of some app's jobs.py, to be done at once or after `wait`.

    Arguments are ids, never amounts: every role may read the queue.
    """
    later = {"schedule_in": {"seconds": wait.total_seconds()}} if wait else {}
    deferrer = app.configure_task(name, allow_unknown=True, **later)
    deferrer.job_manager = _queue
    deferrer.defer(**arguments)
