"""What the worker does for messaging."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from apps.core.database import OFFICE, as_role
from apps.messaging import actions
from apps.messaging.models import Message


class NotDelivered(Exception):
    """The mail server did not take the message; the queue tries again later."""


@app.task(name="messaging.deliver", retry=RetryStrategy(max_attempts=actions.MAX_TRIES, exponential_wait=5))
def deliver(message_id: int) -> None:
    with as_role(OFFICE):
        message = Message.objects.filter(pk=message_id).first()
        done = message is None or actions.message_deliver(message=message)
    if not done:
        raise NotDelivered(message_id)
