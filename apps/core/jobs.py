"""What the worker does for the mechanisms."""

from procrastinate.contrib.django import app

from apps.core.database import OFFICE, as_role
from apps.core.limits import hits_forget


@app.periodic(cron="17 3 * * *")
@app.task(name="core.hits_forget", queueing_lock="core.hits_forget")
def forget(timestamp: int) -> None:
    with as_role(OFFICE):
        hits_forget()
