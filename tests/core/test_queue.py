"""A job is on the queue when, and only when, the change that it belongs to is."""

import asyncio

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.core.queue import job_defer
from config.worker import connector


@pytest.mark.django_db(transaction=True)
def test_a_job_that_is_put_on_the_queue_by_a_job_comes_and_goes_with_its_transaction() -> None:
    """In the worker procrastinate's app has connections of its own; the change does not."""

    def queue_and_think_better_of_it() -> None:
        with transaction.atomic():
            job_defer("messaging.deliver", message_id=1)
            transaction.set_rollback(True)
        connection.close()

    async def work() -> None:
        with app.replace_connector(connector()):
            async with app.open_async():
                await asyncio.to_thread(queue_and_think_better_of_it)

    asyncio.run(work())
    assert not ProcrastinateJob.objects.exists()
