"""Background jobs: put on the queue in the same transaction as the change that they belong to."""

from datetime import timedelta
from typing import Any, Final

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

from apps.core import clock

FIRST_WAIT: Final = 5
LONGEST_WAIT: Final = 3600
MOST_TRIES: Final = 50

# Not the app's own: a worker gives that one connections of its own, on which a job would be on the queue, and perhaps
# done for nothing, before the change that it belongs to is committed.
_queue = JobManager(connector=DjangoConnector())


def job_defer(name: str, *, wait: timedelta | None = None, gives_way: bool = False, **arguments: Any) -> None:
    """Queue the job `name` of some app's jobs.py, to be done at once or after `wait`; after all others if it `gives_way`.

    Arguments are ids, never amounts: every role may read the queue.
    """
    later = {"schedule_in": {"seconds": wait.total_seconds()}} if wait else {}
    deferrer = app.configure_task(name, allow_unknown=True, priority=-1 if gives_way else 0, **later)
    deferrer.job_manager = _queue
    deferrer.defer(**arguments)


class Patience(BaseRetryStrategy):
    """After 5 seconds, 25, two minutes, ten, and then every hour, for two days."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts >= MOST_TRIES:
            return None
        wait = min(LONGEST_WAIT, FIRST_WAIT ** (job.attempts + 1))
        return RetryDecision(retry_at=clock.now() + timedelta(seconds=wait))
