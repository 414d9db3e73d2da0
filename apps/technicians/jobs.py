"""What the worker does about technicians."""

from procrastinate.contrib.django import app

from apps.core.database import OFFICE, as_role
from apps.technicians import actions


@app.periodic(cron="20 3 * * *")
@app.task(name="technicians.leave", queueing_lock="technicians.leave")
def leave(timestamp: int) -> None:
    """Every night: whose last day is over is taken out of service, once they hold nothing."""
    with as_role(OFFICE):
        actions.technicians_leave()
