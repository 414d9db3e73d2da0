"""A job is on the queue when, and only when, the change that it belongs to is."""

import asyncio

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.core.actors import SYSTEM
from apps.core.queue import job_defer
from apps.core.transitions import move
from apps.messaging.actions import message_queue, message_resend
from apps.messaging.models import Message
from config.worker import connector
from tests.conftest import Cast


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


@pytest.mark.django_db(transaction=True)
def test_whatever_is_no_mail_is_done_before_a_pile_of_mails(transactional_cast: Cast) -> None:
    """A mail server that never answers keeps every mail for twenty seconds."""
    fields = {"kind": "test", "about": transactional_cast.bram, "subject": "", "body": "", "language": "nl"}
    for number in range(3):
        message_queue(to_address=f"{number}@klant.example", **fields)
    job_defer("invoicing.documents", invoice_id=0)
    message_resend(message=_failed(message_queue(to_address="again@klant.example", **fields)), by=SYSTEM)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        worker = cursor.fetchone()[0]
        cursor.execute("SELECT task_name FROM procrastinate_fetch_job_v2(NULL, %s)", [worker])
        assert cursor.fetchone()[0] == "invoicing.documents"
        cursor.execute("SELECT task_name FROM procrastinate_fetch_job_v2(NULL, %s)", [worker])
        assert cursor.fetchone()[0] == "messaging.deliver"


def _failed(message: Message | None) -> Message:
    assert message is not None
    for step in ("begin", "fail"):
        move(message, step, by=SYSTEM, reason="no such person")
    return message
