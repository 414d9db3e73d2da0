"""What the worker does for messaging."""

from procrastinate.contrib.django import app

from apps.core.database import OFFICE, as_role
from apps.core.queue import Patience
from apps.messaging import actions
from apps.messaging.models import Message


class NotDelivered(Exception):
    """Whoever should pass the message on did not take it; the queue tries again later."""


@app.task(name="messaging.deliver", retry=Patience())
def deliver(message_id: int) -> None:
    with as_role(OFFICE):
        message = Message.objects.filter(pk=message_id).first()
    if message is not None and not actions.message_deliver(message=message):
        raise NotDelivered(message_id)


@app.task(name="messaging.push", retry=Patience())
def push(push_id: int) -> None:
    if not actions.push_deliver(push_id=push_id):
        raise NotDelivered(push_id)
