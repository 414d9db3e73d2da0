"""What the worker does for accounts."""

from procrastinate.contrib.django import app

from apps.accounts.actions import invitations_expire
from apps.core.actors import SYSTEM
from apps.core.database import OFFICE, as_role


@app.periodic(cron="7 * * * *")
@app.task(name="accounts.invitations_expire", queueing_lock="accounts.invitations_expire")
def expire(timestamp: int) -> None:
    with as_role(OFFICE):
        invitations_expire(by=SYSTEM)
