"""What the worker does for the hours of weeks."""

from procrastinate.contrib.django import app

from apps.core import clock
from apps.core.database import OFFICE, as_role
from apps.timesheets import actions


@app.periodic(cron="40 5 * * *")
@app.task(name="timesheets.weeks_ask", queueing_lock="timesheets.weeks_ask")
def weeks_ask(timestamp: int) -> None:
    with as_role(OFFICE):
        actions.weeks_ask(clock.now())
