"""What the worker does for leaks."""

from procrastinate.contrib.django import app

from apps.core import clock
from apps.core.database import OFFICE, as_role
from apps.leaks import actions


@app.periodic(cron="*/5 * * * *")
@app.task(name="leaks.detect", queueing_lock="leaks.detect")
def detect(timestamp: int) -> None:
    """Every five minutes: no leak is shown much later than it begins, none much longer than it lasts."""
    with as_role(OFFICE):
        actions.leaks_detect(clock.now())
