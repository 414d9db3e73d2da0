"""Background jobs: put on the queue in the same transaction as the change that they belong to."""

from typing import Any

from procrastinate.contrib.django import app


def job_defer(name: str, **arguments: Any) -> None:
    """Queue the job `name` of some app's jobs.py. Arguments are ids, never amounts: every role may read the queue."""
    app.configure_task(name, allow_unknown=True).defer(**arguments)
