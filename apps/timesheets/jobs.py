"""What the worker does for the hours of weeks, and for who leaves."""

from procrastinate.contrib.django import app

from apps.core import clock
from apps.core.database import OFFICE, as_role
from apps.technicians.actions import technician_leave, technicians_leaving
from apps.timesheets import actions


@app.periodic(cron="40 5 * * *")
@app.task(name="timesheets.weeks_ask", queueing_lock="timesheets.weeks_ask")
def weeks_ask(timestamp: int) -> None:
    """Hours are asked for; then whose last day is over leaves, each by themselves, unless hours are still to come."""
    with as_role(OFFICE):
        actions.weeks_ask(clock.now())
        leaving = technicians_leaving()
    for technician_id in leaving:
        with as_role(OFFICE):
            technician_leave(technician_id)
