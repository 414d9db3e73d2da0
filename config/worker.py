"""The worker, `python -m config.worker`: does the jobs of the queue until told to stop.

It outlives its database: when that restarts, or crashes under it, the worker waits and goes on. What it was doing
then is done again, and so is what a colleague was doing who was killed: every job is written to be done twice.
"""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import django
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job, Status
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker
from psycopg_pool import AsyncConnectionPool

from apps.core.database import database_await, database_is_away

# A mail server that does not answer must not keep documents from being made: mails give way besides.
CONCURRENCY = 4
POLL_SECONDS = 1.0
BEAT_SECONDS = 1.0
# Without a beat for so long a colleague counts as dead. One that lives beats again within this time after the database
# came back, so nobody is declared dead before that.
DEAD_SECONDS = 6.0
NEVER = 365 * 24 * 3600.0
AGAIN_SECONDS = 0.5
# A job that takes its worker down with it each time is not begun for ever.
MOST_ATTEMPTS = 20

log = logging.getLogger("watertight.worker")


class EnduringWorker(Worker):
    """procrastinate's worker ends when it loses the database; this one goes on when the database is back."""

    def __init__(self, app: App) -> None:
        cleanup = list(app.worker_defaults.get("task_middleware") or [])
        super().__init__(
            app,
            concurrency=CONCURRENCY,
            fetch_job_polling_interval=POLL_SECONDS,
            update_heartbeat_interval=BEAT_SECONDS,
            listen_notify=False,  # it asks every second
            stalled_worker_timeout=NEVER,  # who is dead is known by `_take_up`, which waits for those who come back
            task_middleware=[*cleanup, _begun_again],
        )
        self._forgotten: set[int] = set()
        self._told_to_stop = False

    def stop(self) -> None:
        self._told_to_stop = True
        super().stop()

    async def run(self) -> None:
        while True:
            try:
                return await super().run()
            except ConnectorException as error:
                if self._told_to_stop:
                    return None  # its colleagues will find that it is gone
                await _pause(error)  # it could not even say that it is there

    async def _fetch_and_process_jobs(self) -> None:
        try:
            await super()._fetch_and_process_jobs()
        except ConnectorException as error:
            await _pause(error)

    async def _periodic_deferrer(self) -> None:
        await _enduring(super()._periodic_deferrer)

    async def _update_heartbeat(self) -> None:
        await _enduring(self._beat)

    async def _persist_job_status(self, job: Job, **outcome: Any) -> None:  # type: ignore[override]
        """Write down how a job ended: at once, or when the database is back."""
        while True:
            try:
                return await super()._persist_job_status(job=job, **outcome)
            except ConnectorException as error:
                if not database_is_away(error):
                    # It was written down already, and the answer was lost; or a colleague took the job for abandoned.
                    log.warning("job %s: %s", job.id, error.__cause__ or error)
                    return None
                await _pause(error)

    async def _beat(self) -> None:
        """Show that this worker lives; take up what was left by those that live no more."""
        begun = time.monotonic()
        while True:
            assert self.worker_id is not None
            await self.app.job_manager.update_heartbeat(self.worker_id)
            if time.monotonic() - begun > DEAD_SECONDS:
                await self._take_up()
            await asyncio.sleep(BEAT_SECONDS)

    async def _take_up(self) -> None:
        queue = self.app.job_manager
        abandoned = list(await queue.get_stalled_jobs(seconds_since_heartbeat=DEAD_SECONDS))
        for job in abandoned + await self._forgotten_jobs():
            assert job.id is not None
            log.warning("job %s (%s) was abandoned while it was done", job.id, job.task_name)
            if job.attempts < MOST_ATTEMPTS:
                with suppress(UniqueViolation):  # another of its kind is waiting already
                    await queue.retry_job(job)
                    continue
            await queue.finish_job(job, Status.FAILED, delete_job=False)
        await queue.prune_stalled_workers(DEAD_SECONDS)

    async def _forgotten_jobs(self) -> list[Job]:
        """What the queue says that we are doing and we know nothing of: we asked for it, and the answer was lost.

        Seen twice, since an answer may be on its way.
        """
        known = {context.job.id for context in self._running_jobs.values()}
        ours = await self.app.job_manager.list_jobs_async(status="doing", worker_id=self.worker_id)
        unknown = {job.id: job for job in ours if job.id is not None and job.id not in known}
        found = [job for pk, job in unknown.items() if pk in self._forgotten]
        self._forgotten = set(unknown)
        return found


def _begun_again(call_next: Callable[[], Any], context: JobContext, worker: Worker) -> Any:
    """A job that loses the database has not failed: it begins again when that is back."""
    while True:
        try:
            return call_next()
        except Exception as error:
            if not database_is_away(error):
                raise
            log.warning("job %s (%s) lost the database", context.job.id, context.job.task_name)
        database_await()


async def _enduring(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            return await work()
        except ConnectorException as error:
            await _pause(error)


async def _pause(error: BaseException) -> None:
    log.warning("waiting for the database: %s", error.__cause__ or error)
    await asyncio.sleep(AGAIN_SECONDS)


class _Pool(AsyncConnectionPool):
    """Opens also while the database is away; whoever asks for a connection hears of it."""

    async def open(self, wait: bool = False, timeout: float = 0) -> None:
        await super().open(wait=False)


def connector() -> PsycopgConnector:
    """A few connections of the worker's own, which give up soon and are asked for again."""
    return PsycopgConnector(
        pool_factory=_Pool, kwargs=connector_params(), min_size=1, max_size=4, timeout=2, reconnect_timeout=1,
        num_workers=1,
    )  # fmt: skip


async def work() -> None:
    """Do jobs until SIGTERM or SIGINT; what is being done then is finished first."""
    with app.replace_connector(connector()):
        async with app.open_async():
            await EnduringWorker(app).run()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    app.perform_import_paths()
    asyncio.run(work())


if __name__ == "__main__":
    main()
