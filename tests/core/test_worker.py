"""The worker takes up what was left by those that live no more, and nothing of those that live."""

import asyncio
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.core.queue import job_defer
from config import worker

pytestmark = pytest.mark.django_db(transaction=True)


def execute(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0] if cursor.description else None


def job_being_done(heartbeat: str, attempts: int = 0) -> int:
    """A job that a worker is doing whose last sign of life was so long ago."""
    job_defer("messaging.deliver", message_id=0)
    colleague = execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) RETURNING id",
        heartbeat,
    )
    job: int = execute("SELECT max(id) FROM procrastinate_jobs")
    execute(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = %s WHERE id = %s",
        colleague, attempts, job,
    )  # fmt: skip
    return job


def run_for(seconds: float) -> None:
    async def work() -> None:
        with app.replace_connector(worker.connector()):
            async with app.open_async():
                ours = worker.EnduringWorker(app)
                running = asyncio.create_task(ours.run())
                await asyncio.sleep(seconds)
                ours.stop()
                await running

    asyncio.run(work())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BEAT_SECONDS", "POLL_SECONDS"):
        monkeypatch.setattr(worker, name, 0.1)
    monkeypatch.setattr(worker, "DEAD_SECONDS", 1.0)


def status(job: int) -> str:
    return ProcrastinateJob.objects.get(pk=job).status


def test_a_job_of_a_worker_that_was_killed_is_done_by_another() -> None:
    job = job_being_done("1 hour")
    run_for(5)
    assert status(job) == "succeeded"


def test_a_job_of_a_colleague_that_lives_is_left_alone() -> None:
    job = job_being_done("-1 minute")
    run_for(5)
    assert status(job) == "doing"


def test_a_job_that_takes_its_worker_down_each_time_is_given_up() -> None:
    job = job_being_done("1 hour", attempts=worker.MOST_ATTEMPTS)
    run_for(5)
    assert status(job) == "failed"
