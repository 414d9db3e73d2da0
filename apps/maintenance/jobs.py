"""What the worker does for maintenance."""

from procrastinate.contrib.django import app

from apps.core.database import OFFICE, as_role
from apps.maintenance import actions


@app.periodic(cron="20 4 * * *")
@app.task(name="maintenance.generate", queueing_lock="maintenance.generate")
def generate(timestamp: int) -> None:
    """Every night: a night that was missed is made up for by the next."""
    with as_role(OFFICE):
        actions.visits_generate()
