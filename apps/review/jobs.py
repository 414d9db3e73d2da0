"""What the worker does for the ledger."""

from procrastinate.contrib.django import app

from apps.core.database import OFFICE, as_role
from apps.review.actions import billables_catch_up


@app.periodic(cron="* * * * *")
@app.task(name="review.catch_up", queueing_lock="review.catch_up")
def catch_up(timestamp: int) -> None:
    """Every minute: what was recorded has its amount and its place a minute later."""
    with as_role(OFFICE):
        billables_catch_up()
