"""What the worker does for quotes."""

from procrastinate.contrib.django import app

from apps.core import clock
from apps.core.database import OFFICE, as_role
from apps.quotes import actions


@app.periodic(cron="20 0 * * *")
@app.task(name="quotes.expire", queueing_lock="quotes.expire")
def expire(timestamp: int) -> None:
    """Just after midnight, where the company is or an hour later: what was valid until yesterday has ended."""
    with as_role(OFFICE):
        actions.quotes_expire(clock.now())


@app.periodic(cron="0 7 * * *")
@app.task(name="quotes.remind", queueing_lock="quotes.remind")
def remind(timestamp: int) -> None:
    with as_role(OFFICE):
        actions.quotes_remind(clock.now())
