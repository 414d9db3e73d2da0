"""What the worker does for planning."""

from procrastinate.contrib.django import app

from apps.core import clock
from apps.core.database import OFFICE, as_role
from apps.planning import actions


@app.periodic(cron="5 * * * *")
@app.task(name="planning.remind", queueing_lock="planning.remind")
def remind(timestamp: int) -> None:
    """Every hour: whoever was told late is reminded as well."""
    with as_role(OFFICE):
        actions.appointments_remind(clock.now())
