"""What the worker does for finance."""

from procrastinate.contrib.django import app

from apps.core.database import OFFICE, as_role
from apps.finance.actions import sums_catch_up


@app.periodic(cron="* * * * *")
@app.task(name="finance.catch_up", queueing_lock="finance.catch_up")
def catch_up(timestamp: int) -> None:
    """Every minute: what was recorded, charged or paid is in the sums of its day a minute later."""
    with as_role(OFFICE):
        sums_catch_up()
